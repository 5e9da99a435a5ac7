"""What is wrong with the classes of a table: one after the other, or of very different size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, true_places
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.diagnosis.finding import Finding
from glassneuron.learning.measures.classes import how_many

MANY = 16  # rows from which on their order and the size of their classes say something
SORTED = 0.2  # rows stand in blocks if they have less than this share of the class changes of a random order
UNEVEN = 10.0  # times that one class may weigh more than another
UNLEARNS = "in a long run a neuron unlearns the other classes."


def class_name(classes: Sequence[Any] | None, code: int) -> str:
    """Call a class by its label or, from 0, by its number."""
    return repr(classes[code] if classes is not None else code)


def one_class_blocks(y: Array, classes: Sequence[Any] | None = None) -> Iterator[Finding]:
    """Find rows, given by their classes in the order shown, of which one class comes after the other."""
    if len(y) < MANY:
        return
    changes = row_by_row(np.not_equal, y[1:], y[:-1])
    shares = how_many(y, int(y.max()) + 1) / len(y)
    random = 1.0 + len(y) * (1.0 - float(shares @ shares))
    if 0 < np.count_nonzero(changes) < SORTED * random:
        ends = true_places(changes)
        lengths = np.diff(np.concatenate([[-1], ends, [len(y) - 1]]))
        longest = int(lengths.argmax())
        code = int(y[int(lengths[: longest + 1].sum()) - 1])
        yield Finding(
            "one-class blocks",
            f"the {len(y):,} rows are shown in {len(lengths):,} runs of one class each, the longest of "
            f"{lengths[longest]:,} rows of class {class_name(classes, code)}; in random order there would be about "
            f"{round(random):,} runs",
            f"Set shuffle=True, or mix the rows: {UNLEARNS}",
        )


def only_one_class(y: Array, classes: Sequence[Any] | None = None) -> Iterator[Finding]:
    """Find a block of rows, learned from on its own, that holds one class only."""
    if len(y) >= MANY and row_by_row(lambda few: few == y[0], y).all():
        yield Finding(
            "one-class blocks",
            f"all {len(y):,} rows of the last call are of class {class_name(classes, int(y[0]))}",
            f"Mix the rows before you cut them into blocks: {UNLEARNS}",
        )


def imbalance(data: Dataset, classes: Sequence[Any] | None = None) -> Iterator[Finding]:
    """Find classes of very different total weight."""
    if len(data.y) < MANY:
        return
    sizes = data.class_sizes.tolist()
    most, least = max(sizes), min(filter(None, sizes))
    if most > UNEVEN * least:
        counting = ", each as often as it counts," if len(data.sample_weight) else ""
        large, small = (class_name(classes, sizes.index(size)) for size in (most, least))
        yield Finding(
            "imbalance",
            f"class {small} has {least:,.6g} rows{counting} and class {large} {most:,.6g}, so that "
            f"always answering {large} would be right for {most / sum(sizes):.1%}",
            "Set class_weight='balanced', so that each class counts the same.",
        )
