"""Rows of compiled kernels: right when borrowed and when not; and a cache to be trusted."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import FunctionType, SimpleNamespace

import numba
import numpy as np
import pytest
import scipy.sparse as sp

import glassneuron as gn
from glassneuron.engine import backend, numba_rows

MARKS = backend.row, backend.part, backend.visit, backend.like


def unmarked():
    """Return copies of the four functions, of which Numba knows nothing yet."""
    return [FunctionType(mark.__code__, mark.__globals__, mark.__name__) for mark in MARKS]


def run(code, *arguments, **environment):
    """Run code in a process of its own, where a warning is an error unless the code says otherwise."""
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "0", **{name: str(value) for name, value in environment.items()}}
    call = [sys.executable, "-W", "error", "-c", code, *arguments]
    done = subprocess.run(call, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# --------------------------------------------------------------------------------------- rows, on either road


@pytest.fixture(scope="module", params=["borrowed", "plain"])
def marks(request):
    copies = numba_rows.plain(*MARKS) if request.param == "plain" else unmarked()
    if request.param == "borrowed":
        numba_rows._teach(True, *copies)
    return SimpleNamespace(**{copy.__name__: copy for copy in copies})


@pytest.fixture(scope="module")
def turn_over(marks):
    row = marks.row

    @numba.njit
    def turn_over(table, i):
        """Change the sign of a row; return what it added up to."""
        x, total = row(table, i), 0.0
        for j in range(len(x)):
            total += x[j]
            x[j] = -x[j]
        return total

    return turn_over


VIEWS = {
    "float64": lambda X: X,
    "float32": lambda X: X.astype(np.float32),
    "every other column": lambda X: X[:, ::2],
    "backward": lambda X: X[::-1, ::-1],
    "Fortran's order": np.asfortranarray,
    "no columns": lambda X: X[:, :0],
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_row_is_read_and_written_in_place(view, turn_over):
    table = view(np.arange(12.0).reshape(3, 4))
    right = table.copy()
    right[1] *= -1
    assert turn_over(table, 1) == -right[1].sum()
    assert np.array_equal(table, right)


def test_a_row_of_what_is_read_only_can_be_read_alone(marks, turn_over):
    row, table = marks.row, np.arange(12.0).reshape(3, 4)
    table.flags.writeable = False
    assert numba.njit(lambda table: row(table, 2)[3])(table) == 11
    with pytest.raises(numba.TypingError, match="readonly"):
        turn_over(table, 2)


def test_a_row_of_one_dimension_is_a_number(marks):
    row = marks.row
    assert numba.njit(lambda table, i: row(table, i))(np.array([3.0, 5.0]), 1) == 5.0


def test_a_row_of_three_dimensions_is_a_table(marks):
    row, cube = marks.row, np.arange(24.0).reshape(2, 3, 4)

    @numba.njit
    def play(cube):
        row(row(cube, 1), 2)[3] += row(cube, 0)[1, 1]
        return row(cube, np.uint8(1)).shape

    assert play(cube) == (3, 4)
    assert cube.ravel().tolist() == [*range(23), 23 + 5]


def test_layers_parts_and_kinds(marks):
    row, part, like = marks.row, marks.part, marks.like

    @numba.njit
    def play(theta, every_other):
        layers = [theta[:4].reshape(2, 2), theta[4:].reshape(2, 3)]
        for l in range(len(layers)):
            row(row(layers, l), 1)[0] += 100 * (l + 1)
        part(theta, 2, 4)[1] = len(part(theta, 1, 1)) + like(theta, 1.5)
        part(every_other, 1, 3)[0] = 7
        return like(theta, 0.1)

    theta, line = np.arange(10.0).astype(np.float32), np.arange(6.0)
    tenth = play(theta, line[::2])
    assert theta.tolist() == [0, 1, 102, 1.5, 4, 5, 6, 207, 8, 9]
    assert line.tolist() == [0, 1, 7, 3, 4, 5]
    assert tenth == np.float32(0.1)


def test_turns_come_in_order_and_sparse_rows_are_pairs(marks):
    row, visit = marks.row, marks.visit

    @numba.njit
    def play(table, sparse, order):
        seen = [0.0 for _ in range(0)]
        for t in range(len(order)):
            columns, values = row(sparse, visit(sparse, order, t))
            for j in range(len(columns)):
                seen.append(row(table, visit(table, order, t))[columns[j]] * values[j])
                values[j] = 0
        return seen

    X = np.random.default_rng(0).normal(size=(100, 4))
    S, order = sp.csr_array(np.where(X > 0, X, 0)), np.random.default_rng(1).permutation(100)
    entries = S.data, S.indices.view(np.uint32), S.indptr
    assert play(X, entries, order) == [X[i, j] ** 2 for i in order for j in range(4) if X[i, j] > 0]
    assert not S.data.any()


# ------------------------------------------------------------------------------- a release that breaks borrowing


def raising(error):
    @numba.extending.intrinsic
    def _address(typing, array, i):
        raise error

    return _address


address = numba_rows._address._defn


@numba.extending.intrinsic
def first_row(typing, array, i):
    """Return the address of row 0, whatever row is asked for."""
    signature, build = address(typing, array, i)

    def build_first(context, builder, signature, arguments):
        zero = context.get_constant(signature.args[1], 0)
        return build(context, builder, signature, (arguments[0], zero))

    return signature, build_first


@pytest.mark.parametrize("broken", [ImportError("gone"), AttributeError("moved"), TypeError("new"), None], ids=str)
def test_borrowing_that_fails_in_any_way_is_noticed(broken, monkeypatch):
    monkeypatch.setattr(numba_rows, "_address", first_row if broken is None else raising(broken))
    with pytest.warns(RuntimeWarning, match="cannot borrow rows") as told:
        assert not numba_rows.can_borrow(numba.njit, *unmarked())
    assert len(told) == 1
    assert ("a wrong result" if broken is None else str(broken)) in str(told[0].message)


TRAINED = """
import sys, warnings
import numpy as np, scipy.sparse as sp
import glassneuron as gn
from glassneuron.engine import backend, numba_rows

