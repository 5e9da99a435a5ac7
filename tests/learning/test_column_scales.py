"""Columns very far apart in scale, on the way to the lowest loss: none hides another, and none is silenced."""

import numpy as np
import pytest

import glassneuron as gn


@pytest.mark.parametrize(("rows", "columns", "classes"), [(300, 5, 2), (500, 20, 2), (400, 8, 4)])
@pytest.mark.parametrize("decades", [4, 8, 12])
def test_columns_very_far_apart_in_scale_hide_none_of_each_other(rows, columns, classes, decades):
    """A penalty on the weight of a small column is huge where columns have one scale, and concerns that one alone."""
    random = np.random.default_rng(rows)
    X = random.normal(size=(rows, columns))
    y = (X @ random.normal(size=(columns, classes)) + 0.5 * random.normal(size=(rows, classes))).argmax(axis=1)
    X *= 10.0 ** random.permutation(np.linspace(-decades, decades, columns))
    lowest = []
    for solver in ("lbfgs", "auto", "newton"):
        fitted = gn.SigmoidNeuron(solver=solver, l2=1.0 / rows).fit(X, y)
        assert fitted.history_.converged
        assert fitted.n_iter_ < 60
        lowest.append(fitted.history_.losses[-1] + (fitted.coef_.astype(float) ** 2).sum() / 2 / rows)
    assert lowest[1:] == pytest.approx([lowest[0]] * 2, rel=1e-4)


@pytest.mark.parametrize("decades", [6, 10, 12, 16])
def test_wide_tables_of_such_columns_are_learned_and_no_end_is_claimed_that_is_none(decades):
    random = np.random.default_rng(decades)
    X = random.normal(size=(100, 200))
    y = (X @ random.normal(size=200) > 0.0).astype(int)
    X *= 10.0 ** random.permutation(np.linspace(-decades, decades, 200))
    fitted = gn.SigmoidNeuron(standardise=False).fit(X, y)
    assert fitted.history_.losses[-1] < 1e-3  # columns that cost nothing tell the classes apart
    assert fitted.history_.mistakes[-1] == 0


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("solver", ["auto", "newton", "lbfgs"])
def test_a_penalty_of_ours_silences_no_column_that_is_smaller_by_far(classes, solver):
    random = np.random.default_rng(classes)
    X = random.normal(size=(300, 6)) + 1.0
    told_by = random.normal(size=(6, classes)) * [[0.1], [2.0], [0.1], [0.1], [2.0], [0.1]]
    y = (X @ told_by + 0.3 * random.normal(size=(300, classes))).argmax(axis=1)
    small = X * [1.0, 1e-4, 1e3, 1.0, 1e-6, 1.0]
    fitted = gn.SigmoidNeuron(solver=solver).fit(small, y)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    alike = gn.SigmoidNeuron(solver=solver, l2=1.0 / 300).fit(X, y)
    np.testing.assert_allclose(fitted.predict_proba(small), alike.predict_proba(X), atol=1e-3)
    again = gn.SigmoidNeuron(solver=solver, warm_start=True).fit(small, y).fit(small, y)
    np.testing.assert_allclose(again.predict_proba(small), fitted.predict_proba(small), atol=1e-3)
    assert "scales" not in [finding.what for finding in fitted.diagnose()]
    for chosen in ({"l2": 1.0 / 300}, {"standardise": False}):  # as somebody wants it
        held = gn.SigmoidNeuron(solver=solver, **chosen).fit(small, y)
        assert held.score(small, y) < fitted.score(small, y) - 0.05


def test_usual_columns_stay_as_they_are():
    """Zeros and ones that are rare, large ones, small ones alone, and beside constant ones."""
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 4)) * [1.0, 1e5, 10.0, 1.0]
    X[:, 3] = np.arange(200) == 7
    y = X[:, 0] > 0.0
    small = X[:, :1] * 1e-3
    for table in (X, small, np.column_stack([X, np.full(200, 1e-6)]), np.column_stack([small, np.full(200, 1e6)])):
        as_it_is = gn.SigmoidNeuron(standardise=False).fit(table, y)
        np.testing.assert_array_equal(gn.SigmoidNeuron().fit(table, y).coef_, as_it_is.coef_)
