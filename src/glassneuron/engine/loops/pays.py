"""Loops beside the textbook: what shuffles rows, what looks for proofs. Compiled where this process gains by it.

Whichever way they go, they give the same bits. As in `exact`, the slow way is gone until it has cost what loading the
fast one does. To compile takes longer, but is done once for all processes to come, and so a tenth of it is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import inf
from types import ModuleType

from glassneuron.engine import backend


@dataclass
class Loops:
    """A file of loops, and what it has cost so far to do without them compiled.

    The costs are in the unit in which work is told: what it takes to load them compiled where kernels are compiled
    already (`loading`), where nothing is yet (`alone`), and what may be lost before they are compiled where there is
    nothing in the cache (`compiling`). `entry` names one of the functions in the file.

    Examples
    --------
    >>> loops = Loops("orders", "shuffle", loading=100.0, alone=inf, compiling=inf)
    >>> loops.compiled(60.0), loops.spent
    (None, 60.0)
    """

    file: str
    entry: str
    loading: float
    alone: float
    compiling: float
    spent: float = 0.0

    def compiled(self, work: float) -> ModuleType | None:
        """Return the loops compiled, for so much work, where that pays, and else None."""
        self.spent += work
        if self.spent < (self.loading if _compiles() else self.alone):
            return None
        if self.spent < self.compiling and not _compiled_before(self.file, self.entry):
            return None
        loaded = backend.load(self.file)
        return None if backend.interpreted(loaded) else loaded  # where Numba is switched off


def _compiles() -> bool:
    """Return whether this process has compiled kernels."""
    return backend.is_loaded("exact") or backend.is_loaded("compiled")


@cache
def _compiled_before(file: str, entry: str) -> bool:
    loaded = backend.load(file)
    return backend.interpreted(loaded) or backend.in_cache(getattr(loaded, entry))


orders = Loops("orders", "shuffle", loading=1e6, alone=inf, compiling=1e7)
"""What shuffles; the work is the number of rows. NumPy takes a hundredth of a second longer for a million of them."""
active_set = Loops("active_set", "steps", loading=2e5, alone=5e6, compiling=3e6)
"""What looks for proofs; the work is the number of multiply-adds."""
