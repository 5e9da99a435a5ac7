"""The lowest loss: found from any table, and claimed only where the gradient is small."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge

import glassneuron as gn
from glassneuron.engine import kernels
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.algorithms.whole_batch import coordinates, evaluation
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.hessian import CELLS, _gram, _gram_of_those_that_count
from glassneuron.learning.algorithms.whole_batch.least_squares import least_squares as least_squares_
from glassneuron.learning.algorithms.whole_batch.least_squares import products
from glassneuron.learning.algorithms.whole_batch.least_squares.products import Products
from glassneuron.learning.algorithms.whole_batch.optimum import reading
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import DeltaSettings
from glassneuron.learning.trainer import Trainer

KINDS = (
    "one-hot", "constant", "copied", "nearly copied", "scales", "timestamps", "years", "far", "wide", "weighted",
)  # fmt: skip


def table(kind, seed):
    random = np.random.default_rng(seed)
    n, k = int(random.integers(50, 300)), int(random.integers(2, 4))
    values = random.integers(0, k, n)
    X = np.column_stack([random.normal(size=(n, 3)), np.eye(k)[values]])  # with a bias, such columns are singular
    y = 3.0 * X[:, 0] + values + random.normal(size=n)
    more = {
        "constant": np.full((n, 1), 7.0),
        "copied": np.column_stack([X[:, 0], 3.0 * X[:, 1] + 2.0]),
        "nearly copied": X[:, :2] + [1e-7, 1e-5] * random.normal(size=(n, 2)),
        "timestamps": 1.7e9 + 3e7 * random.random((n, 1)),
        "years": random.integers(2000, 2020, (n, 1)).astype(float),
        "far": 1e10 + random.integers(0, 10, (n, 2)),
        "wide": random.normal(size=(n, n + 20)),
    }.get(kind, np.empty((n, 0)))
    X = np.column_stack([X, more])
    if kind == "scales":
        X = X * 10.0 ** random.integers(-6, 7, X.shape[1])
    weight = random.integers(0, 4, n).astype(float) if kind == "weighted" else np.ones(n)
    return X, y, weight


def least_squares(X, y, weight):
    """Answer with the least squares that LAPACK finds for columns of one scale."""
    root = np.sqrt(weight)
    A = np.column_stack([X - X.mean(axis=0), np.ones(len(X))])
    size = np.abs(A).max(axis=0)
    size[size == 0.0] = 1.0
    return A @ (np.linalg.lstsq(root[:, np.newaxis] * A / size, root * y, rcond=None)[0] / size)


def error(answers, y, weight):
    return float(weight @ (y - answers) ** 2) / float(weight @ y**2)


@pytest.mark.parametrize("kind", KINDS)
def test_least_squares_are_reached_on_a_thousand_tables(kind):
    for seed in range(10 if kind == "wide" else 110):
        X, y, weight = table(kind, seed)
        fitted = gn.LinearNeuron(solver=("auto", "newton")[seed % 2]).fit(X, y, weight)
        best = error(least_squares(X, y, weight), y, weight)
        assert error(fitted.predict(X), y, weight) == pytest.approx(best, rel=1e-6, abs=1e-9)
        assert fitted.history_.converged


@pytest.mark.parametrize("kind", KINDS)
def test_lbfgs_reaches_them_too_or_says_that_it_does_not(kind):
    close = 0.05 if kind == "nearly copied" else 1e-6  # the slope along a difference of 1e-7 is as small
    for seed in range(3 if kind == "wide" else 10):
        X, y, weight = table(kind, seed)
        fitted = gn.LinearNeuron(solver="lbfgs").fit(X, y, weight)
        best = error(least_squares(X, y, weight), y, weight)
        assert error(fitted.predict(X), y, weight) == pytest.approx(best, rel=close, abs=1e-9)
        assert fitted.history_.converged


@pytest.mark.parametrize("solver", ["auto", "newton", "lbfgs"])
@pytest.mark.parametrize("kind", KINDS)
def test_with_a_penalty_the_slope_is_level_where_it_ends(kind, solver):
    """The gradient is worked out here, by each weight on the scale of its column."""
    for seed in range(6):
        X, y, weight = table(kind, seed)
        names = np.digitize(y, np.quantile(y, [1 / 3, 2 / 3]) if seed % 2 else [np.median(y)])
        fitted = gn.SigmoidNeuron(solver=solver, l2=1e-3).fit(X, names, weight)
        assert fitted.history_.converged
        share, W = weight / weight.sum(), np.atleast_2d(fitted.coef_)
        answers = fitted.predict_proba(X)[:, -len(W) :]
        excess = share[:, np.newaxis] * (answers - np.eye(names.max() + 1)[names][:, -len(W) :])
        start = share[:, np.newaxis] * (1.0 / (names.max() + 1) - np.eye(names.max() + 1)[names][:, -len(W) :])
        middle, spread = share @ X, np.sqrt(share @ (X - share @ X) ** 2)
        spread[spread <= 1e-12 * np.abs(middle)] = np.inf
        columns = (X - middle) / spread
        left = excess.T @ columns + 1e-3 * W / spread
        assert np.abs(left).max() <= 1e-2 * np.abs(start.T @ columns).max()
        assert np.abs(excess.sum(axis=0)).max() <= 1e-3


@pytest.mark.parametrize("kind", ["one-hot", "copied", "weighted"])
def test_ridge_and_logistic_regression_are_what_scikit_learn_finds(kind):
    for seed in range(5):
        X, y, weight = table(kind, seed)
        total = weight.sum()
        for solver in ("auto", "newton", "lbfgs"):
            line = gn.LinearNeuron(solver=solver, l2=0.1, tol=1e-9).fit(X, y, weight)
            np.testing.assert_allclose(line.coef_, Ridge(0.1 * total).fit(X, y, weight).coef_, rtol=1e-5, atol=1e-6)
            ours = gn.SigmoidNeuron(solver=solver, tol=1e-9).fit(X, y > 1.0, weight)
            theirs = LogisticRegression(tol=1e-9, max_iter=10_000).fit(X, y > 1.0, weight)
            np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("solver", ["auto", "newton", "lbfgs"])
def test_a_bias_that_is_held_stays_and_the_weights_are_the_best_beside_it(solver):
    for seed in range(10):
        X, y, weight = table("weighted", seed)
        root = np.sqrt(weight)
        best = np.linalg.lstsq(root[:, np.newaxis] * X, root * (y + 2.0), rcond=None)[0]
        fitted = gn.LinearNeuron(solver=solver, fixed_bias=-2.0, tol=1e-9).fit(X, y, weight)
        assert fitted.intercept_ == -2.0
        np.testing.assert_allclose(fitted.coef_, best, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("classes", [2, 3])
def test_a_large_table_takes_the_same_way_as_a_small_one(classes):
    """Some of the rows first, then all: the lowest loss is the same."""
    random = np.random.default_rng(0)
    X = random.normal(size=(20_000, 12)) @ random.normal(size=(12, 12)) + 5.0
    y = (X @ random.normal(size=(12, classes)) + 3.0 * random.normal(size=(20_000, classes))).argmax(axis=1)
    losses = [gn.SigmoidNeuron(solver=solver).fit(X, y).history_.losses[-1] for solver in ("auto", "newton", "lbfgs")]
    assert losses == pytest.approx([losses[1]] * 3, rel=3e-5)


def test_a_tall_sparse_table_is_never_made_dense_as_a_whole(monkeypatch):
    """It begins on some of the rows, of which only a leaf at a time is dense, for the Hessian."""
    random = np.random.default_rng(0)
    X = random.random((80_000, 40)) * (random.random((80_000, 40)) < 0.1)
    X[:, 7] = 0.0
    X[11, 7] = 1.0  # which few of the rows show
    y = (X @ random.normal(size=40) + 0.3 * random.normal(size=80_000) > 0.0).astype(int)
    dense, sizes = Dataset.dense, []
    monkeypatch.setattr(Dataset, "dense", lambda data, a, b: sizes.append(b - a) or dense(data, a, b))
    sparse = gn.SigmoidNeuron().fit(csr_array(X), y)
    assert max(sizes, default=0) <= CELLS // 40
    whole = gn.SigmoidNeuron(solver="newton").fit(X, y)
    penalties = [(fitted.coef_**2).sum() / 2 / len(X) for fitted in (sparse, whole)]
    objectives = [f.history_.losses[-1] + p for f, p in zip((sparse, whole), penalties, strict=True)]
    assert objectives[0] == pytest.approx(objectives[1], rel=3e-5)


@pytest.mark.parametrize("estimator", [gn.Adaline, gn.SigmoidNeuron, gn.LinearNeuron], ids=lambda kind: kind.__name__)
def test_row_by_row_a_rate_that_is_chosen_settles_at_the_lowest_loss(estimator):
    random = np.random.default_rng(0)
    X = random.normal(size=(2000, 30))
    y = np.where(random.random(2000) < 0.1, -1, 1) * np.sign(X @ random.normal(size=30))
    online, best = estimator(solver="online").fit(X, y), estimator().fit(X, y)
    assert online.history_.losses[-1] == pytest.approx(best.history_.losses[-1], rel=1e-3)
    assert online.score(X, y) >= best.score(X, y) - 0.01
    assert online.history_.converged
    assert not online.diagnose()
    jumpy = estimator(solver="online", learning_rate=online.history_.learning_rates[0]).fit(X, y)
    assert jumpy.history_.losses[-1] > 1.05 * best.history_.losses[-1]
    assert not jumpy.history_.converged  # the loss stands still, but not at its lowest
    (finding,) = [f for f in jumpy.diagnose() if f.what == "not settled"]
    rate = float(finding.fix.partition("learning_rate=")[2].split(",")[0])
    calm = estimator(solver="online", learning_rate=rate, max_epochs=3000).fit(X, y)
    assert calm.history_.losses[-1] == pytest.approx(best.history_.losses[-1], rel=0.01)


@pytest.mark.parametrize("solver", ["newton", "lbfgs"])
@pytest.mark.parametrize("estimator", [gn.SigmoidNeuron, gn.Adaline], ids=lambda kind: kind.__name__)
def test_no_tolerance_that_was_missed_is_called_converged(estimator, solver):
    X, y, _ = table("one-hot", 0)
    history = estimator(solver=solver, tol=1e-300, max_epochs=500).fit(X, y > 1.0).history_
    few = estimator(solver=solver, max_epochs=1, tol=1e-12).fit(X, y > 1.0).history_
    for each in (history, few):
        small = float(each.why_stopped.partition("gradient is ")[2].split()[0]) <= 1e-10  # of rounding
        assert small or not each.converged


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "batch"])
def test_no_loop_over_rows_is_interpreted(monkeypatch, solver):
    """A table of 569 rows took seconds that way."""
    for name in ("weighted_sum", "activate", "row_sum", "row_move"):
        monkeypatch.setattr(kernels, name, None)
    X, y, _ = table("one-hot", 1)
    settings = DeltaSettings(solver=solver, l2=1e-3, max_epochs=50)
    history = Trainer(algorithm_for(Dataset(X, (y > 1.0).astype(int)), settings, "sigmoid")).fit()
    assert history.losses[-1] < 0.69


@pytest.mark.parametrize("solver", ["auto", "online"])
def test_a_rare_class_that_counts_as_much_as_the_other_is_found(solver):
    """One row in 160; row by row, whatever the order."""
    random = np.random.default_rng(0)
    X = random.normal(size=(5000, 10))
    rare = X[:, 0] + 0.3 * random.normal(size=5000) > 2.6
    for seed in range(3):
        fitted = gn.Adaline(solver=solver, class_weight="balanced", random_state=seed).fit(X, rare)
        assert fitted.predict(X)[rare].mean() > 0.9


def test_products_of_columns_are_moved_to_other_coordinates_unless_rounding_would_show():
    random = np.random.default_rng(0)
    X, weight = 1e3 + random.normal(size=(50, 3)) * [1.0, 1e-3, 1e3], random.integers(0, 4, 50).astype(float)
    data = Dataset(X, random.normal(size=50), sample_weight=weight)
    near = Products.of(data, Coordinates.near(data, centred=True))
    there = near.measured(centred=True)
    measured = Coordinates.of(data, centred=True)
    for found, expected in ((there.centres, measured.centres), (there.scales, measured.scales)):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    rows = np.column_stack([there.rows(X), data.y])
    np.testing.assert_allclose(near.moved(there).sums, rows.T @ (weight[:, np.newaxis] * rows), atol=1e-11)
    assert Products.of(data, Coordinates(np.zeros(3), np.ones(3))).moved(there) is None


@pytest.mark.parametrize("bias", [None, 0.5])
def test_least_squares_look_at_all_rows_once_for_the_answer_and_once_to_see_that_it_is_right(monkeypatch, bias):
    looks = []

    def counted(module, name):
        whole = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, **k: looks.append(name) or whole(*a, **k))

    for module in (coordinates, evaluation, products, least_squares_):
        counted(module, "over_leaves")
    X, y, _ = table("years", 0)
    fitted = gn.LinearNeuron(fixed_bias=bias).fit(X[:, [0, 1, 2, 6]], y)
    assert fitted.history_.converged
    assert len(looks) == 2


def test_a_wide_table_of_columns_that_depend_on_each_other_comes_to_its_least_squares():
    """As text makes it: one column a value for each of many columns of text, and so their sums are all alike."""
    random = np.random.default_rng(0)
    parts = [np.eye(6)[random.integers(0, 6, 900)] for _ in range(40)]
    X = np.column_stack(parts) * random.lognormal(0, 1, 240)
    y = X @ random.normal(size=240) + random.normal(size=900)
    fitted = gn.LinearNeuron(max_epochs=300).fit(X, y)
    A = np.column_stack([X, np.ones(900)])
    least = ((y - A @ np.linalg.lstsq(A, y, rcond=None)[0]) ** 2).sum()
    assert ((y - fitted.predict(X)) ** 2).sum() == pytest.approx(least, rel=1e-9)
    assert fitted.history_.converged


def test_few_rows_for_their_columns_are_not_learned_by_heart_and_a_lesson_has_no_penalty():
    random = np.random.default_rng(0)
    X = random.normal(size=(120, 40))
    y = X[:, 0] + random.normal(size=120) > 0.0
    for rows, columns, alpha in ((120, 40, 1.0), (120, 4, 0.0), (40, 8, 0.0)):
        ours = gn.Adaline().fit(X[:rows, :columns], y[:rows])
        theirs = Ridge(alpha).fit(X[:rows, :columns], 2.0 * y[:rows] - 1.0)
        np.testing.assert_allclose(ours.coef_[0], theirs.coef_, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("columns", [2, 12])
def test_of_all_least_squares_the_shortest_is_found_where_columns_depend_on_each_other(columns):
    """With LAPACK's factor where there are many unknowns, without any library where there are few."""
    random = np.random.default_rng(0)
    X = np.column_stack([np.eye(3)[random.integers(0, 3, 400)] for _ in range(columns)])
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    y = X @ random.normal(size=X.shape[1]) + random.normal(size=400)
    unit = Coordinates(np.zeros(X.shape[1]), np.ones(X.shape[1]))
    found, apart = least_squares_.least_squares(Dataset(X, y), unit, 0.0, None)
    shortest = np.linalg.lstsq(np.column_stack([X, np.ones(400)]), y, rcond=1e-10)[0]
    np.testing.assert_allclose(found[0], shortest, rtol=1e-9, atol=1e-11)
    assert apart.all()  # of three columns a value, none is a copy


