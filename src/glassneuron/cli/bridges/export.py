"""`glassneuron export MODEL FILE`: a trained model in another language or format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from glassneuron.cli.options import can_put
from glassneuron.errors import problem


def export_model(
    model_path: Path, file: Path | None, dtype: str | None, check_finite: bool | None, bits: int | None,
    keep: list[str] | None, table_path: Path | None, target: str | None, live: Path | None, lesson: str | None,
) -> None:  # fmt: skip
    """Write a trained model to a file whose suffix says the format."""
    from glassneuron.data.saving import load
    from glassneuron.interop.export.export import FORMATS, export

    if file is None:
        raise problem("export-what")
    for name, given in (("live", live), ("lesson", lesson)):
        if given is not None:
            raise problem("parameter", name=name, rule="left out beside MODEL FILE", value=str(given))
    if table_path is not None and bits is None:
        raise problem("parameter", name="table", rule="left out without --live or --bits", value=str(table_path))
    can_put(file, "file", model_path, table_path)
    model = load(model_path)
    measured = {} if table_path is None else _measured_on(model, model_path, table_path, target)
    export(model, file, dtype=dtype, check_finite=check_finite, bits=bits, keep=keep, **measured)
    size, noun = file.stat().st_size, FORMATS[file.suffix.removeprefix(".").lower()].noun
    print(f"{file}: {noun}, {size / 1000:.0f} kB" if size >= 1000 else f"{file}: {noun}, {size} bytes")


def _measured_on(model: Any, model_path: Path, table_path: Path, target: str | None) -> dict[str, Any]:
    """Return the rows of a table and their right answers."""
    from glassneuron.data.encoding import Encoding
    from glassneuron.data.table import read_table
    from glassneuron.neurons.model import Model

    if not isinstance(model, Model) or model.encoding is None:
        raise problem("not-a-model", path=model_path, kind=type(model).__name__)
    name = target or model.about.get("target")
    table = read_table(table_path, name, encoding=Encoding.from_dict(model.encoding))
    if table.y is None:
        raise problem("parameter", name="target", rule="the column of right answers", value=target)
    return {"rows": table.X, "answers": table.y}
