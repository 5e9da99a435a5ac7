"""Folders on the disk for tables that were decoded: kept ones, one builder at a time, and those of this run alone."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from glassneuron.engine.on_disk import full
from glassneuron.errors import problem

try:
    import fcntl
except ImportError:  # Windows: runs side by side then build the same cache twice, and the last one stays
    fcntl = None  # type: ignore[assignment]

TEMPORARY = ".run-"
OLD = 3600.0
"""Seconds after which a folder that nobody holds is that of a run that was killed, even where no lock says so."""


def home() -> Path:
    """Return where tables are kept if nobody says where."""
    said = os.environ.get("GLASSNEURON_CACHE")
    return Path(said) if said else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "glassneuron"


class Folder:
    """A folder of this run alone. It is removed with `remove`, or by the next run where this one is killed."""

    def __init__(self, parent: Path) -> None:
        try:
            parent.mkdir(parents=True, exist_ok=True)
            _sweep(parent)
            self.path = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=parent))
            self._held: IO[Any] | None = (self.path / "lock").open("w")
        except OSError as error:
            raise full(error, parent / "table") from error
        _lock(self._held, wait=False)

    def remove(self) -> None:
        """Remove the folder and all that is in it."""
        self.release()
        shutil.rmtree(self.path, ignore_errors=True)

    def release(self) -> None:
        """Hold the folder no longer."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def become(self, place: Path) -> None:
        """Move to a place of its own, instead of what is there."""
        (self.path / "lock").unlink()
        self.release()
        before = self.path.with_name(self.path.name + "-old")
        try:
            if place.exists():
                place.rename(before)
            self.path.rename(place)
        except OSError as error:
            raise problem("unwritable", path=place, why=error.strerror) from error
        shutil.rmtree(before, ignore_errors=True)


def _lock(file: Any, *, wait: bool) -> bool:
    """Take the lock of a file; return False where another process has it and `wait` is not wanted."""
    if fcntl is None:
        return wait
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _sweep(parent: Path) -> None:
    """Remove the folders of runs that were killed."""
    for each in parent.glob(f"{TEMPORARY}*"):
        with suppress(OSError):
            try:
                with (each / "lock").open("r") as file:
                    dead = _lock(file, wait=False)
            except FileNotFoundError:
                dead = time.time() - each.stat().st_mtime > OLD
            if dead:
                shutil.rmtree(each, ignore_errors=True)


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """Let one process at a time look for a table at a place, and build it there."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        file = place.with_name(f".{place.name}.lock").open("w")
    except OSError as error:
        raise problem("unwritable", path=place, why=error.strerror) from error
    with file:
        _lock(file, wait=True)
        yield


def enough_room(folder: Path, size: float) -> None:
    """Refuse to begin where the disk has no room for so many bytes."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if size > free:
        raise problem("no-room", path=folder, wanted=f"{size / 1e9:.3g}", free=f"{free / 1e9:.3g}")
