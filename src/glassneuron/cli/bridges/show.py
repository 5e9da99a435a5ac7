"""`glassneuron show` and `glassneuron see`: the page of a model, ours or of another library."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glassneuron import checks
from glassneuron.cli.options import can_put
from glassneuron.cli.screen import heading
from glassneuron.data.encoding import Encoding
from glassneuron.data.saving import description, load, save
from glassneuron.data.table import read_table
from glassneuron.errors import problem
from glassneuron.interop.see.files import SUFFIXES
from glassneuron.interop.see.see_through import see_through
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.views.text.model_page import facts, page


def show_file(path: Path, as_json: bool) -> None:
    """Show what a file holds."""
    suffix = path.suffix.lower()
    own = suffix not in SUFFIXES or (suffix == ".safetensors" and not path.is_dir() and _is_own(path))
    value = load(path) if own else see_through(path)
    _print(value, _of_file(path, own), as_json)


def see_file(
    path: Path, table: Path | None, row: int | None, features: str | None, classes: str | None,
    activations: str | None, save_to: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Show a model of another library, and the arithmetic of one row; save it as one of ours."""
    can_put(save_to, "save", path, table)
    if row is not None and table is None:
        raise problem("parameter", name="row", rule="left out without a table", value=row)
    checks.integer("row", 1 if row is None else row, "[1, inf)")
    value = see_through(path, _names(features), _names(classes), activations=_names(activations))
    row_text = None if table is None else _explained(value, table, row or 1)
    if save_to is not None:
        save(value, save_to)
    more = _of_file(path, False) | ({} if save_to is None else {"saved": str(save_to)})
    if row_text is not None and as_json:
        more["explanation"] = row_text.to_dict()
    _print(value, more, as_json, None if row_text is None else (f"Row {row or 1} of {table}", str(row_text)))


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",")]


def _is_own(path: Path) -> bool:
    return description(path) is not None


def _of_file(path: Path, own: bool) -> dict[str, Any]:
    """Return what a file tells beside the model: its size, and the version that wrote it."""
    told: dict[str, Any] = {"file": str(path), "bytes": path.stat().st_size}
    header = description(path) if own else None
    return told if header is None else {**told, "package": header["package"], "format": header["format"]}


def _explained(value: Model | Network, table: Path, row: int) -> Any:
    """Explain a row: columns are found by name, or taken in order where the model has no names for them."""
    if isinstance(value, Model) and value.encoding is not None and not _unnamed(value.names):
        return value.explain(read_table(table, encoding=Encoding.from_dict(value.encoding), row=row).X[0])
    read = read_table(table, row=row)
    wanted = [read.names.index(name) if name in read.names else -1 for name in value.names or ()]
    if value.names is not None and not _unnamed(value.names) and min(wanted) >= 0:
        return value.explain(read.X[0][wanted])
    width = len(value.names) if isinstance(value, Model) else value.sizes[0]
    if len(read.names) != width:
        raise problem("see-table", path=table, count=len(read.names), wanted=width)
    return value.explain(read.X[0])


def _unnamed(names: Sequence[str]) -> bool:
    return list(names) == [f"x{j + 1}" for j in range(len(names))]


def _print(value: Any, of_file: dict[str, Any], as_json: bool, last: tuple[str, str] | None = None) -> None:
    told = facts(value)
    if as_json:
        print(json.dumps({**told, **of_file}, indent=2))
        return
    file = f"{of_file['file']}: {of_file['bytes']:,} bytes"
    if "package" in of_file:
        file += f", written by glassneuron {of_file['package']}, format {of_file['format']}"
    chapters = [*page(value, told), ("File", file)]
    if last is not None:
        chapters.append(last)
    if "saved" in of_file:
        chapters.append(("Saved", of_file["saved"]))
    for title, text in chapters:
        heading(title)
        print(text, end="\n\n")
