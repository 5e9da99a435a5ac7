"""One logic gate: the smallest neuron that computes it, or the proof that none does and a network that can."""

from __future__ import annotations

from collections.abc import Iterator

from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.logic.truth_table import TruthTable, input_names, truth_table
from glassneuron.proofs.boolean.products import helpful_product
from glassneuron.proofs.boolean.threshold_functions import (
    LARGEST_WEIGHT,
    SmallestNeuron,
    chow_parameters,
    smallest_neuron,
    threshold_functions,
)
from glassneuron.proofs.boolean.two_layers import MOST_INPUTS, two_layers
from glassneuron.proofs.certificates import NotSeparable
from glassneuron.proofs.separability import separability
from glassneuron.views.text.tables import counted

MOST_ROWS = 32


def gate_text(what: str, n_inputs: int | None = None) -> str:
    """Describe a gate, given by name or formula: its truth table, and the neuron or the network that computes it.

    Examples
    --------
    >>> print(gate_text("and"))
    AND: one neuron computes it, weights (1, 1), threshold 2
    [0 0] ---> 0     1·0 + 1·0 - 2 = -2, below 0: silent
    [0 1] ---> 0     1·0 + 1·1 - 2 = -1, below 0: silent
    [1 0] ---> 0     1·1 + 1·0 - 2 = -1, below 0: silent
    [1 1] ---> 1     1·1 + 1·1 - 2 = 0, not below 0: fires
    no smaller whole numbers will do: weights and threshold add up to 4, which 3 rows require
    Chow parameters: rows that fire 1; among them with a 1 at a 1, b 1
    """
    table = truth_table(what, n_inputs)
    names = input_names(what, table)
    title = what.strip().upper() if what.strip().isalpha() else what.strip()
    found = smallest_neuron(table)
    lines = _of_one_neuron(table, found) if found is not None else _of_a_network(table, names)
    fires, *counts = chow_parameters(table)
    each = ", ".join(f"{name} {count}" for name, count in zip(names, counts, strict=True))
    chow = f"Chow parameters: rows that fire {fires:,}; among them with a 1 at {each}"
    return f"{title}: " + "\n".join([*lines, chow])


def _of_one_neuron(table: TruthTable, found: SmallestNeuron) -> Iterator[str]:
    neuron = found.neuron
    yield f"one neuron computes it, {_numbers(neuron)}"

    def arithmetic(bits: list[int]) -> str:
        fires = neuron.feedforward(bits)
        total = str(neuron.explain(bits)).split(" ; ")[0]
        if "\n" in total:  # too long for one line
            total = f"the ones weigh {format_short(neuron.weighted_sum(bits))}"
            return f"     {total}, {'not below' if fires else 'below'} {format_short(neuron.threshold)}"
        return f"     {total}, {'not below 0: fires' if fires else 'below 0: silent'}"

    for bits, row in _rows(table):
        yield row + (arithmetic(bits) if bits else "")
    if found.proved and found.check():
        rows = len(found.multipliers)
        require = f"{counted(rows, 'row')} require{'s' * (rows == 1)}"
        why = f": weights and threshold add up to {found.size}, which {require}" if found.size else ""
        yield "no smaller whole numbers will do" + why


def _of_a_network(table: TruthTable, names: tuple[str, ...]) -> Iterator[str]:
    verdict = separability(table.rows, table.targets)
    assert isinstance(verdict, NotSeparable)
    yield "no single neuron computes it"
    layers = two_layers(table)
    for bits, row in _rows(table):
        between = f"     ({', '.join(str(h.feedforward(bits)) for h in layers.hidden)})" if layers and bits else ""
        yield row + between
    yield ""
    yield f"Proof, checked in exact arithmetic: {verdict.check()}"
    yield f"  {verdict.equation}"
    yield "  On the left are rows that stay silent, on the right rows that fire, and both are the same point:"
    yield "  a weighted sum cannot be below the threshold on the left and not on the right."
    yield f"  The best neuron gets {_fewest_mistakes(table, verdict)} of the {len(table.outputs)} rows wrong."
    yield ""
    yield "What to do:"
    product = helpful_product(verdict)
    if product is not None:
        yield f"  add the input {names[product[0]]}·{names[product[1]]}: with it one neuron computes it"
    if layers is None:
        yield f"  train a network: above {MOST_INPUTS} inputs only small networks are searched for, and none was found"
        return
    fewest = ", and fewer will not do" if layers.fewest else ""
    yield f"  two layers: {len(layers.hidden)} hidden neurons, whose outputs stand beside the rows above{fewest}"
    for k, hidden in enumerate(layers.hidden, 1):
        yield f"    hidden {k}: {_numbers(hidden)}"
    yield f"    output:   {_numbers(layers.output)}"
    assert layers.check(table)


def _rows(table: TruthTable) -> Iterator[tuple[list[int], str]]:
    lines = str(table).splitlines()
    bits = table.rows.astype(int).tolist()
    yield from zip(bits[:MOST_ROWS], lines[:MOST_ROWS], strict=True)
    if len(lines) > MOST_ROWS:
        yield [], f"and {len(lines) - MOST_ROWS:,} more rows"


def _numbers(neuron: McCullochPitts) -> str:
    weights = ", ".join(map(format_short, neuron.weights.tolist()))
    return f"weights ({weights}), threshold {format_short(neuron.threshold)}"


def _fewest_mistakes(table: TruthTable, verdict: NotSeparable) -> str:
    if table.n_inputs <= max(LARGEST_WEIGHT):  # all neurons can be tried
        wanted = sum(bit << row for row, bit in enumerate(table.outputs))
        return str(min((wanted ^ function).bit_count() for function in threshold_functions(table.n_inputs)))
    worst = verdict.mistakes
    low, high = worst.at_least, worst.at_most
    return str(low) if low == high else f"at least {low} and at most {high}"
