"""Why a model answers as it does: how a row is scaled, the arithmetic, and what the answer stands for."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.explain.network import explain as explain_network
from glassneuron.neurons.explain.numbers import format_exact, format_probability, format_short, in_brackets, join_terms
from glassneuron.neurons.neuron import Neuron

if TYPE_CHECKING:
    from glassneuron.neurons.model import Model

MOST_SCALED = 12  # features whose scaling is written out; of more, those farthest from their mean


class Answer(NamedTuple):
    """What a model answered to one row.

    Attributes
    ----------
    row, scaled : ndarray of shape (features,)
        In the original units, and as the network reads it.
    sums : ndarray of shape (outputs,)
        Of the last layer.
    number : float
        The first answer of the last layer, in the target's units.
    chosen : int or None
        The position of the class, if there are classes.
    probability : float or None
        Of that class, if the model gives any.
    """

    row: Array
    scaled: Array
    sums: Array
    number: float
    chosen: int | None
    probability: float | None


def explain(model: Model, answer: Answer) -> Explanation:
    """Write out the neuron that decides; of a network how the row is scaled, and each layer."""
    steps, data = [], {}
    if model.folded:
        neuron = model.neurons[answer.chosen if answer.chosen is not None and len(model.neurons) > 1 else 0]
        way = Neuron(neuron.weights, neuron.bias, neuron.activation, names=model.names).explain(answer.row)
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            way = explain_network(model.network.layers, answer.scaled, model.names)
        steps = _scaling(model, answer)
        data = {"names": list(model.names), "row": answer.row.tolist(), "scaled": answer.scaled.tolist()}
    sentence = _sentence(model, answer)
    data |= {**way.data, "answer": answer.number if model.classes is None else model.classes[answer.chosen or 0]}
    if answer.probability is not None:
        data["probability"] = answer.probability
    return Explanation(
        "\n".join([*steps, way.text, sentence]),
        "".join(f"<p>{escape(step)}</p>" for step in steps) + f"{way.html}<p>{escape(sentence)}</p>",
        way.latex,
        data,
    )


def _scaling(model: Model, answer: Answer) -> list[str]:
    """Say how the row is brought to the scale on which the network was trained."""
    scaling, values, scaled = model.scaling, answer.row, answer.scaled
    if scaling is None or not scaling.changes:
        return []
    order = np.argsort(-np.abs(scaled), kind="stable")[:MOST_SCALED]
    lines = ["x is the row, brought to one scale: (value - mean) / deviation"]
    width = max(len(model.names[j]) for j in order)
    for j in sorted(order.tolist()):
        left = values[j] - scaling.means[j]
        difference = f"{format_exact(values[j], left)} - {in_brackets(format_exact(scaling.means[j], left))}"
        quotient = f"({difference}) / {format_exact(scaling.deviations[j])}"
        lines.append(f"  x{j + 1:<3} {model.names[j]:<{width}}  {quotient} = {format_short(scaled[j])}")
    more = len(values) - len(order)
    return lines + ([f"  and {more} more, which are nearer to their mean"] if more else [])


def _sentence(model: Model, answer: Answer) -> str:
    """Say what the sums of the last layer stand for."""
    chosen, sums, value, probability = answer.chosen, answer.sums, answer.number, answer.probability
    if chosen is None or model.classes is None:
        scales = model.target_scaling
        if scales is None or not scales.changes:
            return f"so the answer is {format_short(value)}"
        last, deviation, mean = float(sums[0]), scales.deviations[0], scales.means[0]
        product = f"{format_exact(last, value / deviation)}·{format_exact(deviation, value)}"
        steps = join_terms([product, format_exact(mean, value)])
        return f"so the answer, back in the target's units, is {steps} = {format_short(value)}"
    sentence = f"so the answer is {model.classes[chosen]}"
    if len(sums) > 1 and model.network.activations[-1] != "softmax":
        sentence += f": its sum is the largest of {len(sums)}"
    elif not model.folded and probability is None:
        sentence += f": the sum {format_short(float(sums[0]))} {'is not negative' if chosen else 'is negative'}"
    if len(sums) == 1 and sums[0] == 0.0 and not model.tie_fires and len(model.classes) > 1:
        sentence += ", for a sum of exactly 0 does not fire here"
    if probability is not None:
        sentence += f", with a probability of {format_probability(probability)}"
    return sentence