@pytest.mark.parametrize("spoil", ["copied columns", "constant columns", ""])
@pytest.mark.parametrize("coded", [False, True])
def test_least_squares_tell_which_columns_are_neither_constant_nor_copies(spoil, coded):
    random = np.random.default_rng(0)
    X = random.normal(size=(900, 4)) * [1.0, 1e-3, 1.0, 1e4] + [0.0, 1.0, -7.0, 0.0]
    if coded:
        X = np.column_stack([X, np.eye(3)[random.integers(0, 3, 900)], np.eye(5)[random.integers(0, 5, 900)]])
    alike = []
    if spoil == "copied columns":
        X[:, 3], alike = 2.0 * X[:, 1] - 5.0, [1, 3]
    elif spoil:
        X[:, 3], alike = 7.0, [3]
    y = X[:, 0] + random.normal(size=900)
    algorithm = algorithm_for(Dataset(X, y), DeltaSettings(solver="auto"), "linear")
    Trainer(algorithm).fit()
    assert np.flatnonzero(~algorithm.columns_apart).tolist() == alike
    assert [finding.what for finding in gn.LinearNeuron().fit(X, y).diagnose()] == ([spoil] if spoil else [])


@pytest.mark.parametrize("classes", [2, 3])
def test_single_precision_leads_the_way_and_the_last_look_is_at_the_rows_as_they_are(monkeypatch, classes):
    random = np.random.default_rng(0)
    X = random.normal(size=(1500, 400)) + random.normal(size=400)
    y = (X @ random.normal(size=(400, classes)) + 10.0 * random.normal(size=(1500, classes))).argmax(axis=1)
    precise, whole = [], reading.evaluate_at
    monkeypatch.setattr(reading, "evaluate_at", lambda *a, **k: precise.append(not k["single"]) or whole(*a, **k))
    fitted = gn.SigmoidNeuron().fit(X, y)
    assert fitted.history_.converged
    assert precise[-1]
    assert not any(precise[:-1])
    best = gn.SigmoidNeuron(solver="lbfgs", tol=1e-9).fit(X, y)
    penalties = [(f.coef_**2).sum() / 2 / len(X) for f in (fitted, best)]
    objectives = [f.history_.losses[-1] + p for f, p in zip((fitted, best), penalties, strict=True)]
    assert objectives[0] == pytest.approx(objectives[1], rel=1e-5, abs=1e-4 * np.log(classes))  # as `tol` says


