"""What holds for every test and every doctest."""

import os
import sys
from importlib import import_module

import pytest

if os.environ.get("CI") == "true":  # there nothing is skipped because it is not installed
    pytest.importorskip = lambda name, **_: import_module(name)


@pytest.fixture(autouse=True)
def nobody_uses_pyplot(monkeypatch):
    """Keras imports pyplot, and whoever has imported it gets figures of pyplot, which somebody would have to close."""
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
