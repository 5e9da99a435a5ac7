"""Gates: truth tables by name, formula or number, and logic out of threshold neurons."""

from __future__ import annotations

import re
from collections.abc import Callable

from glassneuron import checks
from glassneuron.errors import problem
from glassneuron.neurons.logic.formula import MOST_INPUTS, evaluate
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.logic.truth_table import TruthTable

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
"""Gates for which only the number of ones counts: how many inputs they have by default, and when they fire."""

GATES = (*BY_COUNT, "implies", "multiplexer", "at-least-K")


ADDRESS = {3: 1, 6: 2, 11: 3}
"""How many of a multiplexer's inputs choose one of the others."""


def truth_table(what: str | int | Callable[..., object], n_inputs: int | None = None) -> TruthTable:
    """Make a truth table out of a name, a formula, a function or a number.

    Parameters
    ----------
    what : str, int or callable
        A gate's name (not, and, or, nand, nor, xor, xnor, parity, majority, implies, multiplexer, at-least-2, ...), a
        formula such as "a and not b", a function of so many bits, or a number whose lowest bit answers row 00...0.
    n_inputs : int, 1 to 16, optional
        Needed for a function and for a number; a gate has two inputs otherwise, or as many as its meaning needs.

    Raises
    ------
    ParameterError
        If it is none of these, or the gate cannot have so many inputs.

    Examples
    --------
    >>> truth_table("xor").outputs, truth_table("a and not b").outputs
    ((0, 1, 1, 0), (0, 0, 1, 0))
    >>> truth_table("majority", 3) == truth_table(lambda a, b, c: a + b + c >= 2, 3) == truth_table(0b11101000, 3)
    True
    """
    if n_inputs is not None:
        checks.integer("n_inputs", n_inputs, f"[1, {MOST_INPUTS}]")
    if isinstance(what, str):
        return _named(what.strip().lower(), n_inputs) or _formula(what.strip(), n_inputs)
    if n_inputs is None:
        raise problem("parameter", name="n_inputs", rule="given with a function or a number", value=None)
    if callable(what):
        return TruthTable.asked(what, n_inputs)
    number = checks.integer("table", what, "[0, inf)")
    if number.bit_length() > 2**n_inputs:
        raise problem("parameter", name="table", rule=f"below 2^{2**n_inputs} for {n_inputs} inputs", value=what)
    return TruthTable(tuple(number >> row & 1 for row in range(2**n_inputs)))


def _formula(text: str, n_inputs: int | None) -> TruthTable:
    # A word by itself is the name of a gate, misspelled.
    if re.fullmatch(r"[^\W\d][\w-]*", text) and not re.fullmatch(r"[^\W\d]\d*", text):
        raise problem("gate", name=text, known=", ".join(GATES))
    names, outputs = evaluate(text)
    if n_inputs not in (None, len(names)):
        raise problem(
            "parameter", name="n_inputs", rule=f"{len(names)}, as in the formula, or left out", value=n_inputs
        )
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


NEURONS: dict[str, McCullochPitts] = {
    "not": McCullochPitts([-1], 0),
    "and": McCullochPitts([1, 1], 2),
    "or": McCullochPitts([1, 1], 1),
    "nand": McCullochPitts([-1, -1], -1),
    "nor": McCullochPitts([-1, -1], 0),
    "implies": McCullochPitts([-1, 1], 0),
    "majority": McCullochPitts([1, 1, 1], 2),
}
"""The gates that one neuron computes. XOR and XNOR are not among them: no single neuron does."""

NETWORKS: dict[str, tuple[tuple[McCullochPitts, ...], ...]] = {
    "xor": ((NEURONS["or"], NEURONS["nand"]), (NEURONS["and"],)),
    "xnor": ((NEURONS["and"], NEURONS["nor"]), (NEURONS["or"],)),
}
"""The gates that take a network of three: two neurons that read the inputs, and one behind them.

XOR is "one or the other, and not both": AND of (OR, NAND).
"""


def input_names(what: str, table: TruthTable) -> tuple[str, ...]:
    """Name a gate's inputs: as the formula does, otherwise a, b, c and so on.

    Examples
    --------
    >>> input_names("p and q", truth_table("p and q")), input_names("and", truth_table("and"))
    (('p', 'q'), ('a', 'b'))
    """
    named = _named(what.strip().lower(), table.n_inputs) is not None
    return tuple("abcdefghijklmnop"[: table.n_inputs]) if named else evaluate(what)[0]
