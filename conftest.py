"""What holds for every test and every doctest."""

import gc
import os
import sys
from importlib import import_module

import pytest

if os.environ.get("CI") == "true":  # there nothing is skipped because it is not installed
    pytest.importorskip = lambda name, **_: import_module(name)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for no garbage among all the modules that are imported while tests are collected: a quarter of that time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.fixture(autouse=True)
def nobody_uses_pyplot(monkeypatch):
    """Keras imports pyplot, and whoever has imported it gets figures of pyplot, which somebody would have to close."""
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
