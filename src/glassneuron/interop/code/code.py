"""`gn.code`: a training script that reaches the same numbers."""

from typing import Any


def code(model: Any, library: str) -> str:
    """Return the text of a script."""
    raise NotImplementedError
