"""What neurons, layers and networks have in common as values: equality, hash and pickling by what a file holds."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import Any, ClassVar, Self

import numpy as np

from glassneuron.display import Displayed
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem


class Value(Displayed):
    """Two values of one class are equal if their arrays (or single numbers) and plain facts are."""

    __slots__ = ()

    _arrays: ClassVar[tuple[str, ...]]
    _facts: ClassVar[tuple[str, ...]] = ()

    def to_state(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """Return what a file has to hold: arrays, and plain values beside them."""
        facts = {name: getattr(self, name) for name in self._facts}
        plain = {name: list(fact) if isinstance(fact, tuple) else fact for name, fact in facts.items()}
        return {name: np.atleast_1d(getattr(self, name)) for name in self._arrays}, plain

    @classmethod
    def from_state(cls, arrays: dict[str, Array], meta: dict[str, Any]) -> Self:
        """Build the value from what `to_state` returned."""
        numbers = {n: float(arrays[n][0]) if n in ("bias", "threshold") else arrays[n] for n in cls._arrays}
        return cls(**numbers, **{name: meta[name] for name in cls._facts})

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_state, self.to_state()  # pickle alone would make arrays writeable, and views copies

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Value) or type(self) is not type(other):
            return False
        (mine, facts), (others, other_facts) = self.to_state(), other.to_state()
        return facts == other_facts and all(np.array_equal(mine[name], others[name]) for name in mine)

    def __hash__(self) -> int:
        arrays, facts = self.to_state()
        few = [tuple(array.flat[:8].tolist()) for array in arrays.values()]  # equality looks at all of them
        return hash((*few, str(facts)))


def checked_names(names: Sequence[str] | None, wanted: int, which: str) -> tuple[str, ...] | None:
    """Return the names of inputs, after checking that there are as many as inputs."""
    if names is not None and (not isinstance(names, Sized) or len(names) != wanted):
        raise problem("parameter", name="names", rule=f"{wanted} names, one for each {which}", value=names)
    return None if names is None else tuple(str(name) for name in names)
