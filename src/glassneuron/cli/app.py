"""The command `glassneuron`: what it is called with, and how it says no."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from glassneuron import __version__
from glassneuron.cli.wording import as_typed
from glassneuron.errors import GlassneuronError, problem

app = typer.Typer(
    name="glassneuron",
    help="Artificial neurons that you can see through.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Missing = Annotated[
    str, typer.Option(help="What to do with rows that have a gap: refuse them, drop them, or fill in the mean.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the numbers for a program to read.")]


INTERRUPTED = 130
"""The exit code after Ctrl-C: 128 and the number of the signal, as shells have it."""


class Interrupted(Exception):
    """Ctrl-C, when there is something to say of what was kept."""


def _version(wanted: bool) -> None:
    if wanted:
        print(f"glassneuron {__version__}")
        raise typer.Exit()


@app.callback()
def _glassneuron(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Artificial neurons that you can see through."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def tour() -> None:
    """Meet three neurons, each with its arithmetic."""
    from glassneuron.cli.screen import heading
    from glassneuron.views.tour import tour as chapters

    for chapter in chapters():
        heading(chapter.title)
        print(chapter.text, end="\n\n")


@app.command()
def train(
    table: Annotated[
        Path | None, typer.Argument(help="A CSV or Parquet file, a row an example. Left out: the bundled table.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="The column to predict: a class, or a number with linear and network.")
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            help="What to train. perceptron: learns from mistakes; averaged, pocket, voted: a perceptron that answers "
            "with the mean, the best or a vote of all that it was. adaline: learns from the size of each error. "
            "sigmoid: says how probable a class is. linear: answers with a number. network: neurons in layers."
        ),
    ] = "perceptron",
    hidden: Annotated[
        str | None, typer.Option(help="Neurons of each hidden layer of a network, 32,16; none for no such layer. [32]")
    ] = None,
    holdout: Annotated[
        float, typer.Option(help="Share of the rows kept aside to judge the model on, 0 to below 1.")
    ] = 0.25,
    validation: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE_OR_TABLE",
            help="Rows to watch while it learns, to keep the epoch that does best on them: a share of the rows, such "
            "as 0.1, or a table file with the same columns.",
        ),
    ] = None,
    class_weight: Annotated[
        str | None,
        typer.Option(
            metavar="WEIGHTS",
            help="How much a row of each class counts: yes=3,no=1 with the labels of your table, or balanced, so that "
            "a rare class counts as much as a common one.",
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            help="How often at most to go through all rows; of sigmoid and linear, steps. [1000, network 200]"
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            help="Learning rate: how far one mistake or slope moves the weights. Sigmoid and linear need none. "
            "[perceptrons 1, adaline one that suits the rows, network 0.003]"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same result: of rows held out, order and first weights.")] = 0,
    missing: Missing = "refuse",
    save: Annotated[Path | None, typer.Option(help="File to keep the trained model in, *.safetensors.")] = None,
    json: Json = False,
) -> None:
    """Train a neuron or a network on a table, and see how it answers and why.

    Features are brought to one scale for learning; the weights of neurons that stand side by side are reported in the
    table's own units.
    """
    from glassneuron.cli.options import layers
    from glassneuron.cli.train import Request, train_and_report
    from glassneuron.pipelines.task import Settings

    settings = Settings(rate, epochs, seed, layers(hidden))
    train_and_report(Request(table, target, model, settings, holdout, validation, class_weight, missing, save, json))


@app.command()
def predict(
    model: Annotated[Path, typer.Argument(help="A file that `glassneuron train --save` wrote.")],
    table: Annotated[Path, typer.Argument(help="A CSV or Parquet file with the columns the model knows.")],
    out: Annotated[Path | None, typer.Option(help="CSV file for the answers; left out, they are printed.")] = None,
) -> None:
    """Answer each row of a table with a trained neuron or network."""
    from glassneuron.cli.predict import predict_table

    predict_table(model, table, out)


@app.command()
def explain(
    model: Annotated[Path, typer.Argument(help="A file that `glassneuron train --save` wrote.")],
    table: Annotated[Path, typer.Argument(help="A CSV or Parquet file with the columns the model knows.")],
    row: Annotated[int, typer.Option(help="Which row of the table; the first is 1.")] = 1,
    json: Json = False,
) -> None:
    """Show the arithmetic of the answer to one row."""
    from glassneuron.cli.predict import explain_row

    explain_row(model, table, row, json)


@app.command()
def compare(
    table: Annotated[
        Path | None,
        typer.Argument(help="A CSV or Parquet file. Left out: an endless task, and the bundled handwritten digits."),
    ] = None,
    target: Annotated[str | None, typer.Option(help="The column of classes.")] = None,
    seeds: Annotated[int, typer.Option(help="How often to train each, on other rows and from other weights.")] = 5,
    missing: Missing = "refuse",
    figure: Annotated[Path | None, typer.Option(help="File to draw it to, *.png, *.svg or *.pdf.")] = None,
    json: Json = False,
) -> None:
    """Compare single neurons and networks on more and more rows.

    A perceptron, a sigmoid neuron and networks of one and two hidden layers learn from growing numbers of rows, and are
    judged on others.
    """
    from glassneuron.cli.compare import compare_and_report

    compare_and_report(table, target, seeds, missing, figure, json)


@app.command()
def prove(
    table: Annotated[
        Path | None, typer.Argument(help="A CSV or Parquet file, a row an example. Left out: the bundled table.")
    ] = None,
    target: Annotated[str | None, typer.Option(help="The column of classes.")] = None,
    missing: Missing = "refuse",
    json: Json = False,
) -> None:
    """Prove that one neuron can have every row of a table right, or that none can.

    Either verdict comes with a proof, checked in exact arithmetic, and with what to do about it.
    """
    from glassneuron.cli.prove import prove_table

    prove_table(table, target, missing, json)


@app.command()
def gate(
    what: Annotated[str, typer.Argument(help="A name (and, xor, majority, at-least-2) or a formula: 'a and not b'.")],
    inputs: Annotated[
        int | None, typer.Option(help="Number of inputs of a named gate, 1 to 16; with --learn, 1 to 4.")
    ] = None,
    learn: Annotated[
        bool,
        typer.Option(
            "--learn",
            help="Also train networks on its rows, and count the starts that get there; for at most 4 inputs.",
        ),
    ] = False,
) -> None:
    """Show a logic gate, and the smallest neuron or network that computes it."""
    from glassneuron.views.gate import gate_text

    print(gate_text(what, inputs))
    if learn:
        from glassneuron.neurons.logic.truth_table import truth_table
        from glassneuron.views.learned_gate import MOST_INPUTS, learned_gate

        count = truth_table(what, inputs).n_inputs
        if count > MOST_INPUTS:
            raise problem("learn-inputs", most=MOST_INPUTS, what=what, count=count)
        print(learned_gate(what, inputs))


def main(arguments: list[str] | None = None) -> None:
    """Run the command; whatever goes wrong with the input becomes one line and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    typed = sys.argv[1:] if arguments is None else arguments
    try:
        code = typer.main.get_command(app).main(args=arguments, prog_name="glassneuron", standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:  # typer makes this of Ctrl-C
            raise KeyboardInterrupt
    except GlassneuronError as error:
        _refuse(as_typed(str(error), typed) if error.code in ("parameter", "diverged") else str(error))
    except Interrupted as interrupt:
        _refuse(str(interrupt), INTERRUPTED)
    except (KeyboardInterrupt, typer.Abort):
        _refuse("interrupted; nothing was written.", INTERRUPTED)
    except SystemExit as left:
        sys.exit(0 if isinstance(left.__context__, BrokenPipeError) else left.code)  # which typer calls a mistake
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has left, which is no mistake
        sys.exit(0)
    except OSError as error:
        _refuse(f"{error.filename or 'the system'}: {error.strerror or error}.")
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        _refuse(_usage(error, typed))
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _usage(error: Any, typed: list[str]) -> str:
    message = as_typed(str(error.format_message()).strip(), typed)
    return f"{message}{'' if message[-1] in '.?!' else '.'} See `glassneuron --help`."


def _refuse(sentence: str, code: int = 2) -> None:
    print(f"glassneuron: {' '.join(sentence.split())}", file=sys.stderr)
    sys.exit(code)
