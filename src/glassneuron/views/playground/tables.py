"""Tables that a person brings to the page: read as the package reads them, within what the page can hold."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from glassneuron.data.files import read_arrow
from glassneuron.data.table import read_table
from glassneuron.engine.arrays import Array
from glassneuron.errors import GlassneuronError, problem
from glassneuron.neurons.scaling import Scaling
from glassneuron.views.playground.specs import LARGEST, LONGEST_NAME, MOST_CLASSES, MOST_FEATURES, MOST_ROWS

LARGEST_FILE = 1_000_000
"""Bytes of a CSV that is sent."""
KEPT = 8
"""Tables that are kept, so that a page can name them instead of sending their rows with each question."""
AS_IT_IS = ":units"
"""Behind the id of a table: its rows in their own units, not on one scale."""


class Tables:
    """The tables that pages have brought, by ids that follow from their rows; the oldest are dropped."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}
        self._pinned: dict[str, dict[str, Any]] = {}

    def find(self, name: str) -> dict[str, Any]:
        """Return X, y, names and classes of a table: on one scale, or with ":units" behind its id as they are."""
        table = {**self._kept, **self._pinned}.get(name.removesuffix(AS_IT_IS))
        if table is None:
            raise problem("gone-table", value=name[:LONGEST_NAME])
        X = table["X"] if name.endswith(AS_IT_IS) else table["scaled"]
        return {"X": X, "y": table["y"], "names": table["names"], "classes": table["classes"]}

    def keep(self, table: dict[str, Any], *, pinned: bool = False) -> dict[str, Any]:
        """Keep a table, and return it as JSON holds it, with its id."""
        parts = (table["X"].tobytes(), table["y"].tobytes(), repr((table["names"], table["classes"])).encode())
        name = hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
        self._kept.pop(name, None)
        self._kept[name] = table
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        if pinned:
            self._pinned[name] = table
        return {
            "id": name,
            **{key: part.tolist() if isinstance(part, np.ndarray) else part for key, part in table.items()},
        }


def from_csv(text: bytes, target: str | None) -> dict[str, Any]:
    """Read a CSV that was sent or pasted."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(text)
        try:
            return from_file(path, target)
        except GlassneuronError as error:
            raise problem("input", text=str(error).replace(str(path), "the table")) from error


def from_file(source: Path, target: str | None) -> dict[str, Any]:
    """Read a table: rows with a gap are left out, and what is not a number becomes numbers.

    Returns
    -------
    dict
        X and `scaled`, X on one scale, of shape (rows, features); y, class numbers; names, classes, means and
        deviations; target; and notes, sentences on what was done.

    Raises
    ------
    DataError
        For what `read_table` refuses, for more rows, features or classes than the page takes, and for a target that
        is a measurement.
    """
    frame, notes = read_arrow(source), list[str]()
    if frame.num_rows > MOST_ROWS:
        raise problem("too-many", name="the table", value=frame.num_rows, what="rows", most=MOST_ROWS)
    if target is None:
        target = frame.column_names[-1]
        notes.append(f"The last column, {target}, is taken for the classes.")
    if frame.num_columns == 1 and target in frame.column_names:
        raise problem("no-feature", target=target)
    table = read_table(frame, target, missing="drop")
    assert table.y is not None
    if len(table.X) < frame.num_rows:
        left_out = frame.num_rows - len(table.X)
        rows = "1 row with a gap is" if left_out == 1 else f"{left_out:,} rows with gaps are"
        notes.append(f"{rows} left out.")
    if table.X.shape[1] > MOST_FEATURES:
        raise problem("too-many", name="the table", value=table.X.shape[1], what="features", most=MOST_FEATURES)
    classes, codes = (
        np.unique(table.y.astype(str), return_inverse=True)
        if table.y.dtype == object
        else np.unique(table.y, return_inverse=True)
    )
    if table.target_kind == "number":
        raise problem("not-classes", name=target, count=len(classes), model="the page", instead="")
    if not 2 <= len(classes) <= MOST_CLASSES:
        if len(classes) == 1:
            raise problem("one-class", name=target, value=classes[0].item())
        raise problem("too-many", name=target, value=len(classes), what="classes", most=MOST_CLASSES)
    return _described(table.X, codes, table.names, tuple(map(_label, classes.tolist())), target, notes)


def _label(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _described(
    X: Array, codes: Array, names: tuple[str, ...], classes: tuple[str, ...], target: str, notes: list[str]
) -> dict[str, Any]:
    if np.abs(X).max() > LARGEST:
        i, j = (int(place) for place in np.argwhere(np.abs(X) > LARGEST)[0])
        raise problem("beyond", name=names[j], most=LARGEST, value=X[i, j], where=f"row {i + 1}")
    scaling = Scaling.of(X)
    constant = [name for name, spread in zip(names, np.ptp(X, axis=0), strict=True) if spread == 0.0]
    if constant:
        notes.append(f"The same in every row: {', '.join(constant)}.")
    labels = ", ".join(f"{k} is {label}" for k, label in enumerate(classes))
    notes.append(f"Classes: {labels}.")
    return {
        "names": [name[:LONGEST_NAME] for name in names], "X": X, "y": codes.astype(np.int32),
        "classes": [label[:LONGEST_NAME] or "(empty)" for label in classes], "means": scaling.means,
        "deviations": scaling.deviations, "scaled": scaling.apply(X), "target": target, "notes": notes,
    }  # fmt: skip
