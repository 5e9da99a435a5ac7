"""Tables that the command reads, as tasks to learn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron.cli.options import BALANCED, class_weights
from glassneuron.cli.road import Road
from glassneuron.data.bundled import bundled
from glassneuron.data.columns.leaks import warnings_of
from glassneuron.data.disk.open_table import DiskTable
from glassneuron.data.disk.sources import TEXT, files_of
from glassneuron.data.disk.targets import AT_ONCE, MOST_LABELS
from glassneuron.data.encoding import Encoding
from glassneuron.data.exact_numbers import as_written, is_decimal_text
from glassneuron.data.reading import Reading
from glassneuron.data.table import Table
from glassneuron.data.text_files.content import STANDARD_INPUT
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import room, row_by_row, taken
from glassneuron.errors import DataError, problem
from glassneuron.learning.split import split
from glassneuron.neurons.model import Model
from glassneuron.pipelines.pipelines import MODELS
from glassneuron.pipelines.task import Task
from glassneuron.proofs.exact.table import ExactTable

MOST_CLASSES = 100
MEMORY = Road()
LISTED = 30  # columns or classes that a message lists at most


def table_of(
    path: Path | None, target: str | None, missing: str, reading: Reading | None = None, road: Road = MEMORY
) -> tuple[Path, Table, str]:
    """Return the path of a table, the table and its target; without a path, of the bundled table of tumours."""
    if path is None:
        path, target = bundled("wisconsin"), target or "diagnosis"
    table = road.read(path, target, missing, reading)
    if table.target is None:
        raise problem("no-target", columns=", ".join(column.name for column in table.encoding.columns[:LISTED]))
    return path, table, table.target


def classes_of(table: Table, model: str, instead: str = "") -> tuple[Array, Array]:
    """Return the classes of a table and each row's position among them; refuse a measurement, or too many classes."""
    assert table.y is not None
    if isinstance(table, DiskTable):
        if table.classes is None:
            count = f"more than {MOST_LABELS}"
            raise problem("not-classes", name=table.target, count=count, model=model, instead=instead)
        classes = np.array(table.classes)
        codes = table.y if table.coded else positions(classes, table.y)
    else:
        classes, codes = np.unique(table.y, return_inverse=True)
    if table.target_kind == "number":
        said = ", or say --task classification" if table.whole_target else ""
        raise problem("not-classes", name=table.target, count=len(classes), model=model, instead=instead + said)
    if len(classes) > MOST_CLASSES:
        raise problem("many-classes", name=table.target, count=len(classes), most=MOST_CLASSES)
    return classes, codes


def exact_table(path: Path, table: Table) -> ExactTable:
    """Return the rows for proofs: numbers mean what the file says, to the last digit."""
    if path != STANDARD_INPUT and not path.is_file():  # a folder, or a pattern
        return ExactTable(table.X, decimal=all(file.kind in TEXT for file in files_of(path)))
    decimal = is_decimal_text(path)
    return ExactTable(table.X, decimal=decimal, places=table.places, written=lambda: as_written(path, table))


def task_of(table: Table, model: str, instead: str = "") -> Task:
    """Return the classes or numbers to learn; refuse a target that the model cannot predict."""
    assert table.y is not None
    kind, y, classes = MODELS[model], table.y, None
    coded = isinstance(table, DiskTable) and table.coded
    first, *others = _different(table)
    if "classes" not in kind.answers and (coded or y.dtype.kind not in "iuf"):
        some = ", ".join(map(str, [first, *others[:4]]))
        raise problem("not-numbers", name=table.target, classes=some, model=kind.noun, instead=instead)
    if not others:
        raise problem("one-class" if "classes" in kind.answers else "one-number", name=table.target, value=first)
    if "classes" not in kind.answers and table.reading.task == "classification":
        raise problem(
            "parameter", name="task", rule=f"left out, for {kind.noun} predicts a number", value="classification"
        )
    if "classes" not in kind.answers or ("numbers" in kind.answers and table.target_kind == "number"):
        y = row_by_row(lambda y: y.astype(np.float64), y)
    else:
        labels, y = classes_of(table, kind.noun, instead)
        classes = tuple(labels.tolist())
    about = {"target": table.target, "means": table.means}
    return Task(table.X, y, classes, table.names, table.encoding.to_dict(), about)


