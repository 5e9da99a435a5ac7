"""Programs and libraries that tests call: with CI=true none may be missing."""

import os
import shutil
from importlib import import_module
from importlib.util import find_spec

import pytest


def needed(*programs):
    """Skip a test where a program is missing, and fail it where nothing may be."""
    for program in programs:
        if shutil.which(program) is None:
            said = f"{program} is not installed; .ci/run installs it"
            if os.environ.get("CI"):
                pytest.fail(said)
            pytest.skip(said)


def library(name):
    """Import a library, where there is one; Keras is left to its test, since it has to be told a backend."""
    try:
        if name == "keras" and find_spec(name):
            return None
        return import_module(name)
    except ImportError:
        said = f"{name} is not installed; `pip install 'glassneuron[test]'` brings it"
        if os.environ.get("CI"):
            raise AssertionError(said) from None
        pytest.skip(said, allow_module_level=True)
