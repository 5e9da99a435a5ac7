"""The command `glassneuron`: its options, and one line for whatever is wrong with them."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

from glassneuron import __version__
from glassneuron.cli.arguments import (
    Diagram,
    Json,
    KnownTable,
    Missing,
    Model,
    Table,
    Target,
    with_reading,
    with_road,
    with_writing,
)
from glassneuron.cli.screen import Interrupted
from glassneuron.errors import GlassneuronError, problem

app = typer.Typer(
    name="glassneuron",
    help="Artificial neurons that you can see through.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

INTERRUPTED = 130  # the exit code after Ctrl-C: 128 and the number of the signal, as in shells
OPTIONS = {
    "learning_rate": "rate",
    "max_epochs": "epochs",
    "n_inputs": "inputs",
    "fixed_bias": "fixed-bias",
}  # shorter names in the command


def _version(wanted: bool) -> None:
    if wanted:
        print(f"glassneuron {__version__}")
        raise typer.Exit()


@app.callback()
def _glassneuron(
    context: typer.Context,
    version: Annotated[
        bool, Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Artificial neurons that you can see through."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def tour() -> None:
    """Meet three neurons, each with its arithmetic."""
    from glassneuron.cli.screen import heading
    from glassneuron.views.text.tour import tour as chapters

    for title, text in chapters():
        heading(title)
        print(text, end="\n\n")


@app.command()
@with_road
@with_reading
def train(
    table: Table = None,
    target: Annotated[
        str | None, Option(help="The column to predict: a class, or a number with linear and network.")
    ] = None,
    model: Annotated[
        str,
        Option(
            help="What to train. perceptron: learns from mistakes; averaged, pocket, voted: a perceptron that predicts "
            "with the mean, the best or a vote of all its weights. adaline: learns from the size of each error. "
            "sigmoid: gives the probability of a class. linear: predicts a number. network: neurons in layers."
        ),
    ] = "perceptron",
    hidden: Annotated[
        str | None,
        Option(help="Neurons in each hidden layer of a network, such as 32,16; none for no hidden layer. [32]"),
    ] = None,
    holdout: Annotated[float, Option(help="Share of the rows held out for the final score, from 0 to below 1.")] = 0.25,
    validation: Annotated[
        str | None,
        Option(
            metavar="SHARE_OR_TABLE",
            help="Validation rows, to keep the epoch that does best on them: a share of the rows, such as 0.1, or a "
            "table file with the same columns.",
        ),
    ] = None,
    class_weight: Annotated[
        str | None,
        Option(
            metavar="WEIGHTS",
            help="The weight of the rows of each class: yes=3,no=1 with the labels of your table, or balanced, so that "
            "a rare class weighs as much as a common one.",
        ),
    ] = None,
    epochs: Annotated[
        int | None, Option(help="Passes over the rows, at most; for sigmoid and linear, steps. [1000, network 50]")
    ] = None,
    rate: Annotated[
        float | None,
        Option(
            help="Learning rate: how far one mistake or gradient moves the weights. Sigmoid and linear need none. "
            "[perceptrons 1, adaline one that suits the rows, network one that falls to nothing]"
        ),
    ] = None,
    seed: Annotated[
        int, Option(help="Same seed, same result: same held-out rows, same order, same first weights.")
    ] = 0,
    missing: Missing = "refuse",
    save: Annotated[Path | None, Option(help="File to save the trained model to, *.safetensors.")] = None,
    report: Annotated[
        Path | None, Option(metavar="FILE.html", help="File for a report of it all: one page, to keep, send and print.")
    ] = None,
    json: Json = False,
    checkpoint: Annotated[
        Path | None,
        Option(metavar="FILE", help="A new file that holds the state of the training, to go on from after a crash."),
    ] = None,
    resume: Annotated[
        Path | None, Option(metavar="FILE", help="Go on from such a file, with the same table and options.")
    ] = None,
    checkpoint_every: Annotated[float, Option(help="Seconds from one state in that file to the next.")] = 30.0,
    *,
    how: Any,
    road: Any,
) -> None:
    """Train a neuron or a network on a table, and see how well it predicts and why.

    Features are standardised for learning; the weights of single neurons are reported in the table's own units.
    """
    from glassneuron.cli.models.train import train_and_report
    from glassneuron.cli.options import checkpoint_of

    train_and_report(
        table, target, model, hidden, holdout, validation, class_weight, epochs, rate, seed, missing, save, json,
        report, how, road, checkpoint_of(checkpoint, resume, checkpoint_every),
    )  # fmt: skip


@app.command()
@with_writing
def predict(
    model: Model,
    table: KnownTable,
    out: Annotated[
        Path | None, Option(help="File for the answers: .csv, .tsv or .parquet. Without it they are printed.")
    ] = None,
    keep: Annotated[
        list[str] | None, Option(metavar="NAMES", help="Columns of the table to write beside the answers, such as id.")
    ] = None,
    append: Annotated[bool, Option("--append", help="Write the answers beside all columns of the table.")] = False,
    unknown: Annotated[
        str,
        Option(help="A text that the model has not met: refuse the table, or ignore it and mark the row."),
    ] = "refuse",
    missing: Annotated[
        str,
        Option(help="Rows with a gap: refuse them, drop them, or fill in the mean of the rows that were learned from."),
    ] = "refuse",
    *,
    how: Any,
) -> None:
    """Predict each row of a table with a trained neuron or network."""
    from glassneuron.cli.models.predict import predict_table

    predict_table(model, table, out, how, missing, unknown, keep or (), append)


@app.command()
@with_writing
def explain(
    model: Model,
    table: KnownTable,
    row: Annotated[int, Option(help="Which row of the table; the first is 1.")] = 1,
    what_if: Annotated[
        bool, Option("--what-if", help="Show what moved the answer, and the smallest change of the row that flips it.")
    ] = False,
    lock: Annotated[
        list[str] | None,
        Option(metavar="NAMES", help="With --what-if: columns that stay as they are, such as age,sex."),
    ] = None,
    ranges: Annotated[
        list[str] | None,
        Option(
            "--range",
            metavar="NAME=LOW:HIGH",
            help="With --what-if: how far a column may go, such as age=18:90, age=18: or colour=red,blue.",
        ),
    ] = None,
    whole: Annotated[
        list[str] | None, Option(metavar="NAMES", help="With --what-if: columns of whole numbers, such as children.")
    ] = None,
    to: Annotated[
        str | None, Option(metavar="CLASS_OR_NUMBER", help="With --what-if: the answer to reach. [any other class]")
    ] = None,
    diagram: Diagram = None,
    json: Json = False,
    *,
    how: Any,
) -> None:
    """Show the arithmetic of one prediction, or what would flip it."""
    if what_if:
        from glassneuron.cli.models.what_if import what_if_row

        if diagram is not None:
            raise problem("parameter", name="--diagram", rule="left out with --what-if", value=diagram)
        what_if_row(model, table, row, lock or [], ranges or [], whole or [], to, json, how)
        return
    for name, given in (("lock", lock), ("range", ranges), ("whole", whole), ("to", to)):
        if given is not None:
            raise problem("parameter", name=f"--{name}", rule="left out without --what-if", value=given)
    from glassneuron.cli.models.predict import explain_row

    explain_row(model, table, row, json, diagram, how)


@app.command()
def show(
    model: Annotated[Path, Argument(help="A model file: of `glassneuron train --save`, or of another library.")],
    json: Json = False,
) -> None:
    """Show what a model is, what it reads, how it was trained and judged, and what it can be exported to."""
    from glassneuron.cli.bridges.show import show_file

    show_file(model, json)


@app.command()
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


@app.command()
@with_road
@with_reading
def compare(
    table: Annotated[
        Path | None, Argument(help="A CSV or Parquet file. Without it: an endless problem, and the bundled digits.")
    ] = None,
    target: Target = None,
    seeds: Annotated[int, Option(help="How often to train each model, on other rows and from other weights.")] = 5,
    missing: Missing = "refuse",
    figure: Annotated[Path | None, Option(help="File to draw it to, *.png, *.svg or *.pdf.")] = None,
    json: Json = False,
    *,
    how: Any,
    road: Any,
) -> None:
    """Compare single neurons and networks on more and more rows.

    A perceptron, a sigmoid neuron and networks with one and two hidden layers learn from growing numbers of rows, and
    are scored on other rows.
    """
    from glassneuron.cli.models.compare import compare_and_report

    compare_and_report(table, target, seeds, missing, figure, json, how, road)


@app.command()
@with_road
@with_reading
def prove(
    table: Table = None,
    target: Target = None,
    missing: Missing = "refuse",
    json: Json = False,
    *,
    how: Any,
    road: Any,
) -> None:
    """Prove that one neuron can classify every row of a table correctly, or that none can.

    Either verdict comes with a proof, checked in exact arithmetic, and with what to do about it.
    """
    from glassneuron.cli.models.prove import prove_table

    prove_table(table, target, missing, json, how, road)


@app.command()
def gate(
    what: Annotated[str, Argument(help="A name (and, xor, majority, at-least-2) or a formula: 'a and not b'.")],
    inputs: Annotated[
        int | None, Option(help="Number of inputs of a named gate, 1 to 16; with --learn, 1 to 4.")
    ] = None,
    learn: Annotated[
        bool,
        Option(
            "--learn",
            help="Also train networks on its rows, and count the random starts that learn it; for at most 4 inputs.",
        ),
    ] = False,
    diagram: Diagram = None,
) -> None:
    """Show a logic gate, and the smallest neuron or network that computes it."""
    from glassneuron.views.text.gate import gate_text

    if diagram is not None:
        from glassneuron.cli.options import can_draw

        can_draw(diagram)
    print(gate_text(what, inputs))
    if diagram is not None:
        from glassneuron.views.diagrams.gate import gate_diagram

        gate_diagram(what, inputs).save(diagram)
        print(f"drawn to {diagram}", file=sys.stderr)
    if learn:
        from glassneuron.neurons.logic.truth_table import truth_table
        from glassneuron.views.text.learned_gate import MOST_INPUTS, learned_gate

        count = truth_table(what, inputs).n_inputs
        if count > MOST_INPUTS:
            raise problem("learn-inputs", most=MOST_INPUTS, what=what, count=count)
        print(learned_gate(what, inputs))


@app.command("next")
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


lesson_app = typer.Typer(invoke_without_command=True)
app.add_typer(lesson_app, name="lesson")


@lesson_app.callback()
def _lesson(context: typer.Context) -> None:
    """Write a lesson of your own: one small file, and sheets of paper."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@lesson_app.command("new")