def notes_of(table: Table, task: Task) -> tuple[str, ...]:
    """Return what was recognised in a table, what is suspicious, and for what its whole numbers were taken."""
    notes = table.notes if isinstance(table, DiskTable) else (*table.notes, *warnings_of(table).values())
    if table.whole_target and table.reading.task is None and task.classes is None:
        as_classes = (
            f"`{table.target}`: whole numbers, taken for a measurement; --task classification takes them for classes"
        )
        return (*notes, as_classes)
    return notes


def _different(table: Table) -> list[Any]:
    """Return the different targets of a table, sorted; of very many some."""
    assert table.y is not None
    if isinstance(table, DiskTable):
        return list(np.unique(table.y[:MOST_LABELS]).tolist() if table.classes is None else table.classes)
    return np.unique(table.y).tolist()  # type: ignore[no-any-return]


def positions(classes: Array, y: Array) -> Array:
    """Return the position of each label among the classes."""
    return row_by_row(lambda y: np.asarray(np.searchsorted(classes, y), np.int32), y)


def class_weights_of(task: Task, text: str | None, target: str) -> Array | None:
    """Return the weight of each class: "balanced", or weights such as "yes=3,no=1"."""
    if text is None:
        return None
    if task.classes is None:
        rule = f"left out, for `{target}` is a number and not a class"
        raise problem("parameter", name="class-weight", rule=rule, value=text)
    return task.balanced() if text.strip() == BALANCED else class_weights(text, task.classes)


def validation_share(task: Task, learn: Array, share: float, seed: int) -> tuple[Array, Array]:
    """Split the rows to learn from into those and validation rows, with the same share of each class."""
    codes = row_by_row(lambda rows: np.zeros(len(rows), np.int8), learn)
    kept, validation = split(codes if task.classes is None else taken(task.y, learn), share, seed)
    if len(validation) == 0:
        rule = f"large enough for one of the {len(learn)} rows to learn from"
        raise problem("parameter", name="validation", rule=rule, value=share)
    return taken(learn, kept), taken(learn, validation)


def validation_table(
    path: Path, task: Task, missing: str, reading: Reading | None = None, road: Road = MEMORY
) -> Task:  # fmt: skip
    """Read validation rows from a table of their own, with the columns of the one that is learned from."""
    target, marks = str(task.about["target"]), reading and reading.marks
    try:
        encoding = Encoding.from_dict(task.encoding or {})
        table = road.read_known(path, encoding, target, missing=missing, reading=marks)
        y = targets_of(table, task.classes, target)
    except DataError as error:
        raise problem("validation-table", path=path, why=error) from error
    return replace(task, X=table.X, y=y)


def known_encoding(model: Model, missing: str) -> Encoding:
    """Return how a model reads a table, with the means that it knows in gaps where these are asked for."""
    means = model.about.get("means", {}) if missing in ("mean", "fill") else {}
    means = {name: value for name, value in means.items() if missing == "fill" or not isinstance(value, str)}
    return Encoding.from_dict(model.encoding or {}).with_means(means)


def targets_of(table: Table, classes: tuple[Any, ...] | None, target: str) -> Array:
    """Return the targets of a later table as a model knows them: positions in its classes, or numbers."""
    assert table.y is not None
    own = table.classes if isinstance(table, DiskTable) and table.coded else None
    if classes is None and (own is not None or table.y.dtype.kind not in "iuf"):
        raise problem("not-the-kind", name=target, wanted="numbers", kind="text")
    found = room(table.y.shape, np.float64 if classes is None else np.intp, table.y)
    places = {label: place for place, label in enumerate(classes or ())}
    for start in range(0, len(found), AT_ONCE):
        part: Any = table.y[start : start + AT_ONCE]
        if classes is not None:
            labels = part.tolist() if own is None else [own[code] for code in part]
            for label in labels:
                if label not in places:
                    known = ", ".join(str(c) for c in classes[:LISTED])
                    raise problem("unmet-class", place=f"`{target}`", value=label, known=known)
            part = [places[label] for label in labels]
        found[start : start + AT_ONCE] = part
    return found
