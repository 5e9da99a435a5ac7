"""Errors: the tree in the docstring, and the fields that each error carries beside its message."""

import pickle
import re
import string

import pytest

from glassneuron import checks, errors
from glassneuron.errors import MESSAGES, GlassneuronError, ParameterError, ParameterTypeError, problem


def test_an_error_carries_the_fields_of_its_message():
    error = problem("parameter", name="learning_rate", rule="in (0, inf)", value=-0.1)
    assert isinstance(error, ParameterError)
    assert (error.code, error.name, error.rule, error.value) == ("parameter", "learning_rate", "in (0, inf)", -0.1)
    assert str(error) == "`learning_rate` must be in (0, inf); got -0.1."


def test_a_check_fills_them_in():
    with pytest.raises(ParameterTypeError) as caught:
        checks.integer("max_epochs", 1.5, "[1, inf)")
    assert (caught.value.name, caught.value.rule, caught.value.value) == ("max_epochs", "a whole number", 1.5)


def test_a_message_without_them_leaves_them_empty():
    error = problem("extra", purpose="a figure", library="matplotlib", extra="plot")
    assert (error.code, error.name, error.rule, error.value) == ("extra", None, None, None)


def test_an_error_keeps_its_fields_on_its_way_between_processes():
    error = pickle.loads(pickle.dumps(problem("parameter", name="n", rule="in [1, 2]", value=3)))
    assert (str(error), error.code, error.value) == ("`n` must be in [1, 2]; got 3.", "parameter", 3)


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_is_one_sentence_or_more_of_its_own_fields(code):
    kind, template = MESSAGES[code]
    assert issubclass(kind, GlassneuronError)
    assert template[-1] in ".}"
    fields = {field for _, field, _, _ in string.Formatter().parse(template) if field}
    error = problem(code, **dict.fromkeys(fields, 1))
    assert {field for field in ("name", "rule", "value") if getattr(error, field) is not None} == fields & {
        "name",
        "rule",
        "value",
    }


def test_the_tree_is_drawn_as_it_stands():
    drawn = dict(re.findall(r"── (\w+)(?: \((\w+)\))?", errors.__doc__))
    classes = {
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, GlassneuronError) and kind is not GlassneuronError
    }
    assert set(drawn) == set(classes)
    for name, builtin in drawn.items():
        assert not builtin or builtin in {parent.__name__ for parent in classes[name].__bases__}
