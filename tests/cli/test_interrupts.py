"""Ctrl-C: a first one loses nothing that was learned, a second one ends at once, and there is a sentence each time."""

import signal

import pytest

import glassneuron as gn
from glassneuron.cli.models import train
from glassneuron.cli.start import start


@pytest.fixture(autouse=True)
def _restore():
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def pressing(monkeypatch, place, name, times):
    """Press Ctrl-C so often right before something is done for the first time."""
    work, left = getattr(place, name), [times]

    def pressed(*given, **more):
        for _ in range(left[0]):
            left[0] -= 1
            signal.raise_signal(signal.SIGINT)
        return work(*given, **more)

    monkeypatch.setattr(place, name, pressed)


def test_a_first_one_before_the_model_is_saved_waits_for_that(command, tmp_path, monkeypatch):
    pressing(monkeypatch, train, "save", 1)
    code, out, _ = command("train", "--epochs", 3, "--save", tmp_path / "m.safetensors")
    assert code == 0
    assert f"{tmp_path / 'm.safetensors'}" in out
    assert "scores" in gn.load(tmp_path / "m.safetensors").about


def test_a_second_one_ends_at_once(command, tmp_path, monkeypatch):
    pressing(monkeypatch, train, "save", 2)
    code, _, told = command("train", "--epochs", 3, "--save", tmp_path / "m.safetensors")
    assert code == 130
    assert "nothing was written" in told
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("option", "name", "said"),
    [("--save", "m.safetensors", "the model is in"), ("--checkpoint", "state", "--resume")],
)
def test_one_while_it_is_judged_says_what_there_is(command, tmp_path, monkeypatch, option, name, said):
    pressing(monkeypatch, train, "facts", 1)
    code, _, told = command("train", "--epochs", 3, option, tmp_path / name)
    assert code == 130
    assert said in told
    assert str(tmp_path / name) in told


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit(3)])
def test_it_is_heard_from_the_first_moment_and_no_more_in_the_last(capsys, monkeypatch, error):
    def main():
        raise error

    monkeypatch.setattr("glassneuron.cli.app.main", main)
    with pytest.raises(SystemExit) as left:
        start()
    interrupted = error is KeyboardInterrupt
    assert left.value.code == (130 if interrupted else 3)
    assert capsys.readouterr().err == "glassneuron: interrupted.\n" * interrupted
    signal.raise_signal(signal.SIGINT)  # while Python leaves
