"""`open_table`: a table of any size, decoded once into arrays on disk and mapped from there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron import checks
from glassneuron.data.disk.build import Aside, Built, X, Y, build, build_plain
from glassneuron.data.disk.folders import Folder, alone, enough_room, home
from glassneuron.data.disk.kept import OnDisk
from glassneuron.data.disk.plain import NotPlain, plain_table
from glassneuron.data.disk.room import map_of, mapped
from glassneuron.data.disk.sources import TEXT, files_of, memory, size_of, stamps
from glassneuron.data.disk.whole import Tell, located, whole_table
from glassneuron.data.encoding import Encoding
from glassneuron.data.files import TYPED
from glassneuron.data.keeping import ARROW, PARQUET
from glassneuron.data.pieces.chunks import in_pieces
from glassneuron.data.reading import Reading
from glassneuron.data.table import MISSING, MOST_CLASSES, Table
from glassneuron.data.text_files.content import STANDARD_INPUT, UNREADABLE
from glassneuron.errors import GlassneuronError, TableError, problem

Array = NDArray[Any]
FORMAT = 2
FACTS = "table.json"
SHARE = 4
"""The part of memory that a table may take, as 1 / SHARE, before it is read by way of the disk."""

KEPT = 2.0
"""Times what a table takes that its columns and rows take while it is read with care."""
UNPACKED = 8
"""Times a packed file that its text is large, at a guess."""


@dataclass(frozen=True, eq=False, repr=False)
class DiskTable(Table):
    """A table whose rows lie on disk.

    Attributes
    ----------
    X : ndarray of shape (rows, features)
        Mapped: rows are read when they are looked at, and changes stay in memory.
    y : ndarray of shape (rows,), or None
        The targets; of text, positions in `classes`.
    target : str or None
    encoding : Encoding
        How the columns became features.
    classes : tuple or None
        The different targets, sorted; None where they are too many numbers.
    whole : bool
        Whether targets that are numbers are whole.
    notes : tuple of str
        What was left out, and whether the arrays were built anew, in words.
    groups, times : ndarray of shape (rows,), or None
        The number of each row's group, or when it was measured, where that was asked for.
    folder : Path or None
        Where the arrays are kept; None where they are removed with the table.
    """

    classes: tuple[Any, ...] | None = None
    coded: bool = False
    whole: bool = True
    notes: tuple[str, ...] = ()
    groups: Array | None = None
    times: Array | None = None
    folder: Path | None = None

    def __repr__(self) -> str:
        where = "removed with it" if self.folder is None else str(self.folder)
        return f"DiskTable({self.X.shape[0]:,} rows, {self.X.shape[1]} features, on disk: {where})"

    @property
    def target_kind(self) -> str:
        """Either "classes", or "number" where the target is a measurement."""
        if self.y is None or self.coded or self.y.dtype.kind not in "iuf" or self.reading.task == "classification":
            return "classes"
        if self.classes is None or self.reading.task == "regression":
            return "number"
        return "classes" if len(self.classes) <= 2 or (self.whole and len(self.classes) <= MOST_CLASSES) else "number"

    @property
    def whole_target(self) -> bool:
        """Whether the target holds whole numbers, so that it could be a class or a number."""
        return self.y is not None and not self.coded and self.y.dtype.kind in "iuf" and self.whole


def open_table(
    source: Any,
    target: str | None = None,
    *,
    cache: bool | str | Path | None = None,
    dtype: Any = np.float64,
    missing: str = "refuse",
    reading: Reading | None = None,
    groups: str | None = None,
    time: str | None = None,
    tell: Tell = lambda what, rows: None,
) -> DiskTable:
    """Open a table of any size: it is decoded once into arrays on disk, which are mapped and learned from like others.

    Parameters
    ----------
    source : str, Path or frame
        A CSV file (packed or not), a Parquet or Arrow file, a folder of such files, a pattern of names as
        ``2024-*.csv``, or any frame with Arrow's stream interface, or one of Dask, whose partitions are computed a few
        at a time, by the workers if a client is there. What folders' names say, as ``year=2024``, becomes a column.
    target : str, optional
        The column to predict.
    cache : bool, str or Path, optional
        Where the arrays are kept for the next time: in a folder, or with True in the user's own for caches. They are
        built anew where a file, or what was asked for, has changed. By default they are removed with the table.
    dtype : {float64, float32}
        Of the features; float32 takes half the room.
    missing : {"refuse", "drop", "mean", "fill"}
        What to do with a gap, as when a table is read into memory.
    reading : Reading, optional
        What cannot be recognised in the table, such as columns to leave out.
    groups, time : str, optional
        A column that is no feature and comes along, one of the two: of rows that belong together, as those of one
        patient, or of when a row was measured.
    tell : callable, optional
        Called with what is being done, in a word, and the number of rows that are done.

    Returns
    -------
    DiskTable
        With `X`, `y`, `names`, `classes`, `encoding`. `X` and `y` go into every estimator, and what is learned is the
        same, to the bit, as from arrays in memory.

    Raises
    ------
    TableError, ParameterError

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = open_table(pa.table({"size": [1.5, 2.0], "colour": ["red", "blue"], "sold": ["no", "yes"]}), "sold")
    >>> table.names, table.classes
    (('size', 'colour=red'), ('no', 'yes'))
    >>> table.X.tolist(), table.y.tolist()
    ([[1.5, 1.0], [2.0, 0.0]], [0, 1])
    """
    source = in_pieces(source)
    checks.choice("missing", missing, MISSING)
    reading = Reading() if reading is None else reading
    target = None if target is None else str(target)
    if groups is not None and time is not None:
        raise problem("parameter", name="groups", rule="left out beside `time`", value=groups)
    aside = (
        None
        if groups is None and time is None
        else Aside(str(time if groups is None else groups), "times" if groups is None else "groups")
    )
    if aside is not None:
        if aside.name == target:
            option = "time" if groups is None else "groups"
            raise problem("parameter", name=option, rule="another column than the target", value=target)
        reading = replace(reading, drop=(*reading.drop, aside.name))
    kind = np.dtype(dtype)
    if kind not in (np.float64, np.float32):
        raise problem("parameter", name="dtype", rule="float64 or float32", value=dtype)
    is_file = isinstance(source, (str, Path))
    kept = cache not in (None, False)
    parent = home() if cache is True or not kept else Path(str(cache))
    asked = {"format": FORMAT, "target": target, "missing": missing, "dtype": kind.name}
    asked["reading"] = json.loads(json.dumps(reading.plain))
    asked |= {} if aside is None else {aside.kind: aside.name}
    if not is_file or not kept:

        def make(folder: Path) -> Built:
            return _build(source, target, folder, kind, missing, reading, tell, aside)

        return for_this_run(make, target, parent, reading)
    where = os.path.abspath(source)
    digest = hashlib.sha256(json.dumps([where, asked]).encode()).hexdigest()[:10]
    name = "".join(c if c.isalnum() or c in "._-" else "_" for c in Path(where).stem)[:60]
    place = parent / f"{name or 'table'}-{digest}"
    with alone(place):
        files = [list(stamp) for stamp in stamps(files_of(source))]
        facts, why = _kept(place, files)
        if facts is None:
            folder = Folder(parent)
            try:
                built = _build(source, target, folder.path, kind, missing, reading, tell, aside)
                if [list(stamp) for stamp in stamps(files_of(source))] != files:
                    raise problem("changed", path=source)
                facts = _facts(built) | asked | {"files": files}
                (folder.path / FACTS).write_text(json.dumps(facts))
                folder.become(place)
            finally:
                folder.remove()
        return _opened(
            place, facts, target, place, reading, [f"the arrays in {place} are built anew: {why}"] if why else []
        )


def takes_the_road(source: Any) -> bool:
    """Return whether a table is so large for this machine's memory that it is to be read by way of the disk."""
    if not isinstance(source, (str, Path)):
        return False
    path = Path(source)
    if path == STANDARD_INPUT or not (path.exists() or any(mark in path.name for mark in "*?[")):
        return False  # who reads it says that it is not there
    try:
        files = files_of(source)
    except TableError:
        if path.is_file():  # of a kind that is read into memory alone
            return False
        raise
    alone = len(files) == 1 and files[0].path == path and (files[0].kind not in ARROW or path.suffix.lower() in TYPED)
    return not alone or size_of(files) * (UNPACKED if files[0].packed else 1) > memory() // SHARE


