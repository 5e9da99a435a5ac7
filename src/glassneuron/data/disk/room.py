"""Arrays of tables that were decoded, mapped from their files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from glassneuron.engine.on_disk import Array, map_of, room, taken

__all__ = ["map_of", "mapped", "room", "taken"]


def mapped(path: Path) -> Array:
    """Map an array: its rows are read from the disk when they are looked at; a change stays in memory.

    It is an ordinary array for everything that works on one, compiled kernels too.
    """
    array: Array = np.load(path, mmap_mode="c")
    return np.asarray(array)  # an array over the map, and not of a kind of its own
