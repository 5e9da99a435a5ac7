"""What a notebook shows for each kind of value; `glassneuron.display` loads this module when the first one is shown.

A display never fails, and it is small: of a long training, a wide network or a tall table it shows a part and says how
much more there is. What cannot be drawn is shown as its text.
"""

from __future__ import annotations

from functools import singledispatch
from html import escape
from typing import Any

from glassneuron.data.table import Table
from glassneuron.learning.diagnosis.finding import Finding, Findings
from glassneuron.learning.history import History
from glassneuron.learning.watch.gradient_step import WholeStep
from glassneuron.learning.watch.network_step import NetworkStep
from glassneuron.learning.watch.step import Step
from glassneuron.neurons.explain.boundary import Boundary
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.explain.network import summary
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.logic.truth_table import TruthTable
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron
from glassneuron.proofs.boolean.threshold_functions import SmallestNeuron
from glassneuron.proofs.boolean.two_layers import TwoLayers
from glassneuron.proofs.certificates import NotSeparable, Separable, Undecided
from glassneuron.proofs.many_classes import MOST_PROOFS, ManyClasses
from glassneuron.views.diagrams.diagram import diagram
from glassneuron.views.notebook.chart import history_chart
from glassneuron.views.notebook.html import folded, paragraph, table
from glassneuron.views.text.tables import counted

MOST_LINES, LONGEST_LINE, MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 60, 2000, 8, 12, 40


def bundle(value: Any) -> dict[str, str]:
    """Return a value as text, always, and as HTML where that works."""
    shown = {"text/plain": _text(value)}
    try:
        content = html(value)
    except Exception:  # a notebook that shows an error in the place of a value helps nobody
        content = None
    return shown if content is None else {"text/html": content, **shown}


def _text(value: Any) -> str:
    try:
        words = _table_text(value) if isinstance(value, Table) else str(value)
    except Exception:
        return object.__repr__(value)
    lines = [line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} ..." for line in words.split("\n")]
    if len(lines) > MOST_LINES:
        lines[MOST_LINES - 10 : -9] = [f"... {len(lines) - MOST_LINES + 1:,} more lines"]
    return "\n".join(lines)


@singledispatch
def html(value: Any) -> str | None:
    """Return a value as HTML; None if its text is all there is."""
    return None


@html.register(Neuron)
@html.register(McCullochPitts)
@html.register(Layer)
def _neuron(value: Neuron | McCullochPitts | Layer) -> str:
    return diagram(value).image


@html.register
def _network(value: Network) -> str:
    return diagram(value).image + folded(repr(value), f"<pre>{escape(summary(value.layers))}</pre>")


@html.register
def _model(value: Model) -> str:
    facts = [[str(name), _cell(fact, 200)] for name, fact in value.about.items()]
    return diagram(value).image + (table((), facts, left=2) if facts else "")


@html.register
def _smallest(value: SmallestNeuron) -> str:
    proved = "; no smaller whole numbers will do" if value.proved else ""
    return diagram(value.neuron).image + paragraph(f"weights and threshold add up to {value.size}{proved}")


@html.register
def _two_layers(value: TwoLayers) -> str:
    fewest = "; fewer will not do" if value.fewest else ""
    return diagram(value.network).image + paragraph(f"{counted(len(value.hidden), 'hidden neuron')}{fewest}")


@html.register
def _history(value: History) -> str:
    chart = history_chart(value)
    columns = value.table
    epochs = range(value.epochs)
    kept = [*epochs[:5], *epochs[-5:]] if len(epochs) > 12 else list(epochs)
    rows = [[_number(cells[e]) if e < len(cells) else "" for cells in columns.values()] for e in kept]
    if len(kept) < len(epochs):
        rows.insert(5, ["…", *[""] * (len(columns) - 1)])
    heads = [name.replace("_", " ") for name in columns]
    numbers = folded("the numbers", table(heads, rows)) if rows else ""
    return (chart.image if chart else "") + paragraph(f"stopped: {value.why_stopped}") + numbers


@html.register
def _step(value: Step) -> str:
    picture = ""
    if value.activation not in ("softmax", "winner"):  # those look at the sums of other neurons too
        before = Neuron(value.weights_before, value.bias_before, value.activation)
        picture = diagram(before, value.x).image
    return _arithmetic(str(value), picture)


