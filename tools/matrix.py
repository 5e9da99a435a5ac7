"""Try the package with each Python that is here, and with the oldest releases that it allows.

    python tools/matrix.py [3.12 ...] [floors]

`make matrix` runs this. Each try has an environment of its own and a part of the tests. A Python that is not here is
skipped, and so is a test whose library is not; both are said. It takes uv, which can install the oldest releases;
without it, pip does the rest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
FLOORS = "floors"
TOOLS = ["pytest>=8", "hypothesis>=6.100", "polars>=1", "pandas>=2.2", "onnxruntime>=1.20"]
TESTS = [
    "tests/neurons", "tests/data", "tests/engine/test_backend.py", "tests/engine/test_numba_rows.py",
    "tests/estimators/test_perceptron.py", "tests/estimators/test_networks.py", "tests/disk/test_open_table.py",
    "tests/cli/test_command.py", "tests/views/figures/test_planes.py", "tests/interop/test_onnx_file.py",
]  # fmt: skip
LEFT_OUT = {
    "tests/neurons/test_what_if.py": "it compares with nnls of SciPy, which gives up on some rows in 1.13",
    "tests/data/test_saving.py::test_a_file_that_is_no_model_gets_one_sentence": "old readers say it in other words",
    "tests/data/test_table.py::test_parquet": "old readers say it in other words",
}
"""With the oldest releases, and why."""


def found(version: str) -> str | None:
    """Return the interpreter of a version, if it is here."""
    if version == "{}.{}".format(*sys.version_info):
        return sys.executable
    for path in (f"python{version}", *(str(p) for p in Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))):
        there = shutil.which(path)
        if there and subprocess.run([there, "-c", ""], capture_output=True, check=False).returncode == 0:
            return there
    return None


def tried(name: str, python: str, uv: str | None) -> str:
    """Install and test in an environment of its own; return what came of it."""
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "CI")}
    with tempfile.TemporaryDirectory() as there:
        mine = Path(there) / "venv" / "bin" / "python"
        pip = [uv, "pip", "install", "--quiet", "--python", mine] if uv else [mine, "-m", "pip", "install", "--quiet"]
        oldest = ["--resolution", "lowest-direct"] if name == FLOORS else []
        without = [f"--deselect={test}" for test in LEFT_OUT] if name == FLOORS else []
        calls = [
            [uv, "venv", "--quiet", "--python", python, mine.parents[1]]
            if uv
            else [python, "-m", "venv", mine.parents[1]],
            [*pip, *oldest, f"{ROOT}[all]"],
            [*pip, *TOOLS],
            # Old releases of other libraries warn of what newer ones have changed: only failures count.
            [mine, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "-o", "filterwarnings=default", *TESTS, *without],
        ]
        env["NUMBA_CACHE_DIR"] = str(Path(there) / "kernels")
        for call in calls:
            done = subprocess.run(
                [str(part) for part in call], cwd=ROOT, env=env, text=True, capture_output=True, check=False
            )
            if done.returncode:
                print(done.stdout[-6000:], done.stderr[-3000:], sep="\n")
                return f"failed: {' '.join(map(str, call[:4]))} ..."
        said = done.stdout.strip().splitlines()
        left_out = [f"        left out: {test}: {why}" for test, why in LEFT_OUT.items() if name == FLOORS]
        return "\n".join([said[-1], *(f"        {line}" for line in said if line.startswith("SKIPPED")), *left_out])


def main(wanted: list[str]) -> int:
    """Try all that is wanted; return 1 if something failed."""
    beside = Path(sys.executable).parent / "uv"
    uv = str(beside) if beside.exists() else shutil.which("uv")
    failed = 0
    print("of the tests, these alone:", *TESTS, flush=True)
    for name in wanted or [*PYTHONS, FLOORS]:
        python = sys.executable if name == FLOORS else found(name)
        if python is None:
            told = "skipped: this Python is not here"
        elif name == FLOORS and uv is None:
            told = "skipped: it takes uv (pip install uv)"
        else:
            told = tried(name, python, uv)
        failed += told.startswith("failed")
        print(f"{name:7} {told}", flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
