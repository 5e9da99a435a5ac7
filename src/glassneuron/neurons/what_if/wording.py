"""A what-if as a person reads it: in plain text, and as tables for a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.what_if.answers import Flip

if TYPE_CHECKING:
    from glassneuron.neurons.what_if.what_if import WhatIf

MOST_LINES = 12  # columns that a part lists


@dataclass(frozen=True)
class Words:
    """On which side of 0 the sum of a lone neuron is, whether inputs are 0 or 1, and what a sum of exactly 0 does."""

    side: str
    bits: bool
    tie: str = "a tie fires"


@dataclass(frozen=True)
class Part:
    """A title, and cells in lines below it; the first cell of a line is a name."""

    title: str
    lines: tuple[tuple[str, ...], ...]
    more: str = ""


def headline(told: WhatIf) -> str:
    """Return the answer in a sentence."""
    total = format_short(told.contributions.total)
    if told.words.side:
        side = f"0: {told.words.tie}" if told.contributions.total == 0.0 else f"{total}, {told.words.side}"
        return f"The answer is {told.answer}: the sum is {side}."
    if told.contributions.of == "the answer":
        return f"The answer is {format_short(told.answer)}."
    return f"The answer is {told.answer}: {told.contributions.of} is {total}."


def parts(told: WhatIf) -> Iterator[Part]:
    """Yield what there is to say, part by part."""
    yield _moved(told)
    unit = "deviations" if told.deviations else "in the features' own units"
    if told.words.bits:
        unit = ""
    if told.flip is None:
        yield Part(f"No change flips it: {told.why_none}.", ())
    else:
        yield _changes(f"The smallest change that {_flips(told, told.flip)} ({_how(told.flip, unit)})", told.flip)
    if told.fewest is not None and told.flip is not None and 1 < len(told.fewest.changes) < len(told.flip.changes):
        proof = ": fewer will not do" if told.fewest_proved else ""
        title = f"Changing {len(told.fewest.changes)} columns only ({format_short(told.fewest.distance)} {unit}){proof}"
        yield _changes(title, told.fewest)
    if told.single and told.flip is not None and not (len(told.single) == 1 and len(told.flip.changes) == 1):
        yield _alone(told)


def _flips(told: WhatIf, flip: Flip) -> str:
    if told.contributions.of == "the answer":
        return f"brings it to {format_short(flip.answer_after)}"
    return f"flips it to {flip.answer_after}"


def _how(flip: Flip, unit: str) -> str:
    far = f"{format_short(flip.distance)} {unit}" if unit else f"{len(flip.changes)} of {len(flip.row)} inputs"
    if flip.certified:
        return f"{far}; proved to be the smallest"
    least = f": none is smaller than {format_short(flip.at_least)}" if flip.at_least > 0.0 else ""
    return f"{far}; the best that was found{least}"


def _moved(told: WhatIf) -> Part:
    found = told.contributions
    shown = found.columns[:MOST_LINES]
    means = any(each.usual is not None for each in shown)
    lines = []
    for each in shown:
        value = each.value if isinstance(each.value, str) else "none" if each.value is None else f"{each.value:.6g}"
        usual = [("" if each.usual is None else f"mean {format_short(each.usual)}")] if means else []
        lines.append((each.name, value, *usual, signed(each.effect)))
    rest = found.columns[MOST_LINES:]
    gap = ("",) * (2 if means else 1)
    if rest:
        lines.append((f"{len(rest)} more", *gap, signed(sum(each.effect for each in rest))))
    if abs(found.together) > 1e-12 * (1.0 + abs(found.total)):
        lines.append(("the rest", *gap, signed(found.together)))
    lines += [(found.start_name, *gap, signed(found.start)), (found.of, *gap, format_short(found.total))]
    return Part(f"What moved {found.of}", tuple(lines))


def _changes(title: str, flip: Flip) -> Part:
    lines = tuple(
        (each.name, _before(each.before), "->", each.written, each.note) for each in flip.changes[:MOST_LINES]
    )
    more = len(flip.changes) - len(lines)
    return Part(title, lines, f"and {more} more, which change less" if more else "")


def _alone(told: WhatIf) -> Part:
    lines: list[tuple[str, ...]] = []
    for each in told.single[:MOST_LINES]:
        if each.flip is None:
            lines.append((each.name, each.why_none if each.why_none == "locked" else f"no, {each.why_none}"))
        else:
            (change,) = each.flip.changes
            lines.append((each.name, _before(change.before), "->", change.written, change.note))
    more = len(told.single) - len(lines)
    return Part("One column alone", tuple(lines), f"and {more} more" if more else "")


def _before(value: Any) -> str:
    return "none" if value is None else value if isinstance(value, str) else f"{value:.10g}"


def signed(value: float) -> str:
    """Write a number with its sign.

    Examples
    --------
    >>> signed(1.5), signed(-2.0), signed(0.0)
    ('+1.5', '-2', '0')
    """
    text = format_short(value)
    return text if text.startswith("-") or value == 0.0 else f"+{text}"


def text_of(told: WhatIf) -> str:
    """Write it for a terminal."""
    blocks = [headline(told)]
    for part in parts(told):
        more = [f"  {part.more}"] if part.more else []
        blocks.append("\n".join([part.title, *_aligned(part.lines), *more]))
    return "\n\n".join(blocks)


def _aligned(lines: Sequence[tuple[str, ...]]) -> list[str]:
    """Put names below each other, and numbers; what stands behind a name alone, or is a note, begins at the left."""
    whole = [line for line in lines if len(line) > 2 or "->" not in {cell for each in lines for cell in each}]
    widths = [max(map(len, column)) for column in zip(*whole, strict=True)]
    name = max((len(line[0]) for line in lines), default=0)
    aligned = []
    for line in lines:
        cells = [f"{line[0]:<{name}}"]
        if "->" in line:
            cells += [f"{line[1]:>{widths[1]}} -> {line[3]:<{widths[3]}}", line[4]]
        elif line in whole:
            cells += [f"{cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=True)]
        else:
            cells.append(line[1])
        aligned.append(f"  {'  '.join(cells)}".rstrip())
    return aligned


def html_of(told: WhatIf) -> str:
    """Write it for a notebook."""
    blocks = [f"<p>{escape(headline(told))}</p>"]
    for part in parts(told):
        body = "".join(
            f"<tr><th>{escape(line[0])}</th>" + "".join(f"<td>{escape(cell)}</td>" for cell in line[1:]) + "</tr>"
            for line in part.lines
        )
        table = f"<table><tbody>{body}</tbody></table>" if body else ""
        blocks.append(f"<p>{escape(part.title)}</p>{table}" + (f"<p>{escape(part.more)}</p>" if part.more else ""))
    return "".join(blocks)
