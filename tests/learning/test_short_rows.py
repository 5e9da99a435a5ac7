"""Rows in short form: they call no row right that is not, and change no bit of what is learned."""

from fractions import Fraction

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.engine import backend
from glassneuron.learning.algorithms.perceptrons import short_rows
from glassneuron.learning.algorithms.perceptrons.short_rows import ShortRows
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import PerceptronSettings
from glassneuron.learning.trainer import Trainer


def exact_sum(w, b, x):
    return sum((Fraction(float(a)) * Fraction(float(c)) for a, c in zip(w, x, strict=True)), Fraction(float(b)))


def called_right(short, kernels, w, b, rows):
    """Return which rows are surely right, each asked by itself."""
    return np.array([short.surely_right(kernels, w, b, np.array([i], np.int32)) == 1 for i in range(rows)])


def near_the_border(w, b, X, distances):
    """Shift rows along w until they are so far from the border, for rows of their lengths."""
    w, X = w.astype(np.float64), X.astype(np.float64)
    wanted = distances * np.linalg.norm(X, axis=1) * np.linalg.norm(w)
    return X + np.outer((wanted - X @ w - b) / (w @ w), w)


@pytest.mark.parametrize("speed", ["python", "compiled"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("features", [1, 3, 40])
def test_what_is_called_right_is_right_to_the_last_digit(speed, dtype, features):
    # each row for both targets: of rows near the border neither may be called right unless exact arithmetic agrees
    random, kernels = np.random.default_rng(features), backend.load(speed)
    for scale in (1.0, 1e-30, 1e-8, 1e12):
        w, b = (scale * random.normal(size=features)).astype(dtype), float(dtype(scale * random.normal()))
        distances = random.choice([-1, 1], 120) * 10.0 ** random.uniform(-12, 0, 120)
        X = near_the_border(w, b, random.normal(size=(120, features)), distances).astype(dtype)
        fires = np.array([exact_sum(w, b, x) >= 0 for x in X])
        for wanted in (0, 1):
            called = called_right(ShortRows(X, np.full(120, wanted, np.int32)), kernels, w, b, 120)
            assert not called[fires != (wanted == 1)].any()
            assert called[(fires == (wanted == 1)) & (np.abs(distances) > 0.1)].all() or scale == 1e-30


def test_a_row_is_not_sure_where_what_its_short_form_lacks_may_turn_the_sum():
    # in units of 1 / 32767 the row is (32767, 0.4, 0.4, ..), of which the short form keeps 32767 and nothing else: with
    # weights of 1 for the first and -800 or -1000 for the 100 others its sum is 1, but 1 - 32000 / 32767 or 1 - 40000 /
    # 32767 is that of the row
    kernels, X = backend.load("compiled"), np.full((1, 101), 0.4 / 32767)
    X[0, 0] = 1.0
    for others, fires in ((-800.0, True), (-1000.0, False)):
        w = np.full(101, others)
        w[0] = 1.0
        assert (exact_sum(w, 0.0, X[0]) >= 0) == fires
        for wanted in (0, 1):
            assert not called_right(ShortRows(X, np.array([wanted], np.int32)), kernels, w, 0.0, 1).any()


@pytest.mark.parametrize(
    ("w", "x", "b"),
    [
        (1e200, 1e200, 0.0),  # the sum is beyond a float
        (1e39, 1.0, 0.0),  # the weight is beyond single precision
        (1.0, 1e-320, 0.0),  # the unit is 0
        (0.0, 1.0, 0.0),  # a tie
        (1e-200, 1.0, 0.0),  # the square of the length is 0
        (-1e-46, 1.0, 5e-47),  # the weight is 0 in single precision
        (1.0, 0.0, 0.0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("speed", ["python", "compiled"])
def test_nothing_is_sure_at_the_ends_of_the_range(speed, w, x, b):
    with np.errstate(all="ignore"):
        for wanted in (0, 1):
            short = ShortRows(np.array([[x]]), np.array([wanted], np.int32))
            assert not called_right(short, backend.load(speed), np.array([w]), b, 1).any()


def test_both_speeds_stop_at_the_same_visit():
    random = np.random.default_rng(0)
    X, w = random.normal(size=(500, 7)), random.normal(size=7)
    short, order = ShortRows(X, (X @ w > 0).astype(np.int32)), random.permutation(500).astype(np.int32)
    stops = [short.surely_right(backend.load(speed), w, 1e-3, order) for speed in ("python", "compiled")]
    assert stops[0] == stops[1]
    right = (X[order] @ w + 1e-3 >= 0) == (X[order] @ w > 0)
    assert stops[0] <= (len(order) if right.all() else np.argmin(right))


def trained(variant, data, **more):
    algorithm = algorithm_for(data, PerceptronSettings(variant=variant, **more))
    history = Trainer(algorithm).fit()
    state = algorithm.state()
    columns = history.mistakes, history.losses, history.norms, history.why_stopped
    return {name: value.tobytes() for name, value in state.items()}, columns


@pytest.mark.parametrize("variant", ["plain", "averaged", "pocket", "voted"])
@pytest.mark.parametrize(("dtype", "spread"), [(np.float64, 0.0), (np.float32, 0.0), (np.float64, 3.0)])
def test_they_change_no_bit(monkeypatch, variant, dtype, spread):
    random = np.random.default_rng(1)
    X = random.normal(size=(2000, 30)) * 10.0 ** random.uniform(-spread, spread, 30)
    w = random.normal(size=30)
    sums = X @ w
    y = (sums > np.median(sums)).astype(np.int32)
    y[::400] ^= variant == "pocket"  # which would end too soon
    data, asked = Dataset(X.astype(dtype), y), []
    more = {"max_epochs": 30, "tol": None, "standardise": False}
    with gn.speed("compiled"):
        expected = trained(variant, data, **more)
        for name, value in (("FROM", 1), ("AFTER", 2), ("STOP", 1)):
            monkeypatch.setattr(short_rows, name, value)
        counted = ShortRows.surely_right

        def counting(self, *told):
            asked.append(counted(self, *told))
            return asked[-1]

        monkeypatch.setattr(ShortRows, "surely_right", counting)
        assert trained(variant, data, **more) == expected
    assert sum(asked) > 2000  # rows that were passed by


def test_they_are_made_where_many_epochs_of_a_large_table_have_few_mistakes():
    wide = np.zeros((100, short_rows.FROM // 100 + 1))
    assert short_rows.pay(wide, short_rows.AFTER, 1)
    assert not short_rows.pay(wide, short_rows.AFTER - 1, 1)
    assert not short_rows.pay(wide, short_rows.AFTER, 100)
    assert not short_rows.pay(wide[:90], short_rows.AFTER, 1)
    assert not short_rows.pay(np.lib.stride_tricks.as_strided(np.zeros(1), (64, 1 << 17), (0, 0)), short_rows.AFTER, 1)


def test_they_are_not_made_of_a_table_on_the_disk(tmp_path):
    table = np.memmap(tmp_path / "table", np.float64, "w+", shape=(100, short_rows.FROM // 100 + 1))
    assert not short_rows.pay(np.asarray(table), short_rows.AFTER, 1)
