"""Statements, functions and a whole module."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence
from typing import NamedTuple

from glassneuron.engine.translation.expressions import LESS, RESERVED, Expressions, is_everything
from glassneuron.engine.translation.scopes import declarations, loops_over, names_in, stored_in

INDENT, WIDE = "  ", 100
ARRAYS = {"Row", "Table", "Layers", "Any"}
"""What the textbook calls the kinds of its arrays."""
SIGNS = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/="}


class Source(NamedTuple):
    """A kernel in both languages.

    Attributes
    ----------
    python, javascript : str
        Its text.
    line : int
        Where it stands in the Python file, from 1.
    section : str
        The section of the textbook, such as "1. One neuron: the weighted sum".
    summary : str
        What it does, in a sentence.
    """

    python: str
    javascript: str
    line: int
    section: str
    summary: str


class Translation(NamedTuple):
    """An ES module; for each of its lines the Python line that it comes from, 0 for none; and its kernels by name."""

    text: str
    lines: tuple[int, ...]
    kernels: dict[str, Source]


class Translator(Expressions):
    """Translate a module of kernels, behind what it needs at run time."""

    def __init__(self, python: str, runtime: str = "") -> None:
        self.source, self.tree = python.splitlines(), ast.parse(python)
        self.tree.body = [node for node in self.tree.body if not _left_out(node)]
        summary = (ast.get_docstring(self.tree) or "").partition("\n")[0]
        header = [f"// {summary}", "", *runtime.splitlines(), ""] if runtime else []
        self.lines = [(line, 0) for line in header]
        self.taken = RESERVED | set(re.findall(r"^(?:const|function) (\w+)", runtime, re.MULTILINE))
        self.imported, self.globals, self.truths = {}, set(), set()
        self.locals, self.visible, self.arrays = set(), [], set()
        self.lists: set[str] = set()
        self.depth, self.said = 0, 0  # how far a line is indented; the last Python line whose comment was passed on
        tokens = tokenize.generate_tokens(io.StringIO(python).readline)
        self.comments = {
            t.start[0]: t.string[1:].removeprefix(" ").rstrip() for t in tokens if t.type == tokenize.COMMENT
        }

    def translation(self) -> Translation:
        """Translate everything, from top to bottom."""
        for node in self.tree.body:
            self.globals |= {node.name} if isinstance(node, ast.FunctionDef) else set(stored_in(node))
        if wrong := self.globals & self.taken:
            raise NotImplementedError(f"no kernel can be called {sorted(wrong)[0]} in JavaScript")
        kernels: dict[str, Source] = {}
        section = ""
        for node in self.tree.body:
            first = min([node.lineno, *(mark.lineno for mark in getattr(node, "decorator_list", []))])
            for line in range(self.said + 1, first):
                if re.match(r"-{5,} \d+\. ", self.comments.get(line, "")):
                    section = self.comments[line].lstrip("- ")
            self._comments_before(first)
            begin = len(self.lines)
            self._module_level(node)
            if isinstance(node, ast.FunctionDef):
                python = "\n".join(self.source[first - 1 : node.end_lineno])
                javascript = "\n".join(text for text, _ in self.lines[begin:])
                summary = re.sub(":math:`(.*?)`", r"\1", ast.get_docstring(node) or "").partition("\n")[0]
                kernels[node.name] = Source(python, javascript, node.lineno, section, summary)
                self._emit("", 0)
        while self.lines and not self.lines[-1][0]:
            self.lines.pop()
        used = set(re.findall(r"\bnp\.(\w+)", "\n".join(text for text, _ in self.lines)))
        self.lines = [(text, line) for text, line in self.lines if line or _offers(text) in used | {""}]
        return Translation("\n".join(text for text, _ in self.lines), tuple(line for _, line in self.lines), kernels)

    def _module_level(self, node: ast.stmt) -> None:
        if isinstance(node, ast.ImportFrom):
            self.imported |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            self.imported |= {alias.asname or alias.name: alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef):
            self._function(node)
        elif isinstance(node, ast.Assign):
            if self.meaning(node.value) != "typing.Any":  # the name of a kind of array is for readers of Python
                pairs = ", ".join(f"{self._target(t)} = {self.text(v)}" for t, v in self._pairs(node))
                self._emit(f"export const {pairs};", node.lineno)
                self._emit("", 0)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            if node.lineno > 1:
                self.lines.insert(-2, (f"/** {node.value.value!s} */", node.lineno))  # in Python it stands below
        else:
            raise self.unknown(node)
        self.said = max(self.said, node.end_lineno or 0)

    # ---------------------------------------------------------------------------------------- lines and comments

    def _emit(self, text: str, line: int) -> None:
        comment = self.comments.get(line, "") if line > self.said else ""
        if comment and not comment.startswith(("fmt:", "noqa", "type:")):
            text += f" // {comment}"
        self.said = max(self.said, line)
        self.lines.append((INDENT * self.depth + text if text else "", line))

    def _comments_before(self, line: int) -> None:
        """Pass on the comments that have lines of their own before this line."""
        for n in range(self.said + 1, line):
            if self.source[n - 1].lstrip().startswith("#"):
                comment = re.sub("-{9,}", "--------", self.comments[n])
                self.lines.append((f"{INDENT * self.depth}// {comment}".rstrip(), n))
                if self.depth == 0 and n + 1 not in self.comments:
                    self.lines.append(("", 0))
        self.said = max(self.said, line - 1)

    def _docstring(self, node: ast.FunctionDef) -> None:
        """Pass on the first line of a docstring, and its formulas."""
        text = re.sub(":math:`(.*?)`", r"\1", ast.get_docstring(node) or "").replace("*/", "* /")
        if not text:
            return
        summary, formulas = text.partition("\n")[0], re.findall(r"\.\. math::(.*?)(?:\n\n|\Z)", text, re.DOTALL)
        shown = [line.strip() for formula in formulas for line in formula.splitlines()]
        if not shown:
            self._emit(f"/** {summary} */", node.lineno)
            return
        self._emit(f"/** {summary}", node.lineno)
        for line in ["", *shown]:
            self._emit(f" *    {line}".rstrip() if line else " *", node.lineno)
        self._emit(" */", node.lineno)

    # ------------------------------------------------------------------------------------------------ functions

    def _function(self, node: ast.FunctionDef) -> None:
        arguments = node.args
        if arguments.defaults or arguments.kwonlyargs or arguments.vararg or arguments.kwarg or arguments.posonlyargs:
            raise self.unknown(node, "arguments must be plain")
        parameters = [argument.arg for argument in arguments.args]
        kinds = {a.arg: a.annotation.id for a in arguments.args if isinstance(a.annotation, ast.Name)}
        loops = {
            each.target.id for each in ast.walk(node) if isinstance(each, ast.For) and isinstance(each.target, ast.Name)
        }
        self.locals, self.visible = {*parameters, *stored_in(*node.body), *loops}, [set(parameters)]
        self.arrays = {name for name, kind in kinds.items() if kind in ARRAYS}
        self.truths, self.lists = {name for name, kind in kinds.items() if kind == "bool"}, set()
        self.declared, at_the_top = declarations(node)
        if twice := loops & {*at_the_top, *parameters, *stored_in(*node.body)}:
            raise self.unknown(node, f"{sorted(twice)[0]} is a loop's variable and another")
        self._docstring(node)
        self.said = max(self.said, node.lineno)
        self._emit(f"export function {node.name}({', '.join(map(self.name, parameters))}) {{", node.lineno)
        self.depth += 1
        if at_the_top:
            self.visible[-1] |= set(at_the_top)
            self._emit(f"let {', '.join(map(self.name, at_the_top))};", node.lineno)
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        self.said = (node.body[0].end_lineno or 0) if body is not node.body else self.said
        for each in body:
            self._statement(each)
        self.depth -= 1
        self._emit("}", 0)
        self.lines[-1] = ("}", node.end_lineno or 0)
        self.locals, self.visible = set(), []

    def _block(self, head: str, line: int, body: Sequence[ast.stmt], own: str = "") -> None:
        self._emit(f"{head} {{", line)
        self.visible.append({own} if own else set())
        self.depth += 1
        for each in body:
            self._statement(each)
        self.depth -= 1
        self.visible.pop()

    # ----------------------------------------------------------------------------------------------- statements

    def _statement(self, node: ast.stmt) -> None:
        self._comments_before(node.lineno)
        if isinstance(node, ast.Assign):
            self._assign(node)
        elif isinstance(node, ast.AugAssign):
            self._emit(f"{self._changed(node)};", node.lineno)
        elif isinstance(node, ast.For):
            self._for(node)
        elif isinstance(node, ast.If):
            self._if(node, "if")
        elif isinstance(node, ast.Return):
            self._emit(f"return {self.text(node.value)};" if node.value else "return;", node.lineno)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self._emit(f"{self._call(node.value)};", node.lineno)
        elif isinstance(node, ast.Continue):
            self._emit("continue;", node.lineno)
        else:
            raise self.unknown(node)

    def _if(self, node: ast.If, word: str) -> None:
        self._block(f"{word} ({self.truth(node.test)})", node.lineno, node.body)
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            self._comments_before(node.orelse[0].lineno)
            self._if(node.orelse[0], "} else if")
            return
        if node.orelse:
            self._block("} else", 0, node.orelse)
        self._emit("}", 0)

    def _for(self, node: ast.For) -> None:
        if node.orelse or not isinstance(node.target, ast.Name):
            raise self.unknown(node)
        name = node.target.id
        if next(loops_over(name, *node.body), None):
            raise self.unknown(node, f"{name} is the variable of two loops, one inside the other")
        i, head = self.name(name), ""
        if isinstance(node.iter, ast.Call) and self.meaning(node.iter.func) == "range":
            changed = {*stored_in(*node.body), *self._grown_in(node)} & names_in(node.iter)
            if changed:
                raise self.unknown(node, f"{sorted(changed)[0]} changes inside the loop")
            bounds = [self.text(part, LESS + 1) for part in node.iter.args]
            start, stop, step = ["0", *bounds, "1"] if len(bounds) == 1 else [*bounds, "1"][:3]
            sign, way, by = (">", "-", step[1:]) if step.startswith("-") else ("<", "+", step)
            onward = way * 2 if by == "1" else f" {way}= {by}"
            head = f"for (let {i} = {start}; {i} {sign} {stop}; {i}{onward})"
        elif isinstance(node.iter, ast.Name):
            head = f"for (const {i} of {self.text(node.iter)})"
        else:
            raise self.unknown(node)
        self._block(head, node.lineno, node.body, own=name)
        self._emit("}", 0)

    def _grown_in(self, node: ast.AST) -> set[str]:
        calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
        return {
            f.value.id
            for f in calls
            if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name) and f.attr == "append"
        }

    def _call(self, node: ast.Call) -> str:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "append" and self._is_list(node.func.value):
            return f"{self.text(node.func.value)}.push({self.text(node.args[0])})"
        return self.text(node)

    def _is_list(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self.lists

    def _changed(self, node: ast.AugAssign) -> str:
        """Return `target += value`, for a number, a list, or a whole array."""
        target, value, op = node.target, node.value, node.op
        if self._is_list(target):
            if not isinstance(op, ast.Add):
                raise self.unknown(node)
            return f"{self.text(target)}.push(...{self.text(value)})"
        if self.whole(target):
            computed, _ = self.operation(op, target, value, node)
            return self._put(target, computed, node)
        if type(op) not in SIGNS or self.whole(value):
            raise self.unknown(node)
        return f"{self._target(target)} {SIGNS[type(op)]} {self.number(value)}"

    def _put(self, target: ast.expr, value: str, node: ast.AST) -> str:
        """Return the assignment of a value to each cell of a whole array, or of a part of one."""
        if isinstance(target, ast.Name):
            return f"np.copyto({self.text(target)}, {value})"
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Tuple):
            rows, columns = self.pair(target.slice)
            return f"np.put({self.text(target.value)}, {rows}, {columns}, {value})"
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice) and is_everything(target.slice):
            return f"np.fill({self.text(target.value)}, {value})"
        raise self.unknown(node)

    # ---------------------------------------------------------------------------------------------- assignments

    def _target(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return self.name(node.id)
        if isinstance(node, ast.Tuple) and all(isinstance(part, ast.Name) for part in node.elts):
            names = ["" if part.id == "_" else self.name(part.id) for part in node.elts]  # type: ignore[attr-defined]
            while not names[-1]:
                names.pop()
            return f"[{', '.join(names)}]"
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.UnaryOp | ast.Slice):
            return self.text(node)
        raise self.unknown(node)

    def _pairs(self, node: ast.Assign) -> list[tuple[ast.expr, ast.expr]]:
        """Take an assignment apart: `a, b = x, y` into two, and `a = b = x` into b = x and a = b."""
        *others, last = node.targets
        if others:
            if not all(isinstance(target, ast.Name) for target in node.targets):
                raise self.unknown(node)
            return [(last, node.value), *((target, ast.copy_location(ast.Name(last.id), node)) for target in others)]  # type: ignore[attr-defined]
        if isinstance(last, ast.Tuple) and isinstance(node.value, ast.Tuple):
            return list(zip(last.elts, node.value.elts, strict=True))
        return [(last, node.value)]

    def _assign(self, node: ast.Assign) -> None:
        pairs = self._pairs(node)
        for i, (target, _) in enumerate(pairs[:-1]):
            changed = stored_in(target) if isinstance(target, ast.Name | ast.Tuple) else names_in(target)
            if len(node.targets) == 1 and set(changed) & names_in(*(value for _, value in pairs[i + 1 :])):
                raise self.unknown(node, "a value depends on a name that is assigned before it")
        groups: list[tuple[str, list[str]]] = []
        for target, value in pairs:
            word, text = self._declaration(node, target), self._one(target, value)
            self.visible[-1] |= {name for name in stored_in(target) if (id(node), name) in self.declared}
            if word and groups and groups[-1][0] == word and len(", ".join([*groups[-1][1], text])) < WIDE:
                groups[-1][1].append(text)
            else:
                groups.append((word, [text]))
        for word, texts in groups:
            self._emit(f"{word} {', '.join(texts)};".lstrip(), node.lineno)

    def _declaration(self, node: ast.Assign, target: ast.expr) -> str:
        """Return the word that an assignment to some names begins with, if it declares them."""
        words = {self.declared.get((id(node), name), "") for name in stored_in(target) if name != "_"}
        if "" in words and len(words) > 1:
            raise self.unknown(node, "some of the names are new")
        return "let" if "let" in words else next(iter(words), "")

    def _one(self, target: ast.expr, value: ast.expr) -> str:
        whole, is_list = self.whole(value), isinstance(value, ast.List)
        if isinstance(target, ast.Subscript) and self.whole(target):
            return self._put(target, self.text(value), target)
        text = f"{self._target(target)} = {self.text(value)}"
        if isinstance(target, ast.Name):
            for names, belongs in ((self.arrays, whole), (self.lists, is_list)):
                (names.add if belongs else names.discard)(target.id)
        return text


def _offers(line: str) -> str:
    """Return the name that a line of the runtime gives a function of NumPy's, if it holds all of it.

    Examples
    --------
    >>> _offers("  abs: elementwise(Math.abs),"), _offers("  fill: (a) => {")
    ('abs', '')
    """
    found = re.fullmatch(r"  (\w+): .*\),", line)
    return found[1] if found else ""


def _left_out(node: ast.stmt) -> bool:
    """Return whether a kernel is marked as one that no page needs."""
    marks = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return any(isinstance(mark, ast.Name) and mark.id == "aside" for mark in marks)
