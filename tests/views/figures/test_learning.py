"""How a training went: history, weights over time, activations, probabilities, accuracy against the amount of data."""

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.engine import kernels
from glassneuron.engine.activations import ACTIVATIONS
from glassneuron.learning.history import History
from glassneuron.learning.measures.classes import of_each_class
from glassneuron.learning.measures.probabilities import reliability
from glassneuron.views.figures.activation import NEURONS

GATE = [[0, 0], [0, 1], [1, 0], [1, 1]]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_the_textbooks(name):
    drawn = gn.plot_activation(name, reach=4.0)
    assert (drawn.z[0], drawn.z[-1]) == (-4.0, 4.0)
    z, a, slope = (np.array(of) for of in (drawn.z, drawn.a, drawn.slope))
    if name == "softmax":  # the share of one sum beside zeros
        np.testing.assert_allclose(a, np.exp(z) / (np.exp(z) + NEURONS - 1), rtol=1e-12)
        np.testing.assert_allclose(slope[1:-1], np.gradient(a, z)[1:-1], atol=2e-4)
    else:
        code = ACTIVATIONS[name].code
        assert a.tolist() == [kernels.activate(code, v) for v in z.tolist()]
        pairs = zip(z.tolist(), a.tolist(), strict=True)
        assert slope.tolist() == [kernels.activation_derivative(code, *pair) for pair in pairs]
    for line, values in ((drawn.line_, a), (drawn.derivative_, slope)):
        shown = np.array(line.get_ydata())
        assert shown[np.isfinite(shown)].tolist() == values.tolist()


def test_a_jump_is_no_slope():
    """Where an activation jumps, the curve is cut, and a full dot says to which side 0 belongs: a tie fires."""
    drawn = gn.plot_activation("step")
    assert np.isnan(drawn.line_.get_ydata()).sum() == 1
    full = [line for line in drawn.ax_.lines if line.get_marker() == "o" and line.get_markerfacecolor() != "white"]
    assert [line.get_ydata() for line in full] == [1.0]


def test_a_history_is_drawn_epoch_by_epoch():
    history = History(
        mistakes=[3, 1, 0], losses=[0.9, 0.5, 0.25], validation_losses=[1.0, 0.75, 0.5], why_stopped="it is enough"
    )
    drawn = gn.plot_history(history)
    assert drawn.lines_["mistakes"].get_xydata().tolist() == [[1, 3], [2, 1], [3, 0]]
    assert drawn.lines_["loss"].get_ydata().tolist() == history.losses
    assert drawn.lines_["validation_loss"].get_ydata().tolist() == history.validation_losses
    assert [ax.get_ylabel() for ax in drawn.axes_] == ["mistakes", "mean loss"]
    assert drawn.ax_.get_title(loc="left") == "stopped: it is enough"
    alone = gn.plot_history(history, which="loss")
    assert len(alone.axes_) == 1
    assert "mistakes" not in alone.lines_


def test_what_is_no_history_is_refused(refused):
    with refused("parameter-type", "`estimator` must be a fitted estimator"):
        gn.plot_history(gn.Perceptron())
    with refused("empty", "no epoch"):
        gn.plot_history(History())
    with refused("parameter", "`which` must be 'loss'"):
        gn.plot_history(History(losses=[1.0]), which="mistakes")


def test_weights_over_time_are_those_of_the_steps():
    p = gn.Perceptron(0.1, fixed_bias=-1.0, shuffle=False)
    steps = list(gn.watch(p, GATE, [0, 1, 1, 1]))
    drawn = gn.plot_weights(p, GATE, [0, 1, 1, 1])
    for j, line in enumerate(drawn.lines_):
        assert line.get_ydata()[1:].tolist() == [step.weights_after[j] for step in steps]
        assert line.get_ydata()[0] == 0.0
    assert set(drawn.bias_.get_ydata()) == {-1.0}
    assert drawn.epochs == list(range(0, 40, 4))


def test_weights_of_one_neuron_among_many():
    X, y = [[0.0, 0], [0, 1], [1, 0]], ["a", "b", "c"]
    p = gn.Perceptron(max_epochs=5)
    steps = [step for step in gn.watch(p, X, y) if step.neuron == 2]
    drawn = gn.plot_weights(p, X, y, neuron=3)
    assert drawn.lines_[1].get_ydata()[1:].tolist() == [step.weights_after[1] for step in steps]
    net = gn.MLPClassifier(3, max_epochs=2, batch_size=1)
    last = list(gn.watch(net, X, y))[-1]
    drawn = gn.plot_weights(net, X, y, neuron=2, layer=2)
    assert [line.get_ydata()[-1] for line in drawn.lines_] == last.after.layers[1].weights[1].tolist()
    labels = [text.get_text() for text in drawn.ax_.get_legend().get_texts()]
    assert labels == ["from neuron 1", "from neuron 2", "from neuron 3", "bias"]


def test_long_trainings_are_thinned_and_said_to_be_cut(refused):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 12))
    y = rng.integers(0, 2, size=300)
    drawn = gn.plot_weights(gn.Perceptron(max_epochs=40, tol=None), X, y, most_steps=9000)
    assert len(drawn.moments) <= 4001
    assert drawn.moments[-1] == 9000
    assert "the first 9,000 steps" in drawn.ax_.get_title(loc="left")
    assert "4 more weights, pale, moved less" in drawn.ax_.get_title(loc="left")
    with refused("parameter", "`neuron` must be in [1, inf)"):
        gn.plot_weights(gn.Perceptron(), X, y, neuron=0)


