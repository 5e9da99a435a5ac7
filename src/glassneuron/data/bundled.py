"""Tables that come with the package."""

from __future__ import annotations

from pathlib import Path

from glassneuron import checks

TABLES = {"wisconsin": "diagnosis", "iris": "species", "digits": "digit"}
"""Name of the table, and its target column. Where they come from: ``bundle/SOURCES.md``."""


def bundled(name: str) -> Path:
    """Return the path of a bundled table, a CSV file."""
    return Path(__file__).with_name("bundle") / f"{checks.choice('table', name, tuple(TABLES))}.csv"
