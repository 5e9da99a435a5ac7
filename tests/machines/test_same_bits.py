"""What is learned is the same to the bit on threads, processes, a cluster and in this process alone."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.model_selection import cross_val_score

import glassneuron as gn
from glassneuron.engine.arrays import all_finite
from glassneuron.learning.standardise import scaling_for
from glassneuron.neurons.scaling import Scaling
from glassneuron.proofs.many_classes import ManyClasses
from machine_bits import bits

LEARNERS = {
    "sigmoid": (gn.SigmoidNeuron(), "two"),
    "newton": (gn.SigmoidNeuron(solver="newton", max_epochs=4), "two"),
    "l-bfgs": (gn.SigmoidNeuron(solver="lbfgs", max_epochs=5), "two"),
    "down the slope": (gn.SigmoidNeuron(solver="batch", max_epochs=3), "two"),
    "softmax": (gn.SigmoidNeuron(max_epochs=3), "three"),
    "least squares": (gn.LinearNeuron(), "number"),
    "adaline": (gn.Adaline(), "three"),
    "network": (gn.MLPClassifier(4, "tanh", optimiser="lbfgs", max_epochs=3), "three"),
    "perceptron": (gn.Perceptron(shards=3, max_epochs=3), "two"),
    "averaged": (gn.Perceptron(variant="averaged", shards=4, max_epochs=2), "three"),
    "pocket": (gn.Perceptron(variant="pocket", shards=3, max_epochs=2), "three"),
}


@pytest.fixture
def targets(two, three, sums_of):
    return {"two": two, "three": three, "number": sums_of}


@pytest.fixture(scope="session")
def alone():
    """What this process learns by itself, once for each learner."""
    return {}


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("where", ["threads", "executor", "cluster"])
def test_learners_come_to_the_same_bits(name, where, rows, mapped, targets, alone, client, processes):
    learner, target = LEARNERS[name]
    if name not in alone:
        alone[name] = bits(learner.fit(rows, targets[target]))
    with gn.machines({"threads": 3, "executor": processes, "cluster": client}[where]) as machines:
        used, real = [], machines.map
        machines.map = lambda *given: used.append(given) or real(*given)
        again = bits(learner.fit(rows if where == "threads" else mapped, targets[target]))
    assert used, "nobody else was asked"
    assert again == alone[name]


def test_rows_in_memory_sample_weights_and_half_the_precision_too(rows, two, client):
    weight = np.random.default_rng(5).uniform(0.5, 2.0, len(rows))
    for X in (rows, rows.astype(np.float32), sp.csr_array(np.where(np.abs(rows) > 1.5, rows, 0.0))):
        learner = gn.SigmoidNeuron(max_epochs=3)
        alone = bits(learner.fit(X, two, sample_weight=weight))
        with gn.machines(client):
            assert bits(learner.fit(X, two, sample_weight=weight)) == alone


def test_columns_that_nearly_depend_on_each_other(rows, sums_of, processes):
    X = np.column_stack([rows, rows[:, 0] + 1e-7 * rows[:, 1]])
    alone = bits(gn.LinearNeuron().fit(X, sums_of))
    with gn.machines(processes):
        assert bits(gn.LinearNeuron().fit(X, sums_of)) == alone
    slow, *_ = np.linalg.lstsq(np.column_stack([X - X.mean(axis=0), np.ones(len(X))]), sums_of)
    fast = gn.LinearNeuron().fit(X, sums_of)
    residuals = [
        np.linalg.norm(sums_of - got) for got in (fast.predict(X), (X - X.mean(axis=0)) @ slow[:-1] + slow[-1])
    ]
    assert residuals[0] == pytest.approx(residuals[1], rel=1e-9)


def test_answers_scales_and_gaps_are_the_same(rows, mapped, three, processes):
    neuron = gn.SigmoidNeuron(max_epochs=2).fit(rows, three)
    network = gn.MLPClassifier(3, max_epochs=1, batch_size=2000).fit(rows, three)

    def asked(X):
        scaling, other = Scaling.of(X), scaling_for(X, np.empty(0), True)
        return [
            neuron.predict_proba(X), network.predict_proba(X), scaling.means, scaling.deviations, other.means,
            other.deviations, all_finite(X),
        ]  # fmt: skip

    here = asked(rows)
    with gn.machines(processes):
        for a, b in zip(here, asked(mapped), strict=True):
            np.testing.assert_array_equal(a, b)
    assert here[-1]


@pytest.mark.parametrize("what", ["separable", "not", "many"])
def test_verdicts_have_the_same_proofs(what, rows, mapped, two, three, processes):
    y = {"separable": (rows[:, 0] + rows[:, 1] > 0.3).astype(int), "not": two, "many": three}[what]
    here = gn.separability(rows, y)
    with gn.machines(processes):
        there = gn.separability(mapped, y)
    assert there.to_dict() == here.to_dict()
    assert there.separable is (what == "separable")
    assert isinstance(there, ManyClasses) or there.check()


def test_cross_validation_is_shared_out_too(rows, two, client):
    here = cross_val_score(gn.SigmoidNeuron(max_epochs=3), rows, two, cv=2)
    with gn.machines(client):
        np.testing.assert_array_equal(cross_val_score(gn.SigmoidNeuron(max_epochs=3), rows, two, cv=2), here)


@pytest.mark.parametrize(
    ("learner", "instead"),
    [
        (gn.Perceptron(), "shards=16"),
        (gn.Perceptron(variant="voted"), "averaged"),
        (gn.SigmoidNeuron(solver="online"), "solver='auto'"),
        (gn.MLPClassifier(2), "optimiser='lbfgs'"),
    ],
)
def test_what_goes_row_by_row_or_batch_by_batch_is_refused(learner, instead, refused):
    with gn.machines(2), refused("not-shared", instead):
        learner.fit([[0.0], [1.0], [2.0]], [0, 0, 1])
