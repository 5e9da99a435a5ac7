"""The walls of the house: which room may import which, which library lives where, and what importing costs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import glassneuron
from glassneuron.pipelines.pipelines import MODELS

ROOT = Path(glassneuron.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
MOST_FILES = 12

ENGINE = {"engine", "errors", "checks"}
LEARNING = {"learning", "proofs", "data", "neurons", *ENGINE}
MAY_IMPORT = {
    "errors": set(),
    "checks": {"errors"},
    "progress": set(),
    "display": set(),  # values know their pictures by name alone, and load them on first use
    "engine": ENGINE,
    "neurons": {"neurons", "display", *ENGINE},
    "data": {"neurons", "display", *ENGINE, "__init__"},
    "proofs": {"neurons", "display", *ENGINE},
    "learning": {"data", "neurons", "display", *ENGINE},
    "workers": {"data", *ENGINE, "__init__"},
    "interop": {"learning", "data", "neurons", "display", *ENGINE, "__init__"},
    "pipelines": LEARNING,
    "estimators": {"progress", *LEARNING},
    "views": {"interop", "pipelines", "progress", "display", *LEARNING},
    "cli": {"interop", "workers", "views", "pipelines", "progress", *LEARNING, "__init__"},
}
LIVES_IN = {
    "numba": ("engine/backend.py", "engine/numba_rows.py"),
    "sklearn": ("estimators/", "interop/"),
    "onnx": "interop/",
    "torch": "interop/",
    "keras": "interop/",
    "jax": "interop/",
    "matplotlib": "views/figures/",
    "PIL": "views/figures/",
    "dask": "workers/",
    "distributed": "workers/",
    "starlette": "views/playground/",
    "uvicorn": "views/playground/",
    "websockets": "views/playground/",
    "anywidget": "views/notebook/",
    "traitlets": "views/notebook/",
    "IPython": "views/notebook/",
    "textual": "views/terminal/",
    "pyarrow": ("data/", "learning/history.py"),  # a history as an Arrow table
    "openpyxl": "data/",
    "safetensors": "data/",
    "typer": "cli/",
    "rich": ("cli/", "progress.py", "views/terminal/"),
}


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path, *, at_run_time: bool = False) -> Iterator[str]:
    """Yield what a file imports, inside functions too; at run time without what only type checkers read."""

    def nodes(tree: ast.AST) -> Iterator[ast.AST]:
        yield tree
        typing_only = at_run_time and isinstance(tree, ast.If) and ast.unparse(tree.test) == "TYPE_CHECKING"
        for child in ast.iter_child_nodes(tree) if not typing_only else tree.orelse:
            yield from nodes(child)

    for node in nodes(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def file_of(name: str) -> Path:
    """Return the file that an import of the package reads."""
    path = ROOT.parent.joinpath(*name.split("."))
    module = path if path.is_dir() or path.with_suffix(".py").exists() else path.parent  # or a name inside it
    return module / "__init__.py" if module.is_dir() else module.with_suffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_downward_only(path: Path) -> None:
    here = room(path)
    for name in imports(path):
        package = name.partition(".")[0]
        if package == "glassneuron":
            there = room(file_of(name))
            assert there == here or there in MAY_IMPORT[here], f"{path} imports {name}"
        elif package in LIVES_IN:
            inside_room = str(path.relative_to(ROOT)).startswith(LIVES_IN[package])
            assert inside_room, f"{path} imports {package}, which lives in {LIVES_IN[package]}"


def test_no_files_import_each_other_in_a_circle() -> None:
    arrows = {
        path: {file_of(name) for name in imports(path, at_run_time=True) if name.startswith("glassneuron.")}
        for path in FILES
    }
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(str(path.relative_to(ROOT)) for path in error.args[1]))


@pytest.mark.parametrize("folder", sorted({path.parent for path in FILES}), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_folder_holds_a_dozen_files_at_most(folder: Path) -> None:
    files = [path.name for path in folder.glob("*.py") if path.name not in ("__init__.py", "kernels.py")]
    assert len(files) <= MOST_FILES, files


def loaded_after(code: str, *, whole: bool = False) -> set[str]:
    script = f"{code}\nimport sys\nprint(' '.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name if whole else name.split(".")[0] for name in done.stderr.split()}


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = {"numpy", "scipy", "sklearn", "numba", "matplotlib", "pyarrow", "rich", "typer"}
    assert not loaded_after("import glassneuron") & heavy


def test_the_tour_needs_numpy_alone() -> None:
    loaded = loaded_after("from glassneuron.cli.app import main\ntry: main(['tour'])\nexcept SystemExit: pass")
    assert "numpy" in loaded
    assert not loaded & {"scipy", "sklearn", "numba", "matplotlib", "pyarrow"}


TRAININGS = [["train", "--model", name] for name in MODELS if name != "linear"]


@pytest.mark.parametrize("call", [*TRAININGS, ["compare", "--seeds", "1"]], ids=lambda call: call[-1])
def test_training_by_command_never_imports_scikit_learn_nor_optimisers(tmp_path: Path, call: list[str]) -> None:
    (tmp_path / "t.csv").write_text(
        "a,b,y\n" + "".join(f"{i},{i % 7},{'no' if i < 15 else 'yes'}\n" for i in range(30))
    )
    call = [call[0], str(tmp_path / "t.csv"), "--target", "y", *call[1:]]
    loaded = loaded_after(
        f"from glassneuron.cli.app import main\ntry: main({call})\nexcept SystemExit as left: assert not left.code",
        whole=True,
    )
    assert "pyarrow" in loaded
    assert not loaded & {"sklearn", "matplotlib", "scipy.optimize", "scipy.sparse"}


def test_small_work_by_command_imports_no_scipy_at_all(tmp_path: Path) -> None:
    """Numba brings scipy's own name along; what is interpreted needs neither."""
    (tmp_path / "t.csv").write_text("a,y\n1,3.5\n2,5.5\n3,7\n")
    call = ["train", str(tmp_path / "t.csv"), "--target", "y", "--model", "linear"]
    loaded = loaded_after(f"from glassneuron.cli.app import main\ntry: main({call})\nexcept SystemExit: pass")
    assert not loaded & {"sklearn", "scipy", "numba"}


def test_public_names_are_the_lazy_ones_and_the_typed_ones() -> None:
    stub = ast.parse((ROOT / "__init__.pyi").read_text(encoding="utf-8"))
    shown = [(node.module, alias) for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert all(alias.asname == alias.name for _, alias in shown)  # else a type checker takes the name as private
    typed = {alias.name: module for module, alias in shown}
    assert {name: f"glassneuron.{home}" for name, home in glassneuron._HOMES.items()} == typed
    assert sorted(typed) == glassneuron.__all__
    for name in glassneuron.__all__:
        assert getattr(glassneuron, name) is not None
        assert name in dir(glassneuron)
    with pytest.raises(AttributeError, match="no attribute 'Neuronn'"):
        glassneuron.Neuronn  # noqa: B018


def test_the_help_of_the_command_imports_nothing_heavy() -> None:
    loaded = loaded_after("from glassneuron.cli.app import main\ntry: main(['--help'])\nexcept SystemExit: pass")
    assert not loaded & {"numpy", "scipy", "sklearn", "numba", "matplotlib", "pyarrow"}
