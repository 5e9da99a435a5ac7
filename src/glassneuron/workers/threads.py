"""Parts of a table on threads of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import Any

from glassneuron.engine.parts import Part


class Threads:
    """Threads, which see all arrays as they are."""

    def __init__(self, pool: Executor) -> None:
        self.pool = pool

    def reach(self, table: Any) -> bool:
        """Return True."""
        return True

    def map(self, function: Callable[..., Any], parts: Sequence[Part], weights: tuple[Any, ...]) -> Iterator[Any]:
        """Yield what a function returns for each part, in order."""
        return self.pool.map(lambda part: function(part, *weights), parts)
