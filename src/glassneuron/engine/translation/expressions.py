"""Expressions: numbers, rows and tables, and the formulas that NumPy computes with whole arrays at once."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

# How tightly JavaScript binds, loosest first.
CHOICE, OR, AND, EQUAL, LESS, SUM, PRODUCT, UNARY, POWER, TIGHT = range(10)

ARITHMETIC: dict[type[ast.AST], tuple[str, int, str]] = {
    ast.Add: ("+", SUM, "add"),
    ast.Sub: ("-", SUM, "subtract"),
    ast.Mult: ("*", PRODUCT, "multiply"),
    ast.Div: ("/", PRODUCT, "divide"),
}
COMPARISONS: dict[type[ast.AST], tuple[str, int, str]] = {
    ast.Eq: ("===", EQUAL, "equal"),
    ast.NotEq: ("!==", EQUAL, "not_equal"),
    ast.Lt: ("<", LESS, "less"),
    ast.LtE: ("<=", LESS, "less_equal"),
    ast.Gt: (">", LESS, "greater"),
    ast.GtE: (">=", LESS, "greater_equal"),
}
OF_NUMBERS = {
    "abs": "Math.abs", "max": "max", "min": "min", "float": "Number", "int": "Math.trunc", "bool": "Boolean",
    "math.exp": "Math.exp", "math.log": "Math.log", "math.tanh": "Math.tanh", "math.sqrt": "Math.sqrt",
    "np.sqrt": "Math.sqrt", "np.isfinite": "Number.isFinite",
}  # fmt: skip
OF_ARRAYS = {"abs", "exp", "log", "log1p", "tanh", "maximum", "minimum", "where"}
NEW_ARRAYS = {"empty", "zeros", "zeros_like", "arange", "dot"}
METHODS = {"sum", "max", "argmax", "copy"}
BACKEND = "glassneuron.engine.backend."
WORDS = """
arguments await break case catch class const continue debugger default delete do else enum eval export extends false
finally for function if implements import in instanceof interface let new null package private protected public return
static super switch this throw true try typeof undefined var void while with yield
Array Boolean Float64Array Infinity Math NaN Number Object
"""
RESERVED = set(WORDS.split())


def is_everything(index: ast.expr) -> bool:
    """Return whether an index is `:`."""
    return isinstance(index, ast.Slice) and not any((index.lower, index.upper, index.step))


class Expressions:
    """Translate expressions of one function.

    Attributes
    ----------
    imported : dict
        What imported names stand for, such as "exp": "math.exp".
    globals : set of str
        The functions and constants of the module.
    taken : set of str
        Names that no variable may have in JavaScript.
    locals : set of str
        The function's own names; `visible` has those that can be seen at this point, a set for each block.
    arrays : set of str
        The names of whole arrays, with which NumPy computes at once; a name that is only indexed may be among them.
    truths : set of str
        The names that are true or false.
    """

    source: list[str]
    imported: dict[str, str]
    globals: set[str]
    taken: set[str]
    locals: set[str]
    visible: list[set[str]]
    arrays: set[str]
    truths: set[str]

    def unknown(self, node: ast.AST, why: str = "") -> NotImplementedError:
        """Return the error for a construct that has no translation."""
        line = getattr(node, "lineno", 0)
        what = f"{type(node).__name__}{f' ({why})' if why else ''}"
        return NotImplementedError(
            f"line {line} has no translation to JavaScript for {what}: {self.source[line - 1].strip()}"
        )

    def name(self, name: str) -> str:
        """Return a variable's name in JavaScript."""
        return f"{name}_" if name in self.taken else name

    def text(self, node: ast.expr, level: int = CHOICE) -> str:
        """Return an expression, in brackets if it binds less tightly than its place asks."""
        text, binds = self.bound(node)
        return text if binds >= level else f"({text})"

    def bound(self, node: ast.expr) -> tuple[str, int]:
        """Return an expression, and how tightly it binds."""
        translate: Callable[[Any], tuple[str, int]] | None = getattr(self, f"_{type(node).__name__}", None)
        if translate is None:
            raise self.unknown(node)
        return translate(node)

    def number(self, node: ast.expr, level: int = CHOICE) -> str:
        """Return an operand of arithmetic: a truth counts as 0 or 1."""
        if isinstance(node, ast.Compare) and not self.whole(node):
            return f"Number({self.text(node)})"
        return self.text(node, level)

    def truth(self, node: ast.expr, level: int = CHOICE) -> str:
        """Return a condition; an array or a list would be true in JavaScript even when it is empty."""
        if not self._is_truth(node):
            raise self.unknown(node, "not clearly a condition or a number")
        return self.text(node, level)

    def _is_truth(self, node: ast.expr) -> bool:
        if isinstance(node, ast.BoolOp):
            return all(self._is_truth(part) for part in node.values)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self._is_truth(node.operand)
        if isinstance(node, ast.Call):
            return self.meaning(node.func) in ("len", "bool", "np.isfinite")
        return isinstance(node, ast.Compare) or (isinstance(node, ast.Name) and node.id in self.truths)

    def meaning(self, node: ast.expr) -> str:
        """Return what a name stands for, such as "math.exp" or "np.where"; nothing if it is the function's own."""
        if isinstance(node, ast.Attribute):
            return f"{self.meaning(node.value)}.{node.attr}"
        if not isinstance(node, ast.Name) or node.id in self.locals:
            return ""
        return self.imported.get(node.id, node.id)

    def whole(self, node: ast.expr) -> bool:
        """Return whether an expression is a whole array, with which NumPy computes at once."""
        if isinstance(node, ast.Name):
            return node.id in self.arrays
        if isinstance(node, ast.Attribute):
            return node.attr == "T"
        if isinstance(node, ast.Subscript):
            index = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return any(isinstance(part, ast.Slice) or self.whole(part) for part in index)
        if isinstance(node, ast.Call):
            return self._gives_array(node)
        parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        return isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare) and any(map(self.whole, parts))

    def _gives_array(self, node: ast.Call) -> bool:
        room, _, name = self.meaning(node.func).rpartition(".")
        if room == "np":
            return name in NEW_ARRAYS or any(map(self.whole, node.args))
        method = isinstance(node.func, ast.Attribute) and node.func.attr in METHODS | {"astype", "reshape"}
        return method and self.whole(node.func.value)  # type: ignore[attr-defined]

    # ------------------------------------------------------------------------------------------ names and numbers

    def _Constant(self, node: ast.Constant) -> tuple[str, int]:
        if not isinstance(node.value, int | float) or isinstance(node.value, bool):
            raise self.unknown(node)
        line = self.source[node.lineno - 1].encode()  # where ast counts bytes
        return line[node.col_offset : node.end_col_offset].decode().removesuffix(".0"), TIGHT

    def _Name(self, node: ast.Name) -> tuple[str, int]:
        if node.id in self.locals:
            if not any(node.id in block for block in self.visible):
                raise self.unknown(node, f"{node.id} may have no value here")
            return self.name(node.id), TIGHT
        if node.id not in self.globals:
            raise self.unknown(node, f"{node.id} is no name of this module")
        return node.id, TIGHT

    def _Tuple(self, node: ast.Tuple | ast.List) -> tuple[str, int]:
        return f"[{', '.join(map(self.text, node.elts))}]", TIGHT

    _List = _Tuple

    def _UnaryOp(self, node: ast.UnaryOp) -> tuple[str, int]:
        if isinstance(node.op, ast.Not):
            return f"!{self.truth(node.operand, UNARY)}", UNARY
        if not isinstance(node.op, ast.USub):
            raise self.unknown(node)
        if self.whole(node.operand):
            return f"np.negative({self.text(node.operand)})", TIGHT
        return f"-{self.number(node.operand, TIGHT)}", UNARY

    def _BinOp(self, node: ast.BinOp) -> tuple[str, int]:
        return self.operation(node.op, node.left, node.right, node)

    def operation(self, op: ast.operator, left: ast.expr, right: ast.expr, node: ast.AST) -> tuple[str, int]:
        """Return a sum, a product, a power, of numbers or of whole arrays."""
        a, b = self.number(left), self.number(right)
        whole = self.whole(left) or self.whole(right)
        if type(op) in ARITHMETIC:
            sign, level, name = ARITHMETIC[type(op)]
            if whole:
                return f"np.{name}({a}, {b})", TIGHT
            return f"{self.number(left, level)} {sign} {self.number(right, level + 1)}", level
        if whole:
            raise self.unknown(node)
        if isinstance(op, ast.FloorDiv):
            return f"Math.floor({self.number(left, PRODUCT)} / {self.number(right, UNARY)})", TIGHT
        if isinstance(op, ast.Mod):
            return f"mod({a}, {b})", TIGHT
        if isinstance(op, ast.Pow):
            return f"{self.number(left, TIGHT)} ** {self.number(right, POWER)}", POWER
        raise self.unknown(node)

    def _Compare(self, node: ast.Compare) -> tuple[str, int]:
        parts = [node.left, *node.comparators]
        if isinstance(node.ops[0], ast.Is):
            return self._is_tuple(node), TIGHT
        if len(node.ops) > 1 and not all(isinstance(part, ast.Name | ast.Constant) for part in parts[1:-1]):
            raise self.unknown(node, "what stands in the middle would be computed twice")
        pairs = []
        for op, left, right in zip(node.ops, parts, parts[1:], strict=False):
            if type(op) not in COMPARISONS:
                raise self.unknown(node)
            sign, level, name = COMPARISONS[type(op)]
            if self.whole(node):
                if len(node.ops) > 1:
                    raise self.unknown(node)
                return f"np.{name}({self.text(left)}, {self.text(right)})", TIGHT
            a, b = (self.text(part, SUM) for part in (left, right))  # a comparison of comparisons gets its brackets
            pairs.append((f"{a} {sign} {b}", level))
        return pairs[0] if len(pairs) == 1 else (" && ".join(text for text, _ in pairs), AND)

    def _is_tuple(self, node: ast.Compare) -> str:
        """Return the question whether a row is sparse: `type(x) is tuple`, of a name."""
        left, right = node.left, node.comparators[0]
        asks = isinstance(left, ast.Call) and self.meaning(left.func) == "type" and len(node.ops) == 1
        if not asks or self.meaning(right) != "tuple":
            raise self.unknown(node)
        return f"isTuple({self.text(left.args[0])})"  # type: ignore[attr-defined]

    def _BoolOp(self, node: ast.BoolOp) -> tuple[str, int]:
        sign, level = ("&&", AND) if isinstance(node.op, ast.And) else ("||", OR)
        return f" {sign} ".join(self.truth(part, level) for part in node.values), level

    def _IfExp(self, node: ast.IfExp) -> tuple[str, int]:
        test = self.truth(node.test, OR)
        return f"{test} ? {self.text(node.body, OR)} : {self.text(node.orelse)}", CHOICE

    # -------------------------------------------------------------------------------------------- rows and tables

    def _Attribute(self, node: ast.Attribute) -> tuple[str, int]:
        what = self.text(node.value)
        if node.attr == "T":
            return f"np.transpose({what})", TIGHT
        if node.attr == "size":
            return f"np.size({what})", TIGHT
        raise self.unknown(node)

    def _Subscript(self, node: ast.Subscript) -> tuple[str, int]:
        if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
            if not isinstance(node.slice, ast.Constant) or node.slice.value != 1:
                raise self.unknown(node)
            return f"np.width({self.text(node.value.value)})", TIGHT
        what = self.text(node.value, TIGHT)
        if isinstance(node.slice, ast.Slice):
            return f"slice({self.text(node.value)}{self._bounds(node.slice)})", TIGHT
        if isinstance(node.slice, ast.Tuple):
            if self.is_column(node.slice):
                return f"np.column({self.text(node.value)})", TIGHT
            rows, columns = self.pair(node.slice)
            if self.whole(node):
                return f"np.take({what}, {rows}, {columns})", TIGHT
            return f"{what}[{rows}][{columns}]", TIGHT
        if isinstance(node.slice, ast.UnaryOp):
            return f"{what}.at({self.text(node.slice)})", TIGHT
        return f"{what}[{self.text(node.slice)}]", TIGHT

    def pair(self, index: ast.Tuple) -> tuple[str, str]:
        """Return the two indices into a table: two numbers, or two whole rows of numbers."""
        kinds = {self.whole(part) for part in index.elts}
        if len(index.elts) != 2 or len(kinds) != 1 or any(isinstance(part, ast.Slice) for part in index.elts):
            raise self.unknown(index)
        rows, columns = map(self.text, index.elts)
        return rows, columns

    def is_column(self, index: ast.Tuple) -> bool:
        """Return whether an index is `[:, np.newaxis]`, which makes a column of a row."""
        first, *others = index.elts
        return is_everything(first) and [self.meaning(part) for part in others] == ["np.newaxis"]

    def _bounds(self, part: ast.Slice) -> str:
        if part.step is not None:
            raise self.unknown(part, "a step")
        bounds = [self.text(part.lower) if part.lower else "0"]
        if part.upper:
            bounds.append(self.text(part.upper))
        return "".join(f", {bound}" for bound in bounds)

    # ------------------------------------------------------------------------------------------------------ calls

    def _Call(self, node: ast.Call) -> tuple[str, int]:
        what = self.meaning(node.func)
        if what.startswith(BACKEND):
            return self._mark(what.removeprefix(BACKEND), node)
        if isinstance(node.func, ast.Attribute) and not what.startswith("np."):
            return self._method(node.func, node), TIGHT
        if node.keywords:
            raise self.unknown(node)
        if what == "len":
            return f"{self.text(node.args[0], TIGHT)}.length", TIGHT
        room, _, name = what.rpartition(".")
        given = self._without_kind(node) if room == "np" and name in NEW_ARRAYS else node.args
        arguments = ", ".join(map(self.text, given))
        if room == "np" and name in NEW_ARRAYS:
            return f"np.{name}({arguments})", TIGHT
        if any(map(self.whole, node.args)) and (room == "np" or name in OF_NUMBERS):
            if name not in OF_ARRAYS:
                raise self.unknown(node)
            return f"np.{name}({arguments})", TIGHT
        if what in OF_NUMBERS:
            if what in ("max", "min") and len(node.args) != 2:
                raise self.unknown(node)
            return f"{OF_NUMBERS[what]}({arguments})", TIGHT
        if not (isinstance(node.func, ast.IfExp) or what in self.globals):
            raise self.unknown(node, "an unknown function")
        return f"{self.text(node.func, TIGHT)}({arguments})", TIGHT

    def _mark(self, name: str, node: ast.Call) -> tuple[str, int]:
        """Return what the marks of the backend are where rows are lists: plain indexing."""
        arguments: Sequence[ast.expr] = node.args
        if name == "row":
            return f"{self.text(arguments[0], TIGHT)}[{self.text(arguments[1])}]", TIGHT
        if name == "visit":
            return f"{self.text(arguments[1], TIGHT)}[{self.text(arguments[2])}]", TIGHT
        if name == "part":
            return f"slice({', '.join(map(self.text, arguments))})", TIGHT
        if name != "like":
            raise self.unknown(node)
        return self.bound(arguments[1])

    def _method(self, method: ast.Attribute, node: ast.Call) -> str:
        what, name = self.text(method.value), method.attr
        if name == "reshape":
            return f"np.reshape({', '.join([what, *map(self.text, node.args)])})"
        if name == "astype" and not node.keywords and not self._without_kind(node):
            return what
        if name not in METHODS or node.args or not self.whole(method.value):
            raise self.unknown(node)
        options = []
        for keyword in node.keywords:
            if not isinstance(keyword.value, ast.Constant) or keyword.arg not in ("axis", "keepdims"):
                raise self.unknown(node)
            options.append(f"{keyword.arg}: {str(keyword.value.value).lower()}")
        return f"np.{name}({what}, {{ {', '.join(options)} }})" if options else f"np.{name}({what})"

    def _without_kind(self, node: ast.Call) -> list[ast.expr]:
        """Return the arguments without `X.dtype`: there is one kind of number in JavaScript."""
        return [part for part in node.args if not (isinstance(part, ast.Attribute) and part.attr == "dtype")]
