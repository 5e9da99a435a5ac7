"""Modules joined into one: a page that is opened as a file, or shown in a notebook, may load no other file.

What is read is the little of ES modules that the page is written in: named imports and exports, one name a declaration,
files beside each other, no circle. Anything else is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

IMPORT = re.compile(r'^import (?:(\{[^}]*\}|\* as \w+) from )?"\./([\w.-]+)";[ \t]*(?://.*)?$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async function|function\*?|class|const) \w)", re.MULTILINE)
NAME = re.compile(r"^export (?:async function|function\*?|class|const) (\w+)", re.MULTILINE)
NUMBERS = re.compile(r"^export const (\w+ = [-\w.]+(?:, \w+ = [-\w.]+)+);", re.MULTILINE)
LEFT = re.compile(r"^(?:import\b|export\b|await\b).*|\bimport\s*[(.]", re.MULTILINE)


def joined(modules: Mapping[str, str], entry: str, *, exports: tuple[str, ...] = ()) -> str:
    r"""Return the text of one module that does what an entry does with the modules that it imports.

    Parameters
    ----------
    modules : dict
        The text of each module by its file's name.
    entry : str
        The one that is run.
    exports : tuple of str
        What the joined module exports of what the entry does.

    Raises
    ------
    ValueError
        If a module is written in a way that is not understood here, or imports what is not there.

    Examples
    --------
    >>> two = {"a.js": 'import { one } from "./b.js";\nconsole.log(one);', "b.js": "export const one = 1;"}
    >>> print(joined(two, "a.js"))
    const b_js = (() => {
    const one = 1;
    return { one };
    })();
    const a_js = (() => {
    const { one } = b_js;
    console.log(one);
    return {  };
    })();
    """
    needs, waiting = {}, [entry]
    while waiting:
        name = waiting.pop()
        if name in needs:
            continue
        if name not in modules:
            raise ValueError(f"there is no module {name}")
        needs[name] = [found[1] for found in IMPORT.findall(modules[name])]
        waiting += needs[name]
    offered = {name: _exports(modules[name]) for name in needs}
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise ValueError(f"modules import each other in a circle: {' <- '.join(error.args[1])}") from error
    parts = [_wrapped(name, modules[name], offered) for name in order]
    for name in exports:
        if name not in offered[entry]:
            raise ValueError(f"{entry} does not export {name}")
    if exports:
        parts.append(f"export const {{ {', '.join(exports)} }} = {_variable(entry)};")
    return "\n".join(parts)


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _exports(text: str) -> list[str]:
    """Return the names that a module exports."""
    several = [each.split(" = ")[0] for line in NUMBERS.findall(text) for each in line.split(", ")]
    return list(dict.fromkeys([*NAME.findall(text), *several]))


def _wrapped(name: str, text: str, offered: Mapping[str, list[str]]) -> str:
    """Put a module into a function of its own, so that its names are nobody else's."""

    def bound(found: re.Match[str]) -> str:
        what, source = found.groups()
        if what is None:
            return ""
        if what.startswith("*"):
            return f"const {what.removeprefix('* as ')} = {_variable(source)};"
        names = [each.split(" as ") for each in re.findall(r"\w+(?: as \w+)?", what)]
        for each in names:
            if each[0] not in offered[source]:
                raise ValueError(f"{name} imports {each[0]} from {source}, which exports no such name")
        return f"const {{ {', '.join(': '.join(each) for each in names)} }} = {_variable(source)};"

    text = EXPORT.sub("", IMPORT.sub(bound, text))
    if left := LEFT.search(_without_comments(text)):
        raise ValueError(f"{name} has a line that cannot be joined: {left.group()[:80]}")
    return f"const {_variable(name)} = (() => {{\n{text.strip()}\nreturn {{ {', '.join(offered[name])} }};\n}})();"


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", text, flags=re.DOTALL)
