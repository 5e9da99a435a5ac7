"""A training that is killed and goes on learns what it would have learned, to the bit."""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from pyarrow import csv

import glassneuron as gn
from disk.conftest import frame
from disk.test_learning import CLASSIFIERS, REGRESSORS, learned
from glassneuron.cli.app import main
from glassneuron.data.checkpoints import read_checkpoint, write_checkpoint
from glassneuron.learning.checkpoints.checkpoint import Checkpoint, unpacked


class Killed(BaseException):
    """Stands for a kill."""


@pytest.fixture
def kill(monkeypatch):
    """Let a training die right after it has written its state for the nth time."""
    write = Checkpoint.save
    left = [0]

    def save(self, state, *, last=False):
        write(self, state, last=last)
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    monkeypatch.setattr(Checkpoint, "save", save)
    return lambda n: left.__setitem__(0, n)


def rows(classes=2, count=400):
    table = frame(count, seed=1, classes=classes)
    X = np.column_stack([table[name].to_numpy() for name in ("a", "b", "big")])
    return X, np.unique(table["kind"].to_numpy(zero_copy_only=False), return_inverse=True)[1].astype(np.int32)


def killed_and_resumed(make, X, y, path, kill, times):
    """Kill a training some times, and let it go on each time."""
    for n in times:
        kill(n)
        try:
            make(checkpoint=path, checkpoint_every=0.0).fit(X, y)
        except Killed:
            continue
        break
    kill(-1)
    return make(checkpoint=str(path), checkpoint_every=0.0).fit(X, y)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_classifier_goes_on(tmp_path, kill, name, classes):
    X, y = rows(classes)

    def make(**more):
        return CLASSIFIERS[name](max_epochs=12, **more)

    once = make().fit(X, y)
    again = killed_and_resumed(make, X, y, tmp_path / "state", kill, [1, 3, 2])
    assert learned(again) == learned(once)


@pytest.mark.parametrize("name", REGRESSORS)
def test_every_regressor_goes_on(tmp_path, kill, name):
    X, _ = rows()

    def make(**more):
        return REGRESSORS[name](max_epochs=12, early_stopping=True, **more)

    once = make().fit(X[:, :2], X[:, 2])
    assert learned(killed_and_resumed(make, X[:, :2], X[:, 2], tmp_path / "state", kill, [2, 1, 4])) == learned(once)


@pytest.mark.parametrize("name", ["perceptron", "pocket", "voted", "sigmoid online", "network"])
def test_within_an_epoch(tmp_path, kill, monkeypatch, name):
    monkeypatch.setattr("glassneuron.learning.trainer.PIECE", 64)
    X, y = rows()

    def make(**more):
        return CLASSIFIERS[name](max_epochs=4, tol=None, **more)

    once = make().fit(X, y)
    assert learned(killed_and_resumed(make, X, y, tmp_path / "state", kill, [3, 5, 2, 4])) == learned(once)


def test_several_starts(tmp_path, kill):
    X, y = rows()

    def make(**more):
        return gn.MLPClassifier(3, "tanh", n_restarts=3, max_epochs=5, **more)

    once = make().fit(X, y)
    again = killed_and_resumed(make, X, y, tmp_path / "state", kill, [3, 4, 2, 3])
    assert learned(again) == learned(once)
    assert again.restarts_ == once.restarts_
    assert again.network_.parameters.tobytes() == once.network_.parameters.tobytes()


def test_warm_starts_and_weights(tmp_path, kill):
    X, y = rows()
    first = {"max_epochs": 3, "warm_start": True}
    once = gn.SigmoidNeuron(solver="online", **first).fit(X, y).fit(X, y)
    again = gn.SigmoidNeuron(solver="online", **first).fit(X, y)
    again.set_params(checkpoint=tmp_path / "state", checkpoint_every=0.0)
    kill(2)
    with pytest.raises(Killed):
        again.fit(X, y)
    assert learned(again.fit(X, y)) == learned(once)


def test_a_training_that_is_over_is_not_done_again(tmp_path):
    X, y = rows()
    seen = []
    once = gn.Perceptron(checkpoint=tmp_path / "state").fit(X, y)
    again = gn.Perceptron(checkpoint=tmp_path / "state", on_epoch=seen.append).fit(X, y)
    assert not seen
    assert learned(again) == learned(once)


