"""Kill -9 at random moments: what is learned in the end is what one uninterrupted training learns, to the bit.

Each learner is killed a few times; `KILLS=50 python -m pytest tests/disk/test_kills.py` does it more often.
"""

import os
import pickle
import random
import signal
import sys
import time
import warnings

import pytest

from disk.test_checkpoints import rows
from disk.test_learning import CLASSIFIERS, REGRESSORS, learned

KILLS = int(os.environ.get("KILLS", "2"))
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")


def fork():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads in the parent, which hold nothing here
        return os.fork()


def train(make, X, y, state, out):
    """Train in a process of its own, and return its number."""
    child = fork()
    if child:
        return child
    try:
        found = learned(make(checkpoint=state, checkpoint_every=0.0).fit(X, y))
        out.with_suffix(".half").write_bytes(pickle.dumps(found))
        out.with_suffix(".half").rename(out)
        os._exit(0)
    finally:
        os._exit(1)


def killed(make, X, y, folder, span, moment):
    """Return what is learned by a training that is killed again and again, and how often it was."""
    out, state, done = folder / "out", folder / "state", 0
    while not out.exists():
        child = train(make, X, y, state, out)
        if done < KILLS:
            time.sleep(moment.random() * span)
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        assert os.WIFSIGNALED(status) or out.exists(), "it went wrong by itself"
        done += os.WIFSIGNALED(status)
    found = pickle.loads(out.read_bytes())
    out.unlink()
    state.unlink()
    return found, done


@pytest.mark.parametrize("name", [*CLASSIFIERS, *(f"{name} regressor" for name in REGRESSORS)])
def test_every_learner_survives(tmp_path, monkeypatch, name):
    monkeypatch.setattr("glassneuron.learning.trainer.PIECE", 256)
    X, y = rows(3, 1200)
    make, settings = CLASSIFIERS.get(name), {"max_epochs": 8}
    if make is None:
        make, X, y = REGRESSORS[name.removesuffix(" regressor")], X[:, :2], X[:, 2]
    once = learned(make(**settings).fit(X, y))
    began = time.perf_counter()
    make(**settings, checkpoint=tmp_path / "whole", checkpoint_every=0.0).fit(X, y)
    span, done, moment = time.perf_counter() - began, 0, random.Random(name)
    while done < KILLS:
        found, kills = killed(lambda **more: make(**settings, **more), X, y, tmp_path, span, moment)
        assert found == once
        done += kills
        span = span if kills else span / 2  # it was over before
