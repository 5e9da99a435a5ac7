"""How a table is to be read, where a person says so: which columns, as what, and how numbers and gaps are written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from glassneuron import checks
from glassneuron.errors import problem
from glassneuron.neurons.dates import PARTS

TASKS = ("classification", "regression")


@dataclass(frozen=True)
class Reading:
    """What a person says about a table; all that is left out is recognised.

    Attributes
    ----------
    drop, only : sequence of str
        Columns to leave out, or the only ones to take, as features.
    keep : sequence of str, optional
        Columns to keep of those that tell a model nothing, or too much (see `survey`), and that are left out otherwise;
        by default all are kept.
    text, numeric : sequence of str
        Columns whose cells are text, or numbers, whatever they look like.
    decimal, thousands : str, optional
        The marks in numbers: "." or ",", and one of these, "'", "_" or a space.
    gaps : sequence of str, optional
        What stands for a missing value, instead of `written.GAPS`; an empty cell always does.
    header : bool, optional
        Whether the first line holds the names of the columns.
    encoding : str, optional
        How the text of the file is written, such as "latin-1".
    dates : sequence of {"month", "weekday", "hour"}
        What of dates becomes features, beside the days since the first.
    date_order : {"dmy", "mdy", "ymd"}, optional
        In which order day, month and year are written.
    task : {"classification", "regression"}, optional
        Whether the target is a class or a number, for a target that can be either.
    """

    drop: Sequence[str] = ()
    only: Sequence[str] = ()
    keep: Sequence[str] | None = None
    text: Sequence[str] = ()
    numeric: Sequence[str] = ()
    decimal: str | None = None
    thousands: str | None = None
    gaps: Sequence[str] | None = None
    header: bool | None = None
    encoding: str | None = None
    task: str | None = None
    dates: Sequence[str] = ()
    date_order: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for each in fields(self):
            if each.type in ("Sequence[str]", "Sequence[str] | None") and getattr(self, each.name) is not None:
                object.__setattr__(self, each.name, tuple(map(str, getattr(self, each.name))))
        if self.decimal is not None:
            checks.choice("decimal", self.decimal, (".", ","))
        if self.thousands is not None:
            checks.choice("thousands", self.thousands, (",", ".", " ", "'", "_"))
            if self.thousands == (self.decimal or self.thousands + "."):
                rule = f"another mark than the decimal one, {self.decimal}"
                raise problem("parameter", name="thousands", rule=rule, value=self.thousands)
        if self.task is not None:
            checks.choice("task", self.task, TASKS)
        if self.date_order is not None:
            checks.choice("date_order", self.date_order, ("dmy", "mdy", "ymd"))
        parts = [part.strip() for name in self.dates for part in name.split(",")]
        object.__setattr__(self, "dates", tuple(checks.choice("dates", part, PARTS) for part in dict.fromkeys(parts)))
        both = [name for name in self.text if name in self.numeric]
        if both:
            rule = f"other columns than those of `text`, which has {both[0]}, too"
            raise problem("parameter", name="numeric", rule=rule, value=tuple(self.numeric))

    def among(self, columns: Collection[str]) -> Reading:
        """Take names apart that were given as one, with commas between them, where no column is called so.

        Examples
        --------
        >>> Reading(drop=["a,b", "c,d"]).among(["a", "b", "c,d"]).drop
        ('a', 'b', 'c,d')
        """

        def apart(names: Sequence[str]) -> tuple[str, ...]:
            return tuple(n for name in names for n in ([name] if name in columns else map(str.strip, name.split(","))))

        return replace(
            self, drop=apart(self.drop), only=apart(self.only), text=apart(self.text), numeric=apart(self.numeric),
            keep=None if self.keep is None else apart(self.keep),
        )  # fmt: skip

    @property
    def marks(self) -> Reading:
        """What is said about the file alone, and not about columns."""
        return replace(self, drop=(), only=(), keep=None, text=(), numeric=(), dates=())

    @property
    def named(self) -> tuple[str, ...]:
        """All columns that are named."""
        return (*self.drop, *self.only, *(self.keep or ()), *self.text, *self.numeric)

    @property
    def plain(self) -> dict[str, Any]:
        """What differs from the default."""
        return {
            each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name) != each.default
        }
