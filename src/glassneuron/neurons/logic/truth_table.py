"""Truth tables: what a gate answers to every row of zeros and ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.logic.formula import MOST_INPUTS


@dataclass(frozen=True)
class TruthTable:
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
            raise problem(
                "parameter",
                name="outputs",
                rule=f"2^n answers long, n at most {MOST_INPUTS}",
                value=len(outputs),
            )
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
            Of a number the lowest bit answers row 00...0.
        n_inputs : int, 1 to 16, optional
            Needed for a function and for a number.

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
        from glassneuron.neurons.logic.gates import truth_table

        return truth_table(what, n_inputs)

    @classmethod
    def asked(cls, function: Callable[..., object], n_inputs: int) -> TruthTable:
        """Ask a function of n bits for its answer to every row."""
        return cls(tuple(int(bool(function(*bits))) for bits in product((0, 1), repeat=n_inputs)))

    def __str__(self) -> str:
        rows = product("01", repeat=self.n_inputs)
        return "\n".join(f"[{' '.join(bits)}] ---> {output}" for bits, output in zip(rows, self.outputs, strict=True))
