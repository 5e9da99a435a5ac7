"""Arguments that several commands have: each is said once, and options that belong together come as one value."""

from __future__ import annotations

import functools
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

Command = Callable[..., None]

Table = Annotated[
    Path | None,
    Argument(
        help="A table, one example per row: CSV (packed or not), Parquet, Arrow, JSON lines or Excel; a folder of them "
        "or a pattern in quotes, such as '2024-*.csv'; - is CSV from the standard input. Without it: the bundled table."
    ),
]
Model = Annotated[Path, Argument(help="A file that `glassneuron train --save` wrote.")]
KnownTable = Annotated[
    Path, Argument(help="A file, or a folder or pattern of files, with the columns that the model knows.")
]
Missing = Annotated[
    str,
    Option(
        help="What to do with gaps: refuse them, drop such rows, fill in the mean of numbers, or fill all: with "
        "means and commonest texts, and rows without a target are left out."
    ),
]
Diagram = Annotated[Path | None, Option(metavar="FILE.svg", help="File to draw it to, *.svg.")]
Drop = Annotated[list[str] | None, Option(metavar="NAMES", help="Columns to leave out, such as id,name.")]
Only = Annotated[list[str] | None, Option(metavar="NAMES", help="The only columns to learn from.")]
Keep = Annotated[
    list[str] | None,
    Option(metavar="NAMES", help="Columns to keep that would be left out: names of rows, copies, one value alone."),
]
Text = Annotated[
    list[str] | None, Option(metavar="NAMES", help="Columns whose cells are text, whatever they look like: codes.")
]
Numeric = Annotated[
    list[str] | None, Option(metavar="NAMES", help="Columns whose cells are numbers, such as 007 for 7.")
]
Dates = Annotated[
    list[str] | None,
    Option(
        metavar="PARTS",
        help="What of dates becomes features, one for each month, weekday or hour, beside the days since the first: "
        "month,weekday,hour.",
    ),
]
DateOrder = Annotated[str | None, Option(metavar="ORDER", help="How dates are written: dmy, mdy or ymd. [recognised]")]
Task = Annotated[
    str | None,
    Option(metavar="TASK", help="classification or regression, for a target of whole numbers that can be either."),
]
Decimal = Annotated[str | None, Option(metavar="MARK", help="The mark before decimals: . or a comma. [recognised]")]
Thousands = Annotated[str | None, Option(metavar="MARK", help="The mark between thousands. [recognised]")]
Gaps = Annotated[
    str | None,
    Option(
        metavar="WORDS", help="What stands for a missing value, such as NA,-9; '' for empty cells alone. [NA, ?, ...]"
    ),
]
Header = Annotated[
    bool | None, Option("--header/--no-header", help="Whether the first line holds the names. [recognised]")
]
Encoding = Annotated[
    str | None, Option(metavar="NAME", help="How the text is written, such as latin-1. [UTF-8, UTF-16, Windows-1252]")
]
Json = Annotated[bool, Option("--json", help="Print the results as JSON.")]
Cache = Annotated[
    Path | None,
    Option(
        metavar="FOLDER",
        help="Read the table by way of the disk, as a large one is read in any case, and keep it decoded in this "
        "folder.",
    ),
]
KeepCache = Annotated[bool, Option("--keep-cache", help="The same, in your own folder for caches.")]
NoCache = Annotated[bool, Option("--no-cache", help="Read the table into memory, however large it is.")]
Float32 = Annotated[bool, Option("--float32", help="Keep numbers in half the room, by way of the disk.")]
Holdout = Annotated[
    float | None,
    Option(help="Share of the rows held out for the final score, from 0 to below 1. [0.25, and 0 with --cv]"),
]
Cv = Annotated[
    int | None,
    Option(metavar="FOLDS", help="Cross-validate in so many parts; the model that is kept learns from all rows."),
]
Repeats = Annotated[int, Option(help="Cross-validate so often, each time divided anew.")]
Groups = Annotated[
    str | None,
    Option(metavar="COLUMN", help="Rows with the same value here, such as one patient's, are judged together."),
]
Time = Annotated[
    str | None,
    Option(metavar="COLUMN", help="When a row was measured: it learns from the past and is judged on what follows."),
]
Budget = Annotated[float, Option(metavar="SECONDS", help="Time that --model auto may spend on trying.")]
Measures = Annotated[bool, Option("--measures", help="Print all measures, each with its 95 % interval.")]
Machines = Annotated[
    str | None,
    Option(
        metavar="NUMBER_OR_ADDRESS",
        help="Who computes with a large table: so many threads, or a cluster of Dask, such as tcp://host:8786. The "
        "results are the same, to the last digit.",
    ),
]
Target = Annotated[str | None, Option(help="The column of classes.")]