def test_steps_tell_the_scale_of_what_they_saw():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2)) * [1.0, 1000.0] + [0.0, 5000.0]
    y = (X[:, 1] > 5000).astype(int)
    for estimator in (gn.Perceptron(max_epochs=1), gn.MLPClassifier(2, max_epochs=1)):
        step = next(gn.watch(estimator, X, y))
        np.testing.assert_allclose(step.scaling.apply(X[step.example]), step.x, rtol=1e-12)
    whole = list(gn.watch(gn.SigmoidNeuron(solver="batch", learning_rate=0.5, max_epochs=3), X, y))[-1]
    fitted = gn.SigmoidNeuron(solver="batch", learning_rate=0.5, max_epochs=3).fit(X, y)
    W, b = whole.weights_after, whole.bias_after
    W, b = (W, b) if whole.scaling is None else whole.scaling.folded(W, b)
    np.testing.assert_allclose(W, fitted.coef_, rtol=1e-9)
    np.testing.assert_allclose(b, fitted.intercept_, rtol=1e-9)
    assert next(gn.watch(gn.Perceptron(), GATE, [0, 1, 1, 1])).scaling is None


def test_probabilities_meet_outcomes_in_bins():
    rng = np.random.default_rng(0)
    given = rng.random(2000)
    happened = rng.random(2000) < given
    bins = reliability(given, happened, bins=5)
    assert sum(each.rows for each in bins) == 2000
    for k, each in enumerate(bins):
        of = (given >= k / 5) & (given < (k + 1) / 5)
        assert (each.rows, each.share) == (of.sum(), happened[of].mean())
        assert each.mean == pytest.approx(given[of].mean(), rel=1e-12)
        assert each.least <= each.mean <= each.most  # what is so made is calibrated: 95 % each
    (certain,) = reliability(np.array([1.0]), np.array([True]))
    assert (certain.low, certain.high, certain.share, certain.most) == (0.9, 1.0, 1.0, 1.0)


def test_the_bounds_of_a_share_are_wilsons():
    """They are where the normal test of a share just refuses what was seen."""
    (each,) = reliability(np.full(40, 0.5), np.arange(40) < 10, bins=1)
    for bound in (each.least, each.most):
        assert abs(each.share - bound) == pytest.approx(1.959963985 * np.sqrt(bound * (1 - bound) / 40), rel=1e-9)


def test_a_calibration_is_drawn_from_the_models_own_probabilities():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = np.where(X[:, 0] + rng.normal(size=200) > 0, "yes", "no")
    model = gn.SigmoidNeuron().fit(X, y)
    drawn = gn.plot_calibration(model, X, y, bins=4)
    expected = reliability(model.predict_proba(X)[:, 1], y == "yes", 4)
    assert drawn.line_.get_xydata().tolist() == [[each.mean, each.share] for each in expected]
    assert "probability of yes" in drawn.ax_.get_title(loc="left")
    other = gn.plot_calibration(model, X, y, bins=4, of="no")
    assert [each.share for each in other.bins] == pytest.approx([1.0 - each.share for each in expected][::-1])
    three = gn.SigmoidNeuron().fit(X, np.digitize(X[:, 1], [-0.5, 0.5]))
    drawn = gn.plot_calibration(three, X, np.digitize(X[:, 1], [-0.5, 0.5]))
    right = three.predict(X) == np.digitize(X[:, 1], [-0.5, 0.5])
    assert sum(each.share * each.rows for each in drawn.bins) == pytest.approx(right.sum())


def test_without_probabilities_there_is_no_calibration(refused):
    with refused("parameter", "one that gives probabilities"):
        gn.plot_calibration(gn.Perceptron().fit(GATE, [0, 1, 1, 1]), GATE, [0, 1, 1, 1])
    with refused("parameter", "`of` must be one of the classes: 0, 1"):
        gn.plot_calibration(gn.Neuron([1.0, 1.0]), GATE, [0, 1, 1, 1], of=7)


def test_measures_of_each_class_are_those_of_a_peer():
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    rng = np.random.default_rng(0)
    truth, answers = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    precision, recall, _, support = precision_recall_fscore_support(truth, answers)
    for k, each in enumerate(of_each_class(confusion_matrix(truth, answers))):
        assert (each.precision, each.recall, each.support) == (
            pytest.approx(precision[k]), pytest.approx(recall[k]), support[k],
        )  # fmt: skip
    assert [each.precision for each in of_each_class([[2, 0], [3, 0]])] == [0.4, None]


def test_accuracy_against_the_amount_of_data_is_that_of_the_comparison():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    y = np.where(X[:, 0] > 0, "right", "left")
    drawn = gn.plot_comparison(X, y, seeds=1)
    assert [score.rows for score in drawn.scores if score.competitor == "perceptron"] == list(drawn.problem.sizes)
    for name, line in drawn.lines_.items():
        of = [[score.rows, score.accuracy] for score in drawn.scores if score.competitor == name]
        assert line.get_xydata().tolist() == of
    assert [text.get_text() for text in drawn.ax_.get_legend().get_texts()] == list(drawn.lines_)
