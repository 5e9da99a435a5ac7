"""Programs of the system that tests call: with CI=true none may be missing."""

import os
import shutil

import pytest


def needed(*programs):
    """Skip a test where a program is missing, and fail it where nothing may be."""
    for program in programs:
        if shutil.which(program) is None:
            said = f"{program} is not installed; .ci/run installs it"
            if os.environ.get("CI"):
                pytest.fail(said)
            pytest.skip(said)
