"""Who follows a training: the caller, a bar, and scikit-learn's callbacks where it has them."""

import importlib.util

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import glassneuron as gn
from glassneuron.estimators.callbacks import progress_text
from glassneuron.learning.history import History

X = np.random.default_rng(0).normal(size=(40, 3))
Y = (X[:, 0] + 0.5 * X[:, 1] ** 2 > 0).astype(int)
ESTIMATORS = [
    gn.Perceptron(prove=False),
    gn.Adaline(solver="online"),
    gn.SigmoidNeuron(),
    gn.SigmoidNeuron(solver="online"),
    gn.MLPClassifier(4, learning_rate=0.05),
    gn.MLPClassifier(4, "tanh", optimiser="lbfgs"),
    gn.MLPRegressor(4, dropout=0.25, learning_rate=0.05),
]

needs_callbacks = pytest.mark.skipif(
    importlib.util.find_spec("sklearn.callback") is None, reason="scikit-learn before 1.9 has no callbacks"
)


class Recorder:
    """What scikit-learn's protocol asks for; it notes what it is told, and may say stop."""

    def __init__(self, stop_after=None):
        self.stop_after, self.epochs, self.scores, self.told = stop_after, 0, [], []

    def setup(self, estimator, context):
        self.told.append("setup")

    def teardown(self, estimator, context):
        self.told.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.told.append(context.task_name)

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        if context.task_name != "epoch":
            return False
        self.epochs += 1
        self.scores.append(fitted_estimator.score(X, Y))
        return self.epochs == self.stop_after


@needs_callbacks
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_callbacks_of_scikit_learn_see_each_epoch_and_may_stop(estimator):
    recorder = Recorder()
    fitted = clone(estimator).set_params(max_epochs=4).set_callbacks(recorder).fit(X, Y)
    assert recorder.epochs == fitted.n_iter_
    assert (recorder.told[0], recorder.told[-1]) == ("setup", "teardown")
    assert recorder.scores[-1] == fitted.score(X, Y)  # what it is shown can predict, as if training ended here
    stopped = clone(estimator).set_callbacks(Recorder(stop_after=2)).fit(X, Y)
    assert stopped.n_iter_ == 2
    assert not stopped.history_.converged
    assert "stopped" in stopped.history_.why_stopped
    assert not hasattr(clone(estimator).fit(X, Y), "_callback_fit_ctx")


@needs_callbacks
@pytest.mark.parametrize("estimator", [gn.Adaline(solver="online"), gn.MLPClassifier(3)], ids=repr)
def test_callbacks_come_through_a_pipeline(estimator, capsys):
    from sklearn.callback import ProgressBar

    last = clone(estimator).set_params(max_epochs=3, tol=None)
    pipeline = make_pipeline(StandardScaler(), last).set_callbacks(ProgressBar())
    assert pipeline.fit(X, Y)[-1].n_iter_ == 3
    assert type(estimator).__name__ in capsys.readouterr().out


@needs_callbacks
def test_callbacks_see_the_network_as_it_learns_from_each_start():
    seen = []

    class Watcher(Recorder):
        def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
            if context.task_name == "epoch":
                seen.append((context.task_id, fitted_estimator.network_.parameters.copy()))
            return super().on_fit_task_end(estimator, context, fitted_estimator=fitted_estimator)

    net = gn.MLPClassifier(4, n_restarts=3, max_epochs=2, tol=None).set_callbacks(Watcher()).fit(X, Y)
    assert [number for number, _ in seen] == list(range(6))
    assert len({theta.tobytes() for _, theta in seen}) == 6
    assert any((theta == net.network_.parameters).all() for _, theta in seen[1::2])
    assert net.network_ == gn.MLPClassifier(4, n_restarts=3, max_epochs=2, tol=None).fit(X, Y).network_
    stopped = clone(net).set_callbacks(Recorder(stop_after=3)).fit(X, Y)
    assert [start.epochs for start in stopped.restarts_] == [2, 1]


@pytest.mark.parametrize("estimator", [gn.Adaline(solver="online"), gn.MLPClassifier(3)], ids=repr)
def test_the_callers_function_sees_the_history_and_a_bar_is_silent_where_nobody_looks(estimator, capsys):
    seen = []
    following = {"max_epochs": 3, "tol": None, "verbose": 1, "on_epoch": lambda h: seen.append(h.losses[-1])}
    fitted = clone(estimator).set_params(**following).fit(X, Y)
    assert seen == fitted.history_.losses
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("estimator", [gn.Adaline(solver="online"), gn.Perceptron(), gn.MLPClassifier(3)], ids=repr)
def test_the_callers_function_hears_of_each_partial_fit(estimator, refused):
    heard = []
    neurons = clone(estimator).set_params(on_epoch=lambda history: heard.append(history.epochs))
    for _ in range(3):
        neurons.partial_fit(X, Y)
    assert heard == [1, 2, 3]
    with refused("parameter-type", "`on_epoch`", "got 3"):
        neurons.set_params(on_epoch=3).partial_fit(X, Y)
    assert neurons.history_.epochs == 3


@pytest.mark.parametrize("estimator", [gn.Perceptron(prove=False), gn.MLPRegressor(3, n_restarts=2)], ids=repr)
def test_a_bar_is_shown_in_a_terminal(estimator, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    clone(estimator).set_params(max_epochs=5, verbose=1).fit(X, Y)
    assert "learning" in capsys.readouterr().err


def test_how_it_goes_is_said_in_a_few_words():
    assert progress_text(History(mistakes=[1])) == "1 mistake"
    assert progress_text(History(losses=[0.25])) == "loss 0.25"
    assert progress_text(History(losses=[0.25], validation_losses=[0.5])) == "loss 0.25, 0.5 on rows held out"


@pytest.mark.parametrize("estimator", [*ESTIMATORS, gn.LinearNeuron()], ids=repr)
def test_what_cannot_be_called_or_taken_apart_is_refused_in_a_sentence(estimator, refused):
    with refused("parameter-type", "`on_epoch`", "got 3, a int"):
        clone(estimator).set_params(on_epoch=3).fit(X, Y)
    with refused("parameter", "`validation`", "got 3"):
        clone(estimator).fit(X, Y, validation=3)
