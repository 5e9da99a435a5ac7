"""`python -m benchmarks [PAGE [WORD ...]]`: all pages, or one, or those of its rows whose name has one of the words.

`defaults` is what a user feels, `real` the same on real tables, `tables` real files as they come, `disk` tables on
disk, `machines` threads and workers; the others are the rows of `bench_*.py`.
"""

import os
import platform
import sys
from importlib import import_module
from pathlib import Path

from benchmarks import page_defaults, page_disk, page_epoch, page_machines, page_real, page_tables

WHOLE = {
    "defaults": page_defaults.main, "real": page_real.main, "tables": page_tables.main, "disk": page_disk.main,
    "machines": page_machines.main, "epoch": page_epoch.main,
}  # fmt: skip
ROWS = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def show_rows(page: str, words: list[str]) -> None:
    for row in import_module(f"benchmarks.bench_{page}").rows():
        if words and not any(word.lower() in row.name.lower() for word in words):
            continue
        row.run()
        print("\n".join(row.lines()), end="\n\n", flush=True)


def main() -> None:
    page, words = "".join(sys.argv[1:2]), sys.argv[2:]
    if page and page not in (*WHOLE, *ROWS):
        sys.exit(f"no such page: {page}; there are {', '.join((*WHOLE, *ROWS))}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; medians of interleaved turns")
    for name in [page] if page else [*WHOLE, *ROWS]:
        print(f"\n==> {name}\n", flush=True)
        if name in WHOLE:
            WHOLE[name](words)
        else:
            show_rows(name, words)


if __name__ == "__main__":
    main()
