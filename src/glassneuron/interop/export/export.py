"""`gn.export`: a model as a file in another language or format, which its suffix says."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from glassneuron import checks
from glassneuron.data.atomic import can_write, write_whole
from glassneuron.errors import problem
from glassneuron.interop.export.description import Description, describe
from glassneuron.interop.export.languages.c_code import c_code
from glassneuron.interop.export.languages.eight_bits import quantise
from glassneuron.interop.export.languages.html_page import html_page
from glassneuron.interop.export.languages.javascript_code import javascript_code
from glassneuron.interop.export.languages.json_file import json_text
from glassneuron.interop.export.languages.python_code import python_code
from glassneuron.interop.export.languages.sql_query import sql_query
from glassneuron.interop.export.languages.verilog_code import verilog_code
from glassneuron.interop.export.libraries.onnx_file import onnx_bytes

DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class Options:
    """What may be asked beside the format; None where nobody did."""

    dtype: str | None = None
    inputs: str | None = None
    check_finite: bool | None = None
    table: str | None = None
    keep: Sequence[str] | None = None
    bits: int | None = None
    rows: ArrayLike | None = None
    answers: Any = None


@dataclass(frozen=True)
class Format:
    """One format: what it is called, the options that it takes, and what writes it for a model and a name."""

    noun: str
    options: tuple[str, ...]
    write: Callable[[Description, str, Options], str | bytes]


def _c(model: Description, name: str, options: Options, *, header: bool) -> str:
    made = quantise(model, options.rows, options.answers) if options.bits == 8 else (model, None)
    return c_code(made[0], name, dtype=options.dtype or "float64", header=header, quantised=made[1])


def _onnx(model: Description, options: Options) -> bytes:
    return onnx_bytes(model, options.dtype or "float32", options.inputs, options.check_finite is not False)


C_OPTIONS = ("dtype", "bits", "rows", "answers")
FORMATS = {
    "onnx": Format("ONNX", ("dtype", "inputs", "check_finite"), lambda m, _, o: _onnx(m, o)),
    "py": Format("plain Python", (), lambda m, _, o: python_code(m)),
    "h": Format("a C header", C_OPTIONS, lambda m, name, o: _c(m, name, o, header=True)),
    "c": Format("C functions", C_OPTIONS, lambda m, name, o: _c(m, name, o, header=False)),
    "js": Format("a JavaScript module", (), lambda m, _, o: javascript_code(m)),
    "html": Format("a page", (), lambda m, _, o: html_page(m)),
    "sql": Format("an SQL query", ("table", "keep"), lambda m, _, o: sql_query(m, o.table or "rows", o.keep or ())),
    "json": Format("a JSON document", (), lambda m, _, o: json_text(m)),
    "v": Format("a Verilog circuit", (), lambda m, name, o: verilog_code(m, name)),
}
"""By suffix."""


def export(
    model: Any,
    path_or_format: str | Path,
    *,
    dtype: str | None = None,
    inputs: str | None = None,
    check_finite: bool | None = None,
    table: str | None = None,
    keep: Sequence[str] | None = None,
    bits: int | None = None,
    rows: ArrayLike | None = None,
    answers: Any = None,
) -> Any:
    """Write a model in another language or format, with its preprocessing, labels and probabilities.

    Parameters
    ----------
    model : Neuron, McCullochPitts, Layer, Network, Model, or a fitted estimator
    path_or_format : str or Path
        A file whose suffix says the format: .onnx, .py, .h, .c, .js, .html, .sql, .json or .v (Verilog). Only the
        suffix, with or without its dot, returns the text instead.
    dtype : {"float64", "float32"}, optional
        Of ONNX, float32 by default; and of C, float64.
    inputs : {"columns", "tensor"}, optional
        Of ONNX: one input for each column, as a model of a table has by default; or one for all.
    check_finite : bool, optional
        Of ONNX: whether a row that is not finite is refused, as it is by default. Without that the graph is shorter,
        and such a row gets an answer of some kind; a gap that nothing fills, too.
    table : str, default "rows"
        Of SQL: the table to read.
    keep : sequence of str, optional
        Of SQL: columns to carry along beside the answers, such as a key.
    bits : {8}, optional
        Of C: round the weights to 8 bits.
    rows, answers : array_like, optional
        Beside `bits`: rows on which to measure what that loses, and their right answers.

    Returns
    -------
    Path, or str, or bytes for ONNX
        The file, or its content where only a format was given.

    Raises
    ------
    ParameterError
        If the format is not known, or cannot hold a part of the model, which the message names.
    ModelFileError
        If it is no model, or the file cannot be written.

    Examples
    --------
    >>> from glassneuron.neurons.neuron import Neuron
    >>> namespace = {}
    >>> exec(export(Neuron([0, 1], 4), "py"), namespace)
    >>> namespace["predict"]([2, 3])
    0.9990889488055994
    """
    said = os.fspath(path_or_format)
    path = Path(said)
    bare = said.removeprefix(".") in FORMATS and os.sep not in said
    suffix = said.removeprefix(".") if bare else path.suffix.removeprefix(".").lower()
    if suffix not in FORMATS:
        known = ", ".join(f".{each} ({form.noun})" for each, form in FORMATS.items())
        raise problem("export-format", value=said, known=known)
    options = Options(dtype, inputs, check_finite, table, keep, bits, rows, answers)
    _check(options, FORMATS[suffix], suffix)
    if not bare:
        can_write(path)
    text = FORMATS[suffix].write(describe(model), "model" if bare else path.stem, options)
    if bare:
        return text
    write_whole(path, text.encode() if isinstance(text, str) else text)
    return path


def _check(options: Options, form: Format, suffix: str) -> None:
    """Refuse options that a format does not have, or values that they cannot take."""
    for name, value in vars(options).items():
        if value is not None and name not in form.options:
            raise problem("parameter", name=name, rule=f"left out for .{suffix}", value=value)
    if options.dtype is not None:
        checks.choice("dtype", options.dtype, DTYPES)
    if options.inputs is not None:
        checks.choice("inputs", options.inputs, ("columns", "tensor"))
    if options.bits not in (None, 8):
        raise problem("parameter", name="bits", rule="8, or left out", value=options.bits)
    if (options.rows is None) != (options.answers is None) or (options.rows is not None and options.bits is None):
        raise problem("parameter", name="rows", rule="given together with `answers`, beside bits=8", value=options.rows)