@html.register
def _whole_step(value: WholeStep) -> str:
    return _arithmetic(str(value))


@html.register
def _network_step(value: NetworkStep) -> str:
    first, *others = str(value).split("\n")
    moves = [line for line in others if "->" in line]
    last = "the weights move" if value.moves else others[-1]
    return (
        paragraph(first, strong=True)
        + diagram(value.before, value.x).image
        + folded("forward", value.forward.html)
        + folded("backward", value.backward.html)
        + (folded(last, f"<pre>{escape(chr(10).join(moves))}</pre>") if moves else paragraph(last))
    )


def _arithmetic(words: str, picture: str = "") -> str:
    """Write lines such as 'sum  1·2 = 2' as a table below the first line."""
    first, *others = words.split("\n")
    rows = []
    for line in others:
        name, _, rest = line.strip().partition("  ")
        rows.append([name, rest.strip()])
    return paragraph(first, strong=True) + picture + table((), rows, left=2)


@html.register
def _finding(value: Finding) -> str:
    return f"<p><b>{escape(value.what)}</b>: {escape(value.evidence)}. <i>{escape(value.fix)}</i></p>"


@html.register
def _findings(value: Findings) -> str:
    return "".join(_finding(each) if isinstance(each, Finding) else "" for each in value) or paragraph(str(value))


@html.register(Separable)
@html.register(NotSeparable)
@html.register(Undecided)
def _verdict(value: Separable | NotSeparable | Undecided) -> str:
    first, *others = str(value.explain()).split("\n")
    picture = diagram(value.neuron, names=value.table.names).image if isinstance(value, Separable) else ""
    return paragraph(first, strong=True) + picture + "".join(map(paragraph, others))


@html.register
def _many_classes(value: ManyClasses) -> str:
    rows = [[f"{what}:", word] for what, word in value.overview()]
    first = str(value.explain()).split("\n")[0]
    proofs = "".join(_verdict(verdict) for _, verdict in value.refused()[:MOST_PROOFS])
    return paragraph(first, strong=True) + table((), rows, left=2) + (folded("the proofs", proofs) if proofs else "")


@html.register
def _truth_table(value: TruthTable) -> str:
    names = "abcdefghijklmnop"[: value.n_inputs]
    most = MOST_ROWS * 4
    rows = [
        [*(format(row, f"0{value.n_inputs}b") if value.n_inputs else ""), str(output)]
        for row, output in enumerate(value.outputs[:most])
    ]
    more = paragraph(f"and {len(value.outputs) - most:,} more rows") if len(value.outputs) > most else ""
    return table([*names, "output"], rows, left=0) + more


@html.register
def _table(value: Table) -> str:
    names = value.names[:MOST_COLUMNS]
    rows = []
    for i in range(min(len(value.X), MOST_ROWS)):
        cells = [str(i + 1), *map(_number, value.X[i, : len(names)].tolist())]
        cells += ["…"] * (len(value.names) > len(names))
        rows.append(cells if value.y is None else [*cells, _cell(value.y[i])])
    head = ["row", *map(_cell, names), *["…"] * (len(value.names) > len(names))]
    head += [] if value.y is None else [_cell(value.target)]
    return table(head, rows, caption=_table_text(value))


def _table_text(value: Table) -> str:
    target = "" if value.target is None else f", target {value.target}"
    return f"Table({counted(len(value.X), 'row')}, {counted(len(value.names), 'feature')}{target})"


@html.register
def _explanation(value: Explanation) -> str:
    return value.html


@html.register
def _boundary(value: Boundary) -> str:
    facts = {"slope": value.slope, "intercept": value.intercept, "distance from the origin": value.distance}
    rows = [[name, format_short(fact)] for name, fact in facts.items() if fact is not None]
    return paragraph(value.equation, strong=True) + (table((), rows) if rows else "")


def _number(value: Any) -> str:
    return format_short(value) if isinstance(value, float) else _cell(value)


def _cell(value: Any, longest: int = LONGEST_CELL) -> str:
    words = str(value)
    return words if len(words) <= longest else f"{words[: longest - 1]}…"
