"""Files are written beside their place and moved there, so that an interrupt leaves the old one whole."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from glassneuron.errors import problem


def can_write(path: Path) -> None:
    """Refuse a path that cannot be written, before the work whose result is to go there."""
    try:
        if path.is_dir():
            raise problem("model-folder", path=path)
        if not path.parent.is_dir():
            raise problem("unwritable", path=path, why="its folder does not exist")
    except OSError as error:  # such as a name that is too long
        raise problem("unwritable", path=path, why=error.strerror) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there.

    A link stays a link, and what it points to is written; a file keeps its permissions.
    """
    can_write(path)
    try:
        if path.exists() and not path.is_file():  # no file may replace a pipe or a device
            path.write_bytes(content)
        else:
            _replace(Path(os.path.realpath(path)), content)
    except OSError as error:
        raise problem("unwritable", path=path, why=error.strerror) from error
    except ValueError as error:  # the name has a zero byte
        raise problem("unwritable", path=path, why="no file can have this name") from error


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file to write to, beside its place; it is moved there when all went well."""
    can_write(path)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
        else:
            with _beside(Path(os.path.realpath(path))) as file:
                yield file
    except OSError as error:
        raise problem("unwritable", path=path, why=error.strerror) from error


def _replace(path: Path, content: bytes) -> None:
    with _beside(path) as file:
        file.write(content)


@contextmanager
def _beside(path: Path) -> Iterator[IO[bytes]]:
    if path.exists():
        mode = stat.S_IMODE(path.stat().st_mode)
    else:
        mask = os.umask(0)  # to read the mask is to set it
        os.umask(mask)
        mode = 0o666 & ~mask
    handle, name = tempfile.mkstemp(prefix=".glassneuron-", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
