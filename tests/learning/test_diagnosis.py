"""What a diagnosis finds, on networks that are wrong in a known way."""

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.errors import TrainingWarning
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.diagnosis.finding import Finding
from glassneuron.learning.diagnosis.network import constant_loss, diagnose, mean_loss
from glassneuron.learning.history import History
from glassneuron.learning.settings import NetworkSettings

X_XOR, Y_XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
PAST = History(losses=[0.01])


def at_work(network, X, Y, **settings):
    """A network as it stands, with the rows that it has to answer."""
    return Backpropagation(Dataset(X, Y), NetworkSettings(**settings), network)


def names(findings):
    return [finding.what for finding in findings]


def test_a_network_that_answers_right_has_nothing_wrong():
    # XOR by steep sigmoids: or, and; or without and
    network = gn.Network([gn.Layer([[20, 20], [20, 20]], [-10, -30]), gn.Layer([[20, -20]], [-10])])
    assert diagnose(at_work(network, X_XOR, Y_XOR[:, np.newaxis]), PAST) == []


def test_dead_neurons_are_counted():
    # inputs are 0 or more, so that weights and bias below 0 never let a sum rise above 0: neurons 1 and 3
    W = [[-1.0, -1.0], [1.0, 0.0], [0.0, -2.0]]
    network = gn.Network([gn.Layer(W, [-0.1, 0.0, 0.0], "relu"), gn.Layer([[1.0, 1.0, 1.0]], [0.0])])
    found = diagnose(at_work(network, X_XOR, Y_XOR[:, np.newaxis]), History(losses=[0.69]))
    assert "2 of the 3 relu neurons of layer 1 answer 0 to every row" in found[0].evidence
    assert "Lower the learning rate" in found[0].fix
    learned = network.feedforward(X_XOR)[:, np.newaxis]
    (found,) = diagnose(at_work(network, X_XOR, learned, loss="squared_error"), PAST)
    assert found.fix == "The others learned it without them: a smaller layer will do."


def test_a_zero_start_leaves_identical_neurons_and_a_plateau():
    net = gn.MLPClassifier(3, "tanh", start="zero")
    with pytest.warns(TrainingWarning, match="start with equal weights"):
        net.fit(X_XOR, Y_XOR)
    found = net.diagnose()
    assert names(found) == ["identical neurons", "plateau"]
    assert "the 3 neurons of layer 1 have the same weights" in found[0].evidence
    assert "start='glorot'" in found[0].fix


def test_identical_neurons_are_found_after_a_training_too():
    X = np.random.default_rng(0).normal(size=(200, 4))
    net = gn.MLPClassifier(7, "sigmoid", start="zero", batch_size=20, learning_rate=0.01)
    with pytest.warns(TrainingWarning, match="start with equal weights"):
        net.fit(X, X[:, 0] > 0)
    assert names(net.diagnose()) == ["identical neurons"]


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_features_far_apart_saturate(activation):
    rng = np.random.default_rng(0)
    X = rng.normal(5000, 1000, (80, 3))
    net = gn.MLPClassifier(6, activation, max_epochs=20, standardise=False).fit(X, X[:, 0] > 5000)
    found = {finding.what: finding for finding in net.diagnose()}
    assert f"of the 6 {activation} neurons of layer 1" in found["saturation"].evidence
    assert f"the features reach {X.max():.3g}" in found["saturation"].evidence
    assert "StandardScaler" in found["saturation"].fix


def test_features_on_wildly_different_scales_are_named():
    X = X_XOR * [1.0, 1e6]
    found = {finding.what: finding for finding in gn.MLPClassifier(3, standardise=False).fit(X, Y_XOR).diagnose()}
    # a column of two zeros and two ones deviates from its mean by a half
    assert "feature 2 spreads by 5e+05 and feature 1 by 0.5" in found["scales"].evidence
    assert "StandardScaler" in found["scales"].fix
    constant = np.column_stack([X_XOR, np.full(4, 7.0)])  # a feature that never changes has no scale
    assert "scales" not in names(gn.MLPClassifier(3, max_epochs=3).fit(constant, Y_XOR).diagnose())


def test_linear_layers_are_told_to_be_one():
    net = gn.MLPClassifier((3, 3), "linear", max_epochs=2000, learning_rate=0.01, tol=None).fit(X_XOR, Y_XOR)
    (found,) = net.diagnose()
    assert found.what == "plateau"
    assert found.fix.endswith("linear layers one behind the other are one linear layer.")


def test_divergence_comes_with_a_rate_that_works():
    X = np.linspace(0, 100, 30)[:, np.newaxis]
    net = gn.MLPRegressor((), optimiser="sgd", learning_rate=0.5, standardise=False)
    with pytest.warns(TrainingWarning, match="diverged"):
        net.fit(X, X[:, 0])
    (found,) = net.diagnose()
    assert found.what == "divergence"
    assert "learning_rate=0.5 is too large" in found.evidence
    assert f"{found.evidence}; {found.fix[0].lower()}{found.fix[1:]}" == f"{net.history_.why_stopped}."
    rate = float(found.fix.removeprefix("Try ").split(",")[0])
    calm = gn.MLPRegressor((), optimiser="sgd", learning_rate=rate, standardise=False).fit(X, X[:, 0])
    assert calm.score(X, X[:, 0]) > 0.99
    assert calm.diagnose() == []


