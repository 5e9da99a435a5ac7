"""Single neurons beside scikit-learn: epochs in order and shuffled, wide, sparse, to the optimum, one row."""

import gc
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.linear_model import Perceptron as ScikitLearnPerceptron

import glassneuron as gn
from benchmarks.harness import Row, Way

MORE = 5
"""Epochs by which the longer of two fits is longer: their difference is what an epoch costs, without the checks."""


def rows() -> Iterator[Row]:
    for shape in ((500_000, 20), (200_000, 50), (50_000, 200), (10_000, 2000), (2000, 10_000)):
        for dtype in (np.float64, np.float32):
            yield from epochs(*shape, dtype)
    for dtype in (np.float64, np.float32):
        yield from ten_classes(dtype)
    for dtype in (np.float64, np.float32):
        yield from sparse(dtype)
    for mixed in (False, True):
        yield to_the_optimum(mixed)
    yield from one_row()


def table(samples: int, features: int, dtype: Any) -> tuple[Any, Any]:
    """Draw rows of which one neuron can have some six of seven right."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(samples, features)).astype(dtype)
    noise = 0.5 * np.sqrt(features) * rng.normal(size=samples)
    return X, (X @ rng.normal(size=features).astype(dtype) + noise > 0).astype(np.int64)


def epochs(samples: int, features: int, dtype: Any) -> Iterator[Row]:
    wide = features >= 1000
    X, y = table(samples, features, dtype)
    for shuffle in (False, True):
        goal = 2 if wide else 3.5 if shuffle else 5
        within = "" if wide or shuffle else "; within 1.5 x of a pass"
        yield compared(
            f"perceptron, {samples:,} x {features:,} {np.dtype(dtype)}, {'shuffled' if shuffle else 'in order'}",
            X, y, shuffle, f"goal: {goal} x{within}",
        )  # fmt: skip


def compared(name: str, X: Any, y: Any, shuffle: bool, note: str, peer_X: Any = None) -> Row:
    """Compare fits of one epoch; a longer fit beside each tells what an epoch costs."""
    theirs = X if peer_X is None else peer_X
    mine, longer = (gn.Perceptron(max_epochs=e, shuffle=shuffle, prove=False) for e in (1, 1 + MORE))
    peer, longer_peer = (ScikitLearnPerceptron(max_iter=e, tol=None, shuffle=shuffle) for e in (1, 1 + MORE))
    row = Row(
        name,
        lambda: mine.fit(X, y),
        {
            "scikit-learn Perceptron": lambda: peer.fit(theirs, y),
            f"{MORE} epochs more": lambda: longer.fit(X, y),
            f"scikit-learn, {MORE} epochs more": lambda: longer_peer.fit(theirs, y),
            "one pass, X.sum()": lambda: X.sum(),
        },
        rounds=5,
        note=note,
    )

    def remark(one: float) -> str:
        m = row.medians
        epoch = (m[f"{MORE} epochs more"] - one) / MORE
        theirs = (m[f"scikit-learn, {MORE} epochs more"] - m["scikit-learn Perceptron"]) / MORE
        return (
            f"an epoch: {1000 * epoch:.3g} ms, scikit-learn's takes {theirs / epoch:.3g} x; "
            f"it is {epoch / m['one pass, X.sum()']:.3g} x one pass"
        )

    row.remark = remark
    return row


def ten_classes(dtype: Any) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    X = rng.random(size=(60_000, 784)).astype(dtype)
    y = np.argmax(X @ rng.normal(size=(784, 10)).astype(dtype) + 3.0 * rng.normal(size=(60_000, 10)), axis=1)
    yield compared(f"perceptron, ten classes, 60,000 x 784 {np.dtype(dtype)}, shuffled", X, y, True, "goal: 8 x")


def sparse(dtype: Any) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    n, stored = 100_000, 100
    columns = np.sort(rng.integers(0, n, size=(n, stored), dtype=np.int32), axis=1)
    starts = np.arange(0, n * stored + 1, stored, dtype=np.int32)
    X = sp.csr_array((rng.random(n * stored).astype(dtype), columns.ravel(), starts), shape=(n, n))
    X.sum_duplicates()
    y = (X @ rng.normal(size=n) + rng.normal(size=n) > 0).astype(np.int64)
    for shuffle in (False, True):
        kind = f"{np.dtype(dtype)}, {'shuffled' if shuffle else 'in order'}"
        name = f"perceptron, sparse, 100,000 x 100,000, 100 values a row, {kind}"
        yield compared(name, X, y, shuffle, "goal: 1.5 x", sp.csr_matrix(X))


def to_the_optimum(mixed: bool) -> Row:
    rng = np.random.default_rng(0)
    n, d = 100_000, 50
    X = rng.normal(size=(n, d))
    if mixed:
        X = X @ rng.normal(size=(d, d)) / 5.0
    y = (X @ (rng.normal(size=d) / 3.0) + 0.5 + rng.logistic(size=n) > 0).astype(np.int64)
    ours = gn.SigmoidNeuron(l2=1.0 / n).fit(X, y)
    first = np.abs(np.column_stack([X, np.ones(n)]).T @ (y - 0.5)).max() / n
    peers: dict[str, Way | None] = {}
    told = []
    for solver in ("newton-cholesky", "lbfgs", "newton-cg"):
        peer, fit = tuned(solver, X, y, 1e-6 * first)
        peers[f"scikit-learn {solver}"] = fit
        apart = np.abs(peer.coef_ - ours.coef_).max()
        told.append(f"{solver} {slope(peer, X, y) / first:.0e} and {apart:.0e}")
    return Row(
        f"SigmoidNeuron to the optimum, 100,000 x 50{', features mixed' if mixed else ''}",
        lambda: ours.fit(X, y),
        peers,
        rounds=5,
        note="goal: 2.5 x the fastest",
        remark=lambda _: (
            f"ours leaves {slope(ours, X, y) / first:.0e} of the first slope; they leave, and differ in a coefficient "
            f"by: {', '.join(told)}"
        ),
    )


def slope(fitted: Any, X: Any, y: Any) -> float:
    """Give the largest slope that is left of the mean loss with scikit-learn's penalty."""
    error = y - fitted.predict_proba(X)[:, 1]
    ways = np.append(error @ X - fitted.coef_[0], error.sum()) / len(X)
    return float(np.abs(ways).max())