def lesson_new(name: Annotated[str, Argument(help="What to call the file, such as apples.")]) -> None:
    """Write a lesson that you can change: rows, settings, what students do not see, questions."""
    from glassneuron.cli.lessons.lesson import write_new

    write_new(name)


@lesson_app.command("sheet")
def lesson_sheet(
    file: Annotated[Path, Argument(help="A lesson file.")],
    students: Annotated[int, Option(help="How many, each with a seed and so with numbers of their own.")] = 1,
) -> None:
    """Write a worksheet and its answers, from the numbers that the page shows."""
    from glassneuron.cli.lessons.lesson import write_sheets

    write_sheets(file, students)


@app.command()
def watch(
    what: Annotated[
        str, Argument(metavar="[GATE_OR_TABLE]", help="A gate's name or formula, or a CSV or Parquet file.")
    ] = "or",
    target: Annotated[str | None, Option(help="The column of classes of a table.")] = None,
    inputs: Annotated[int | None, Option(help="Number of inputs of a named gate.")] = None,
    model: Annotated[str, Option(help="What learns: perceptron, adaline, sigmoid or network.")] = "perceptron",
    hidden: Annotated[str | None, Option(help="Neurons in each hidden layer of a network, such as 4,3. [2]")] = None,
    rate: Annotated[
        float | None, Option(help="Learning rate. [perceptron 1, network 0.5, others one that suits the rows]")
    ] = None,
    epochs: Annotated[int | None, Option(help="Epochs at most. [gates 1000; tables 100, network 30]")] = None,
    seed: Annotated[int, Option(help="Same seed, same orders and first weights.")] = 0,
    fixed_bias: Annotated[
        float | None, Option(help="Hold the bias of a single neuron at this value, instead of learning it.")
    ] = None,
    missing: Missing = "refuse",
    plain: Annotated[
        bool, Option("--plain", help="Print a line a step, for a pipe or a screen reader; needs no extra.")
    ] = False,
    json: Annotated[bool, Option("--json", help="Print one JSON object a line, for each step.")] = False,
) -> None:
    """Step through learning by keys, forward and back, with the arithmetic of each step."""
    from glassneuron.cli.lessons.watch import watch_learning

    watch_learning(what, target, inputs, model, hidden, rate, epochs, seed, fixed_bias, missing, plain, json)


