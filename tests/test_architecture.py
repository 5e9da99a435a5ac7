"""The walls of the house: which room may import which, and which library lives where."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import glassneuron
from glassneuron.pipelines.pipelines import LEARNERS

ROOT = Path(glassneuron.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

MAY_IMPORT = {
    "errors": set(),
    "checks": {"errors"},
    "progress": set(),
    "engine": {"errors", "checks"},
    "neurons": {"engine", "errors", "checks"},
    "pipelines": {"learning", "proofs", "neurons", "engine", "errors", "checks"},
    "learning": {"neurons", "engine", "errors", "checks"},
    "proofs": {"neurons", "engine", "errors", "checks"},
    "data": {"neurons", "errors", "checks", "__init__"},
    "views": {"pipelines", "learning", "proofs", "neurons", "engine", "errors", "checks"},
    "estimators": {"learning", "proofs", "neurons", "engine", "errors", "checks", "progress"},
    "cli": {
        "views",
        "data",
        "pipelines",
        "learning",
        "proofs",
        "neurons",
        "engine",
        "errors",
        "checks",
        "progress",
        "__init__",
    },
}
LIVES_IN = {
    "numba": ("engine/backend.py", "engine/numba_rows.py"),
    "sklearn": "estimators/",
    "matplotlib": "views/",
    "pyarrow": "data/",
    "safetensors": "data/",
    "typer": "cli/",
    "rich": ("cli/", "progress.py"),
}


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_downward_only(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return  # the public face shows every room
    for name in imports(path):
        package, _, inside = name.partition(".")
        if package == "glassneuron":
            there = inside.split(".")[0]
            there = there if (ROOT / there).is_dir() or (ROOT / f"{there}.py").exists() else "__init__"
            assert there == here or there in MAY_IMPORT[here], f"{path} imports {name}"
        elif package in LIVES_IN:
            inside_room = str(path.relative_to(ROOT)).startswith(LIVES_IN[package])
            assert inside_room, f"{path} imports {package}, which lives in {LIVES_IN[package]}"


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


MODELS = [["train", "--model", name] for name in LEARNERS if name != "linear"]


@pytest.mark.parametrize("call", [*MODELS, ["compare", "--seeds", "1"]], ids=lambda call: call[-1])
def test_training_by_command_never_imports_scikit_learn_nor_optimisers(call: list[str]) -> None:
    loaded = loaded_after(
        f"from glassneuron.cli.app import main\ntry: main({call})\nexcept SystemExit: pass", whole=True
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
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {alias.name: node.module for node in block.body for alias in node.names}  # type: ignore[attr-defined]
    assert {name: f"glassneuron.{home}" for name, home in glassneuron._HOMES.items()} == typed
    assert sorted(glassneuron._HOMES) == sorted(glassneuron.__all__)
    for name in glassneuron.__all__:
        assert getattr(glassneuron, name) is not None
        assert name in dir(glassneuron)
    with pytest.raises(AttributeError, match="no attribute 'Neuronn'"):
        glassneuron.Neuronn  # noqa: B018
