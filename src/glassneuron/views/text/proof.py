"""A verdict as a person sees it: the verdict itself, the proof, and what to do about it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from glassneuron.proofs.boolean.products import helpful_product
from glassneuron.proofs.certificates import NotSeparable, Separable, Undecided
from glassneuron.proofs.many_classes import MOST_PROOFS, ManyClasses
from glassneuron.views.text.tables import columns, percent

WIDTH = 110
CAN = "one neuron classifies every row correctly"
CANNOT = "no single neuron classifies every row correctly"
UNDECIDED = "undecided: neither could be proved"


def chapters(verdict: Separable | NotSeparable | Undecided | ManyClasses) -> Iterator[tuple[str, str]]:
    """Yield a title and a text for each part; rows count from 1.

    Examples
    --------
    >>> from glassneuron.proofs.separability import separability
    >>> for title, text in chapters(separability([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])):
    ...     print(f"{title}: {text.splitlines()[0]}")
    Verdict: no single neuron classifies every row correctly
    Proof: not separable: 4 rows prove it
    What to do: add the column x1·x2: with it one neuron classifies every row correctly
    """
    if isinstance(verdict, ManyClasses):
        yield from _of_many(verdict)
        return
    yield "Verdict", {True: CAN, False: CANNOT, None: UNDECIDED}[verdict.separable]
    checked = "checked in exact arithmetic" if verdict.check() else "nothing to check"
    yield "Proof", f"{_wrapped(verdict)}\n  {checked}"
    yield "What to do", _advice(verdict)


def _wrapped(verdict: Separable | NotSeparable | Undecided) -> str:
    return "\n".join(
        textwrap.fill(line, WIDTH, subsequent_indent="      ", break_long_words=False, break_on_hyphens=False)
        for line in str(verdict.explain(first_row=1)).splitlines()
    )


def _advice(verdict: Separable | NotSeparable | Undecided) -> str:
    if isinstance(verdict, Undecided):
        return "Look for rows of different classes that are almost equal."
    if isinstance(verdict, Separable):
        return "Train a neuron: it can classify every row correctly. Held-out rows tell how well it does on new ones."
    table, worst = verdict.table, verdict.mistakes
    lines = []
    product = helpful_product(verdict)
    if product is not None:
        names = table.names or [f"x{j}" for j in range(1, table.rows.floats.shape[1] + 1)]
        lines.append(f"add the column {names[product[0]]}·{names[product[1]]}: with it {CAN}")
    equal = [proof.indices for proof in worst.proofs if len(proof.indices) == 2]
    if equal:
        pairs = " and of ".join(f"rows {table.listed(pair, 1)}" for pair in equal[:MOST_PROOFS])
        more = f" and of {len(equal) - MOST_PROOFS:,} more pairs" if len(equal) > MOST_PROOFS else ""
        lines.append(
            f"look at the labels of {pairs}{more}: equal rows with different labels; or add a column that tells them "
            "apart"
        )
    share = worst.at_most / len(table.rows)
    if share <= 0.05:
        rows = table.listed(worst.suspects, 1)
        one = len(worst.suspects) == 1
        which, without = (f"row {rows}", "it") if one else (f"rows {rows}", "them")
        lines.append(f"look at the label{'s' * (not one)} of {which}: without {without} {CAN}")
    all_but = f", here all but {len(equal):,} of the rows at best" if equal else ""
    lines.append(f"train a network: neurons in layers learn what one cannot{all_but}")
    if share <= 0.25:
        lines.append(f"accept it: a neuron is known that classifies {percent(1 - share)} of these rows correctly")
    return "\nor ".join(lines)


def _of_many(verdict: ManyClasses) -> Iterator[tuple[str, str]]:
    together = "one neuron per class, with the largest sum winning,"
    can, cannot = f"{together} classifies every row correctly", f"{together} cannot classify every row correctly"
    yield "Verdict", {True: can, False: cannot, None: UNDECIDED}[verdict.separable]
    yield "Class by class", columns([list(line) for line in verdict.overview()])
    if verdict.check():
        yield "Proof", "every verdict above has a certificate, checked in exact arithmetic"
    refused = verdict.refused()
    for (a, b), pair in refused[:MOST_PROOFS]:
        yield f"{a} from {b}", _wrapped(pair)
        yield f"What to do about {a} and {b}", _advice(pair)
    if len(refused) > MOST_PROOFS:
        yield "And more", f"{len(refused) - MOST_PROOFS:,} more pairs have such proofs; --json gives them all"
    elif verdict.separable:
        yield "What to do", "Train a neuron for each class: together they can classify every row correctly."
