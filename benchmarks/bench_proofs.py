"""Proofs: deciding whether a neuron can have every row right, and the widest street."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import product

import numpy as np
from scipy.optimize import linprog
from sklearn.datasets import load_iris
from sklearn.svm import SVC

import glassneuron as gn
from benchmarks.harness import Row
from glassneuron.proofs.geometry.margin import maximum_margin


def rows() -> Iterator[Row]:
    for kind in ("separable", "not separable", "one label flipped"):
        yield decided(kind)
    for kind in ("separable", "one label flipped"):
        yield a_million(kind)
    yield Row(
        "prove: all 65,536 functions of four inputs, decided and checked", all_functions, {}, 1, note="goal: 60 s"
    )
    iris = load_iris()
    yield street("iris, setosa", iris.data, iris.target == 0)
    for samples, features in ((500, 5), (2000, 20), (2000, 100)):
        X, y = table(samples, features, "separable", gap=0.05)
        yield street(f"{samples} x {features}", X, y)


def table(samples: int, features: int, kind: str, gap: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(samples, features))
    direction = rng.normal(size=features)
    direction /= np.linalg.norm(direction)
    sums = X @ direction
    y = sums > 0
    if kind == "not separable":
        return X, sums + 0.3 * rng.normal(size=samples) > 0
    X += np.outer(np.where(y, gap, -gap), direction)
    if kind == "one label flipped":
        y[np.argmax(sums)] = False
    return X, y


def decided(kind: str) -> Row:
    X, y = table(100_000, 20, kind)

    def ours() -> object:
        verdict = gn.separability(X, y)
        assert verdict.separable == (kind == "separable")
        assert verdict.check()
        return verdict

    def whole_program() -> object:
        signed = np.column_stack([X, np.ones(len(X))]) * np.where(y, 1.0, -1.0)[:, np.newaxis]
        found = linprog(
            np.zeros(signed.shape[1]), A_ub=-signed, b_ub=-np.ones(len(X)), bounds=(None, None), method="highs"
        )
        assert found.success == (kind == "separable")
        return found

    return Row(
        f"prove: 100,000 x 20, {kind}, with the exact check",
        ours,
        {"one linear program, HiGHS": whole_program},
        rounds=3,
        note="goal: 20 x",
    )


MEMORY = """
import resource, sys
import numpy as np, scipy.linalg
import glassneuron as gn
from benchmarks.bench_proofs import table
X, y = table(1_000_000, 20, sys.argv[1])
gn.separability(X[:1000], X[:1000, 0] > 0).check()
before = int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
resource.getrusage(resource.RUSAGE_SELF)
open("/proc/self/clear_refs", "w").write("5")
gn.separability(X, y).check()
peak = next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(f"{(peak - before) / 1e6:.0f} MB on top of the input of {X.nbytes / 1e6:.0f} MB")
"""


def a_million(kind: str) -> Row:
    X, y = table(1_000_000, 20, kind)

    def memory(_: float) -> str:
        done = subprocess.run([sys.executable, "-c", MEMORY, kind], capture_output=True, text=True, env=os.environ)
        return f"peak memory {done.stdout.strip()}" if done.returncode == 0 else "peak memory not measured here"

    return Row(
        f"prove: 1,000,000 x 20, {kind}, with the exact check",
        lambda: gn.separability(X, y).check(),
        {"one pass, X.sum()": lambda: X.sum()},
        rounds=3,
        note="goals: 5 s, input + 200 MB",
        remark=memory,
    )


def all_functions() -> None:
    X = np.array(list(product((0.0, 1.0), repeat=4)))
    separable = 2  # the constants
    for number in range(1, 65_535):
        verdict = gn.separability(X, np.array([number >> row & 1 for row in range(16)]))
        assert verdict.check()
        separable += bool(verdict.separable)
    assert separable == 1882


def street(name: str, X: np.ndarray, y: np.ndarray) -> Row:
    def ours() -> float:
        return maximum_margin(X, y).width

    def svc() -> float:
        return 2.0 / float(np.linalg.norm(SVC(kernel="linear", C=1e10, tol=1e-9).fit(X, y).coef_))

    assert abs(ours() / svc() - 1.0) < 1e-6
    return Row(f"widest street: {name}", ours, {"scikit-learn SVC, C=1e10": svc}, note="goal: not slower, same to 1e-6")
