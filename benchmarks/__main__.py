"""`python -m benchmarks [WORD ...]`: every row of every `bench_*.py`, or those whose name has one of the words."""

import os
import platform
import sys
from importlib import import_module
from pathlib import Path


def main() -> None:
    words = [word.lower() for word in sys.argv[1:]]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; medians of interleaved turns\n")
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        for row in import_module(f"benchmarks.{path.stem}").rows():
            if words and not any(word in row.name.lower() for word in words):
                continue
            row.run()
            print("\n".join(row.lines()), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
