"""The boundary beside a known one that has all rows right: there, the nearest, and not looked for in vain."""

import numpy as np
import pytest

from glassneuron.proofs.budget import Budget
from glassneuron.proofs.geometry.beside import beside
from glassneuron.proofs.geometry.kesler import Kesler
from glassneuron.proofs.geometry.scaled_table import ScaledTable
from glassneuron.proofs.geometry.two_classes import TwoClasses


def without_noise(rows, columns, classes, seed, turn=0.05):
    """Rows on scales far apart, the class of each by weights without noise, and weights a little beside these."""
    random = np.random.default_rng(seed)
    units = 10.0 ** random.integers(-3, 4, columns)
    X, W, b = random.normal(size=(rows, columns)) * units, random.normal(size=(classes, columns)), np.zeros(classes)
    codes = ((X / units) @ W.T + b).argmax(axis=1)
    near = np.column_stack([(W + turn * random.normal(size=W.shape)) / units, b])
    return X, codes, near


def constraints_of(X, codes, near):
    if len(near) > 2:
        return Kesler(X, codes, near)
    return TwoClasses(ScaledTable(X), codes == 1, near=near[1] - near[0])


def answers(constraints, X, v):
    if isinstance(constraints, Kesler):
        weights = np.array([[float(w) for w in row] for row in constraints.unscaled(v)])
        return (X @ weights[:, :-1].T + weights[:, -1]).argmax(axis=1)
    weights = constraints.unscaled(v)
    return (X @ weights[:-1] + weights[-1] > 0.0).astype(int)


@pytest.mark.parametrize(
    ("rows", "columns", "classes"),
    [(100, 1, 2), (300, 3, 2), (300, 3, 3), (2000, 12, 2), (2000, 12, 4), (20_000, 4, 2), (20_000, 4, 4)],
)
def test_all_rows_are_right_and_new_ones_more_often(rows, columns, classes):
    before, after = [], []
    for seed in range(10):
        X, codes, near = without_noise(2 * rows, columns, classes, seed)
        seen = constraints_of(X[:rows], codes[:rows], near)
        found = beside(seen, Budget())
        assert found is not None
        assert (answers(seen, X[:rows], found.v) == codes[:rows]).all()
        for told, v in ((before, seen.known()), (after, found.v)):
            told.append(float((answers(seen, X[rows:], v) == codes[rows:]).mean()))
    if columns > 1:  # along a line, the known boundary is right but for a row or two already
        assert np.mean(after) > np.mean(before)


def test_a_boundary_that_has_all_rows_right_already_is_left_nearly_where_it_is():
    X, codes, near = without_noise(300, 3, 2, 0, turn=0.0)
    seen = constraints_of(X, codes, near)
    v = beside(seen, Budget()).v
    assert v @ seen.known() > 0.999 * np.linalg.norm(v)


@pytest.mark.parametrize("classes", [2, 4])
def test_labels_with_noise_are_given_up_soon(classes):
    X, codes, near = without_noise(2000, 12, classes, 0)
    flipped = np.random.default_rng(0).random(2000) < 0.05
    noisy = np.where(flipped, (codes + 1) % classes, codes)
    budget = Budget(1e9)
    assert beside(constraints_of(X, noisy, near), budget) is None
    spent, enough, whole = 1e9 - budget.left, Budget(1e9), Budget(1e9)
    assert beside(constraints_of(X, codes, near), enough) is not None
    assert spent < 1.5 * (1e9 - enough.left)
    many = np.where(np.random.default_rng(0).random(2000) < 0.3, (codes + 1) % classes, codes)
    assert beside(constraints_of(X, many, near), whole) is None
    assert whole.left == 1e9  # one look is enough


def test_what_was_found_before_the_work_ended_is_kept():
    X, codes, near = without_noise(2000, 12, 2, 0)
    whole = Budget(1e9)
    beside(constraints_of(X, codes, near), whole)
    kept = [beside(constraints_of(X, codes, near), Budget(share * (1e9 - whole.left))) for share in (0.01, 0.9, 1.0)]
    assert kept[0] is None
    for found in kept[1:]:
        assert (answers(constraints_of(X, codes, near), X, found.v) == codes).all()


def test_nothing_is_found_beside_no_boundary():
    X, codes, _ = without_noise(100, 3, 2, 0)
    assert beside(TwoClasses(ScaledTable(X), codes == 1), Budget()) is None
    for nowhere in (0.0, np.inf, np.nan):
        assert beside(TwoClasses(ScaledTable(X), codes == 1, near=np.full(4, nowhere)), Budget()) is None
