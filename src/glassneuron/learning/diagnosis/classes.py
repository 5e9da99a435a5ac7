"""What is wrong with the classes of a table: one after the other, or of very different size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.diagnosis.finding import Finding

MANY = 16
"""Rows from which their order and the size of their classes says something."""
SORTED = 0.2
"""Share of the changes of class that rows in random order would have, under which they stand in blocks."""
UNEVEN = 10.0
"""Times that one class may count more than another."""


def class_name(classes: Sequence[Any] | None, code: int) -> str:
    """Call a class by its label or, from 0, by its number."""
    return repr(classes[code] if classes is not None else code)


def one_class_blocks(y: Array, classes: Sequence[Any] | None = None) -> Iterator[Finding]:
    """Find rows that are shown one class after the other.

    Parameters
    ----------
    y : ndarray of shape (rows,)
        The class of each row, in the order in which they are shown.
    classes : sequence, optional
        The labels of the classes.

    Dataset
    --------
    >>> for finding in one_class_blocks(np.repeat([0, 1], 50)):
    ...     print(finding.evidence)
    the 100 rows are shown in 2 runs of one class each, the longest of 50 rows of class 0; in random order there would
    be about 51 runs
    """
    if len(y) < MANY:
        return
    ends = np.flatnonzero(y[1:] != y[:-1])
    shares = np.bincount(y) / len(y)
    random = 1.0 + len(y) * (1.0 - float(shares @ shares))
    if 0 < len(ends) < SORTED * random:
        lengths = np.diff(np.concatenate([[-1], ends, [len(y) - 1]]))
        longest = int(lengths.argmax())
        code = int(y[int(lengths[: longest + 1].sum()) - 1])
        yield Finding(
            "one-class blocks",
            f"the {len(y):,} rows are shown in {len(lengths):,} runs of one class each, the longest of "
            f"{lengths[longest]:,} rows of class {class_name(classes, code)}; in random order there would be about "
            f"{round(random):,} runs",
            "Set shuffle=True, or mix the rows: in a long run a neuron unlearns the other classes.",
        )


def only_one_class(y: Array, classes: Sequence[Any] | None = None) -> Iterator[Finding]:
    """Find a block of rows, learned from on its own, that holds one class only."""
    if len(y) >= MANY and (y == y[0]).all():
        yield Finding(
            "one-class blocks",
            f"all {len(y):,} rows of the last call are of class {class_name(classes, int(y[0]))}",
            "Mix the rows before you cut them into blocks: in a long run a neuron unlearns the other classes.",
        )


def imbalance(data: Dataset, classes: Sequence[Any] | None = None) -> Iterator[Finding]:
    """Find classes of very different size, each row as often as it counts."""
    if len(data.y) < MANY:
        return
    sizes = np.bincount(data.codes, data.sample_weight if len(data.sample_weight) else None)
    there = np.flatnonzero(sizes)
    most, least = int(sizes.argmax()), int(there[sizes[there].argmin()])
    if sizes[most] > UNEVEN * sizes[least]:
        counting = ", each as often as it counts," if len(data.sample_weight) else ""
        yield Finding(
            "imbalance",
            f"class {class_name(classes, least)} has {sizes[least]:,.6g} rows{counting} and class "
            f"{class_name(classes, most)} {sizes[most]:,.6g}, so that always answering "
            f"{class_name(classes, most)} would be right for {sizes[most] / sizes.sum():.1%}",
            "Set class_weight='balanced', so that each class counts the same.",
        )
