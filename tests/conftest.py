"""What all tests share: how a refusal is looked at, and how the command is run."""

from contextlib import contextmanager

import pytest

import glassneuron as gn


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
