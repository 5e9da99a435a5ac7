"""Check types while tests run: `pytest -p tools.types_beside` starts mypy, and ends when it finds a fault.

mypy takes one core for some 25 seconds, in which the others would wait. What it says is shown once, at the end.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

import pytest


class TypesBeside:
    """mypy in a process of its own, whose output is kept until it is time to show it."""

    def __init__(self) -> None:
        self._told = tempfile.TemporaryFile()  # noqa: SIM115  # it is open as long as pytest runs
        self._mypy = subprocess.Popen([sys.executable, "-m", "mypy"], stdout=self._told, stderr=subprocess.STDOUT)

    def pytest_runtest_logreport(self) -> None:
        """Go no further once mypy has failed."""
        if self._mypy.poll():
            pytest.exit("the types are wrong", returncode=1)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Wait for mypy, and fail where it does."""
        if exitstatus == pytest.ExitCode.INTERRUPTED:
            self._mypy.terminate()
        if self._mypy.wait() and not exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show what mypy said."""
        self._told.seek(0)
        terminalreporter.section("types")
        terminalreporter.write(self._told.read().decode(errors="replace"))


def pytest_configure(config: pytest.Config) -> None:
    """Start mypy once, and not in each of the processes that run tests side by side."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(TypesBeside())
