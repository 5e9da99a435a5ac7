"""Options of `glassneuron train` that say more than a number: hidden layers, weights of classes, rows to watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.data.encoding import Encoding
from glassneuron.data.table import Table, read_table
from glassneuron.engine.arrays import Array
from glassneuron.errors import DataError, problem
from glassneuron.learning.split import split
from glassneuron.pipelines.task import Task

HEAVIEST = 1_000_000
"""Weight of a class at most: a perceptron may be shown a row that often."""
BALANCED = "balanced"


def layers(text: str | None) -> tuple[int, ...] | None:
    """Read the sizes of hidden layers: "32,16", or "none".

    Examples
    --------
    >>> layers("32,16"), layers("none"), layers(None)
    ((32, 16), (), None)
    """
    if text is None or text.strip() == "none":
        return None if text is None else ()
    try:
        sizes = tuple(int(size) for size in text.split(","))
    except ValueError:
        sizes = (0,)
    if min(sizes) < 1:
        rule = "'none', or the neurons of each hidden layer, 1 at least, such as 32,16"
        raise problem("parameter", name="hidden", rule=rule, value=text)
    return sizes


def weighed(task: Task, text: str | None, target: str) -> Task:
    """Let the rows of each class count as `--class-weight` says.

    Parameters
    ----------
    task : Task
    text : str or None
        "balanced", or weights of classes, such as "yes=3,no=1".
    target : str
        The column of the classes.
    """
    if text is None:
        return task
    if task.classes is None:
        rule = f"left out where a number is to be answered, and `{target}` is one"
        raise problem("parameter", name="class-weight", rule=rule, value=text)
    if text.strip() == BALANCED:
        return task.weighed(task.balanced())
    return task.weighed(class_weights(text, task.classes))


def class_weights(text: str, classes: Sequence[Any]) -> Array:
    """Read the weights of classes; one that is not named counts once. A label may hold a comma or an equals sign.

    Examples
    --------
    >>> class_weights("yes=3,no=1", ["no", "yes"])
    array([1., 3.])
    >>> class_weights("a,b=0.5", ["a", "a,b"])
    array([1. , 0.5])
    """
    places = {str(label): place for place, label in enumerate(classes)}
    known = ", ".join(list(places)[:30])
    weights: dict[int, float] = {}
    pending = ""
    for piece in text.split(","):
        pending = f"{pending},{piece}" if pending else piece
        label, equals, number = pending.rpartition("=")
        if not equals or (label.strip() not in places and label not in places):
            continue
        place = places[label] if label in places else places[label.strip()]
        try:
            weight = float(number)
        except ValueError:
            raise problem("parameter", name=f"--class-weight {label}", rule="a number", value=number) from None
        if place in weights:
            raise problem("parameter", name="class-weight", rule=f"such that {label} stands once", value=text)
        weights[place] = checks.number(f"--class-weight {label}", weight, f"(0, {HEAVIEST}]")
        pending = ""
    if pending.strip() or not weights:
        label, equals, _ = pending.rpartition("=")
        if equals:
            raise problem("unmet-class", place="`--class-weight`", value=label.strip(), known=known)
        rule = f"'{BALANCED}', or a weight for each class, such as {next(iter(places))}=3; the classes are {known}"
        raise problem("parameter", name="class-weight", rule=rule, value=text)
    return np.array([weights.get(place, 1.0) for place in range(len(places))])


def share_or_table(text: str | None) -> float | Path | None:
    """Read `--validation`: a share of the rows, or a table.

    Examples
    --------
    >>> share_or_table("0.1"), share_or_table("watch.csv").name
    (0.1, 'watch.csv')
    """
    if text is None:
        return None
    try:
        share = float(text)
    except ValueError:
        path = Path(text)
        if not text.strip() or (not path.suffix and not path.exists()):
            rule = "a share of the rows to learn from, such as 0.1, or a table file with the same columns"
            raise problem("parameter", name="validation", rule=rule, value=text) from None
        return path
    return checks.number("validation", share, "(0, 1)")


def share_of(task: Task, learn: Array, share: float, seed: int) -> tuple[Array, Array]:
    """Choose rows to watch among those to learn from, the same share of each class."""
    groups = np.zeros(len(learn)) if task.classes is None else task.y[learn]
    kept, watched = split(groups, share, seed)
    if len(watched) == 0:
        rule = f"large enough for one of the {len(learn)} rows to learn from"
        raise problem("parameter", name="validation", rule=rule, value=share)
    return learn[kept], learn[watched]


def table_of(path: Path, task: Task, missing: str) -> Task:
    """Read rows to watch from a table of their own, which has the columns of the one that is learned from."""
    assert task.encoding is not None
    target = str(task.about["target"])
    try:
        table = read_table(path, target, missing=missing, encoding=Encoding.from_dict(task.encoding))
        y = _targets(table, task, target)
    except DataError as error:
        raise problem("validation-table", path=path, why=error) from error
    return replace(task, X=table.X, y=y)


def _targets(table: Table, task: Task, target: str) -> Array:
    assert table.y is not None
    if task.classes is None:
        if table.y.dtype.kind not in "iuf":
            raise problem("not-the-kind", name=target, wanted="numbers", kind="text")
        return table.y.astype(np.float64)
    places = {label: place for place, label in enumerate(task.classes)}
    labels = table.y.tolist()
    for label in labels:
        if label not in places:
            known = ", ".join(str(c) for c in task.classes[:30])
            raise problem("unmet-class", place=f"`{target}`", value=label, known=known)
    return np.array([places[label] for label in labels])
