"""`glassneuron play`: what is wrong with its options is one sentence, before anything opens."""

import pytest


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--port", "70000"], "--port"),
        (["--port", "x"], "--port"),
        (["--lesson", "nor"], "--lesson"),
        (["--allow-host", "http://x"], "--allow-host"),
        (["--target", "y"], "--target"),
        (["--table", "nothing.csv"], "nothing.csv"),
    ],
)
def test_a_wrong_option_is_one_sentence(command, options, named):
    code, out, err = command("play", "--no-browser", *options)
    assert code == 2
    assert named in err
    assert err.count("\n") == 1
    assert out == ""


def test_a_missing_library_is_one_sentence(command, monkeypatch):
    monkeypatch.setattr("glassneuron.cli.play.find_spec", lambda name: None if name == "uvicorn" else object())
    code, _, err = command("play")
    assert code == 2
    assert "pip install 'glassneuron[play]'" in err