def broken(*arguments):
    raise AttributeError("no such thing inside Numba")

def trained():
    X = np.random.default_rng(0).normal(size=(60, 5))
    X[np.abs(X) < 0.7] = 0
    y = X @ [1, -2, 3, 0, 0.5] + 0.3 > 0
    with gn.speed("compiled"):
        models = [gn.Perceptron(max_epochs=4).fit(table, y) for table in (X, sp.csr_array(X))]
    return [[*model.coef_.ravel(), *model.intercept_] for model in models]

if __name__ == "__main__":
    if "broken" in sys.argv:
        numba_rows._trial_of = broken
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        outcome = trained()
    print(backend.load("compiled").row is backend.row, [str(w.message) for w in told], outcome, sep=chr(10))
"""


@pytest.mark.parametrize("how", ["broken", "plain", "checked", "interpreted"])
def test_training_is_the_same_without_borrowed_rows(how):
    names = {"plain": {"GLASSNEURON_ROWS": "plain"}, "checked": {"NUMBA_BOUNDSCHECK": 1},
             "interpreted": {"NUMBA_DISABLE_JIT": 1}}  # fmt: skip
    here = {"__name__": "here"}
    exec(TRAINED, here)
    right = here["trained"]()
    borrowed, told, outcome = run(TRAINED, how, **names.get(how, {})).splitlines()
    assert borrowed == str(how == "interpreted")
    assert told.count("cannot borrow rows") == (how == "broken")
    assert ("no such thing inside Numba" in told) == (how == "broken")
    assert how == "broken" or told == "[]"
    assert np.allclose(eval(outcome, {"np": np}), right, rtol=1e-12, atol=1e-12)


def test_roads_have_two_names():
    code = "import glassneuron as gn; gn.Neuron([1]).feedforward([1])"
    environment = {**os.environ, "GLASSNEURON_ROWS": "stolen"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert "`GLASSNEURON_ROWS` must be 'borrowed' or 'plain'; got 'stolen'." in done.stderr


def test_where_numba_hides_its_code_the_kernel_itself_is_called():
    kernel = backend.load("compiled").softmax
    z = np.array([0.0, 1.0])
    code = backend.straight(kernel, z, np.empty(2))
    assert code is not kernel
    a = np.empty(2)
    code(z, a)
    assert a.tolist() == pytest.approx([1 / (1 + np.e), np.e / (1 + np.e)])
    assert numba_rows.entry_point(kernel, ("never seen", a)) is kernel
    assert numba_rows.entry_point(len, (z,)) is len
    assert backend.straight(backend.load("python").softmax, z, a) is backend.load("python").softmax


# ------------------------------------------------------------------------------------------- the kernels' cache

SOFTMAX = """
import sys
import numpy as np
from glassneuron.engine import backend
softmax = backend.load("compiled").softmax
for dtype in sys.argv[1:]:
    z, a = np.array([0, 1, 3], dtype), np.empty(3, dtype)
    softmax(z, a)
    assert np.allclose(a, np.exp(z) / np.exp(z).sum()), (dtype, a)
