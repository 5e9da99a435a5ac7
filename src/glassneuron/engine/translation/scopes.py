"""Where a name of a Python function is declared in JavaScript, and whether as `const` or as `let`.

In Python a name belongs to its function, in JavaScript to its block. A name is declared where it is first assigned in a
block, if nobody outside of that block could want that value; else at the top of the function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache

Declarations = dict[tuple[int, str], str]  # (id of an assignment, name): "const" or "let"


def names_in(*nodes: ast.AST) -> set[str]:
    """Return every name in some nodes."""
    return {name for node in nodes for name in _names(node)}


def stored_in(*nodes: ast.AST) -> list[str]:
    """Return every name that some nodes assign to, as often as they do; loops' own variables are not among them."""
    return [name for node in nodes for name in _stored(node)]


@cache
def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))


@cache
def _stored(node: ast.AST) -> tuple[str, ...]:
    parts = list(ast.walk(node))
    own = {id(each.target) for each in parts if isinstance(each, ast.For)}  # a loop declares its variable itself
    names = [each for each in parts if isinstance(each, ast.Name) and id(each) not in own]
    return tuple(each.id for each in names if isinstance(each.ctx, ast.Store))


def loops_over(name: str, *nodes: ast.AST) -> Iterator[ast.For]:
    """Yield the loops whose variable has this name."""
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.For) and isinstance(each.target, ast.Name) and each.target.id == name:
                yield each


def blocks_of(node: ast.stmt) -> list[list[ast.stmt]]:
    """Return the blocks of statements inside a statement."""
    return [block for block in (getattr(node, "body", []), getattr(node, "orelse", [])) if block]


def declarations(function: ast.FunctionDef) -> tuple[Declarations, list[str]]:
    """Return the assignments that declare a name, and the names to declare at the top of the function."""
    found: Declarations = {}
    at_the_top = []
    parameters = {argument.arg for argument in function.args.args}
    for name in dict.fromkeys(stored_in(*function.body)):
        if name in parameters:
            continue
        places = _places(name, function.body)
        if places is None:
            at_the_top.append(name)
        else:
            found |= places
    return found, at_the_top


def _places(name: str, block: Sequence[ast.stmt]) -> Declarations | None:
    """Return where a name can be declared in a block, or None if its value is wanted where that would not be seen."""
    places: Declarations = {}
    for i, node in enumerate(block):
        if name not in names_in(node):
            continue
        if isinstance(node, ast.Assign) and name in stored_in(*node.targets) and name not in names_in(node.value):
            kind = "const" if stored_in(*block[i:]).count(name) == 1 else "let"
            return places | {(id(node), name): kind}
        if not isinstance(node, ast.If | ast.For) or name in names_in(
            node.test if isinstance(node, ast.If) else node.iter
        ):
            return None
        for inner in blocks_of(node):
            deeper = _places(name, inner)
            if deeper is None:
                return None
            places |= deeper
    return places
