"""What matters to a model: against scikit-learn's permutation importance, and what must come out on average."""

import numpy as np
import pytest
from sklearn.inspection import permutation_importance as theirs

import glassneuron as gn
from glassneuron.data.table import read_table
from glassneuron.pipelines.pipelines import pipeline
from glassneuron.pipelines.task import Task

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = np.where(2 * X[:, 0] - X[:, 1] + 0.2 * RNG.normal(size=60) > 0, "yes", "no")


def on_average(model, X, y, column):
    """The fall of accuracy over all shuffles: each row gets the value of each row as often."""
    right = []
    for value in X[:, column]:
        moved = X.copy()
        moved[:, column] = value
        right.append(np.mean(model.predict(moved) == y))
    return np.mean(model.predict(X) == y) - np.mean(right)


def test_the_mean_is_that_of_all_shuffles_and_scikit_learns():
    model = gn.SigmoidNeuron().fit(X, Y)
    found = gn.permutation_importance(model, X, Y, repeats=400)
    peer = theirs(model, X, Y, n_repeats=400, random_state=0)
    assert found.score == model.score(X, Y)
    for j in range(3):
        error = 4 * found.deviations[j] / np.sqrt(400) + 1e-12
        assert found.means[j] == pytest.approx(on_average(model, X, Y, j), abs=error)
        assert found.means[j] == pytest.approx(peer.importances_mean[j], abs=1.5 * error)
        assert found.deviations[j] == pytest.approx(peer.importances_std[j], rel=0.2, abs=1e-12)
    assert found.order[0] == 0
    assert found.to_dict()["columns"][0]["name"] == "x1"


def test_of_numbers_it_is_the_fall_of_r_squared():
    """Of a weight w on an independent column of deviation 1 the fall is 2·w² over the variance of the target."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(4000, 2))
    y = 3.0 * X[:, 0] + 1.0 * X[:, 1]
    found = gn.permutation_importance(gn.LinearNeuron().fit(X, y), X, y, repeats=5)
    assert found.measure == "r_squared"
    assert found.means == pytest.approx([2 * 9 / 10, 2 * 1 / 10], rel=0.06)


def test_the_features_of_a_text_column_are_shuffled_together():
    pa = pytest.importorskip("pyarrow")
    colour = np.array(["red", "green", "blue"] * 20)
    table = read_table(
        pa.table({"colour": colour, "size": X[:, 0], "sold": np.where(colour == "red", "yes", "no")}), "sold"
    )
    task = Task(table.X, (table.y == "yes").astype(int), ("no", "yes"), table.names, table.encoding.to_dict())
    model = pipeline("sigmoid")(task).model
    frame = {"colour": colour.tolist(), "size": X[:, 0].tolist()}
    found = gn.permutation_importance(model, pa.table(frame), table.y, repeats=50)
    assert found.names == ("colour", "size")
    assert found.means[0] == pytest.approx(4 / 9, abs=0.05)  # the chance that two rows differ in being red
    assert found.means[1] == 0.0


def test_the_same_call_says_the_same_and_rows_stay_as_they_are():
    model, before = gn.Perceptron().fit(X, Y), X.copy()
    once, again = (gn.permutation_importance(model, X, Y, random_state=3) for _ in range(2))
    assert (once.drops == again.drops).all()
    assert (before == X).all()
    assert once.drops.shape == (3, 10)
    assert "x1" in str(once)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ((gn.Neuron([1.0, 2.0, 3.0], 0.0), X, Y), "parameter-type"),
        (("model", X[:, :2], Y), "inputs"),
        (("model", X, Y[:5]), "lengths"),
        (("model", X, np.where(Y == "yes", "perhaps", "no")), "unmet-class"),
        (("model", X, Y[:, np.newaxis]), "dimensions"),
    ],
)
def test_what_is_no_model_or_does_not_fit_it_is_refused(refused, call, code):
    model = gn.SigmoidNeuron().fit(X, Y)
    with refused(code):
        gn.permutation_importance(*[model if isinstance(each, str) else each for each in call])
    with refused("parameter", "repeats"):
        gn.permutation_importance(model, X, Y, repeats=0)
