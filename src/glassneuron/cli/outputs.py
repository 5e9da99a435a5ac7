"""Where the command may write: nowhere that it reads from."""

from __future__ import annotations

from pathlib import Path

from glassneuron.data.atomic import can_write
from glassneuron.errors import problem


def can_put(path: Path | None, option: str, *inputs: Path | None) -> None:
    """Refuse a place that cannot be written, or that holds an input, before the work that is to be kept there.

    Parameters
    ----------
    path : Path or None
        Where to write; None for nowhere.
    option : str
        The option that named it.
    *inputs : Path or None
        The files that the command reads.

    Raises
    ------
    ParameterError, ModelFileError
    """
    if path is None:
        return
    can_write(path)
    for source in inputs:
        if source is not None and source.exists() and path.exists() and path.samefile(source):
            rule = f"another file than {source}, which is read and would be lost"
            raise problem("parameter", name=option, rule=rule, value=str(path))