def for_this_run(make: Callable[[Path], Built], target: str | None, parent: Path, reading: Reading) -> DiskTable:
    """Write a table into a folder that is removed with it."""
    folder = Folder(parent)
    try:
        table = _opened(folder.path, _facts(make(folder.path)), target, None, reading, [])
    except BaseException:
        folder.remove()
        raise
    weakref.finalize(map_of(table.X), folder.remove)
    return table


def _build(
    source: Any, target: str | None, folder: Path, kind: Any, missing: str, reading: Reading, tell: Tell,
    aside: Aside | None,
) -> Built:  # fmt: skip
    plain = plain_table(source, reading, target) if aside is None else None
    if plain is not None:
        enough_room(folder, estimated_rows(source) * len(plain.kinds) * kind.itemsize)
        try:
            return build_plain(plain, folder, kind, missing, reading, tell)
        except NotPlain:
            pass
    if isinstance(source, (str, Path)):
        enough_room(folder, KEPT * size_of(files_of(source)))
    kept = folder / "kept"
    kept.mkdir()
    try:
        whole, files = whole_table(source, reading, target, OnDisk(kept, tell), tell)
        try:
            return build(whole, target, folder, kind, missing, reading, tell, aside)
        except GlassneuronError as error:
            raise located(error, files) from error
    finally:
        shutil.rmtree(kept, ignore_errors=True)


