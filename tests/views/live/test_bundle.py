"""Modules joined into one: what is joined, and what is refused. That the page's own work joined, a browser tests."""

import re

import pytest

from glassneuron.engine import javascript
from glassneuron.views.live.bundle import joined
from glassneuron.views.live.live_page import PAGE

MODULES = {path.name: path.read_text(encoding="utf-8") for path in PAGE.glob("*.js")} | {
    "kernels.js": javascript.module()
}


def test_the_pages_modules_are_joined_each_once_and_after_those_that_it_needs():
    text = joined(MODULES, "live.js")
    order = re.findall(r"^const (\w+)_js = \(\(\) => \{$", text, re.MULTILINE)
    assert len(order) == len(set(order))
    for name in order:
        for needed in re.findall(r'^import .*"\./(\w+)\.js";', MODULES[f"{name}.js"], re.MULTILINE):
            assert order.index(needed) < order.index(name)
    assert "server" not in order  # a file has none
    assert not re.search(r"^(import|export) ", text, re.MULTILINE)


@pytest.mark.parametrize("entry", sorted(set(MODULES) - {"start.js", "live.js"}))
def test_each_module_offers_what_others_import(entry):
    assert joined(MODULES, entry)


def test_names_of_two_modules_do_not_clash():
    two = {
        "a.js": 'import { value as theirs } from "./b.js";\nimport * as all from "./b.js";\nconst value = 1;\n'
        "export const sum = value + theirs + all.ONE;",
        "b.js": "export const value = 2;\nexport const ONE = 1, TWO = 2;\nexport async function later() {}\n",
    }
    text = joined(two, "a.js", exports=("sum",))
    assert "const { value: theirs } = b_js;" in text
    assert "const all = b_js;" in text
    assert "return { value, later, ONE, TWO };" in text.replace("value, ONE, later, TWO", "value, later, ONE, TWO")
    assert text.endswith("export const { sum } = a_js;")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('import { two } from "./b.js";', "no such name"),
        ('import { one } from "./c.js";', "no module c.js"),
        ('import one from "./b.js";', "cannot be joined"),
        ('import { one } from "https://example.org/b.js";', "cannot be joined"),
        ('const b = import("./b.js");', "cannot be joined"),
        ("export default 1;", "cannot be joined"),
        ("export { one };", "cannot be joined"),
        ("export let one = 1;", "cannot be joined"),
        ("await 1;", "cannot be joined"),
        ("const here = import.meta.url;", "cannot be joined"),
    ],
)
def test_what_is_not_understood_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        joined({"a.js": text, "b.js": "export const one = 1;"}, "a.js")


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="circle"):
        joined({"a.js": 'import { b } from "./b.js";', "b.js": 'import { a } from "./a.js";'}, "a.js")


def test_a_name_that_the_entry_does_not_export_cannot_be_exported():
    with pytest.raises(ValueError, match="does not export two"):
        joined({"a.js": "export const one = 1;"}, "a.js", exports=("two",))
