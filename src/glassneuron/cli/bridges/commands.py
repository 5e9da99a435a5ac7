"""Commands from and to other libraries: show, see, next, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from glassneuron.cli.arguments import Json, Target, with_reading
from glassneuron.errors import problem


@with_reading
def show(
    model: Annotated[
        Path,
        Argument(
            metavar="MODEL_OR_TABLE",
            help="A model file, of `glassneuron train --save` or of another library; or a table, a folder of tables or "
            "a pattern in quotes.",
        ),
    ],
    target: Annotated[
        str | None, Option(help="Of a table: the column to predict; columns that tell it by themselves are named.")
    ] = None,
    picture: Annotated[
        Path | None, Option(metavar="FILE", help="Of a table: file to draw its columns to, *.png, *.svg or *.pdf.")
    ] = None,
    json: Json = False,
    *,
    how: Any,
) -> None:
    """Show what a model is and how it was judged; or what is in a table, and what would become of its columns."""
    from glassneuron.cli.bridges.show import show_file
    from glassneuron.cli.bridges.show_table import is_table, show_table

    if is_table(model):
        show_table(model, target, how, picture, json)
        return
    for name, given in (("target", target), ("picture", picture), *how.plain.items()):
        if given is not None and not (name == "keep" and given == ()):
            raise problem("parameter", name=f"--{name.replace('_', '-')}", rule="left out for a model", value=given)
    show_file(model, json)


def see(
    model: Annotated[
        Path, Argument(metavar="FILE", help="A model of another library: .onnx, .keras, .pt2, .pt or .safetensors.")
    ],
    table: Annotated[Path | None, Argument(help="A CSV or Parquet file with the columns that the model reads.")] = None,
    row: Annotated[int | None, Option(help="Which row of the table to explain; the first is 1.")] = None,
    features: Annotated[
        str | None, Option(metavar="NAMES", help="What the features are called, in order: height,age.")
    ] = None,
    classes: Annotated[
        str | None, Option(metavar="NAMES", help="The classes, in the order of the outputs: no,yes.")
    ] = None,
    activations: Annotated[
        str | None,
        Option(metavar="NAMES", help="For a file of weights, which do not tell: one for each layer: relu,sigmoid."),
    ] = None,
    save: Annotated[Path | None, Option(help="File to save it to as a model of this package, *.safetensors.")] = None,
    json: Json = False,
) -> None:
    """See through a model that was trained elsewhere, and explain a row with it."""
    from glassneuron.cli.bridges.show import see_file

    see_file(model, table, row, features, classes, activations, save, json)


def next_(
    what: Annotated[
        str, Argument(metavar="[or|xor]", help="What is learned: or by single neurons, xor by a network.")
    ] = "or",
    code: Annotated[bool, Option("--code/--no-code", help="Also print the code of each library.")] = True,
    json: Json = False,
) -> None:
    """Train the same here and in scikit-learn, PyTorch, Keras and JAX, with the numbers side by side."""
    from glassneuron.cli.bridges.next import show_next

    show_next(what, code, json)


def export(
    model: Annotated[Path | None, Argument(help="A file that `glassneuron train --save` wrote.")] = None,
    file: Annotated[
        Path | None, Argument(help="Where to: *.onnx, .py, .h, .c, .js, .html, .sql, .json or .v (Verilog).")
    ] = None,
    dtype: Annotated[
        str | None, Option(help="float64 or float32. [of C float64, of ONNX float32, which it is mostly used with]")
    ] = None,
    check_finite: Annotated[
        bool | None,
        Option(
            "--check-finite/--no-check-finite",
            help="Of ONNX: refuse a row that is not finite, which takes two or three nodes. [refuse]",
        ),
    ] = None,
    bits: Annotated[
        int | None, Option(help="Of C: 8, to round the weights to 8 bits; with --table the loss on it is measured.")
    ] = None,
    keep: Annotated[
        list[str] | None, Option(metavar="NAME", help="Of SQL: a column to carry along beside the answers.")
    ] = None,
    live: Annotated[
        Path | None, Option(metavar="FILE", help="The HTML file to write: the page with its lessons, whole.")
    ] = None,
    lesson: Annotated[
        str | None,
        Option(help="With --live: the lesson to begin with, such as or, xor or network; or a lesson file of yours."),
    ] = None,
    table: Annotated[
        Path | None, Option(help="With --live: a CSV or Parquet file of yours, of at most 5,000 rows; see --bits, too.")
    ] = None,
    target: Target = None,
    student: Annotated[int, Option(help="Whose seed a lesson file takes, from 1; 0 for the file's own.")] = 0,
) -> None:
    """Write a trained model in another language or format, or the playground to one file.

    What is written has the model's preprocessing in it, and answers with labels and probabilities. The page of --live
    trains and proves by itself wherever it is opened.
    """
    if model is None:
        from glassneuron.cli.lessons.export import export_live

        export_live(live, lesson, table, target, student)
        return
    from glassneuron.cli.bridges.export import export_model

    export_model(model, file, dtype, check_finite, bits, keep, table, target, live, lesson)
