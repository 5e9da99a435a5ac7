"""Columns that tell the target by themselves: often written down after it, they will not be there to predict."""

from __future__ import annotations

import numpy as np

from glassneuron.data.encoding import Array
from glassneuron.data.table import Table

ENOUGH = 0.98
"""Share of what the target leaves open that a column has to tell."""
FEWEST_ROWS, FEWEST_OF_A_CLASS = 20, 5
"""Of fewer, a column may do so by chance."""
MOST_ROWS = 10_000
"""Rows that are looked at, evenly spaced."""


def leaks(table: Table) -> dict[str, float]:
    """Return the columns that alone tell the target, and which share of it, from 0 to 1.

    Of classes: the share of the mistakes of always saying the commonest class that one interval of a column for each
    class, or the commonest class for each of its texts, avoids. Of numbers: the squared correlation of the values or of
    their ranks.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from glassneuron.data.table import read_table
    >>> paid = [k % 3 == 0 for k in range(60)]
    >>> frame = pa.table({"size": [k % 7 for k in range(60)], "receipt": paid, "paid": paid})
    >>> leaks(read_table(frame, "paid"))
    {'receipt': 1.0}
    """
    if table.y is None or len(table.y) < FEWEST_ROWS:
        return {}
    rows = np.unique(np.linspace(0, len(table.y) - 1, min(len(table.y), MOST_ROWS)).astype(np.intp))
    X, targets = np.asarray(table.X[rows]), np.asarray(table.y[rows])
    if table.target_kind == "classes":
        y: Array = np.unique(targets, return_inverse=True)[1]
        counts = np.bincount(y)
        if len(counts) < 2 or len(y) - counts.max() < FEWEST_OF_A_CLASS or len(counts) > len(y) / FEWEST_OF_A_CLASS:
            return {}
    else:
        y = targets.astype(np.float64)
        if np.ptp(y) == 0.0:
            return {}
    tells = _classes_told if table.target_kind == "classes" else _numbers_told
    found, position = {}, 0
    for column in table.encoding.columns:
        width = len(column.features)
        texts = column.kind == "text"
        if width:
            part = X[:, position : position + width] if texts else X[:, position : position + 1]
            groups = np.unique(part @ np.arange(1.0, width + 1) if texts else part[:, 0], return_inverse=True)[1]
            share = tells(groups, y, texts)
            if share >= ENOUGH:
                found[column.name] = share
        position += width
    return found


def warnings_of(table: Table) -> dict[str, str]:
    """Say of each column that tells the target by itself what to ask about it."""
    how = "tells `{}` by itself in {}" if table.target_kind == "classes" else "goes along with `{}` in {}"
    return {
        name: f"`{name}` {how.format(table.target, _part(share))}: will it be known when you predict?"
        for name, share in leaks(table).items()
    }


def _part(share: float) -> str:
    return "every row" if share > 1.0 - 1e-12 else f"{100 * min(share, 0.999):.1f} % of what can be told"


def _classes_told(groups: Array, y: Array, texts: bool) -> float:
    """Return the share of the mistakes that are avoided, given rows by groups of equal values, in their order."""
    counts = np.zeros((groups.max() + 1, y.max() + 1), np.int64)
    np.add.at(counts, (groups, y), 1)
    rare = len(y) - counts.sum(axis=0).max()
    if texts:
        return float(1.0 - (len(y) - counts.max(axis=1).sum()) / rare)
    mistakes = 0
    for c in range(counts.shape[1]):
        gains = 2 * counts[:, c] - counts.sum(axis=1)  # of each value: rows of the class minus rows of others
        sums = np.concatenate([[0], np.cumsum(gains)])
        best = (sums - np.minimum.accumulate(sums)).max()  # the interval of values with the largest gain
        mistakes += counts[:, c].sum() - best
    return float(1.0 - mistakes / 2 / rare)


def _numbers_told(groups: Array, y: Array, texts: bool) -> float:
    count = groups.max() + 1
    if texts or count < 3:
        if count > len(y) / FEWEST_OF_A_CLASS:
            return 0.0
        sizes = np.bincount(groups, minlength=count)
        means = np.bincount(groups, y, count) / np.maximum(sizes, 1)
        return float(1.0 - ((y - means[groups]) ** 2).sum() / ((y - y.mean()) ** 2).sum())
    return float(np.corrcoef(_ranks(groups), _ranks(np.unique(y, return_inverse=True)[1]))[0, 1] ** 2)


def _ranks(groups: Array) -> Array:
    """Return the rank of each row, the mean one for equal values."""
    sizes = np.bincount(groups)
    return np.asarray((np.cumsum(sizes) - (sizes - 1) / 2)[groups])