def test_one_that_was_asked_to_stop_goes_on(tmp_path):
    X, y = rows()
    settings = {"max_epochs": 9, "tol": None, "checkpoint": tmp_path / "state"}
    gn.Perceptron(**settings, on_epoch=lambda history: history.epochs == 4).fit(X, y)
    assert learned(gn.Perceptron(**settings).fit(X, y)) == learned(gn.Perceptron(max_epochs=9, tol=None).fit(X, y))


class Stop:
    """Asks to stop within an epoch."""

    def __init__(self, epoch):
        self.epoch, self.frames = epoch, 0

    def __call__(self, history):
        return False

    def within(self, frame):
        self.frames += frame.epoch == self.epoch
        return self.frames == 1


@pytest.mark.parametrize("epoch", [1, 3])
@pytest.mark.parametrize("name", ["perceptron", "averaged", "pocket", "voted", "sigmoid online", "network"])
def test_one_that_was_asked_to_stop_within_an_epoch_goes_on(tmp_path, monkeypatch, name, epoch):
    monkeypatch.setattr("glassneuron.learning.trainer.PIECE", 64)
    X, y = rows()
    settings = {"max_epochs": 5, "tol": None}
    stopped = CLASSIFIERS[name](**settings, checkpoint=tmp_path / "state", on_epoch=Stop(epoch)).fit(X, y)
    history = stopped.history_
    assert history.why_stopped.startswith(f"stopped within epoch {epoch}, after ")
    assert history.epochs == max(1, epoch - 1)
    assert stopped.predict(X).shape == y.shape  # what was learned so far is there
    settings["on_epoch"] = lambda history: False  # who is watched goes epoch by epoch
    again = CLASSIFIERS[name](**settings, checkpoint=tmp_path / "state").fit(X, y)
    assert learned(again) == learned(CLASSIFIERS[name](**settings).fit(X, y))


@pytest.mark.parametrize("what", ["row", "target", "weight", "setting", "rule"])
def test_another_training_is_refused_with_what_changed(tmp_path, refused, what):
    X, y = rows()
    path, weight = tmp_path / "state", None
    make = gn.Perceptron
    gn.Perceptron(checkpoint=path, max_epochs=3).fit(X, y)
    before, more, named = path.read_bytes(), {"max_epochs": 3}, "the table"
    if what == "row":
        X[-1, -1] += 1e-9
    if what == "target":
        y[0], named = 1 - y[0], "the targets"
    if what == "weight":
        weight, named = np.where(y == 0, 2.0, 1.0), "the sample weights"
    if what == "setting":
        more, named = {"max_epochs": 4}, "`max_epochs` was 3 and is 4"
    if what == "rule":
        make, named = gn.Adaline, "Perceptron"
    with refused("another-training", named if what != "rule" else "", path):
        make(checkpoint=path, **more).fit(X, y, sample_weight=weight)
    assert path.read_bytes() == before


def test_what_is_no_checkpoint_is_refused(tmp_path, refused, monkeypatch):
    X, y = rows()
    path = tmp_path / "state"
    with refused("parameter-type", "checkpoint"):
        gn.Perceptron(checkpoint=3).fit(X, y)
    with refused("unwritable", "does not exist"):
        gn.Perceptron(checkpoint=tmp_path / "no" / "state").fit(X, y)
    path.write_text("a note")
    with refused("not-a-checkpoint", path):
        gn.Perceptron(checkpoint=path).fit(X, y)
    gn.save(gn.Neuron([1], 0), path)
    with refused("not-a-checkpoint", path):
        gn.Perceptron(checkpoint=path).fit(X, y)
    path.unlink()
    gn.Perceptron(checkpoint=path).fit(X, y)
    path.write_bytes(path.read_bytes()[:-9])
    with refused("not-a-checkpoint", path):
        gn.Perceptron(checkpoint=path).fit(X, y)
    with monkeypatch.context() as patch:
        patch.setattr("glassneuron.data.checkpoints.__version__", "99")
        write_checkpoint(path, {}, {})
    with refused("other-checkpoint", "99"):
        gn.Perceptron(checkpoint=path).fit(X, y)


def test_a_state_is_written_when_it_is_time(tmp_path, monkeypatch):
    now, times = [0.0], []
    monkeypatch.setattr("glassneuron.learning.checkpoints.checkpoint.time.monotonic", lambda: now[0])
    monkeypatch.setattr(
        "glassneuron.learning.checkpoints.checkpoint.write_checkpoint", lambda path, state, facts: times.append(now[0])
    )

    def epoch(history):
        now[0] += 10.0

    gn.Perceptron(max_epochs=10, tol=None, checkpoint=tmp_path / "state", on_epoch=epoch).fit(*rows())
    assert times == [30.0, 60.0, 90.0, 100.0]