def test_one_layer_stays_at_a_half_on_xor():
    (found,) = gn.MLPClassifier((), max_epochs=3000, learning_rate=0.01, tol=None).fit(X_XOR, Y_XOR).diagnose()
    assert found.what == "plateau"
    assert f"would cost {np.log(2):.4g}" in found.evidence
    assert "the answers lie between 0.5 and 0.5" in found.evidence
    assert "as in XOR, no feature alone tells anything (largest correlation 0.00)" in found.evidence
    assert found.fix == "Add a hidden layer: one layer sees each feature on its own."


def test_a_hidden_layer_that_gave_up_is_told_to_start_again():
    net = gn.MLPClassifier(2, "sigmoid", optimiser="sgd", learning_rate=0.1).fit(X_XOR, Y_XOR)
    (found,) = net.diagnose()
    assert found.what == "plateau"
    assert "other random weights" in found.fix
    followed = gn.MLPClassifier(2, "sigmoid", learning_rate=0.1, n_restarts=10, tol=None, max_epochs=500)
    assert followed.fit(X_XOR, Y_XOR).diagnose() == []


@pytest.mark.parametrize(
    ("activation", "loss", "Y", "expected"),
    [
        ("sigmoid", "cross_entropy", [[0], [0], [0], [1]], -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))),
        ("softmax", "cross_entropy", np.eye(4), np.log(4)),
        ("sigmoid", "cross_entropy", [[0, 1], [0, 1], [1, 1], [1, 1]], np.log(2)),
        ("linear", "squared_error", [[0, 5], [2, 5], [0, 5], [2, 5]], 0.5),
    ],
)
def test_the_loss_of_the_best_constant_answer(activation, loss, Y, expected):
    Y = np.array(Y, dtype=float)
    network = gn.Network.random([1, Y.shape[1]], activation, seed=0)
    assert constant_loss(network, Y, loss) == pytest.approx(expected, rel=1e-12)


def test_rows_that_count_more_shift_the_best_constant_answer():
    Y, weights = np.array([[0.0], [1.0]]), np.array([3.0, 1.0])
    repeated = np.array([[0.0], [0.0], [0.0], [1.0]])
    for activation, loss in (("sigmoid", "cross_entropy"), ("linear", "squared_error")):
        network = gn.Network.random([1, 1], activation, seed=0)
        assert constant_loss(network, Y, loss, weights) == pytest.approx(constant_loss(network, repeated, loss))


def test_a_finding_reads_as_sentences():
    assert str(Finding("a", "b happens", "Do c.")) == "a: b happens. Do c."


@pytest.mark.parametrize(("last", "loss"), [
    ("softmax", "cross_entropy"), ("softmax", "squared_error"),
    ("sigmoid", "cross_entropy"), ("linear", "squared_error"),
])  # fmt: skip
def test_the_loss_of_what_was_kept_is_that_of_the_kernels(last, loss):
    outputs = 1 if last == "sigmoid" else 3
    network = gn.Network.random([2, 4, outputs], "tanh", output=last, seed=1)
    X, weights = np.random.default_rng(0).normal(size=(9, 2)), np.arange(9.0)
    Y = np.eye(3)[np.arange(9) % 3][:, :outputs]
    assert mean_loss(network, X, Y, loss, weights) == pytest.approx(
        network.gradient(X, Y, loss=loss, weights=weights)[0]
    )


def test_a_plateau_is_told_by_what_was_kept_and_not_by_the_last_epoch():
    X = np.random.default_rng(0).normal(size=(40, 2))
    network = gn.Network([gn.Layer([[9.0, 0.0]], [0.0])])
    Y = (X[:, :1] > 0).astype(float)
    assert diagnose(at_work(network, X, Y), History(losses=[1.6])) == []
    unlearned = gn.Network([gn.Layer([[0.0, 0.0]], [0.0])])
    (found,) = diagnose(at_work(unlearned, X, Y), History(losses=[0.001]))
    assert found.what == "plateau"


def test_constant_features_of_a_network_are_found():
    X = np.ones((40, 2))
    X[:, 0] = np.random.default_rng(0).normal(size=40)
    found = gn.MLPClassifier(3, max_epochs=2).fit(X, X[:, 0] > 0).diagnose()
    assert "constant columns" in [finding.what for finding in found]


@pytest.mark.parametrize("standardise", [True, False])
@pytest.mark.parametrize("kind", [gn.MLPClassifier, gn.MLPRegressor])
def test_findings_of_a_network_speak_of_the_tables_names_and_values(kind, standardise):
    pd = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"year": np.full(80, 2024.0), "size": rng.normal(size=80), "mass": 1e6 * rng.normal(size=80)})
    found = kind(3, max_epochs=1, standardise=standardise).fit(frame, rng.integers(0, 2, 80)).diagnose()
    told = {finding.what: finding.evidence for finding in found}
    assert told["constant columns"] == "feature 'year' has the same value 2024 in every row"
    assert standardise or told["scales"].startswith("feature 'mass' spreads by")
