"""The maximum margin, and the bound on the mistakes of a perceptron that follows from it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.svm import SVC

from glassneuron import Perceptron, separability
from glassneuron.proofs.geometry.margin import maximum_margin
from glassneuron.proofs.mistake_bound import mistakes_of_a_run


def separable(seed, rows, features, gap):
    random = np.random.default_rng(seed)
    direction = random.normal(size=features)
    direction /= np.linalg.norm(direction)
    X = random.normal(size=(rows, features))
    y = X @ direction > 0
    y[:2] = False, True
    X += np.outer(np.where(y, gap, -gap), direction)
    X[0] -= 3 * direction
    X[1] += 3 * direction
    return X, y


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(3, 60), st.integers(1, 8), st.floats(0.01, 2.0), st.integers(0, 99))
def test_no_perceptron_makes_more_mistakes_than_novikoff_allows(seed, rows, features, gap, order):
    X, y = separable(seed, rows, features, gap)
    bound = separability(X, y).mistake_bound
    p = Perceptron(random_state=order, max_epochs=100_000).fit(X, y)
    assert p.history_.converged
    assert sum(p.history_.mistakes) <= bound * (1 + 1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(3, 60), st.integers(1, 4))
def test_a_run_that_jumps_from_mistake_to_mistake_is_the_perceptron_itself(seed, rows, features):
    """Whole numbers, so that neither rounds."""
    random = np.random.default_rng(seed)
    X = random.integers(-5, 6, (rows, features)).astype(float)
    y = X @ random.integers(-3, 4, features) + 0.5 > 0
    y = y if 0 < y.sum() < rows else np.arange(rows) == rows - 1
    verdict = separability(X, y)
    p = Perceptron(shuffle=False, max_epochs=100_000, tol=None)
    if verdict.separable:
        assert verdict.mistakes_made == sum(p.fit(X, y).history_.mistakes) <= verdict.mistake_bound * (1 + 1e-9)
        assert f"in the table's order it makes {verdict.mistakes_made:,}" in str(verdict.explain())


def test_a_run_that_takes_long_is_left():
    X = np.array([[0.0, 1.0], [1e-6, 1.0]])
    assert mistakes_of_a_run(X, np.array([False, True]), most=100) is None
    assert mistakes_of_a_run(X * [1e6, 1.0], np.array([False, True]), most=100) is not None


@pytest.mark.parametrize(("rows", "features"), [(60, 2), (300, 5), (200, 20), (30, 60)])
def test_the_same_margin_as_a_hard_margin_support_vector_machine(rows, features):
    X, y = separable(rows, rows, features, 0.2)
    street = separability(X, y).street
    svc = SVC(kernel="linear", C=1e10, tol=1e-9).fit(X, y)
    assert street.width == pytest.approx(2 / np.linalg.norm(svc.coef_), rel=1e-6)
    unit = svc.coef_[0] / np.linalg.norm(svc.coef_)
    assert street.direction == pytest.approx(unit, abs=1e-5)


def test_iris_and_a_table_where_the_machine_does_not_converge():
    iris = load_iris()
    street = separability(iris.data, iris.target == 0).street
    svc = SVC(kernel="linear", C=1e10, tol=1e-9).fit(iris.data, iris.target == 0)
    assert street.width == pytest.approx(2 / np.linalg.norm(svc.coef_), rel=1e-6)
    cancer = load_breast_cancer()
    X = (cancer.data - cancer.data.mean(axis=0)) / cancer.data.std(axis=0)
    second = cancer.target == 1
    street = maximum_margin(X, second)
    # As wide as the gap between the sums, and as long as the line between two points of the hulls: nothing is wider.
    sums = X @ street.direction
    assert sums[second].min() - sums[~second].max() == pytest.approx(street.width, rel=1e-12)
    held = np.array(street.rows)
    assert distance_of_hulls(X[held], second[held]) == pytest.approx(street.width, rel=1e-6)


def distance_of_hulls(X, second):
    """Bound the distance of two hulls from above by two of their points (Frank-Wolfe would be slow; NNLS is exact)."""
    from scipy.optimize import nnls

    big = 1e6
    A = np.vstack([np.where(second, 1.0, -1.0) * X.T, big * second, big * ~second])
    mixture = nnls(A, np.append(np.zeros(X.shape[1]), [big, big]), maxiter=100_000)[0]
    for side in (second, ~second):
        mixture[side] /= mixture[side].sum()
    return np.linalg.norm(mixture[second] @ X[second] - mixture[~second] @ X[~second])
