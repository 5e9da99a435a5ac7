"""Truth tables: what a gate answers to every row of zeros and ones, by name, formula, function or number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from glassneuron import checks
from glassneuron.display import Displayed
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.logic.formula import MOST_INPUTS, evaluate

BY_COUNT: dict[str, tuple[int, Callable[[int, int], bool]]] = {
    "not": (1, lambda ones, n: ones == 0),
    "and": (2, lambda ones, n: ones == n),
    "or": (2, lambda ones, n: ones > 0),
    "nand": (2, lambda ones, n: ones < n),
    "nor": (2, lambda ones, n: ones == 0),
    "xor": (2, lambda ones, n: ones % 2 == 1),
    "xnor": (2, lambda ones, n: ones % 2 == 0),
    "parity": (3, lambda ones, n: ones % 2 == 1),
    "majority": (3, lambda ones, n: 2 * ones > n),
}
"""Gates that depend only on the number of ones: how many inputs they have by default, and when they fire."""

GATES = (*BY_COUNT, "implies", "multiplexer", "at-least-K")

ADDRESS = {3: 1, 6: 2, 11: 3}
"""Inputs of a multiplexer, and how many of them choose one of the others."""


@dataclass(frozen=True)
class TruthTable(Displayed):
    """The answers to all rows of zeros and ones, in counting order: 00, 01, 10, 11.

    Parameters
    ----------
    outputs : tuple of int
        One answer, 0 or 1, for each of the 2^n rows.

    Examples
    --------
    >>> print(TruthTable((0, 0, 0, 1)))
    [0 0] ---> 0
    [0 1] ---> 0
    [1 0] ---> 0
    [1 1] ---> 1
    """

    outputs: tuple[int, ...]

    def __post_init__(self) -> None:
        """Check that there is an answer, 0 or 1, for every row."""
        outputs = tuple(self.outputs)
        if len(outputs) not in {2**n for n in range(MOST_INPUTS + 1)}:
            rule = f"2^n answers long, n at most {MOST_INPUTS}"
            raise problem("parameter", name="outputs", rule=rule, value=len(outputs))
        for value in outputs:
            if value not in (0, 1):
                raise problem("parameter", name="outputs", rule="made of 0 and 1", value=value)
        object.__setattr__(self, "outputs", tuple(int(v) for v in outputs))

    @property
    def n_inputs(self) -> int:
        """Number of inputs, n."""
        return len(self.outputs).bit_length() - 1

    @property
    def rows(self) -> Array:
        """The inputs, an array of shape (2^n, n)."""
        bits = list(product((0.0, 1.0), repeat=self.n_inputs))
        return np.array(bits).reshape(len(self.outputs), self.n_inputs)

    @property
    def targets(self) -> Array:
        """The answers as an array of shape (2^n,)."""
        return np.array(self.outputs)

    @classmethod
    def of(cls, what: str | int | Callable[..., object], n_inputs: int | None = None) -> TruthTable:
        """Make a truth table out of a gate's name, a formula, a function of n bits, or a number.

        Parameters
        ----------
        what : str, int or callable
            A gate's name (not, and, or, nand, nor, xor, xnor, parity, majority, implies, multiplexer, at-least-2, ...),
            a formula such as "a and not b", a function of n bits, or a number whose lowest bit answers row 00...0.
        n_inputs : int, 1 to 16, optional
            Needed for a function and for a number; a gate has two inputs otherwise, or as many as its meaning needs.

        Raises
        ------
        ParameterError
            If it is none of these, or cannot have so many inputs.

        Examples
        --------
        >>> TruthTable.of("a and not b").outputs, TruthTable.of("xor") == TruthTable.of(0b0110, 2)
        ((0, 0, 1, 0), True)
        >>> TruthTable.of(lambda a, b: a and not b, 2).outputs
        (0, 0, 1, 0)
        """
        if n_inputs is not None:
            checks.integer("n_inputs", n_inputs, f"[1, {MOST_INPUTS}]")
        if isinstance(what, str):
            return _named(what.strip().lower(), n_inputs) or _formula(what.strip(), n_inputs)
        if n_inputs is None:
            raise problem("parameter", name="n_inputs", rule="given with a function or a number", value=None)
        if callable(what):
            return cls.asked(what, n_inputs)
        number = checks.integer("table", what, "[0, inf)")
        if number.bit_length() > 2**n_inputs:
            raise problem("parameter", name="table", rule=f"below 2^{2**n_inputs} for {n_inputs} inputs", value=what)
        return cls(tuple(number >> row & 1 for row in range(2**n_inputs)))

    @classmethod
    def asked(cls, function: Callable[..., object], n_inputs: int) -> TruthTable:
        """Ask a function of n bits for its answer to every row."""
        if n_inputs > MOST_INPUTS:
            raise problem("parameter", name="inputs", rule=f"at most {MOST_INPUTS} for a truth table", value=n_inputs)
        return cls(tuple(int(bool(function(*bits))) for bits in product((0, 1), repeat=n_inputs)))

    def __str__(self) -> str:
        rows = product("01", repeat=self.n_inputs)
        return "\n".join(f"[{' '.join(bits)}] ---> {output}" for bits, output in zip(rows, self.outputs, strict=True))


truth_table = TruthTable.of


def _formula(text: str, n_inputs: int | None) -> TruthTable:
    # A single word that is no variable must be the misspelled name of a gate.
    if re.fullmatch(r"[^\W\d][\w-]*", text) and not re.fullmatch(r"[^\W\d]\d*", text):
        raise problem("gate", name=text, known=", ".join(GATES))
    names, outputs = evaluate(text)
    if n_inputs not in (None, len(names)):
        rule = f"{len(names)}, as in the formula, or left out"
        raise problem("parameter", name="n_inputs", rule=rule, value=n_inputs)
    return TruthTable(outputs)


def _named(name: str, n_inputs: int | None) -> TruthTable | None:
    if name in BY_COUNT:
        usual, fires = BY_COUNT[name]
        n = _allowed(name, n_inputs or usual, at_least=min(usual, 2), at_most=1 if name == "not" else MOST_INPUTS)
        return TruthTable.asked(lambda *bits: fires(sum(bits), n), n)
    if name == "implies":
        return TruthTable.asked(lambda a, b: b or not a, _allowed(name, n_inputs or 2, at_least=2, at_most=2))
    if name == "multiplexer":
        n = n_inputs or 3
        if n not in ADDRESS:
            raise problem("parameter", name="n_inputs", rule="3, 6 or 11: 1, 2 or 3 choose one of 2, 4 or 8", value=n)
        k = ADDRESS[n]
        return TruthTable.asked(lambda *bits: bits[k + int("".join(map(str, bits[:k])), 2)], n)
    if found := re.fullmatch(r"at-least-(\d+)", name):
        k = int(found[1])
        if k > MOST_INPUTS:
            raise problem("parameter", name="K", rule=f"at most {MOST_INPUTS} in at-least-K", value=k)
        n = _allowed(name, n_inputs or min(max(k + 1, 2), MOST_INPUTS), at_least=max(k, 1), at_most=MOST_INPUTS)
        return TruthTable.asked(lambda *bits: sum(bits) >= k, n)
    return None


def _allowed(name: str, n: int, at_least: int, at_most: int) -> int:
    if not at_least <= n <= at_most:
        rule = f"{at_least} for {name}" if at_least == at_most else f"{at_least} to {at_most} for {name}"
        raise problem("parameter", name="n_inputs", rule=rule, value=n)
    return n


def input_names(what: str, table: TruthTable) -> tuple[str, ...]:
    """Return the names of a gate's inputs: those of the formula, otherwise a, b, c and so on."""
    named = _named(what.strip().lower(), table.n_inputs) is not None
    return tuple("abcdefghijklmnop"[: table.n_inputs]) if named else evaluate(what)[0]
