"""The tour: three neurons as the classic introductions describe them, and what none of them can do."""

from __future__ import annotations

from collections.abc import Iterator

from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import PerceptronSettings
from glassneuron.learning.trainer import Trainer
from glassneuron.learning.watch.watch import steps_of
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.logic.truth_table import truth_table
from glassneuron.neurons.neuron import Neuron


def tour() -> Iterator[tuple[str, str]]:
    """Yield the titles and texts of the chapters; every number is computed by the kernels."""
    yield "1. A neuron weighs, adds and squashes", _sigmoid_neuron()
    yield "2. A threshold neuron is a logic gate (McCulloch and Pitts, 1943)", _threshold_neuron()
    yield "3. A perceptron finds its own weights (Rosenblatt, 1958)", _perceptron()
    yield "4. What no single neuron can do: XOR", _xor()


def _sigmoid_neuron() -> str:
    neuron, x = Neuron(weights=[0, 1], bias=4), [2, 3]
    total, output = format_short(neuron.weighted_sum(x)), neuron.feedforward(x)
    return (
        "weights (0, 1), bias 4, inputs (2, 3)\n"
        f"  sum     {str(neuron.explain(x)).split(' ; ')[0]}\n"
        f"  output  sigmoid({total}) = 1 / (1 + e^-{total}) = {output}, about {format_short(output)}"
    )


def _threshold_neuron() -> str:
    gate = McCullochPitts(weights=[1, 1], threshold=2)
    lines = ["weights (1, 1), threshold 2: it fires when the sum reaches 2"]
    for bits in truth_table("and").rows.tolist():
        a, b = (format_short(bit) for bit in bits)
        total, output = gate.weighted_sum(bits), gate.feedforward(bits)
        lines.append(f"  [{a} {b}] ---> {output}     1·{a} + 1·{b} = {format_short(total)} {'>=' if output else '<'} 2")
    return "\n".join([*lines, "That is AND."])


def _perceptron() -> str:
    table = truth_table("or")
    settings = PerceptronSettings(learning_rate=0.1, max_epochs=1000, fixed_bias=-1.0, shuffle=False)
    data = Dataset(table.rows, table.targets)
    algorithm = algorithm_for(data, settings)
    history = Trainer(algorithm).fit()
    (w,), (b,) = algorithm.params()
    neuron = Neuron(w, float(b), "step")
    first = next(step for step in steps_of(Trainer(algorithm_for(data, settings))) if step.error)
    lines = [
        "It learns OR. It starts at weights 0 with its bias held at -1; each mistake moves the weights",
        "by 0.1 times the error times the input. Its first mistake:",
        *(f"  {line}" for line in str(first).splitlines()),
        f"mistakes per epoch: {', '.join(map(str, history.mistakes))}",
        f"stopped: {history.why_stopped}",
        f"(bias, w1, w2) = ({', '.join(map(format_short, [neuron.bias, *neuron.weights.tolist()]))})"
        f", which rounds to ({', '.join(str(round(v)) for v in [neuron.bias, *neuron.weights.tolist()])})",
    ]
    lines += [
        f"  [{' '.join(map(format_short, x))}] ---> {format_short(neuron.feedforward(x))}     "
        f"sum {neuron.weighted_sum(x)!r}"
        for x in table.rows.tolist()
    ]
    return "\n".join(lines)


def _xor() -> str:
    table = truth_table("xor")
    settings = PerceptronSettings(learning_rate=0.1, max_epochs=20, shuffle=False)
    history = Trainer(algorithm_for(Dataset(table.rows, table.targets), settings)).fit()
    return "\n".join(
        [
            "XOR fires when exactly one input is 1. The same rule, now with a learned bias, makes these mistakes:",
            f"  {', '.join(map(str, history.mistakes))}, ...",
            "They never reach 0, whatever the weights. A neuron for XOR would need all four of these:",
            "  row 00 silent:           b <  0",
            "  row 01 fires:       w2 + b >= 0",
            "  row 10 fires:       w1 + b >= 0",
            "  row 11 silent: w1 + w2 + b <  0",
            "The two in the middle add up to w1 + w2 + 2b >= 0, so w1 + w2 + b >= -b, and -b > 0 by the first.",
            "The last one says the opposite. So no weights exist: XOR takes more than one neuron.",
        ]
    )
