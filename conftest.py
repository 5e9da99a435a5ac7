"""What holds for every test and every doctest."""

import sys

import pytest


@pytest.fixture(autouse=True)
def nobody_uses_pyplot(monkeypatch):
    """Keras imports pyplot, and whoever has imported it gets figures of pyplot, which somebody would have to close."""
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