def tuned(solver: str, X: Any, y: Any, enough: float) -> tuple[Any, Callable[[], object]]:
    """Give a peer the loosest tolerance at which its slope is small enough: it is not to do more than is asked."""
    for tol in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8):
        peer = LogisticRegression(solver=solver, tol=tol, max_iter=2000)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer.fit(X, y)
        if slope(peer, X, y) <= enough:
            break

    def fit() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return peer.fit(X, y)

    return peer, fit


def one_row() -> Iterator[Row]:
    X, y = table(300, 30, np.float64)
    gc.collect()
    neuron = gn.SigmoidNeuron().fit(X, y).neuron_
    w, b, x = neuron.weights, neuron.bias, X[0].copy()

    def three_lines() -> float:
        z = np.dot(w, x) + b
        return 1.0 / (1.0 + np.exp(-z))

    perceptron, peer = gn.Perceptron().fit(X, y).neuron_, ScikitLearnPerceptron().fit(X, y)
    yield Row(
        "one answer of a neuron with 30 inputs: neuron_.feedforward(row)",
        lambda: neuron.feedforward(x),
        {"NumPy, three lines": three_lines},
        repeat=20_000,
        note="goal: no slower",
    )
    yield Row(
        "one answer of a perceptron with 30 inputs: neuron_.feedforward(row)",
        lambda: perceptron.feedforward(x),
        {"scikit-learn Perceptron.predict": lambda: peer.predict(x[np.newaxis])},
        repeat=2000,
        note="goal: 50 x",
    )