def test_watching_needs_no_file(tmp_path):
    X, y = rows(count=20)
    assert len(list(gn.watch(gn.Perceptron(checkpoint=tmp_path / "state", max_epochs=2, tol=None), X, y))) > 20
    assert not (tmp_path / "state").exists()


def test_the_last_state_is_that_of_the_trainer(tmp_path):
    gn.Perceptron(checkpoint=tmp_path / "state").fit(*rows())
    state, _ = read_checkpoint(tmp_path / "state")
    assert {"W", "b", "trainer.place"} <= state.keys()
    assert isinstance(unpacked(state["history.end"])[1], str)


# The command, killed by the system.

TRAIN = "import sys; from glassneuron.cli.app import main; main(sys.argv[1:])"


def start(*words):
    return subprocess.Popen(
        [sys.executable, "-c", TRAIN, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


KILLS = int(os.environ.get("KILLS", "2"))


@pytest.mark.parametrize("model", ["averaged", "network"])
def test_the_command_goes_on_after_kills(tmp_path, model):
    csv.write_csv(frame(3000, classes=3), tmp_path / "t.csv")
    words = ["train", tmp_path / "t.csv", "--target", "kind", "--model", model, "--epochs", "60"]
    words += ["--checkpoint-every", "0", "--cache", tmp_path / "c"]
    once = start(*words, "--save", tmp_path / "once.safetensors")
    errors = once.communicate()[1]
    assert once.returncode == 0, errors
    path, moment, kills = tmp_path / "state", random.Random(model), 0
    while True:
        how = "--resume" if path.exists() else "--checkpoint"
        run = start(*words, how, path, "--save", tmp_path / "again.safetensors")
        if kills < KILLS:
            changed = path.stat().st_mtime_ns if path.exists() else 0
            while run.poll() is None and not (path.exists() and path.stat().st_mtime_ns != changed):
                time.sleep(0.01)  # until it has written a state
            time.sleep(moment.random() * 0.1)
            run.send_signal(signal.SIGKILL)
        errors = run.communicate()[1]
        if run.returncode == 0:
            break
        assert run.returncode == -signal.SIGKILL, errors
        kills += 1
    assert kills > 0
    ours, theirs = gn.load(tmp_path / "again.safetensors"), gn.load(tmp_path / "once.safetensors")
    assert ours.network.parameters.tobytes() == theirs.network.parameters.tobytes()
    assert ours.about == theirs.about


def said(capsys, *words):
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    out = capsys.readouterr()
    return left.value.code, out.out + out.err


def test_an_interrupt_says_how_to_go_on(tmp_path, capsys, monkeypatch):
    csv.write_csv(frame(300), tmp_path / "t.csv")
    write = Checkpoint.save

    def save(self, state, *, last=False):
        write(self, state, last=last)
        raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint, "save", save)
    words = ["train", tmp_path / "t.csv", "--target", "kind", "--checkpoint-every", "0"]
    code, told = said(capsys, *words, "--checkpoint", tmp_path / "state")
    assert code == 130
    assert f"--resume {tmp_path / 'state'}" in told


def test_options_of_checkpoints(tmp_path, capsys):
    """Say "checkpoint-there" where a file would be lost."""
    csv.write_csv(frame(300), tmp_path / "t.csv")
    words = ["train", tmp_path / "t.csv", "--target", "kind", "--epochs", "3"]
    path = tmp_path / "state"
    assert said(capsys, *words, "--resume", path)[0] == 2
    assert said(capsys, *words, "--checkpoint", path)[0] == 0
    code, told = said(capsys, *words, "--checkpoint", path)
    assert code == 2
    assert f"--resume {path}" in told
    assert said(capsys, *words, "--resume", path)[0] == 0
    code, told = said(capsys, *words, "--resume", path, "--checkpoint", tmp_path / "other")
    assert code == 2
    code, told = said(capsys, *words, "--seed", "7", "--resume", path)
    assert code == 2
    assert "another training" in told
    with (tmp_path / "t.csv").open("a") as file:
        file.write("0.5,3,10,true,red,no\n")
    code, told = said(capsys, *words, "--resume", path)
    assert code == 2
    assert "the shape of the table" in told
