"""What all tests share: how a refusal is looked at, and where processes side by side keep compiled kernels."""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest

import glassneuron as gn


def pytest_configure(config):
    # Numba numbers the files of its cache without a lock: of two processes that compile a kernel for two kinds of
    # arrays at the same moment, one may later load the code of the other. So each process keeps its own.
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        folder = os.environ.get("NUMBA_CACHE_DIR") or config.rootpath / ".pytest_cache" / "kernels"
        os.environ["NUMBA_CACHE_DIR"] = str(Path(folder) / worker)


@pytest.fixture
def refused():
    """Expect an error by its code and by what it has to name; its wording is left free."""

    @contextmanager
    def expect(code, *named):
        with pytest.raises(gn.GlassneuronError) as caught:
            yield
        assert caught.value.code == code
        for text in named:
            assert str(text) in str(caught.value)

    return expect


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
