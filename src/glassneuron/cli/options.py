"""Options that are more than a number: hidden layers, class weights, validation rows, files to write."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.data.atomic import can_write
from glassneuron.data.reading import Reading
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.checkpoints.checkpoint import Checkpoint
from glassneuron.views.diagrams.picture import svg_path

LARGEST_WEIGHT = 1_000_000  # of a class: a perceptron may visit a row that often
BALANCED = "balanced"


def layers(text: str | None) -> tuple[int, ...] | None:
    """Read the sizes of hidden layers: "32,16", or "none"."""
    if text is None or text.strip() == "none":
        return None if text is None else ()
    try:
        sizes = tuple(int(size) for size in text.split(","))
    except ValueError:
        sizes = (0,)
    if min(sizes) < 1:
        rule = "'none', or the neurons of each hidden layer, at least 1, such as 32,16"
        raise problem("parameter", name="hidden", rule=rule, value=text)
    return sizes


def class_weights(text: str, classes: Sequence[Any]) -> Array:
    """Read the weights of classes; a class that is not named has weight 1. A label may hold a comma or an equals sign.

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
            raise problem("parameter", name="class-weight", rule=f"a list in which {label} stands once", value=text)
        weights[place] = checks.number(f"--class-weight {label}", weight, f"(0, {LARGEST_WEIGHT}]")
        pending = ""
    if pending.strip() or not weights:
        label, equals, _ = pending.rpartition("=")
        if equals:
            raise problem("unmet-class", place="`--class-weight`", value=label.strip(), known=known)
        rule = f"'{BALANCED}', or a weight for each class, such as {next(iter(places))}=3; the classes are {known}"
        raise problem("parameter", name="class-weight", rule=rule, value=text)
    return np.array([weights.get(place, 1.0) for place in range(len(places))])


def share_or_table(text: str | None) -> float | Path | None:
    """Read `--validation`: a share of the rows, such as "0.1", or a table, such as "watch.csv"."""
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


def reading(
    drop: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
    keep: Sequence[str] | None = None,
    text: Sequence[str] | None = None,
    numeric: Sequence[str] | None = None,
    task: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    gaps: str | None = None,
    header: bool | None = None,
    encoding: str | None = None,
    dates: Sequence[str] | None = None,
    date_order: str | None = None,
) -> Reading:
    """Take what was said about the table.

    Examples
    --------
    >>> reading(["id"], gaps="NA,-9").gaps
    ('NA', '-9')
    """
    words = None if gaps is None else tuple(word.strip() for word in gaps.split(",") if word.strip())
    return Reading(
        drop=drop or (), only=only or (), keep=keep or (), text=text or (), numeric=numeric or (), decimal=decimal,
        thousands=thousands, gaps=words, header=header, encoding=encoding, task=task,
        dates=dates or (), date_order=date_order,
    )  # fmt: skip


def can_put(path: Path | None, option: str, *inputs: Path | None) -> None:
    """Refuse, before the work starts, a file to write that cannot be written or that is one of the inputs."""
    if path is None:
        return
    can_write(path)
    for source in inputs:
        if source is not None and source.exists() and path.exists() and path.samefile(source):
            rule = f"another file than {source}, which is read and would be lost"
            raise problem("parameter", name=option, rule=rule, value=str(path))
        if source is not None and path.absolute() == source.absolute():
            raise problem(
                "parameter", name=option, rule=f"another file than {source}, which is written, too", value=str(path)
            )


def checkpoint_of(begin: Path | None, resume: Path | None, every: float) -> Checkpoint | None:
    """Return the checkpoint of `--checkpoint`, which has to be new, or of `--resume`, which has to be there."""
    checks.number("checkpoint-every", every, "[0, inf)")
    if begin is not None and resume is not None:
        raise problem(
            "parameter", name="checkpoint", rule="left out beside --resume, which goes on writing", value=str(begin)
        )
    path = begin or resume
    if path is None:
        return None
    found = Checkpoint(path, every, resume=resume is not None)
    if begin is not None and begin.exists():
        raise problem("checkpoint-there", path=begin)
    return found


def machines_of(text: str | None) -> AbstractContextManager[Any]:
    """Read `--machines`: a number of threads, or the address of a scheduler; put them to use."""
    if text is None:
        return nullcontext()
    from glassneuron.workers.machines import machines

    try:
        return machines(text if "://" in text else int(text))
    except ValueError:
        rule = "a number of threads, or the address of a scheduler, such as tcp://host:8786"
        raise problem("parameter", name="machines", rule=rule, value=text) from None


def can_draw(path: Path | None, *inputs: Path) -> None:
    """Refuse, before the work starts, a file to draw to that is no SVG, cannot be written or is one of the inputs."""
    if path is not None:
        svg_path(path, "diagram")
        can_put(path, "diagram", *inputs)
