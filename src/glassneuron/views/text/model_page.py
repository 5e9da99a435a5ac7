"""The page of a model: what it is, what it reads, how it was trained and judged, and what it can become."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from glassneuron.errors import GlassneuronError
from glassneuron.interop.export.export import FORMATS, export
from glassneuron.neurons.explain.network import summary
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.preparing import feature_names
from glassneuron.views.text.judging.measured import measure_rows
from glassneuron.views.text.judging.validation import fold_rows, why_chosen
from glassneuron.views.text.tables import columns, counted, percent

MOST_TRIED = 200_000  # parameters up to which it is tried whether a format can hold a model
MOST_LISTED = 30  # features, classes or neurons

SCORES = {
    "accuracy": "right",
    "r_squared": "of the variance explained",
    "mean_absolute_error": "off on average",
}
PARTS = {"learned": "rows that it learned from", "validation": "validation rows", "held_out": "held-out rows"}
TRAINED = {
    "rows": "rows",
    "epochs": "epochs",
    "why_stopped": "stopped",
    "steps": "steps before",
    "producer": "written by",
}


def facts(value: Any) -> dict[str, Any]:
    """Return what there is to know about a neuron, a network or a model, as plain values."""
    if isinstance(value, Model):
        network, about = value.network, value.about
    else:
        network, about = _network(value), {}
    kind = "neuron" if len(network.layers) == 1 and network.sizes[-1] == 1 else "neurons"
    kind = kind if len(network.layers) == 1 else "network"
    kind = "McCulloch-Pitts neuron" if isinstance(value, McCullochPitts) else kind
    told: dict[str, Any] = {
        "kind": kind,
        "library": about.get("library", "glassneuron"),
        "sizes": list(network.sizes),
        "activations": list(network.activations),
        "parameters": len(network.parameters),
        "numbers": network.parameters.dtype.name,
    }
    if isinstance(value, Model):
        told |= {
            "rule": about.get("rule"),
            "target": about.get("target"),
            "classes": None if value.classes is None else list(value.classes),
            "probabilities": value.gives_probabilities,
            "tie": _tie(value),
            "training": {name: about[name] for name in TRAINED if name in about},
            "scores": about.get("scores"),
            "cross_validation": about.get("cross_validation"),
            "choice": about.get("choice"),
        }
    elif isinstance(value, McCullochPitts):
        told["threshold"] = value.threshold
    return told | {"features": _features(value, network), "exports": _exports(value, len(network.parameters))}


def _exports(value: Any, parameters: int) -> dict[str, str]:
    """Return for each format whether a model can be written in it, or why not; of large models nobody tries."""
    found = {}
    for suffix in FORMATS:
        try:
            if parameters <= MOST_TRIED:
                export(value, suffix)
            found[suffix] = "yes"
        except GlassneuronError as error:
            found[suffix] = str(error)
    return found


def _network(value: Any) -> Network:
    if isinstance(value, Network):
        return value
    return Network([value if isinstance(value, Layer) else [value]])


def _tie(model: Model) -> Any:
    """Return the class of a sum of exactly 0, where one sum decides."""
    if model.classes is None or len(model.classes) != 2 or model.network.sizes[-1] != 1:
        return None
    return model.classes[int(model.tie_fires)]


def _features(value: Any, network: Network) -> list[dict[str, Any]]:
    """Return the columns that are read, each with its values, what fills gaps, and its scale."""
    scaling = value.scaling if isinstance(value, Model) else None
    names = getattr(value, "names", None) or [f"x{j + 1}" for j in range(network.sizes[0])]
    encoding = getattr(value, "encoding", None)
    plain = [{"name": name, "kind": "number", "values": (), "mean": None} for name in names]
    told, place = [], 0
    for column in plain if encoding is None else encoding["columns"]:
        count = len(feature_names(column))
        entry: dict[str, Any] = {"name": column["name"], "kind": column["kind"] if count else "not read"}
        if column["values"]:
            entry["values"] = list(column["values"])
        if column["mean"] is not None:
            entry["gaps"] = column["mean"]
        if column.get("others") and count:
            entry["others"] = True
        if scaling is not None and count == 1 and (scaling.means[place] or scaling.deviations[place] != 1.0):
            entry |= {"mean": float(scaling.means[place]), "deviation": float(scaling.deviations[place])}
        place += count
        told.append(entry)
    return told


def page(value: Any, told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield headings and texts, from the `facts`."""
    yield "What it is", "\n".join(_what(told))
    yield "What it reads", _read(told["features"])
    network = value.network if isinstance(value, Model) else _network(value)
    if len(network.layers) > 1:
        yield "Layers", summary(network.layers)
    else:
        yield "Weights", _weights(value, network, told)
    if told.get("training"):
        lines = [[TRAINED[name], _said(fact)] for name, fact in told["training"].items()]
        yield "How it was trained", "\n".join(f"{name}: {fact}" for name, fact in lines)
    judged = list(_judged(told))
    if judged:
        yield "How it was judged", "\n".join(judged)
    yield "What it can be exported to", "\n".join(_exported(told["exports"]))


