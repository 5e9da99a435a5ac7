"""How many steps there will be is told before the first one, and another way is taken where they are many."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import glassneuron as gn
from glassneuron.learning.algorithms.whole_batch.optimum import foresight, reading
from glassneuron.learning.algorithms.whole_batch.optimum.marks import BENDS, NOT_SOON
from glassneuron.learning.algorithms.whole_batch.optimum.optimum import ToOptimum
from glassneuron.learning.algorithms.whole_batch.steps_needed import steps_needed
from glassneuron.learning.dataset import Dataset


def table(rows, columns, factors, seed=0, share=0.3):
    """Columns that follow a few factors and their own noise; with as many factors as columns they are free."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(rows, columns))
    if factors < columns:
        X = random.normal(size=(rows, factors)) @ random.normal(size=(factors, columns)) + share * X
    sums = X @ random.normal(size=columns)
    return X, (sums + 0.5 * sums.std() * random.normal(size=rows) > 0.0).astype(np.int64)


def objective(fitted, X, y):
    z = X @ fitted.coef_.ravel() + fitted.intercept_
    return np.mean(np.logaddexp(0.0, z) - y * z) + (fitted.coef_**2).sum() / 2 / len(X)


def ways(monkeypatch):
    """Note which way each training on a whole table took."""
    taken, foresee = [], ToOptimum.foresee

    def noted(self):
        foresee(self)
        taken.append("newton" if self.marks[BENDS] > 0.0 else "hessian" if len(self.inverse) else self.marks[BENDS])

    monkeypatch.setattr(ToOptimum, "foresee", noted)
    return taken


@pytest.mark.parametrize("columns", [3, 8, 20])
def test_conjugate_gradients_are_counted_until_hardly_anything_is_won(columns):
    """The steps come from their definition: each leads to the lowest point over all directions so far."""
    random = np.random.default_rng(columns)
    rows = random.normal(size=(60, columns)) @ random.normal(size=(columns, columns))
    share, penalty, at = np.full(60, 1 / 60), random.random(columns), random.normal(size=(1, columns))
    bend = rows.T @ (share[:, np.newaxis] * rows) + np.diag(penalty)
    base = 1.0 + penalty  # what each unknown is thought to bend
    directions, won, fallen = [at[0] / base], 0.0, []
    for _ in range(columns):
        basis, _ = np.linalg.qr(np.array(directions).T)
        best = basis @ np.linalg.solve(basis.T @ bend @ basis, basis.T @ at[0])
        fallen.append(0.5 * at[0] @ best - won)
        won += fallen[-1]
        directions.append((at[0] - bend @ best) / base)
    few = [k for k in range(columns) if fallen[k] <= 1e-4 * sum(fallen[: k + 1])]
    assert steps_needed(rows, share, penalty, at, 100 * columns) >= (few[0] if few else columns)
    for most in range(1, columns):
        assert steps_needed(rows, share, penalty, at, most) == min(most, few[0] if few else most)


@pytest.mark.parametrize(("rows", "columns", "factors", "way"), [
    (1500, 120, 120, NOT_SOON), (1500, 60, 8, "newton"), (3800, 115, 20, "hessian"),
])  # fmt: skip
def test_the_way_follows_from_how_columns_depend_on_each_other(monkeypatch, rows, columns, factors, way):
    X, y = table(rows, columns, factors)
    taken = ways(monkeypatch)
    foreseen = gn.SigmoidNeuron().fit(X, y)
    assert taken == [way]
    best = LogisticRegression(tol=1e-10, max_iter=10_000).fit(X, y)
    assert objective(foreseen, X, y) == pytest.approx(objective(best, X, y), rel=2e-5)
    assert foreseen.history_.converged
    monkeypatch.setattr(foresight, "FORESIGHT", 0.0)
    blind = gn.SigmoidNeuron().fit(X, y)
    if way == NOT_SOON:
        assert foreseen.n_iter_ <= blind.n_iter_ + 2  # a Hessian on the way saved hardly any
    else:
        assert foreseen.n_iter_ < blind.n_iter_  # which has computed a Hessian on its way


