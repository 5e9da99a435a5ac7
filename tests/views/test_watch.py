"""A training on a screen and line by line: the steps of `gn.watch`, forward and back, by keys."""

import asyncio
import json
import sys

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.data.bundled import bundled
from glassneuron.learning.watch.network_step import NetworkStep
from glassneuron.neurons.logic.truth_table import truth_table
from glassneuron.views.terminal import recording
from glassneuron.views.terminal.answers import after
from glassneuron.views.terminal.course import Rows, course, rows_of_gate
from glassneuron.views.terminal.lines import lines
from glassneuron.views.terminal.page import Place, help_page, number, page
from glassneuron.views.terminal.recording import Recording

OR = truth_table("or")


def all_steps(film):
    film.finish()
    return [step for epoch in range(1, film.epochs + 1) for step in film.steps(epoch)]


@pytest.mark.parametrize(
    ("rule", "learner"),
    [
        ("perceptron", gn.Perceptron(learning_rate=0.3, max_epochs=20, shuffle=False)),
        ("adaline", gn.Adaline(learning_rate=0.3, max_epochs=20, shuffle=False, solver="online")),
        ("sigmoid", gn.SigmoidNeuron(learning_rate=0.3, max_epochs=20, shuffle=False, solver="online", l2=0.0)),
    ],
)
def test_a_film_shows_the_steps_of_watch(rule, learner):
    film = Recording(course(rows_of_gate("or"), rule, rate=0.3, epochs=20))
    mine, theirs = all_steps(film), list(gn.watch(learner, OR.rows, OR.targets))
    assert [str(step) for step in mine] == [str(step) for step in theirs]
    for a, b in zip(mine, theirs, strict=True):
        assert a.weights_after.tolist() == b.weights_after.tolist()
        assert a.bias_after == b.bias_after


def test_a_film_of_a_network_shows_the_steps_of_watch():
    film = Recording(course(rows_of_gate("xor"), "network", hidden=(2,), rate=0.5, epochs=6, seed=3))
    learner = gn.MLPClassifier(
        (2,), "sigmoid", optimiser="sgd", learning_rate=0.5, batch_size=1, tol=None, max_epochs=6, shuffle=False,
        random_state=3, l2=0.0, schedule="constant",
    )  # fmt: skip
    xor = truth_table("xor")
    theirs = list(gn.watch(learner, xor.rows, xor.targets))
    assert len(theirs) == 24
    assert [str(step) for step in all_steps(film)] == [str(step) for step in theirs]
    trainer = film.course.begin()
    trainer.fit()
    assert film.steps(6)[-1].after.parameters.tolist() == trainer.algorithm.trained().parameters.tolist()


@pytest.mark.parametrize("rule", ["perceptron", "sigmoid", "network"])
def test_going_back_shows_the_same_bits_in_bounded_memory(rule, monkeypatch):
    monkeypatch.setattr(recording, "MOST_STATES", 4)
    monkeypatch.setattr(recording, "MOST_STEPS", 10)
    film = Recording(course(rows_of_gate("xor"), rule, rate=0.7, epochs=40))
    forward = {}
    epoch = 1
    while steps := film.steps(epoch):
        forward[epoch] = [str(step) for step in steps]
        epoch += 1
    assert len(film._states) <= 5
    assert sum(map(len, film._kept.values())) <= 14
    for epoch in sorted(forward, reverse=True):
        assert [str(step) for step in film.steps(epoch)] == forward[epoch]
    assert film.steps(film.epochs + 1) == []
    assert film.over
    trainer = film.course.begin()
    assert film.why == trainer.fit().why_stopped


def test_a_training_that_diverges_is_shown_to_its_end():
    rows = Rows("far", np.array([[1.0], [-900.0], [800.0]]), np.array([0, 0, 1]), (0, 1), ("x",))
    film = Recording(course(rows, "adaline", rate=1e3, epochs=50))
    steps = all_steps(film)
    assert steps
    assert "diverged" in film.why
    assert page(film, Place(film.epochs, len(film.steps(film.epochs)) - 1), 80, 24)


def three_classes():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2)) + np.repeat([[0, 0], [3, 0], [0, 3]], 20, axis=0)
    return Rows("three", X, np.repeat([0, 1, 2], 20), ("a", "b", "c"), ("p", "q"))