def _what(told: dict[str, Any]) -> Iterator[str]:
    what = told["kind"] if told["kind"] != "network" else f"network {'-'.join(map(str, told['sizes']))}"
    rule = f" ({told['rule']})" if told.get("rule") and told["rule"] != told["kind"] else ""
    origin = f", from {told['library']}" if told["library"] != "glassneuron" else ""
    yield f"{what}{rule}{origin}: {', '.join(told['activations'])}"
    yield f"{counted(told['parameters'], 'parameter')}, {told['numbers']}"
    if "threshold" in told:
        yield f"fires when the sum reaches {format_short(told['threshold'])}"
    if "classes" not in told:
        yield f"answers with {counted(told['sizes'][-1], 'number')}"
        return
    target = f" `{told['target']}`" if told["target"] else ""
    if told["classes"] is None:
        yield f"predicts{target or ' one number'}"
        return
    also = "with probabilities" if told["probabilities"] else "without probabilities"
    yield f"predicts{target or ' a class'}, one of {_listed(told['classes'])}, {also}"
    if told["tie"] is not None:
        yield f"a sum of exactly 0 is {told['tie']}" + (
            "" if told["tie"] == told["classes"][1] else ", as where it was trained; in this package a tie fires"
        )


def _listed(values: list[Any]) -> str:
    texts = [str(value) for value in values[:MOST_LISTED]]
    return ", ".join(texts) + (f" and {len(values) - MOST_LISTED} more" if len(values) > MOST_LISTED else "")


def _read(features: list[dict[str, Any]]) -> str:
    head = ["", "kind", "mean", "deviation", "gaps filled with"]
    rows = []
    for entry in features[:MOST_LISTED]:
        kind = entry["kind"]
        if "values" in entry:
            kind = ("one of " if not entry.get("others") else "any, known: ") + _listed(entry["values"])
        numbers = [format_short(entry[name]) if name in entry else "" for name in ("mean", "deviation", "gaps")]
        rows.append([entry["name"], kind, *numbers])
    kept = [k for k in range(len(head)) if k == 0 or any(row[k] for row in rows)]
    text = columns([[row[k] for k in kept] for row in (head, *rows)])
    more = len(features) - MOST_LISTED
    return f"{text}\nand {more} more" if more > 0 else text


def _weights(value: Any, network: Network, told: dict[str, Any]) -> str:
    neurons = value.neurons if isinstance(value, Model) else network.layers[0].neurons
    names = value.names if isinstance(value, Model) else [entry["name"] for entry in told["features"]]
    labels = (
        ["weight"] if len(neurons) == 1 else [str(label) for label in told.get("classes") or range(1, len(neurons) + 1)]
    )
    rows = [[name, *(format_short(float(n.weights[j])) for n in neurons)] for j, name in enumerate(names[:MOST_LISTED])]
    rows.append(["bias", *(format_short(n.bias) for n in neurons)])
    more = len(names) - MOST_LISTED
    return columns([["", *labels], *rows]) + (f"\nand {more} features more" if more > 0 else "")


def _exported(exports: dict[str, str]) -> Iterator[str]:
    can = [f".{suffix} ({FORMATS[suffix].noun})" for suffix, answer in exports.items() if answer == "yes"]
    yield from textwrap.wrap(", ".join(can), 100)
    yield "PyTorch, Keras and scikit-learn, in Python: gn.to_torch, gn.to_keras, gn.to_sklearn"
    for suffix, answer in exports.items():
        if answer != "yes":
            yield f"not to .{suffix}: {answer}"


def _said(fact: Any) -> str:
    return ", ".join(map(str, fact)) if isinstance(fact, list) else f"{fact:,}" if isinstance(fact, int) else str(fact)


def _judged(told: dict[str, Any]) -> Iterator[str]:
    """Yield what was kept of how it was chosen and judged."""
    if told.get("choice"):
        names = [each["name"] for each in told["choice"]["tried"]]
        yield f"chosen among {', '.join(names)}: {told['choice']['how']}"
        yield from (line for line in why_chosen(told["choice"]))
    yield from _scored(told.get("scores") or {})
    folds = told.get("cross_validation")
    if folds:
        yield f"cross-validated: {folds['how']}"
        yield columns(fold_rows(folds))
    for score in (told.get("scores") or {}).values():
        measures = score.get("measures")
        if measures and any(each["low"] is not None for each in measures):
            yield columns(measure_rows(measures))


def _scored(scores: dict[str, dict[str, Any]]) -> Iterator[str]:
    for part, score in scores.items():
        told = []
        for name, words in SCORES.items():
            number = score.get(name)
            if number is not None:
                told.append(f"{format_short(number) if name == 'mean_absolute_error' else percent(number)} {words}")
        yield f"{PARTS.get(part, part)} ({score['rows']:,}): {', '.join(told)}"
