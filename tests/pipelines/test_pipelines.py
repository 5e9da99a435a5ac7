"""Models by name: settings filled in, and scores against scikit-learn's."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score

import glassneuron as gn
from glassneuron.cli.tables import task_of
from glassneuron.data.table import read_table
from glassneuron.learning.measures import classes as of_classes
from glassneuron.learning.measures import numbers as scores
from glassneuron.pipelines.penalty import PENALTIES, chosen_penalty
from glassneuron.pipelines.pipelines import MODELS, Task, pipeline


@pytest.mark.parametrize("name", [name for name, kind in MODELS.items() if "classes" in kind.answers])
@pytest.mark.parametrize("classes", [("a", "b"), ("a", "b", "c")])
def test_every_learner_leaves_a_model_that_answers_in_the_tables_units(name, classes):
    X, y = load_iris(return_X_y=True)
    X, y = X[y < len(classes)], y[y < len(classes)]
    train = pipeline(name, epochs=30)
    told = []
    task = Task(X, y, classes, tuple("wxyz"), None, {"target": "kind"})
    trained = train(task, lambda history: told.append(history.epochs))
    rate = MODELS[name].settings.learning_rate
    again = pipeline(name, epochs=30, rate=None if MODELS[name].direct else rate)(task)
    assert (again.model.network.parameters == trained.model.network.parameters).all()
    assert told[-1] == trained.history.epochs <= 30
    assert trained.model.about["rule"] == name
    assert trained.model.about["target"] == "kind"
    least = (
        0.75 if name == "adaline" else 0.8
    )  # least squares have 0.847 of the three right: the middle class is masked
    assert accuracy_score(np.array(classes)[y], trained.model.predict(X)) > least
    assert "so the answer is" in str(trained.model.explain(X[0]))


def test_a_caller_can_stop_a_network():
    X = np.random.default_rng(0).normal(size=(50, 3))
    train = pipeline("network", hidden=(2,))
    trained = train(Task(X, X @ [1.0, 2, 3], None, ("a", "b", "c")), lambda history: history.epochs == 3)
    assert trained.history.epochs == 3
    assert "stopped by the callback after epoch 3" in trained.model.about["why_stopped"]


@pytest.mark.parametrize("name", [name for name, kind in MODELS.items() if "classes" in kind.answers])
def test_what_was_the_same_in_every_row_does_not_change_an_answer(name):
    X = np.random.default_rng(0).normal(size=(50, 3))
    X[:, 1] = 7.0
    train = pipeline(name, epochs=5, hidden=(4,) if name == "network" else None)
    model = train(Task(X, (X[:, 0] > 0).astype(int), ("a", "b"), ("x", "y", "z"))).model
    other = X.copy()
    other[:, 1] = -100.0
    assert (model.predict(other) == model.predict(X)).all()
    if name == "network":
        assert (model.outputs(other) == model.outputs(X)).all()


def test_the_best_step_on_the_way_to_the_optimum_is_kept():
    """Two rows to learn draw the weight ever higher; a validation row on the other side wants it low."""
    X, y = np.array([[-1.0], [1.0]] * 4), np.array([0, 1] * 4)
    watched = Task(np.array([[-1.0], [1.0], [1.0]]), np.array([0, 1, 0]), ("a", "b"), ("x",))
    train = pipeline("sigmoid")
    trained = train(Task(X, y, ("a", "b"), ("x",)), None, watched)
    held = trained.history.validation_losses
    best = int(np.argmin(held))
    assert best + 1 < len(held)
    assert f"the weights of step {best + 1} are kept, the best on the validation rows" in trained.history.why_stopped
    shares = trained.model.probabilities(watched.X)[np.arange(3), watched.y]
    assert -np.log(shares).mean() == pytest.approx(held[best], rel=1e-12)


def test_a_mean_and_a_vote_are_said_to_be_right_only_where_they_are():
    X, y = load_iris(return_X_y=True)
    task = Task(X, (y > 0).astype(int), ("setosa", "other"), tuple("wxyz"))
    for name in ("perceptron", "averaged", "pocket", "voted"):
        trained = pipeline(name)(task)
        assert trained.history.why_stopped.endswith(("every row is answered right", "has every row right"))
        assert (trained.model.positions(X) == task.y).all()


def test_another_name_is_refused():
    with pytest.raises(gn.GlassneuronError, match=r"`model` must be .*'network'.*; got 'forest'\."):
        pipeline("forest")


def test_scores_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    truth, answers = rng.normal(size=100), rng.normal(size=100)
    assert scores.r_squared(truth, answers) == pytest.approx(r2_score(truth, answers), rel=1e-12)
    assert scores.mean_absolute_error(truth, answers) == pytest.approx(mean_absolute_error(truth, answers), rel=1e-12)
    assert of_classes.accuracy(truth > 0, answers > 0) == accuracy_score(truth > 0, answers > 0)
    assert scores.r_squared(np.ones(3), np.arange(3)) is None


def test_findings_speak_of_the_table_and_not_of_what_was_made_of_it():
    rng = np.random.default_rng(0)
    is_red = rng.integers(0, 2, 120)
    X = np.column_stack([rng.normal(size=120), np.full(120, 2024.0), is_red, 1 - is_red])
    columns = [
        {"name": "size", "kind": "number", "values": ()}, {"name": "year", "kind": "number", "values": ()},
        {"name": "colour", "kind": "text", "values": ("blue", "red")},
    ]  # fmt: skip
    task = Task(X, rng.integers(0, 2, 120), ("no", "yes"), ("size", "year", "colour=blue", "colour=red"))
    for name in ("perceptron", "sigmoid"):
        train = pipeline(name, epochs=5)
        seen = {f.what: f.evidence for f in train(replace(task, encoding={"columns": columns})).diagnosis(None)}
        assert seen["constant columns"] == "feature 'year' has the same value 2024 in every row"
        assert "copied columns" not in seen  # the two colours are the package's own doing
        assert "copied columns" in {f.what for f in train(task).diagnosis(None)}
    network = pipeline("network", epochs=1, rate=1e-9)(replace(task, encoding={"columns": columns}))
    seen = {f.what: f.evidence for f in network.diagnosis(None)}
    assert seen["constant columns"] == "feature 'year' has the same value 2024 in every row"


def left_out(X, y, penalty):
    """The mean squared error of answers to each row by weights that have not seen it, one training a row."""
    errors = []
    for row in range(len(y)):
        others = np.arange(len(y)) != row
        A, b = X[others], y[others]
        centre, level = A.mean(axis=0), b.mean()
        # The penalty is on rows moved to the mean of all, as in training; the bias is free.
        A, b = A - centre, b - level
        w = np.linalg.solve(A.T @ A + penalty * np.eye(A.shape[1]), A.T @ b)
        errors.append((y[row] - level - w @ (X[row] - centre)) ** 2)
    return np.mean(errors)


@pytest.mark.parametrize(("rows", "noise"), [(40, 3.0), (40, 0.0), (80, 1.0), (60, 20.0)])
def test_the_penalty_is_the_one_that_answers_best_to_rows_left_out(rows, noise):
    random = np.random.default_rng(rows)
    X = random.normal(size=(rows, 12))
    y = X[:, 0] + noise * random.normal(size=rows)
    errors = {penalty: left_out(X, y, penalty) for penalty in (0.0, *PENALTIES)}
    best = min(errors, key=errors.get)
    if errors[best] >= 0.99 * errors[0.0]:
        best = 0.0
    assert chosen_penalty(X, y) == pytest.approx(best / rows)


def test_a_penalty_is_chosen_where_columns_outnumber_rows_and_none_where_rows_are_few_or_many():
    random = np.random.default_rng(0)
    assert chosen_penalty(random.normal(size=(30, 90)), random.normal(size=30)) > 0.0
    assert chosen_penalty(random.normal(size=(12, 9)), random.normal(size=12)) == 0.0
    assert chosen_penalty(random.normal(size=(900, 9)), random.normal(size=900)) == 0.0
    assert chosen_penalty(np.zeros((30, 2)), random.normal(size=30)) == 0.0


def test_a_penalty_holds_back_a_rare_text_as_much_as_a_common_one():
    """As in logistic regression with C=1 on numbers that are scaled and texts that are not."""
    random = np.random.default_rng(1)
    kind = random.choice(["a", "b", "c"], 120, p=[0.9, 0.06, 0.04])
    y = np.where((kind == "c") | (random.random(120) < 0.4), "p", "q")
    frame = pa.table({"size": random.normal(50.0, 9.0, 120), "kind": kind, "y": y})
    table = read_table(frame, "y")
    model = pipeline("sigmoid")(task_of(table, "sigmoid")).model
    X = table.X - table.X.mean(axis=0)
    X[:, 0] /= X[:, 0].std()
    peer = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(X, table.y)
    assert model.probabilities(table.X) == pytest.approx(peer.predict_proba(X), abs=1e-4)


@pytest.mark.parametrize("classes", [2, 3])
def test_weights_that_a_search_finds_are_taken_over_in_the_scale_of_the_training(classes):
    """Proofs speak of the table as it is, the training of columns on one scale; one column is constant besides."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 4))
    y = (X @ rng.normal(size=(4, classes))).argmax(axis=1)
    X = np.column_stack([X * [1.0, 1e3, 1e-3, 5.0] + [0.0, 1e3, 1.0, -50.0], np.full(len(X), 3.0)])
    trained = pipeline("perceptron")(Task(X, y, tuple("abc")[:classes], tuple("vwxyz")))
    assert "took over" in trained.history.why_stopped
    assert trained.history.converged
    assert trained.history.epochs < 100
    assert accuracy_score(np.array(list("abc"))[y], trained.model.predict(X)) == 1.0
