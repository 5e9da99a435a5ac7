"""`glassneuron source`: the textbook, kernel by kernel, in Python or in JavaScript."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import groupby

from glassneuron.cli.screen import heading
from glassneuron.engine.javascript import sources
from glassneuron.errors import problem


def print_source(kernel: str | None, javascript: bool) -> None:
    """Print a kernel, or the names of all of them."""
    if kernel is None:
        _print_names()
        return
    known = sources()
    if kernel not in known:
        typed = kernel.lower()
        near = [name for name in known if typed in name][:3] or get_close_matches(typed, known, 3, 0.5)
        hint = f"Near it are: {', '.join(near)}. " if near else ""
        raise problem("kernel", value=kernel, hint=hint)
    source = known[kernel]
    print(source.javascript if javascript else source.python)


def _print_names() -> None:
    """List the kernels by section of the textbook."""
    known = sources()
    width = max(map(len, known))
    for section, kernels in groupby(known.items(), lambda item: item[1].section):
        heading(section)
        for name, source in kernels:
            print(f"  {name:<{width}}  {source.summary}")
        print()
    print("`glassneuron source NAME` prints one of them, with --javascript as the page computes it.")
