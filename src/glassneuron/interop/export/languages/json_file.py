"""A model as a JSON document, and back: `model.schema.json` beside this file says what stands where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron import __version__
from glassneuron.data.encoding import Encoding
from glassneuron.errors import GlassneuronError, problem
from glassneuron.interop.export.description import Description
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling

FORMAT, VERSION = "glassneuron-model", 1
KINDS = {"Neuron", "McCullochPitts", "Layer", "Network", "Model"}
MISFITS = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of what `json_text` writes."""
    return dict(json.loads(Path(__file__).with_name("model.schema.json").read_text(encoding="utf-8")))


def json_text(model: Description) -> str:
    """Return the text of a document that holds all of a model."""
    value = model.value
    head = {"format": FORMAT, "version": VERSION, "package": __version__, "kind": type(value).__name__}
    body: dict[str, Any] = {"dtype": _parameters(value).dtype.name, "layers": _layers(value)}
    if isinstance(value, Model):
        body |= {
            "features": list(value.names), "labels": None if value.classes is None else list(value.classes),
            "decide": model.decide or None, "probabilities": model.probable or None,
            "columns": None if value.encoding is None else value.encoding["columns"],
            "scaling": _scaling(value.scaling), "scaled": not value.folded,
            "target_scaling": _scaling(value.target_scaling), "about": value.about,
        }  # fmt: skip
    elif not isinstance(value, Layer):
        body["features"] = None if isinstance(value, McCullochPitts) or value.names is None else list(value.names)
    parts = [f"{json.dumps(name)}: {_dumped(part)}" for name, part in {**head, **body}.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _dumped(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False, default=np.generic.item)


def from_json(text: str, place: str = "the text") -> Any:
    """Return the neuron, layer, network or model that a document holds.

    Raises
    ------
    ModelFileError
        If the text is no such document, or one of a newer version.

    Examples
    --------
    >>> from glassneuron.interop.export.description import describe
    >>> from_json(json_text(describe(Neuron([0, 1], 4))))
    Neuron(weights=[0, 1], bias=4, activation='sigmoid')
    """
    try:
        held = json.loads(text, parse_constant=_no_number)
        if not isinstance(held, dict) or held.get("format") != FORMAT:
            raise problem("not-a-model-file", path=place)
        if type(held["version"]) is int and held["version"] > VERSION:
            raise problem("newer", path=place, package=str(held["package"]))
        if held["version"] != VERSION or held["kind"] not in KINDS:
            raise ValueError("no such version or kind")
        return _restored(held)
    except json.JSONDecodeError as error:
        raise problem("not-a-model-file", path=place) from error
    except (GlassneuronError, *MISFITS) as error:
        if isinstance(error, GlassneuronError) and error.code in ("not-a-model-file", "newer"):
            raise
        why = str(error).split("\n")[0] if isinstance(error, GlassneuronError) else "its parts do not fit together."
        raise problem("damaged", path=place, why=why) from error


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _parameters(value: Any) -> Any:
    return getattr(value.network if isinstance(value, Model) else value, "parameters", getattr(value, "weights", None))


def _layers(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, McCullochPitts):
        value = value.neuron
    if isinstance(value, Neuron):  # its bias is in double precision, whatever its weights are in
        return [{"activation": value.activation, "weights": [value.weights.tolist()], "biases": [value.bias]}]
    if isinstance(value, Model):
        value = value.network
    return [
        {"activation": each.activation, "weights": each.weights.tolist(), "biases": each.biases.tolist()}
        for each in ((value,) if isinstance(value, Layer) else value.layers)
    ]


def _scaling(scaling: Scaling | None) -> dict[str, Any] | None:
    if scaling is None:
        return None
    deviations = [s if np.isfinite(s) else None for s in scaling.deviations.tolist()]
    return {"means": scaling.means.tolist(), "deviations": deviations}


def _restored(held: dict[str, Any]) -> Any:
    kind, dtype = held["kind"], held["dtype"]
    if dtype not in ("float32", "float64"):
        raise ValueError("no such kind of float")
    layers = [
        Layer(np.array(each["weights"], dtype), np.array(each["biases"], dtype), each["activation"])
        for each in held["layers"]
    ]
    if kind == "Layer":
        return layers[0]
    first = held["layers"][0]
    if kind == "McCullochPitts":
        return McCullochPitts(layers[0].weights[0], -first["biases"][0] + 0.0)
    if kind == "Neuron":
        return Neuron(layers[0].weights[0], first["biases"][0], first["activation"], names=held["features"])
    if kind == "Network":
        return Network(layers, names=held["features"])
    encoding = None if held["columns"] is None else {"columns": held["columns"]}
    if encoding is not None and list(Encoding.from_dict(encoding).names) != held["features"]:
        raise ValueError("the columns make other features")
    for label in held["labels"] or ():
        if not isinstance(label, (str, bool, int, float)):
            raise TypeError("a label is a text or a number")
    network = Network(layers)
    return Model(
        network if held["scaled"] else network.layers[0].neurons, held["labels"], held["features"],
        _rescaling(held["scaling"]), encoding, dict(held["about"]), _rescaling(held["target_scaling"]),
        held["decide"] != "above",
    )  # fmt: skip


def _rescaling(held: dict[str, Any] | None) -> Scaling | None:
    if held is None:
        return None
    deviations = np.array([np.inf if s is None else s for s in held["deviations"]], np.float64)
    if not (deviations > 0).all():
        raise ValueError("a deviation is above zero")
    return Scaling(np.array(held["means"], np.float64), deviations)
