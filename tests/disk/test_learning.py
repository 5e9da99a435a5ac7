"""What is learned from a table on disk is what is learned from it in memory, to the bit."""

import numpy as np
import pytest

import glassneuron as gn
from disk.conftest import frame
from glassneuron.data.disk.open_table import open_table
from glassneuron.data.disk.room import map_of, room
from glassneuron.data.table import read_table
from glassneuron.engine.on_disk import rising, true_places
from glassneuron.learning.measures.measure import ClassAnswers, measures_of_classes
from glassneuron.learning.split import split

CLASSIFIERS = {
    "perceptron": lambda **s: gn.Perceptron(**s),
    "averaged": lambda **s: gn.Perceptron(variant="averaged", **s),
    "pocket": lambda **s: gn.Perceptron(variant="pocket", **s),
    "voted": lambda **s: gn.Perceptron(variant="voted", **s),
    "one against the rest": lambda **s: gn.Perceptron(multi_class="one_vs_rest", **s),
    "pockets": lambda **s: gn.Perceptron(multi_class="one_vs_rest", variant="pocket", **s),
    "adaline": lambda **s: gn.Adaline(**s),
    "adaline online": lambda **s: gn.Adaline(solver="online", **s),
    "sigmoid": lambda **s: gn.SigmoidNeuron(**s),
    "sigmoid online": lambda **s: gn.SigmoidNeuron(solver="online", **s),
    "sigmoid batch": lambda **s: gn.SigmoidNeuron(solver="batch", **s),
    "sigmoid newton": lambda **s: gn.SigmoidNeuron(solver="newton", **s),
    "sigmoid lbfgs": lambda **s: gn.SigmoidNeuron(solver="lbfgs", **s),
    "network": lambda **s: gn.MLPClassifier(8, **s),
    "network sgd": lambda **s: gn.MLPClassifier(8, optimiser="sgd", dropout=0.1, **s),
    "network lbfgs": lambda **s: gn.MLPClassifier(8, optimiser="lbfgs", **s),
}
REGRESSORS = {
    "linear": lambda **s: gn.LinearNeuron(**s),
    "linear online": lambda **s: gn.LinearNeuron(solver="online", **s),
    "network": lambda **s: gn.MLPRegressor(8, **s),
}


@pytest.fixture(autouse=True)
def all_on_disk(monkeypatch):
    """Let what is made from a map lie on the disk, small or not, and be made piece by piece."""
    monkeypatch.setattr("glassneuron.engine.on_disk.SMALL", 0)
    monkeypatch.setattr("glassneuron.engine.on_disk.NUMBERS", 3_000)


@pytest.fixture(scope="module")
def tables():
    """Return a table in memory and on disk, larger than what is shuffled freely and than a leaf."""
    both = {}
    for classes in (2, 3):
        table = frame(20_000, classes=classes)
        both[classes] = read_table(table, "kind"), table
    return both


def learned(estimator):
    """Return all that was learned, as bytes."""
    state = {name: np.asarray(value).tobytes() for name, value in estimator._state.items()}
    history = estimator.history_
    return state, history.mistakes, history.losses, history.validation_losses, history.why_stopped


@pytest.mark.parametrize("shuffle", [False, True], ids=["in order", "shuffled"])
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers(tables, name, classes, shuffle):
    memory, table = tables[classes]
    disk = open_table(table, "kind")
    assert map_of(disk.X) is not None
    make = CLASSIFIERS[name]
    y = np.searchsorted(disk.classes, memory.y.astype(str)).astype(np.int32)
    ours, theirs = (make(shuffle=shuffle, max_epochs=2) for _ in range(2))
    ours.fit(disk.X, disk.y)
    theirs.fit(np.array(memory.X), y)
    assert learned(ours) == learned(theirs)
    assert ours.predict(disk.X).tobytes() == theirs.predict(memory.X).tobytes()


@pytest.mark.parametrize("shuffle", [False, True], ids=["in order", "shuffled"])
@pytest.mark.parametrize("name", REGRESSORS)
def test_regressors(name, shuffle):
    table = frame(20_000)
    disk, memory = open_table(table, "a", missing="drop"), read_table(table, "a")
    ours, theirs = (REGRESSORS[name](shuffle=shuffle, max_epochs=2) for _ in range(2))
    ours.fit(disk.X, disk.y)
    theirs.fit(memory.X, memory.y)
    assert learned(ours) == learned(theirs)
    assert ours.predict(disk.X).tobytes() == theirs.predict(memory.X).tobytes()


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_held_out_rows_weights_and_float32(kind):
    disk = open_table(frame(20_000), "kind", dtype=kind)
    weight = np.random.default_rng(0).random(20_000)
    for make in (gn.Perceptron, gn.SigmoidNeuron, gn.MLPClassifier):
        ours, theirs = (make(max_epochs=2, early_stopping=True) for _ in range(2))
        ours.fit(disk.X, disk.y, sample_weight=weight)
        theirs.fit(np.array(disk.X), np.array(disk.y), sample_weight=weight)
        assert learned(ours) == learned(theirs)


def test_proofs():
    table = frame(20_000)
    disk = open_table(table, "kind")
    ours, theirs = gn.separability(disk.X, disk.y), gn.separability(np.array(disk.X), np.array(disk.y))
    assert ours.separable == theirs.separable
    assert str(ours) == str(theirs)
    assert ours.check()


def test_measures():
    disk = open_table(frame(20_000), "kind")
    scores = np.array(disk.X[:, 0]).round(2)  # many alike
    said = np.random.default_rng(0).random((20_000, 2))
    on_disk = ClassAnswers(disk.y, disk.y, np.array([0.4, 0.6]), room_for(said, disk.X), room_for(scores, disk.X))
    memory = ClassAnswers(np.array(disk.y), np.array(disk.y), np.array([0.4, 0.6]), said, np.array(scores))
    assert measures_of_classes(on_disk) == measures_of_classes(memory)


def test_orders_on_disk():
    disk = open_table(frame(20_000), "kind")
    values = np.random.default_rng(0).integers(0, 50, 20_000).astype(float)
    assert rising(room_for(values, disk.X)).tolist() == np.argsort(values, kind="stable").tolist()
    assert true_places(room_for(values > 20.0, disk.X)).tolist() == np.flatnonzero(values > 20.0).tolist()
    for ours, theirs in zip(split(disk.y, 0.3, 7), split(np.array(disk.y), 0.3, 7), strict=True):
        assert map_of(ours) is not None
        assert ours.tolist() == theirs.tolist()


def room_for(values, beside):
    """Put values on the disk beside a map."""
    place = room(values.shape, values.dtype, beside)
    place[...] = values
    return place
