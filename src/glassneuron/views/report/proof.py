"""What a report says of what one neuron can do: the proof, where it is affordable."""

from __future__ import annotations

from html import escape

from glassneuron.pipelines.task import Report
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.exact.table import ExactTable, TwoClassTable
from glassneuron.proofs.separability import two_classes
from glassneuron.views.report.page import note
from glassneuron.views.text.proof import chapters

MOST_CELLS = 60_000
"""Cells up to which a proof takes a second or two."""
MOST_WORK = 1e9
LONGEST = 4000
"""Letters of a proof that are shown."""


def proof(result: Report, source: str) -> list[str]:
    """Return the verdict on the rows that were learned from, its certificate and what to do, as HTML; of two classes."""
    task = result.task
    if task.classes is None:
        return []
    learn = result.learn
    how = f"`glassneuron prove {source} --target {task.about.get('target', 'COLUMN')}` shows it."
    if len(task.classes) != 2:
        return [note(f"Of more than two classes, each against the rest and each pair can be decided: {how}")]
    if learn.size * len(task.names) > MOST_CELLS:
        return [note(f"For a table of this size the proof takes longer than a report may: {how}")]
    table = ExactTable(task.X[learn], decimal=True)
    first, second = task.classes
    verdict = two_classes(
        TwoClassTable(table, task.y[learn] == 1, (first, second), task.names, learn), Budget(MOST_WORK)
    )
    parts = [note("On the rows that were learned from; they are numbered as in the table, from 1.")]
    for title, text in chapters(verdict):
        words = text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
        parts.append(f'<h3>{escape(title)}</h3><pre class="words">{escape(words)}</pre>')
    return parts