@pytest.mark.parametrize("rule", ["perceptron", "adaline", "sigmoid", "network"])
def test_what_stands_beside_a_step_is_what_the_neurons_would_answer(rule):
    film = Recording(course(three_classes(), rule, epochs=3))
    film.finish()
    trainer = film.course.begin()
    trainer.fit()
    X = film.course.seen
    last = film.steps(film.epochs)
    answers = after(last, len(last) - 1)
    if rule == "network":
        assert isinstance(last[-1], NetworkStep)
        wanted = trainer.algorithm.trained().forward(X)[0].argmax(axis=1)
    else:
        W, b = trainer.algorithm.weights
        wanted = (X @ np.asarray(W).T + np.asarray(b).ravel()).argmax(axis=1)
        middle = after(last, len(last) - 3)  # the first of three neurons: the others have not moved yet
        assert middle.W[1:].tolist() == [step.weights_before.tolist() for step in last[-2:]]
    assert answers(X).tolist() == wanted.tolist()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20), (40, 12), (20, 5), (3, 1), (300, 90)])
@pytest.mark.parametrize("what", ["or", "majority", "not", "three", "wide", "network"])
def test_a_page_fits_every_screen(size, what):
    if what == "three":
        watched = course(three_classes(), epochs=2)
    elif what == "wide":
        X = np.random.default_rng(0).normal(size=(12, 40)) * 1e6
        names = tuple(f"a very long name of a feature, number {j}" for j in range(40))
        watched = course(Rows("w" * 90, X, np.arange(12) % 2, ("no " * 20, "yes " * 20), names), epochs=2)
    elif what == "network":
        watched = course(rows_of_gate("xor"), "network", hidden=(9, 9), epochs=2)
    else:
        watched = course(rows_of_gate(what))
    film = Recording(watched)
    film.finish()
    width, height = size
    for epoch in (1, film.epochs):
        for scroll in (0, 5, 500):
            written = page(film, Place(epoch, len(film.steps(epoch)) - 1), width, height, scroll)
            assert len(written) <= height
            assert max(map(len, written)) <= width
    assert all(len(line) <= width for line in help_page(width, height))


def test_a_page_says_what_the_step_says():
    film = Recording(course(rows_of_gate("or"), rate=0.1, fixed_bias=-1.0))
    for epoch, k in ((1, 1), (2, 0)):
        written = "\n".join(page(film, Place(epoch, k), 80, 24))
        assert all(line in written for line in str(film.steps(epoch)[k]).splitlines())
    assert "should have fired: the weights move toward the row" in "\n".join(page(film, Place(1, 1), 80, 24))
    film.finish()
    end = " ".join("\n".join(page(film, Place(10, 3), 80, 24)).split())
    assert f"The end: {film.why}." in end
    assert "4 of 4 rows are right." in end
    assert "mistakes in each epoch" in end


def press(film, *keys, size=(80, 24)):
    """Press keys, and return the application with what its page shows after each."""
    from glassneuron.views.terminal.screen import Watch

    app, seen = Watch(film), []

    async def run():
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
                for _ in range(100):
                    if not app.learning:
                        break
                    await pilot.pause(0.05)
                seen.append((app.place.epoch, app.place.step))
            seen.append("\n".join(str(app.query_one(name).render()) for name in ("#title", "#page", "#keys")))

    asyncio.run(run())
    return seen


def test_keys_step_forward_and_back_and_to_both_ends():
    film = Recording(course(rows_of_gate("or"), rate=0.1, fixed_bias=-1.0))
    keys = "left right n left right right right p down e up E end right down home"
    *places, _ = press(film, *keys.split())
    assert places == [
        (1, 0), (1, 1), (1, 2), (1, 1), (1, 2), (1, 3), (2, 0), (1, 3), (2, 3), (3, 3), (2, 3), (1, 3), (10, 3),
        (10, 3), (10, 3), (1, 0),
    ]  # fmt: skip


def test_a_step_is_gone_to_by_its_number_and_shown():
    film = Recording(course(rows_of_gate("or"), rate=0.1, fixed_bias=-1.0))
    *_, place, shown = press(film, "g", "6", "enter")
    assert place == (2, 1)
    assert number(film, Place(*place)) == 6
    assert all(line in shown for line in str(film.steps(2)[1]).splitlines())
    *_, place, _ = press(film, "g", "9", "9", "9", "enter")
    assert place == (10, 3)


def test_help_is_shown_and_hidden_and_long_steps_scroll():
    film = Recording(course(rows_of_gate("xor"), "network", epochs=3))
    assert "the next epoch" in press(film, "question_mark")[-1]
    assert "the next epoch" not in press(film, "question_mark", "question_mark")[-1]
    first, moved = press(film, "x")[-1], press(film, "j", "j")[-1]
    assert "forward" in first
    assert first != moved
    assert press(film, "j", "j", "k", "k")[-1] == first


