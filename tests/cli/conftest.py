import signal
import subprocess
import sys
import time

import pytest


@pytest.fixture
def process():
    """Run `glassneuron` as a process of its own."""

    def run(*arguments, **options):
        call = [sys.executable, "-c", "from glassneuron.cli.app import main; main()", *map(str, arguments)]
        return subprocess.run(call, capture_output=True, text=True, check=False, **options)

    return run


FIRST_EPOCH = """
import sys
from glassneuron.cli.screen import Follow

def told(self, history, work=Follow.__call__):
    if history.epochs == 1:
        print("learning", file=sys.stderr, flush=True)
    return work(self, history)

Follow.__call__ = told
"""


@pytest.fixture
def interrupted():
    """Run a command as a process of its own, press Ctrl-C while it learns; its code, output and complaints."""

    def run(code, *arguments):
        call = [sys.executable, "-c", FIRST_EPOCH + code, *map(str, arguments)]
        running = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        begun = running.stderr.readline()
        time.sleep(1.0)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
        assert begun == "learning\n", begun + err
        return running.returncode, out, err

    return run
