"""What matters to a model, as bars and in words."""

from __future__ import annotations

from glassneuron.pipelines.importance import Importance
from glassneuron.views.text.judging.measured import WORDS, written
from glassneuron.views.text.tables import columns, counted

MOST_LISTED = 15
WIDEST = 30
"""Characters of the longest bar."""
EIGHTHS = " ▏▎▍▌▋▊▉"


def importance_text(found: Importance, target: str, rows: int) -> str:
    """Write how much the measure falls where a column is shuffled, what matters most first."""
    measure = found.measure
    of = WORDS[measure]
    some = "" if rows == found.rows else f", drawn from {rows:,}"
    head = f"{of} for `{target}`: {written(measure, found.score)} on {counted(found.rows, 'row')}{some}"
    shown = found.order[:MOST_LISTED]
    most = max(float(found.means[shown[0]]), 1e-300)
    lines = [["shuffled", "falls by", "spread", ""]]
    for j in shown:
        mean, deviation = float(found.means[j]), float(found.deviations[j])
        lines.append([found.names[j], _points(measure, mean), _points(measure, deviation), ""])
    table = columns(lines).splitlines()
    width = max(map(len, table))
    table = [
        f"{line:<{width}}  {_bar(float(found.means[j]) / most)}".rstrip()
        for line, j in zip(table[1:], shown, strict=True)
    ]
    more = len(found.names) - len(shown)
    left = [f"and {counted(more, 'column')} more, which matter less"] if more else []
    repeats = found.drops.shape[1]
    return "\n".join(
        [
            head,
            "",
            columns(lines).splitlines()[0],
            *table,
            *left,
            "",
            f"Each column was shuffled {counted(repeats, 'time')} among the rows; spread: the deviation over these.",
            "Of columns that say nearly the same each may matter little, for the others are still there. On",
            "rows that were learned from, this tells what the model uses, and not what helps on new rows.",
        ]
    )


def _points(measure: str, value: float) -> str:
    """Write a difference: of accuracies in points of a percent."""
    return "0" if value == 0.0 else f"{100 * value:.1f} points" if measure == "accuracy" else f"{value:.3g}"


def _bar(share: float) -> str:
    eighths = max(0, round(8 * WIDEST * min(1.0, share)))
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()