@pytest.mark.parametrize("kind", ["usual", "nearly copied", "far"])
def test_least_squares_of_a_large_table_in_single_precision_are_as_good_as_in_double(kind):
    """Products in single precision are trusted only where columns hardly depend on each other."""
    random = np.random.default_rng(0)
    X = random.normal(size=(40_000, 30))
    X[:, 1] = X[:, 0] + 1e-3 * X[:, 1] if kind == "nearly copied" else X[:, 1]
    X = (X + 1e3 * (kind == "far")).astype(np.float32)
    y = (X - X.mean(axis=0, dtype=float)) @ random.normal(size=30) + random.normal(size=40_000)
    single, double = gn.LinearNeuron().fit(X, y), gn.LinearNeuron().fit(X.astype(float), y)
    assert single.history_.converged
    np.testing.assert_allclose(single.coef_, double.coef_, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("rows", [150, 2500])
def test_copies_in_single_precision_are_copies_but_for_rounding(rows):
    """In double precision their rounding would tell them apart, by weights so large that answers are lost in them."""
    rng = np.random.default_rng(rows)
    X = rng.normal(size=(rows, 30)) * 10.0 ** rng.uniform(-2, 2, 30)
    y = X @ rng.normal(size=30) + 3.0 * X.std() * rng.normal(size=rows)
    alone = gn.LinearNeuron().fit(X, y)
    X = np.column_stack([X, 3.0 * X[:, :15] + 1.0, X @ rng.normal(size=(30, 2))]).astype(np.float32)
    found = gn.LinearNeuron().fit(X, y)
    assert found.history_.converged
    assert np.abs(found.coef_).max() < 10.0 * np.abs(alone.coef_).max()
    assert found.score(X, y) == pytest.approx(
        LinearRegression().fit(X.astype(float), y).score(X.astype(float), y), abs=1e-4
    )


def test_rows_whose_answers_are_sure_are_left_out_of_a_hessian_that_leads_the_way():
    random = np.random.default_rng(0)
    rows, weight = random.normal(size=(200, 3)), random.uniform(0.1, 0.3, 200)
    weight[random.permutation(200)[:120]] = 1e-9
    told = _gram_of_those_that_count(rows, weight)
    np.testing.assert_allclose(told, (rows.T * weight) @ rows, rtol=1e-6)
    assert (told != _gram(rows, weight)).any()
