"""Build the package, check it, and try the wheel where nothing else is installed.

    python tools/try_package.py [FOLDER]

`make package` runs this. The sdist and the wheel stay in FOLDER, by default `dist`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*call: object, cwd: Path = ROOT) -> None:
    """Run a program; stop where it fails."""
    print("==>", *(str(part).replace(f"{cwd}/", "") for part in call), flush=True)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([str(part) for part in call], cwd=cwd, env=env, check=True)


def main(folder: Path) -> None:
    """Build, check, install and try."""
    shutil.rmtree(folder, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", folder)
    wheel, sdist = sorted(folder.iterdir(), key=lambda path: path.suffix != ".whl")
    run(sys.executable, "-m", "twine", "check", "--strict", wheel, sdist)
    with tempfile.TemporaryDirectory() as there:
        bin_, elsewhere = Path(there) / "venv" / "bin", Path(there)
        run(sys.executable, "-m", "venv", elsewhere / "venv", cwd=elsewhere)
        run(bin_ / "python", "-m", "pip", "install", "--quiet", wheel, cwd=elsewhere)
        run(bin_ / "glassneuron", "tour", cwd=elsewhere)
        run(bin_ / "glassneuron", "train", cwd=elsewhere)
        # The doctests look into data frames and draw figures.
        extras = f"glassneuron[all] @ {wheel.resolve().as_uri()}"
        run(bin_ / "python", "-m", "pip", "install", "--quiet", extras, "pytest", "polars", cwd=elsewhere)
        options = ["-o", "doctest_optionflags=NORMALIZE_WHITESPACE ELLIPSIS", "--ignore-glob=*_parts.py"]
        run(
            bin_ / "python",
            "-m",
            "pytest",
            "-q",
            "--doctest-modules",
            "--pyargs",
            "glassneuron",
            *options,
            cwd=elsewhere,
        )
    print(f"{wheel.name} and {sdist.name} in {folder} can be published")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "dist").resolve())
