"""Logical formulas as text, such as "a and not b": read by a small parser and evaluated on all rows at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from itertools import product

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem

MOST_INPUTS = 16
DEEPEST = 100

Bits = Array
SPELLINGS = {
    "!": "not", "~": "not", "¬": "not", "&": "and", "&&": "and", "*": "and", "∧": "and", "|": "or", "||": "or",
    "+": "or", "∨": "or", "^": "xor", "⊕": "xor", "==": "xnor", "=": "xnor", "!=": "xor", "->": "implies",
    "=>": "implies", "→": "implies", "<->": "xnor", "<=>": "xnor", "↔": "xnor", "iff": "xnor", "true": "1",
    "false": "0",
}  # fmt: skip
LEVELS: tuple[dict[str, Callable[[Bits, Bits], Bits]], ...] = (
    {"implies": lambda a, b: ~a | b},
    {"or": lambda a, b: a | b, "nor": lambda a, b: ~(a | b)},
    {"xor": lambda a, b: a ^ b, "xnor": lambda a, b: ~(a ^ b)},
    {"and": lambda a, b: a & b, "nand": lambda a, b: ~(a & b)},
)
"""Operators between two parts, the loosest first. Those of a level group from the left, implies from the right."""

MANY: dict[str, Callable[[list[Bits]], Bits]] = {
    "majority": lambda parts: 2 * np.sum(parts, axis=0) > len(parts),
    "parity": lambda parts: reduce(np.bitwise_xor, parts),
    "and": lambda parts: reduce(np.bitwise_and, parts),
    "or": lambda parts: reduce(np.bitwise_or, parts),
    "xor": lambda parts: reduce(np.bitwise_xor, parts),
}
"""Functions of any number of parts: majority(a, b, c)."""

NAME = re.compile(r"[^\W\d]\w*")
WORDS = {word for level in LEVELS for word in level} | set(MANY) | set(SPELLINGS.values())
TOKEN = re.compile(r"\s*(<->|<=>|->|=>|&&|\|\||==|!=|[!~¬&*∧|+∨^⊕=→↔(),]|[^\W\d]\w*|[01](?!\w)|\S)")


def evaluate(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Evaluate a formula on every row of zeros and ones; return its names and one answer, 0 or 1, for each row.

    A formula has names joined by not, and, nand, xor, xnor, or, nor, implies (the tightest first), or by the signs for
    them; parentheses, 0, 1, and majority(...) and parity(...) of any number of parts. The names are in alphabetical
    order, x2 before x10; rows are in counting order, the first name being the leftmost bit.
    """
    shown = text if len(text) <= 60 else text[:57] + "..."
    tokens = [SPELLINGS.get(token.lower(), token) for token in TOKEN.findall(text)]
    tokens = [token.lower() if token.lower() in WORDS else token for token in tokens]
    names = sorted({token for token in tokens if token not in WORDS and NAME.fullmatch(token)}, key=_by_number)
    if len(names) > MOST_INPUTS:
        why = f"it has {len(names)} different names, and {MOST_INPUTS} are the most"
        raise problem("formula", text=shown, why=why)
    rows = np.array(list(product((False, True), repeat=len(names))))
    answers = _Reader(shown, tokens, dict(zip(names, rows.T, strict=True))).whole()
    if not names:
        raise problem("formula", text=shown, why="it has no name")
    return tuple(names), tuple(np.broadcast_to(answers, len(rows)).astype(int).tolist())


def _by_number(name: str) -> tuple[str, int, str]:
    """Return a key that sorts x2 before x10."""
    letters = name.rstrip("0123456789")
    return letters, int(name[len(letters) :] or -1), name


class _Reader:
    """A recursive descent parser that evaluates while it reads: one method for each kind of part."""

    def __init__(self, text: str, tokens: list[str], bits: dict[str, Bits]) -> None:
        self.text, self.tokens, self.bits = text, tokens, bits
        self.at = 0
        self.depth = 0

    def whole(self) -> Bits:
        answers = self.between(0)
        if self.next is not None:
            raise self.lost("an operator such as and, or, xor")
        return answers

    @property
    def next(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> str:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def lost(self, wanted: str) -> Exception:
        found = "it ends" if self.next is None else f"{self.next!r} stands"
        return problem("formula", text=self.text, why=f"{found} where {wanted} should be")

    def between(self, level: int) -> Bits:
        if level == len(LEVELS):
            return self.part()
        self.depth += 1
        if self.depth > DEEPEST * len(LEVELS):
            raise problem("formula", text=self.text, why=f"it is nested more than {DEEPEST} deep")
        answers = self.between(level + 1)
        while self.next in LEVELS[level]:
            word = self.take()
            answers = LEVELS[level][word](answers, self.between(level if word == "implies" else level + 1))
        self.depth -= 1
        return answers

    def part(self) -> Bits:
        negated = False
        while self.next == "not":
            self.take()
            negated = not negated
        answers = self.one()
        return ~answers if negated else answers

    def one(self) -> Bits:
        token = self.next
        if token == "(":
            return self.in_parentheses()[0]
        if token in MANY and self.tokens[self.at + 1 : self.at + 2] == ["("]:
            return MANY[self.take()](list(np.broadcast_arrays(*self.in_parentheses(","))))
        if token in ("0", "1"):
            return np.array(self.take() == "1")
        if token is None or token not in self.bits:
            raise self.lost("a name")
        return self.bits[self.take()]

    def in_parentheses(self, separator: str | None = None) -> list[Bits]:
        self.take()
        parts = [self.between(0)]
        while self.next is not None and self.next == separator:
            self.take()
            parts.append(self.between(0))
        if self.next != ")":
            raise self.lost("')'")
        self.take()
        return parts