def test_a_way_that_was_chosen_is_gone_on_from_where_a_state_was_kept(monkeypatch):
    X, y = table(1500, 60, 8)
    taken = ways(monkeypatch)
    whole, learner = gn.SigmoidNeuron(), gn.SigmoidNeuron()
    trainer, _ = learner.training(X, y)
    frames = trainer.steps()
    for _ in range(5):
        next(frames)
    state = trainer.state()
    again, _ = learner.training(X, y)
    again.restore(state)
    again.fit()
    assert taken == ["newton"]
    whole.fit(X, y)
    np.testing.assert_array_equal(again.algorithm.weights[0].ravel(), whole.neuron_.weights)


def test_the_first_guess_is_the_hessian_of_guessing():
    """All answers are 1/2 there, so that each row bends the loss by a quarter."""
    X, y = table(3800, 115, 20)
    trainer, _ = gn.SigmoidNeuron().training(X, y)
    next(trainer.steps())
    learner = trainer.algorithm
    rows = np.column_stack([(X - learner.centres) / learner.scales, np.ones(len(X))])
    bend = 0.25 * rows.T @ rows / len(X) + np.diag(np.append(1.0 / len(X) / learner.scales**2, 0.0))
    left = np.linalg.eigvals(learner.inverse[0] @ bend).real  # 1 but for chance, as a third of the rows was asked
    assert 0.4 < left.min() < 1.0 < left.max() < 2.5
    assert np.median(left) == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize("spoil", ["weights of 0", "held bias", "far apart", "no penalty"])
def test_foresight_spoils_no_table(spoil):
    X, y = table(1200, 70, 10)
    weight = None
    more = {}
    if spoil == "weights of 0":
        weight = np.zeros(len(X))
        weight[np.r_[:40, 700:780]] = 1.0
    elif spoil == "held bias":
        more = {"fixed_bias": 0.5}
    elif spoil == "far apart":
        X = X * 10.0 ** np.linspace(-12, 12, X.shape[1])
    else:
        more = {"l2": 0.0}
    fitted = gn.SigmoidNeuron(**more).fit(X, y, weight)
    assert fitted.history_.converged
    assert np.isfinite(fitted.coef_).all()
    if spoil == "held bias":
        assert fitted.intercept_ == pytest.approx(0.5)
    by_steps = gn.SigmoidNeuron(solver="lbfgs", **more).fit(X, y, weight)
    assert fitted.score(X, y, weight) == pytest.approx(by_steps.score(X, y, weight), abs=0.01)


def test_some_rows_tell_the_scale_of_columns_unless_one_of_them_shows_nothing_there(monkeypatch):
    X, y = table(4000, 12, 12)
    measured, of = [], reading.Coordinates.of
    monkeypatch.setattr(
        reading.Coordinates, "of", lambda data, centred: measured.append(len(data.y)) or of(data, centred=centred)
    )
    gn.SigmoidNeuron(solver="lbfgs").fit(X, y)
    assert measured == [reading.MEASURED]
    X[:, 3] = 0.0
    X[7, 3] = 1.0  # one row of 4,000
    rare = gn.SigmoidNeuron(solver="lbfgs").fit(X, y)
    assert measured[1:] == [len(X)]
    best = LogisticRegression(tol=1e-10, max_iter=10_000).fit(X, y)
    assert objective(rare, X, y) == pytest.approx(objective(best, X, y), rel=1e-5)
    measured.clear()
    gn.SigmoidNeuron(solver="lbfgs").fit(table(4000, 12, 12)[0], y, np.arange(len(X)) % 3)
    assert measured == [len(X)]  # a row that does not count tells nothing


@pytest.mark.parametrize(("of", "rows"), [(10, 10), (10, 3), (1000, 999), (100_000, 7)])
def test_a_sample_has_one_row_of_each_run(of, rows):
    data = Dataset(np.arange(float(of))[:, np.newaxis], np.arange(of) % 2)
    drawn = data.sample(rows).X[:, 0].astype(int)
    assert len(set(drawn)) == rows
    starts = np.arange(rows + 1) * of // rows
    assert (starts[:-1] <= drawn).all()
    assert (drawn < starts[1:]).all()
