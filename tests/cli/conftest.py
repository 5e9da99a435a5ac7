import subprocess
import sys

import pytest


@pytest.fixture
def command(capsys):
    """Run `glassneuron` in this process: its exit code, what it printed and what it complained of."""
    from glassneuron.cli.app import main

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return run


@pytest.fixture
def process():
    """Run `glassneuron` as a process of its own."""

    def run(*arguments, **options):
        call = [sys.executable, "-c", "from glassneuron.cli.app import main; main()", *map(str, arguments)]
        return subprocess.run(call, capture_output=True, text=True, check=False, **options)

    return run
