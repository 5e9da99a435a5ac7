"""Commands that teach: the tour, gates, learning step by step, the page, lessons of your own, the textbook."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from glassneuron.cli.arguments import Diagram, Missing, Target
from glassneuron.errors import problem


def tour() -> None:
    """Meet three neurons, each with its arithmetic."""
    from glassneuron.cli.screen import heading
    from glassneuron.views.text.tour import tour as chapters

    for title, text in chapters():
        heading(title)
        print(text, end="\n\n")


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


def source(
    kernel: Annotated[
        str | None, Argument(help="A kernel of the textbook. Without it: the names of all of them.")
    ] = None,
    javascript: Annotated[bool, Option("--javascript", help="As it runs in the page.")] = False,
) -> None:
    """Print the code that computes: a kernel of the textbook, in Python or JavaScript."""
    from glassneuron.cli.lessons.source import print_source

    print_source(kernel, javascript)


lesson_app = typer.Typer(invoke_without_command=True)


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
