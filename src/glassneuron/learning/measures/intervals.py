"""Intervals that hold the true value of a measure with 95 % confidence.

A share of rows has a closed one, which is right for few rows too, and where all of them are right. Other measures are
taken anew from rows that are drawn from the rows, with replacement: the bootstrap. Of many rows each measure is nearly
a sum over them, and the spread of that sum says the same as the draws would.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from glassneuron.engine.arrays import Array

Interval = tuple[float, float]
Z = 1.959963984540054  # the standard normal is within it with 95 %
DRAWS = 1000
MOST_WORK = 2_000_000  # rows of all draws, for each class that is ranked: about a quarter of a second
ROUNDING = 1e-12
AT_A_TIME = 500_000  # weights of rows that are held together
SUMMED = 1 << 17  # rows whose numbers are added up together


def wilson(hits: float, rows: float) -> Interval | None:
    r"""Bound the share of so many hits among the rows; None if there are no rows.

    .. math:: \frac{p + \frac{z^2}{2n} \pm z \sqrt{\frac{p (1 - p)}{n} + \frac{z^2}{4 n^2}}}{1 + \frac{z^2}{n}}

    References
    ----------
    Wilson (1927), JASA 22:209.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(132, 142)]
    [0.875, 0.961]
    >>> [round(end, 3) for end in wilson(142, 142)]
    [0.974, 1.0]
    """
    if rows <= 0:
        return None
    share = hits / rows
    middle, half = share + Z * Z / (2 * rows), Z * math.sqrt(share * (1 - share) / rows + Z * Z / (4 * rows * rows))
    whole = 1.0 + Z * Z / rows
    low, high = (middle - half) / whole, (middle + half) / whole
    return (0.0 if hits == 0 else max(0.0, low)), (1.0 if hits == rows else min(1.0, high))


def mean_of_shares(shares: Sequence[float], bounds: Sequence[Interval]) -> Interval | None:
    r"""Bound the mean of shares of different rows, from the bounds of each: their distances add up as squares.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17:873; Donner & Zou (2012), Statistical Methods in Medical Research 21:347.

    Examples
    --------
    >>> mean_of_shares([0.5], [(0.25, 0.75)])
    (0.25, 0.75)
    """
    if not shares:
        return None
    mean, count = sum(shares) / len(shares), len(shares)
    down = math.hypot(*(share - low for share, (low, _) in zip(shares, bounds, strict=True))) / count
    up = math.hypot(*(high - share for share, (_, high) in zip(shares, bounds, strict=True))) / count
    return max(0.0, mean - down), min(1.0, mean + up)


@dataclass(frozen=True)
class Statistic:
    """A measure as it follows from the weight of each row.

    Attributes
    ----------
    value : float
        With all weights 1.
    of : callable
        Takes weights of shape (draws, rows), and returns the measure for each draw; NaN where it has none.
    influence : callable
        Returns the slope of the measure for the weight of each row, of shape (rows,).
    most : float
        The largest value that it can have; the least is 0 where `positive`.
    positive : bool
    """

    value: float
    of: Callable[[Array], Array]
    influence: Callable[[], Array]
    most: float = math.inf
    positive: bool = True


def bootstrap(
    statistics: Mapping[str, Statistic],
    rows: int,
    seed: int = 0,
    *,
    groups: Array | None = None,
    ranked: int = 1,
    draws: int = DRAWS,
) -> dict[str, Interval | None]:
    """Bound each measure; None where each draw says the same, so that nothing is known about its spread.

    Parameters
    ----------
    statistics : dict of str to Statistic
    rows : int
    seed : int
    groups : ndarray of int of shape (rows,), optional
        Rows with the same number are drawn together, for they may say the same.
    ranked : int
        How many classes are ranked, which is what takes time.
    draws : int

    Returns
    -------
    dict of str to (float, float) or None

    References
    ----------
    Efron (1979), Annals of Statistics 7:1; for many rows Jaeckel (1972), The infinitesimal jackknife.
    """
    if rows * draws * max(1, ranked) > MOST_WORK:
        return {name: _by_influence(each, groups) for name, each in statistics.items()}
    random, units = np.random.default_rng(seed), rows
    if groups is not None:
        names, groups = np.unique(groups, return_inverse=True)
        units = len(names)
    drawn: dict[str, list[Array]] = {name: [] for name in statistics}
    at_a_time = max(1, min(draws, AT_A_TIME // max(1, rows)))
    for start in range(0, draws, at_a_time):
        count = min(at_a_time, draws - start)
        chosen = random.integers(0, units, (count, units)) + units * np.arange(count)[:, np.newaxis]
        weights = np.bincount(chosen.ravel(), minlength=count * units).reshape(count, units).astype(np.float64)
        if groups is not None:
            weights = weights[:, groups]
        for name, each in statistics.items():
            drawn[name].append(each.of(weights))
    return {name: _quantiles(np.concatenate(values)) for name, values in drawn.items()}


def _quantiles(values: Array) -> Interval | None:
    known = values[np.isfinite(values)]
    if len(known) < len(values) / 2:  # most draws lack a class
        return None
    low, high = np.quantile(known, [0.025, 0.975]).tolist()
    return (low, high) if high - low > ROUNDING * abs(high) else None


def total(function: Callable[..., Array], *arrays: Array) -> float:
    """Add up what a function makes of arrays, each row by itself, some rows at a time."""
    starts = range(0, len(arrays[0]), SUMMED)
    return float(sum(function(*(each[start : start + SUMMED] for each in arrays)).sum() for start in starts))


def _by_influence(statistic: Statistic, groups: Array | None) -> Interval | None:
    slopes = statistic.influence()
    if groups is not None:
        slopes = np.bincount(np.unique(groups, return_inverse=True)[1], slopes)
    spread = math.sqrt(total(np.square, slopes))
    if not ROUNDING * abs(statistic.value) < spread < math.inf:
        return None
    low = statistic.value - Z * spread
    return (max(0.0, low) if statistic.positive else low), min(statistic.most, statistic.value + Z * spread)
