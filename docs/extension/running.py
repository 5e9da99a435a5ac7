"""What the code of one page does: sessions, commands and pictures, one after the other, in a folder of their own."""

from __future__ import annotations

import ast
import doctest
import io
import os
import shlex
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Literal

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
RULE = "-" * 60


class Page:
    """The names that a page has defined so far, and the folder in which it works.

    Parameters
    ----------
    name : str
        What messages call it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self._folder = tempfile.TemporaryDirectory(prefix="page-")
        self.folder = Path(self._folder.name)

    def close(self) -> None:
        """Leave nothing behind."""
        self._folder.cleanup()

    @contextmanager
    def _inside(self, warning: Literal["error", "default"] = "error") -> Iterator[None]:
        """Work in the page's folder; in a session a warning is a fault, and a command prints it."""
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(warning)
                if warning == "default":
                    warnings.simplefilter("ignore", DeprecationWarning)  # as Python does outside of tests
                yield
        finally:
            os.chdir(before)

    def session(self, text: str, line: int) -> str:
        """Run a Python session; return what went otherwise than it says."""
        test = doctest.DocTest(list(examples(text)), self.names, self.name, self.name, line, text)
        told = io.StringIO()
        with self._inside():
            doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(test, out=told.write, clear_globs=False)
        self.names = test.globs
        return told.getvalue()

    def value(self, code: str) -> Any:
        """Run code, and return the value of its last line."""
        tree = ast.parse(code)
        assert isinstance(tree.body[-1], ast.Expr), "the last line is the picture"
        last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]  # it is an expression
        with self._inside():
            exec(compile(tree, self.name, "exec"), self.names)
            return eval(compile(last, self.name, "eval"), self.names)

    def console(self, text: str) -> str:
        """Run the commands behind `$`; return what they printed otherwise than the page says."""
        checker, faults = doctest.OutputChecker(), []
        for command, shown in commands(text):
            code, printed = self._ran(command)
            refused = (shown or "").startswith("glassneuron: ")  # which the page wants to show
            if bool(code) != refused or (shown is not None and not checker.check_output(shown, printed, FLAGS)):
                faults.append(f"{RULE}\n$ {command}\nshown:\n{shown}\nprinted, with exit code {code}:\n{printed}")
        return "\n".join(faults)

    def _ran(self, command: str) -> tuple[int, str]:
        """Run a command: ours in this process, for it starts sooner."""
        words = shlex.split(command)
        if words[0] != "glassneuron" or set(words) & {"|", ">", "<", "&&"}:
            path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
            done = subprocess.run(
                ["bash", "-c", command], cwd=self.folder, env={**os.environ, "PATH": path}, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
            return done.returncode, done.stdout
        from glassneuron.cli.app import main

        told = io.StringIO()
        with self._inside("default"), redirect_stdout(told), redirect_stderr(told):
            try:
                main(words[1:])
            except SystemExit as left:
                return int(left.code or 0), told.getvalue()
        return 0, told.getvalue()


def examples(text: str) -> Iterator[doctest.Example]:
    """Yield what is typed with what is shown below it, blank lines and all: a block ends the last one."""
    source, want, first = [], [], 0
    for number, line in enumerate([*text.splitlines(), ">>> "]):
        if line.startswith(">>> "):
            if source:
                shown = "\n".join(want)
                raised = doctest.DocTestParser._EXCEPTION_RE.match(shown)  # type: ignore[attr-defined]  # its own rule
                yield doctest.Example("\n".join(source), shown, raised and raised["msg"], first)
            source, want, first = [line[4:]], [], number
        elif line.startswith("...") and not want and line[3:4] in ("", " "):
            source.append(line[4:])
        else:
            want.append(line)


def commands(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield each command with the output that is shown below it; None where nothing is."""
    command, shown = "", []
    for line in [*text.splitlines(), "$ "]:
        if line.startswith("$ "):
            if command:
                yield command, "\n".join([*shown, ""]) if shown else None
            command, shown = line[2:], []
        elif command.endswith("\\"):
            command = f"{command[:-1].rstrip()} {line.removeprefix('>').strip()}"
        else:
            shown.append(line)