def test_playing_goes_on_by_itself_until_it_is_paused():
    from glassneuron.views.terminal import screen

    async def run():
        app = screen.Watch(Recording(course(rows_of_gate("or"))))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("space")
            while app.place == Place():
                await pilot.pause(0.05)
            await pilot.press("space")
            stands = app.place
            await pilot.pause(2 * screen.SECONDS)
            assert app.place == stands
            await pilot.press("q")
        assert app.return_code == 0

    asyncio.run(run())


def test_a_line_a_step_says_what_watch_says():
    watched = course(rows_of_gate("or"), rate=0.1, fixed_bias=-1.0)
    said = list(lines(watched))
    steps = all_steps(Recording(watched))
    shown = [line for line in said if line.startswith("epoch") and " row " in line]
    assert len(shown) == len(steps) == 40
    assert shown[1] == "epoch 1 row 1: x=(0, 1) target 1 sum -1 output 0 error 1 -> w=(0, 0.1) b=-1"
    tallies = [int(line.split()[2]) for line in said if line.endswith(("mistakes", "mistake"))]
    assert tallies == watched.begin().fit().mistakes
    objects = [json.loads(line) for line in lines(watched, as_json=True)]
    assert [each["weights"] for each in objects[:-1]] == [step.weights_after.tolist() for step in steps]
    assert objects[-1]["mistakes"] == tallies
    assert objects[-1]["stopped"] == said[-1].removeprefix("stopped: ")


def test_every_rule_and_a_table_print_their_lines():
    for rule in ("adaline", "sigmoid", "network"):
        said = list(lines(course(three_classes(), rule, epochs=1)))
        assert said[-1].startswith("stopped: ")
        assert all("\n" not in line for line in said)
        for line in lines(course(three_classes(), rule, epochs=1), as_json=True):
            json.loads(line)


def run_command(capsys, *arguments):
    from glassneuron.cli.app import main

    with pytest.raises(SystemExit) as left:
        main(["watch", *map(str, arguments)])
    out, err = capsys.readouterr()
    return left.value.code or 0, out, err


def test_the_command_prints_lines_where_there_is_no_terminal(capsys):
    code, out, err = run_command(capsys, "--rate", "0.1", "--fixed-bias", "-1")
    assert (code, err) == (0, "")
    assert out.splitlines() == list(lines(course(rows_of_gate("or"), rate=0.1, fixed_bias=-1.0)))
    code, out, _ = run_command(capsys, bundled("iris"), "--target", "species", "--epochs", "1", "--plain")
    assert code == 0
    assert out.startswith("iris.csv, standardised: perceptron, rate 1\n")
    assert sum(" row " in line for line in out.splitlines()) == 450


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nonsense"], "there is no gate 'nonsense'"),
        (["x.csv"], "there is no file x.csv"),
        (["or", "--rate", "0"], "`--rate` must be in (0, inf); got 0."),
        (["or", "--epochs", "0"], "`--epochs` must be in [1, inf); got 0."),
        (["or", "--hidden", "3"], "`--hidden` must be left out, unless the model is 'network'"),
        (["or", "--target", "a"], "`--target` must be left out for a gate"),
        (["or", "--model", "linear"], "`--model` must be 'perceptron', 'adaline', 'sigmoid' or 'network'"),
        (["or", "--model", "network", "--fixed-bias", "1"], "`--fixed-bias` must be left out for a network; got 1."),
    ],
)
def test_wrong_options_are_refused_in_a_sentence(capsys, arguments, sentence):
    code, out, err = run_command(capsys, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


def test_without_textual_the_sentence_names_the_extra_and_the_plain_way(capsys, monkeypatch):
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("glassneuron.cli.lessons.watch.find_spec", lambda name: None)
    code, _, err = run_command(capsys, "or")
    assert code == 2
    assert "pip install 'glassneuron[watch]'" in err
    assert "--plain" in err


def test_a_large_table_is_watched_by_some_of_its_rows(capsys, tmp_path):
    rows = "".join(f"{i},{int(i > 1500)}\n" for i in range(2500))
    (tmp_path / "t.csv").write_text(f"x,y\n{rows}")
    code, out, _ = run_command(capsys, tmp_path / "t.csv", "--target", "y", "--epochs", "1")
    assert code == 0
    assert out.splitlines()[0].startswith("t.csv (2,000 of 2,500 rows)")
    assert sum(" row " in line for line in out.splitlines()) == 2000