def estimated_rows(source: Any) -> float:
    """Estimate how many rows a table has; those of packed files are not known, and count as none."""
    rows = 0.0
    for file in files_of(source):
        if file.kind in PARQUET:
            from pyarrow import parquet

            with suppress(*UNREADABLE):  # whoever reads it says what is wrong
                rows += parquet.read_metadata(file.path).num_rows
        elif file.kind in TEXT and not file.packed:
            with file.path.open("rb") as text:
                start = text.read(1 << 16)
            rows += file.path.stat().st_size * start.count(b"\n") / max(len(start), 1)
    return rows


def _facts(built: Built) -> dict[str, Any]:
    facts = {name: getattr(built, name) for name in ("rows", "classes", "coded", "whole", "notes", "aside")}
    return facts | {"encoding": built.encoding.to_dict()}


def _kept(place: Path, files: list[Any]) -> tuple[dict[str, Any] | None, str]:
    """Return what is known of the table that is kept at a place, or why it cannot be used."""
    if not place.exists():
        return None, ""
    try:
        facts = json.loads((place / FACTS).read_text())
        if facts["format"] != FORMAT:
            return None, "they were written by another version"
        known = {name: rest for name, *rest in facts["files"]}
        now = {name: rest for name, *rest in files}
        for name in (*now, *known):
            if known.get(name) != now.get(name):
                what = "is new" if name not in known else "is gone" if name not in now else "has changed"
                return None, f"{name} {what}"
        if facts["files"] != files:
            return None, "the files are in another order"
        rows, columns = facts["rows"], len(Encoding.from_dict(facts["encoding"]).names)
        if np.load(place / X, mmap_mode="r").shape != (rows, columns):
            raise ValueError("another table")
        if facts["target"] is not None and np.load(place / Y, mmap_mode="r").shape != (rows,):
            raise ValueError("other targets")
    except (OSError, ValueError, KeyError, TypeError):
        return None, "they are damaged"
    return facts, ""


def _opened(
    place: Path, facts: dict[str, Any], target: str | None, folder: Path | None, reading: Reading, notes: list[str]
) -> DiskTable:
    return DiskTable(
        X=mapped(place / X),
        y=None if target is None else mapped(place / Y),
        target=target,
        encoding=Encoding.from_dict(facts["encoding"]),
        classes=None if facts["classes"] is None else tuple(facts["classes"]),
        coded=facts["coded"],
        whole=facts["whole"],
        groups=mapped(place / "groups.npy") if facts.get("aside") == "groups" else None,
        times=mapped(place / "times.npy") if facts.get("aside") == "times" else None,
        notes=(*notes, *facts["notes"]),
        reading=reading,
        folder=folder,
    )