WRITING: dict[str, Any] = {
    "decimal": Decimal, "thousands": Thousands, "gaps": Gaps, "header": Header, "encoding": Encoding,
    "date_order": DateOrder,
}  # fmt: skip
"""How a table is written."""
READING: dict[str, Any] = {
    "drop": Drop, "only": Only, "keep": Keep, "text": Text, "numeric": Numeric, "dates": Dates, "task": Task,
    **WRITING,
}  # fmt: skip
"""And what is taken from it, as what."""
ROAD: dict[str, Any] = {"cache": Cache, "keep_cache": KeepCache, "no_cache": NoCache, "float32": Float32}
JUDGING: dict[str, Any] = {
    "holdout": Holdout, "cv": Cv, "repeats": Repeats, "groups": Groups, "time": Time, "budget": Budget,
    "measures": Measures,
}  # fmt: skip
"""How a model is judged."""


def with_reading(command: Command) -> Command:
    """Give a command the options that say how a table is read, which reach it as `how`."""
    return _together(command, "how", dict.fromkeys(READING), READING, _reading)


def with_writing(command: Command) -> Command:
    """Give a command those alone that say how a table is written, as `how` too."""
    return _together(command, "how", dict.fromkeys(WRITING), WRITING, _reading)


def with_road(command: Command) -> Command:
    """Give a command the options of tables that are read by way of the disk, which reach it as `road`."""
    defaults = {name: None if name == "cache" else False for name in ROAD}
    return _together(command, "road", defaults, ROAD, _road)


def with_judging(command: Command) -> Command:
    """Give a command the options that say how a model is judged, which reach it as `judging`."""
    defaults = dict.fromkeys(JUDGING) | {"repeats": 1, "budget": 30.0, "measures": False}
    return _together(command, "judging", defaults, JUDGING, _judging)


def _judging(**said: Any) -> Any:
    from glassneuron.cli.models.judging import Judging

    return Judging(**said)


def with_machines(command: Command) -> Command:
    """Give a command the option of machines, which are in use while it runs."""

    @functools.wraps(command)
    def run(machines: str | None = None, **given: Any) -> None:
        from glassneuron.cli.options import machines_of

        with machines_of(machines):
            command(**given)

    own = signature(command, eval_str=True).parameters.values()
    option = Parameter("machines", Parameter.KEYWORD_ONLY, default=None, annotation=Machines)
    return _described(run, [*own, option])


def _reading(**said: Any) -> Any:
    from glassneuron.cli.options import reading

    return reading(**said)


def _road(cache: Path | None, keep_cache: bool, no_cache: bool, float32: bool) -> Any:
    from glassneuron.cli.road import Road

    return Road(cache, keep_cache, no_cache, float32)


def _together(
    command: Command, name: str, defaults: dict[str, Any], kinds: dict[str, Any], make: Callable[..., Any]
) -> Command:
    own = [each for each in signature(command, eval_str=True).parameters.values() if each.name != name]
    more = [Parameter(n, Parameter.KEYWORD_ONLY, default=defaults[n], annotation=kinds[n]) for n in kinds]

    @functools.wraps(command)
    def run(**given: Any) -> None:
        said = {each: given.pop(each) for each in kinds}
        command(**given, **{name: make(**said)})

    return _described(run, [*own, *more])


def _described(run: Command, parameters: list[Parameter]) -> Command:
    """Tell typer which options a command has."""
    whole = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in parameters]
    run.__signature__ = Signature(whole)  # type: ignore[attr-defined]  # typer reads the options from it
    run.__annotations__ = {each.name: each.annotation for each in whole}
    return run
