import subprocess
import sys

import pytest


@pytest.fixture
def process():
    """Run `glassneuron` as a process of its own."""

    def run(*arguments, **options):
        call = [sys.executable, "-c", "from glassneuron.cli.app import main; main()", *map(str, arguments)]
        return subprocess.run(call, capture_output=True, text=True, check=False, **options)

    return run
