"""The command `glassneuron`: its commands in their order, and one line for whatever is wrong."""

from __future__ import annotations

import os
import re
import sys
from typing import Annotated, Any

import typer
from typer import Option

from glassneuron import __version__
from glassneuron.cli.bridges.commands import export, next_, see, show
from glassneuron.cli.lessons.commands import gate, lesson_app, play, source, tour, watch
from glassneuron.cli.models.commands import compare, evaluate, explain, predict, prove, train
from glassneuron.cli.screen import Interrupted
from glassneuron.errors import GlassneuronError

app = typer.Typer(
    name="glassneuron",
    help="Artificial neurons that you can see through.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

INTERRUPTED = 130  # the exit code after Ctrl-C: 128 and the number of the signal, as in shells
OPTIONS = {
    "learning_rate": "rate",
    "max_epochs": "epochs",
    "n_inputs": "inputs",
    "fixed_bias": "fixed-bias",
    "date_order": "date-order",
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


# In the order of the help.
for command in (tour, train, predict, evaluate, explain, show, see, compare, prove, gate):
    app.command()(command)
app.command("next")(next_)
app.add_typer(lesson_app, name="lesson")
for command in (watch, play, export, source):
    app.command()(command)


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
        return str(error).replace("`learning_rate`", "`--rate`").replace("shards=", "--shards ")
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
