"""A document that holds all of a model, by its schema, and back."""

import json

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.interop.export.languages.json_file import from_json, schema
from interop.tools import library
from interop.zoo import cases


@pytest.mark.parametrize("name", cases())
def test_a_round_trip_loses_nothing(name):
    case = cases()[name]
    text = gn.export(case.model, "json")
    held = json.loads(text)
    library("jsonschema").Draft202012Validator(schema()).validate(held)
    assert held["version"] == 1
    back = from_json(text)
    assert type(back) is type(case.value)
    (arrays, facts), (others, other_facts) = case.value.to_state(), back.to_state()
    assert json.dumps(facts, sort_keys=True) == json.dumps(other_facts, sort_keys=True)
    assert arrays.keys() == others.keys()
    assert all(
        np.array_equal(arrays[name], others[name]) and arrays[name].dtype == others[name].dtype for name in arrays
    )
    assert gn.export(back, "json") == text


@pytest.mark.parametrize("damage", ["cut", "foreign", "newer", "nan", "kind", "shape", "labels"])
def test_a_document_that_says_what_cannot_be_is_refused(damage, refused):
    text = gn.export(cases()["table_sigmoid_4"].model, "json")
    held = json.loads(text)
    code = {"cut": "not-a-model-file", "foreign": "not-a-model-file", "newer": "newer"}.get(damage, "damaged")
    match damage:
        case "cut":
            text = text[:200]
        case "foreign":
            text = "{}"
        case "newer":
            text = json.dumps({**held, "version": 2})
        case "nan":
            held["layers"][0]["biases"][0] = float("nan")
            text = json.dumps(held)
        case "kind":
            text = json.dumps({**held, "kind": "Forest"})
        case "shape":
            held["layers"][0]["biases"].pop()
            text = json.dumps(held)
        case "labels":
            text = json.dumps({**held, "labels": [[1], [2], [3], [4]]})
    with refused(code, "m.json"):
        from_json(text, "m.json")
