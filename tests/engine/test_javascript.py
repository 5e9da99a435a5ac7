"""The translation of the textbook: what it looks like, and what it refuses. That it is right, a browser tests."""

import ast
import re

import pytest

from glassneuron.engine import javascript, kernels

SOURCE = javascript.TEXTBOOK.read_text(encoding="utf-8")


def test_every_function_and_constant_is_exported_under_its_name():
    text = javascript.module()
    kernels_of = [node for node in ast.parse(SOURCE).body if isinstance(node, ast.FunctionDef)]
    functions = [node.name for node in kernels_of if "aside" not in map(ast.unparse, node.decorator_list)]
    assert len(functions) < len(kernels_of)
    assert re.findall(r"^export function (\w+)", text, re.MULTILINE) == functions
    constants = " ".join(re.findall(r"^export const (.*);", text, re.MULTILINE))
    for name in vars(kernels):
        if name.isupper():
            assert re.search(rf"\b{name} = ", constants), name


def test_each_line_knows_its_line_of_python():
    lines, text, python = javascript.line_map(), javascript.module().splitlines(), SOURCE.splitlines()
    assert len(lines) == len(text)
    assert max(lines) <= len(python)
    pairs = [(here.strip(), python[line - 1].strip()) for here, line in zip(text, lines, strict=True) if line]
    assert ("z += w[j] * x[j];", "z += w[j] * x[j]") in pairs
    for here, there in pairs:  # a head stands where it stood
        if here.startswith("export function"):
            assert there.startswith(f"def {here.split()[2].partition('(')[0]}(")
        if here.startswith("return ["):
            assert there.startswith("return ")


def test_a_kernel_is_shown_in_both_languages_with_its_line():
    for name, source in javascript.sources().items():
        shown = javascript.kernel_source(name)
        assert SOURCE.splitlines()[shown["line"] - 1].startswith(f"def {name}(")
        assert shown["python"] in SOURCE
        assert shown["javascript"] in javascript.module()
        assert source.section in SOURCE
        assert source.summary
    with pytest.raises(KeyError):
        javascript.kernel_source("perceptron_updat")


def test_the_formula_and_the_comments_come_along():
    update = javascript.kernel_source("perceptron_update")["javascript"]
    assert r"w \leftarrow w + \eta\,(y - \hat y)\,x" in update
    assert "// a tie is to be the same tie" in javascript.kernel_source("layer_forward")["javascript"]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("while n > 0:\n        n -= 1", 2),
        ("return [k for k in range(n)]", 2),
        ("for k in range(n):\n        return k\n    else:\n        return n", 2),
        ("for k in range(n):\n        n -= 1", 2),  # in Python the end of the range stands
        ("for k in range(n):\n        n = n\n    return k", 2),
        ("for k in range(3):\n        m = k\n    return k", 4),  # in JavaScript k is gone
        ("m = n\n    return unknown(m)", 3),
        ("m = n.real\n    return m", 2),
        ("m = 'text'", 2),
        ("a, b = n, 1\n    a, b = b, a", 3),  # one after the other would lose a value
        ("return x or n", 2),
        ("return x if x else n", 2),  # an empty list is true in JavaScript
        ("return n @ n", 2),
        ("return 0 < len(x) < n", 2),
        ("return x[::2]", 2),
        ("return x.sum(axis=n)", 2),
        ("return x.mean()", 2),
        ("return np.cosh(x)", 2),
        ("return max(n, 1, 2)", 2),
        ("return x is None", 2),
        ("x[-1] = 0.0", 2),
        ("x[1:] = 0.0", 2),
        ("with n:\n        return n", 2),
        ("try:\n        return n\n    except ValueError:\n        return 0", 2),
        ("n: int = 3", 2),
        ("assert n", 2),
        ("m = lambda: n", 2),
    ],
)
def test_what_has_no_translation_is_an_error_that_names_its_line(body, line):
    with pytest.raises(NotImplementedError, match=rf"line {line} .*: "):
        javascript.translate(f"def kernel(n: int, x: Row) -> int:\n    {body}\n")


@pytest.mark.parametrize(
    "text", ["class A:\n    pass", "def f(n=1):\n    return n", "def f(*n):\n    return n", "x += 1"]
)
def test_what_a_module_cannot_hold_is_an_error_too(text):
    with pytest.raises(NotImplementedError, match="line 1 "):
        javascript.translate(text)


def test_a_kernel_cannot_have_a_name_that_javascript_keeps():
    with pytest.raises(NotImplementedError, match="delete"):
        javascript.translate("def delete(n: int) -> int:\n    return n")