print(sum(softmax.stats.cache_hits.values()), sum(softmax.stats.cache_misses.values()))
"""


def test_editing_what_kernels_are_made_of_compiles_them_anew(tmp_path):
    package = tmp_path / "glassneuron"
    shutil.copytree(Path(gn.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {"PYTHONPATH": tmp_path, "NUMBA_CACHE_DIR": tmp_path / "cache"}
    assert run(SOFTMAX, "float64", **environment) == "0 1"
    assert run(SOFTMAX, "float64", **environment) == "1 0"
    for name in "engine/numba_rows.py", "__init__.py":
        path, before = package / name, {p.name for p in tmp_path.glob("cache/*/*")}
        text = path.read_text().replace("AHEAD = 32", "AHEAD = 16").replace('__version__ = "', '__version__ = "1')
        path.write_text(text)
        assert run(SOFTMAX, "float64", **environment) == "0 1"
        after = {p.name for p in tmp_path.glob("cache/*/*")}
        assert not after & before, "what the old version left is deleted"
        assert len(after) == len(before)


def test_two_processes_that_compile_at_once(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    call = [sys.executable, "-W", "error", "-c", SOFTMAX]
    both = [
        subprocess.Popen([*call, dtype], env=environment, stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL)
        for dtype in ("float32", "float64")
    ]
    for process in both:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    assert run(SOFTMAX, "float32", "float64", NUMBA_CACHE_DIR=tmp_path) == "2 0"


def test_damaged_cache_files_cost_a_compilation(tmp_path):
    dtypes = "float32", "float64"

    def files(kind):
        return sorted(tmp_path.glob(f"*/*.{kind}"))

    assert run(SOFTMAX, *dtypes, NUMBA_CACHE_DIR=tmp_path) == "0 2"
    for path in files("nbi"):
        path.write_bytes(path.read_bytes()[:40])
    assert run(SOFTMAX, *dtypes, NUMBA_CACHE_DIR=tmp_path) == "0 2"
    for path in files("nbc"):
        path.write_bytes(b"garbage" * 100)
    assert run(SOFTMAX, *dtypes, NUMBA_CACHE_DIR=tmp_path) == "0 2"
    one, other = (path for path in files("nbc") if ".softmax." in path.name)
    code = one.read_bytes()
    one.write_bytes(other.read_bytes())  # as two processes that write at once may leave them
    other.write_bytes(code)
    assert run(SOFTMAX, *dtypes, NUMBA_CACHE_DIR=tmp_path) == "0 2"
    assert run(SOFTMAX, *dtypes, NUMBA_CACHE_DIR=tmp_path) == "2 0"


NO_COMPILER = """
from numba.core.base import BaseContext
BaseContext.refresh = None
"""
ANOTHER_NUMBA = """
from numba.core.runtime import rtsys
asked, initialize = [], rtsys.initialize
def for_all_or_nothing(context):
    asked.append(sys._getframe(1).f_code.co_name)
    assert asked[-1] == "load_additional_registries"
    initialize(context)
rtsys.initialize = for_all_or_nothing
"""


def test_what_is_in_the_cache_is_loaded_without_what_compiles(tmp_path):
    assert run(SOFTMAX, "float64", NUMBA_CACHE_DIR=tmp_path) == "0 1"
    assert run(NO_COMPILER + SOFTMAX, "float64", NUMBA_CACHE_DIR=tmp_path) == "1 0"
    another = "import sys" + ANOTHER_NUMBA + SOFTMAX + "assert len(set(asked)) == 2"
    assert run(another, "float64", NUMBA_CACHE_DIR=tmp_path) == "1 0"
    assert run(SOFTMAX, "float64", "float32", NUMBA_CACHE_DIR=tmp_path) == "1 1"  # then it may compile


# ------------------------------------------------------------------------------------- what is used from inside


def test_what_comes_from_inside_numba_is_known():
    """A new name here is a decision: a release of Numba may move it."""
    source = Path(numba_rows.__file__).read_text()
    lines = [line.strip() for line in source.splitlines() if line.strip().startswith(("from numba", "from llvm"))]
    assert sorted(set(lines)) == [
        "from llvmlite import ir",
        "from numba import carray, typeof, types",
        "from numba.core import cgutils",
        "from numba.core.runtime import rtsys",
        "from numba.extending import intrinsic, overload",
    ]
    others = [p for p in Path(gn.__file__).parent.rglob("*.py") if p != Path(numba_rows.__file__)]
    assert not [p for p in others if "numba.core" in (text := p.read_text()) or "llvmlite" in text]
