"""The third speed: the textbook in `kernels.py`, translated into one readable ES module for the page.

The functions keep their names and their order, comments stay, and each line knows the line of Python that it comes
from. A table is a list of rows, a row a Float64Array; what little of NumPy the textbook uses stands in `numpy_like.js`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from glassneuron.engine.translation.statements import Source, Translation, Translator

HERE = Path(__file__).parent
TEXTBOOK, RUNTIME = HERE / "kernels.py", HERE / "translation" / "numpy_like.js"


def module() -> str:
    """Return the textbook as an ES module that exports every kernel and constant under its own name."""
    return textbook().text


def line_map() -> tuple[int, ...]:
    """Return for each line of the module the line of `kernels.py` that it comes from, from 1; 0 stands for none."""
    return textbook().lines


def kernel_names() -> list[str]:
    """Return the names of all kernels, in the order of the textbook."""
    return list(sources())


def kernel_source(name: str) -> dict[str, str | int]:
    """Return a kernel's text in both languages, and its line in the textbook.

    Examples
    --------
    >>> print(kernel_source("step")["javascript"])
    /** Fire or stay silent: a = 1 if z >= 0, else 0. A tie fires. */
    export function step(z) {
      return z >= 0 ? 1 : 0;
    }
    """
    source = sources()[name]
    return {"python": source.python, "javascript": source.javascript, "line": source.line}


def sources() -> dict[str, Source]:
    """Return every kernel in both languages, by name, in the order of the textbook."""
    return textbook().kernels


@cache
def textbook() -> Translation:
    """Translate the textbook, once a process."""
    return translate(TEXTBOOK.read_text(encoding="utf-8"), RUNTIME.read_text(encoding="utf-8"))


def translate(python: str, runtime: str = "") -> Translation:
    r"""Translate the text of a module of kernels, and put it behind what it needs at run time.

    Raises
    ------
    NotImplementedError
        For a construct that has no translation; the message names its line.

    Examples
    --------
    >>> print(translate("def half(n: int) -> int:\n    return n // 2").text)
    export function half(n) {
      return Math.floor(n / 2);
    }
    """
    return Translator(python, runtime).translation()
