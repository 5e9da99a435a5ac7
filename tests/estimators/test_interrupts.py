"""Ctrl-C at any moment of a fit: the estimator is as before the call, or as after it."""

import gc
import signal
import time

import numpy as np
import pytest
from sklearn.base import clone

import glassneuron as gn

rng = np.random.default_rng(0)
X = rng.normal(size=(200, 4))
TWO = (X[:, 0] + 0.5 * rng.normal(size=200) > 0).astype(int)
THREE = np.digitize(X[:, 1], [-0.5, 0.5])
ESTIMATORS = [
    *(gn.Perceptron(max_epochs=6, variant=v) for v in ("plain", "averaged", "pocket", "voted")),
    gn.Adaline(max_epochs=6),
    gn.SigmoidNeuron(),
    gn.SigmoidNeuron(solver="lbfgs"),
    gn.LinearNeuron(),
    gn.MLPClassifier(4, max_epochs=6),
    gn.MLPRegressor(4, max_epochs=6, optimiser="lbfgs"),
]
MOMENTS = 200


def learned(estimator):
    """Everything that was learned, but for how long it took."""
    history = estimator.history_
    return {
        "answers": estimator.predict(X).tolist(),
        "state": {name: value.tolist() for name, value in estimator._state.items()},
        "history": (history.losses, history.mistakes, history.why_stopped, history.converged),
        "findings": list(map(str, estimator.diagnose())),
        "names": sorted(vars(estimator)),
    }


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_an_interrupt_leaves_an_estimator_as_before_or_as_after(estimator):
    fitted = clone(estimator).fit(X, TWO)
    before = learned(fitted)
    start = time.perf_counter()
    after = learned(clone(estimator).fit(X, THREE))
    took = time.perf_counter() - start

    def interrupt(*_):
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGALRM, interrupt)
    seen = set()
    gc.disable()  # hypothesis listens to it, and a listener swallows an interrupt
    try:
        moments = np.random.default_rng(1).uniform(1e-5, 1.2 * took, MOMENTS)
        for moment in [*moments, 1e-5, 100.0 * took]:  # the last two on any machine, however busy
            try:
                signal.setitimer(signal.ITIMER_REAL, moment)
                fitted.fit(X, THREE)
                signal.setitimer(signal.ITIMER_REAL, 0.0)
                seen.add("after")
                assert learned(fitted) == after
            except KeyboardInterrupt:
                signal.setitimer(signal.ITIMER_REAL, 0.0)
                now = learned(fitted)
                assert now in (before, after)
                seen.add("after" if now == after else "before")
            if learned(fitted) == after:
                fitted.fit(X, TWO)
    finally:
        gc.enable()
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, old)
    assert seen == {"before", "after"}
