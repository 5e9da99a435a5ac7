"""Commands about models of tables: train, predict, explain, compare, prove."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from glassneuron.cli.arguments import (
    Diagram,
    Json,
    KnownTable,
    Measures,
    Missing,
    Model,
    Table,
    Target,
    with_judging,
    with_machines,
    with_reading,
    with_road,
    with_writing,
)
from glassneuron.errors import problem


@with_machines
@with_road
@with_reading
@with_judging
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
            "sigmoid: gives the probability of a class. linear: predicts a number. network: neurons in layers. auto: "
            "tries all of them and chooses."
        ),
    ] = "perceptron",
    hidden: Annotated[
        str | None,
        Option(help="Neurons in each hidden layer of a network, such as 32,16; none for no hidden layer. [32]"),
    ] = None,
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
    shards: Annotated[
        int | None,
        Option(
            help="Of perceptrons: shards of the rows, which learn side by side and whose mean goes on. With --machines "
            "they need some. [1]"
        ),
    ] = None,
    seed: Annotated[
        int, Option(help="Same seed, same result: same held-out rows, same order, same first weights.")
    ] = 0,
    missing: Missing = "fill",
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
    judging: Any,
    how: Any,
    road: Any,
) -> None:
    """Train a neuron or a network on a table, and see how well it predicts and why.

    Features are standardised for learning; the weights of single neurons are reported in the table's own units.
    """
    from glassneuron.cli.models.train import train_and_report
    from glassneuron.cli.options import checkpoint_of

    train_and_report(
        table, target, model, hidden, judging, validation, class_weight, epochs, rate, seed, missing, save, json,
        report, how, road, checkpoint_of(checkpoint, resume, checkpoint_every), shards,
    )  # fmt: skip


@with_machines
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
        Option(
            help="Gaps in columns that had none: refuse them, drop such rows, fill in the mean of the rows that were "
            "learned from, or fill all: a missing text is none of the texts."
        ),
    ] = "refuse",
    *,
    how: Any,
) -> None:
    """Predict each row of a table with a trained neuron or network."""
    from glassneuron.cli.models.predict import predict_table

    predict_table(model, table, out, how, missing, unknown, keep or (), append)


@with_writing
def evaluate(
    model: Model,
    table: Annotated[Path, Argument(help="A file with the columns that the model knows, and its target.")],
    unknown: Annotated[
        str, Option(help="A text that the model has not met: refuse the table, or ignore it.")
    ] = "refuse",
    missing: Annotated[
        str,
        Option(help="Rows with a gap: refuse them, drop them, or fill in the mean of the rows that were learned from."),
    ] = "refuse",
    measures: Measures = False,
    json: Json = False,
    *,
    how: Any,
) -> None:
    """Measure how well a trained model answers a table that has the target too, such as rows that came later."""
    from glassneuron.cli.models.evaluate import evaluate_table

    evaluate_table(model, table, missing, unknown, measures, json, how)


@with_writing
def explain(
    model: Model,
    table: KnownTable,
    row: Annotated[int | None, Option(help="Which row of the table; the first is 1. [1]")] = None,
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
    importance: Annotated[
        bool,
        Option(
            "--importance", help="Show how much worse it answers without each column; the table has the target, too."
        ),
    ] = False,
    repeats: Annotated[int | None, Option(help="With --importance: how often each column is shuffled. [10]")] = None,
    diagram: Diagram = None,
    json: Json = False,
    *,
    how: Any,
) -> None:
    """Show the arithmetic of one prediction and what moved it, what would flip it, or what matters on all rows."""
    if importance:
        from glassneuron.cli.models.importance import importance_of

        others: dict[str, Any] = {"--diagram": diagram, "--what-if": what_if or None, "--row": row}
        for option, said in others.items():
            if said is not None:
                raise problem("parameter", name=option, rule="left out with --importance", value=said)
        importance_of(model, table, 10 if repeats is None else repeats, json, how)
        return
    if repeats is not None:
        raise problem("parameter", name="--repeats", rule="left out without --importance", value=repeats)
    row = 1 if row is None else row
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


@with_road
@with_reading
def compare(
    table: Annotated[
        Path | None, Argument(help="A CSV or Parquet file. Without it: an endless problem, and the bundled digits.")
    ] = None,
    target: Target = None,
    seeds: Annotated[int, Option(help="How often to train each model, on other rows and from other weights.")] = 5,
    missing: Missing = "fill",
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


@with_machines
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