@app.command()
def play(
    lesson: Annotated[
        str | None, Option(help="The lesson to begin with, such as or, xor or network; or a lesson file of yours.")
    ] = None,
    table: Annotated[Path | None, Option(help="A CSV or Parquet file of yours, of at most 5,000 rows.")] = None,
    target: Target = None,
    port: Annotated[int, Option(help="Where to listen on this computer; 0 for a free one.")] = 0,
    allow_host: Annotated[
        list[str] | None, Option(metavar="NAME", help="Another name under which the page may be opened, as a proxy's.")
    ] = None,
    browser: Annotated[
        bool, Option("--browser/--no-browser", help="Open a browser window, where there is one.")
    ] = True,
) -> None:
    """Open the playground: see a neuron compute and learn, in the browser."""
    from glassneuron.cli.lessons.play import play_page

    play_page(lesson, table, target, port, allow_host or [], browser)


@app.command()
def export(
    model: Annotated[Path | None, Argument(help="A file that `glassneuron train --save` wrote.")] = None,
    file: Annotated[
        Path | None, Argument(help="Where to: *.onnx, .py, .h, .c, .js, .html, .sql, .json or .v (Verilog).")
    ] = None,
    dtype: Annotated[
        str | None, Option(help="float64 or float32. [of C float64, of ONNX float32, which it is mostly used with]")
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

    export_model(model, file, dtype, bits, keep, table, target, live, lesson)


@app.command()
def source(
    kernel: Annotated[
        str | None, Argument(help="A kernel of the textbook. Without it: the names of all of them.")
    ] = None,
    javascript: Annotated[bool, Option("--javascript", help="As it runs in the page.")] = False,
) -> None:
    """Print the code that computes: a kernel of the textbook, in Python or JavaScript."""
    from glassneuron.cli.lessons.source import print_source

    print_source(kernel, javascript)


def main(arguments: list[str] | None = None) -> None:
    """Run the command; whatever is wrong with the input becomes one line and exit code 2."""
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
        _refuse(_as_typed(error, typed))
    except Interrupted as interrupt:
        _refuse(str(interrupt), INTERRUPTED)
    except (KeyboardInterrupt, typer.Abort) as stop:
        if isinstance(stop.__context__, EOFError):  # typer takes this for Ctrl-D
            _refuse(f"a file ended too early: {stop.__context__ or 'it is cut short'}.")
        _refuse("interrupted; nothing was written.", INTERRUPTED)
    except SystemExit as left:  # typer makes this of a broken pipe, which is no mistake
        sys.exit(0 if isinstance(left.__context__, BrokenPipeError) else left.code)
    except BrokenPipeError:  # the reader has left, which is no mistake
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _refuse(f"{error.filename or 'the system'}: {error.strerror or error}.")
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        _refuse(f"{_usage(error, typed)} See `glassneuron --help`.")
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _as_typed(error: GlassneuronError, typed: list[str]) -> str:
    """Name the option and the value as they were typed: `--rate` and 0, not `learning_rate` and 0.0."""
    option = f"--{OPTIONS.get(str(error.name), error.name)}"
    value = _typed_value(option, typed)
    if error.code != "parameter" or value is None:
        return str(error).replace("`learning_rate`", "`--rate`")
    return f"`{option}` must be {error.rule}; got {repr(value) if isinstance(error.value, str) else value}."


def _usage(error: Any, typed: list[str]) -> str:
    """Say in one sentence what typer says; its messages for a value that is no number differ between versions."""
    message = str(error.format_message()).strip()
    option = error.param.opts[0] if getattr(error, "param", None) else ""
    kind = "a whole number" if "integer" in message else "a number" if re.search(r"\b(float|number)\b", message) else ""
    if option.startswith("--") and kind:
        return f"`{option}` must be {kind}; got {_typed_value(option, typed)}."
    return message if message[-1] in ".?!" else f"{message}."


def _typed_value(option: str, typed: list[str]) -> str | None:
    """Return what was typed for an option; the last one counts."""
    value = None
    for argument, following in zip(typed, [*typed[1:], None], strict=True):
        name, equals, text = argument.partition("=")
        if name == option:
            value = text if equals else following
    return value


def _refuse(sentence: str, code: int = 2) -> None:
    print(f"glassneuron: {' '.join(sentence.split())}", file=sys.stderr)
    sys.exit(code)
