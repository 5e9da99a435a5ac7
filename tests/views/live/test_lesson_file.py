"""Lessons as files: what is read, what is refused, what the engine answers, and what is printed."""

import re
from html import unescape
from itertools import islice

import pytest

import glassneuron as gn
from glassneuron.views.live.lesson_file import new_lesson, read_lesson
from glassneuron.views.live.questions import Question
from glassneuron.views.live.sheets import answer_sheet, worksheet

LESSON = """
title = "OR"
screen = "perceptron"
[data]
rows = [[0, 0, "no"], [0, 1, "yes"], [1, 0, "yes"], [1, 1, "yes"]]
[training]
learning_rate = 0.1
fixed_bias = -1.0
"""


@pytest.fixture
def written(tmp_path):
    """Write a lesson, and give its path; each pair of texts is one that is replaced by the other."""

    def write(*replaced, more="", text=LESSON):
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "lesson.toml"
        path.write_text(text + more, encoding="utf-8")
        return path

    return write


def test_a_lesson_is_what_the_page_takes(written):
    page = read_lesson(written(more='[locks]\nhide = ["proof", "fork"]\n')).to_page()
    assert (page["title"], page["screen"], page["hide"], page["questions"]) == (
        "OR",
        "perceptron",
        ["proof", "fork"],
        [],
    )
    spec = page["spec"]
    assert (spec["X"], spec["y"]) == ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1])
    assert (spec["classes"], spec["names"]) == (["no", "yes"], ["x1", "x2"])
    assert (spec["eta"], spec["fixed_bias"], spec["kind"]) == (0.1, -1.0, "perceptron")


def test_a_table_beside_the_file_is_read_and_brought_to_one_scale(written, tmp_path):
    (tmp_path / "apples.csv").write_text("size,taste\n1,sour\n2,sour\n6,sweet\n7,sweet\n")
    lesson = read_lesson(
        written(text='title = "A"\nscreen = "sigmoid"\n[data]\ntable = "apples.csv"\ntarget = "taste"\n')
    )
    page = lesson.to_page()
    assert page["spec"]["classes"] == ["sour", "sweet"]
    assert sum(x for (x,) in page["spec"]["X"]) == pytest.approx(0.0)
    assert page["table"]["X"] == [[1.0], [2.0], [6.0], [7.0]]
    assert "For learning" in worksheet(lesson)


def test_a_new_lesson_can_be_read_as_it_stands(tmp_path):
    path = tmp_path / "apples.toml"
    path.write_text(new_lesson(path))
    lesson = read_lesson(path)
    assert len(lesson.questions) == 6
    assert [lesson.of_student(n).spec["seed"] for n in (1, 2)] == [101, 102]
    assert read_lesson(path, student=2).spec["seed"] == 102


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('title = "OR"', "", "title"),
        ('title = "OR"', "title = 3", "title"),
        ('title = "OR"', 'title = "OR"\ncolour = "red"', "colour"),
        ('"perceptron"', '"perceptrons"', "screen"),
        ("[data]", "[date]", "date"),
        ("rows = [[0, 0, ", "rows = [[0, ", "data.rows"),
        ('[0, 0, "no"]', '[0, 0, 0.5]', "data.rows"),
        ('rows = [[0, 0, "no"], [0, 1, "yes"], [1, 0, "yes"], [1, 1, "yes"]]', "", "data.rows"),
        ('[0, 0, "no"]', '[0, "a", "no"]', "X"),
        ("[data]", '[data]\nnames = ["a"]', "data.names"),
        ("[data]", '[data]\nclasses = ["no", "maybe"]', "yes"),
        ("[data]", '[data]\ntable = "absent.csv"', "rows"),
        ("learning_rate = 0.1", "learning_rate = -1", "training.learning_rate"),
        ("learning_rate = 0.1", 'learning_rate = "fast"', "training.learning_rate"),
        ("learning_rate = 0.1", "rate = 0.1", "rate"),
        ("learning_rate = 0.1", "max_epochs = 0", "training.max_epochs"),
        ("learning_rate = 0.1", "shuffle = 1", "training.shuffle"),
        ("learning_rate = 0.1", "hidden = [2]", "training.hidden"),
        ("[training]", '[locks]\nhide = ["answers"]\n[training]', "locks.hide"),
        ("[training]", '[locks]\nhide = "proof"\n[training]', "locks.hide"),
        ("[training]", '[questions]\nask = "sum"\n[training]', "questions"),
        ("[training]", '[[questions]]\nask = "weight"\n[training]', "questions[1]: `ask`"),
        ("[training]", '[[questions]]\nask = "sum"\n[training]', "`step`"),
        ("[training]", '[[questions]]\nask = "sum"\nepoch = 1\n[training]', "`epoch`"),
        ("[training]", '[[questions]]\nask = "mistakes"\nepoch = 99\n[training]', "at most 10"),
        ("[training]", '[[questions]]\nask = "sum"\nstep = 9999\n[training]', "step"),
        ("[training]", '[[questions]]\ntext = "Why?"\n[training]', "answer"),
        ("[training]", '[[questions]]\nask = "epochs"\noptions = [1, 2]\n[training]', "options"),
        ("[training]", "[training", "TOML"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(written, refused, old, new, named):
    path = written((old, new))
    with refused("lesson", path.name, named):
        read_lesson(path)


def test_a_file_that_is_not_there_and_a_student_that_is_none(written, tmp_path, refused):
    with refused("no-file", "absent.toml"):
        read_lesson(tmp_path / "absent.toml")
    with refused("parameter", "student"):
        read_lesson(written(), student=-1)


def test_questions_about_one_neuron_are_refused_for_several(written, refused):
    path = written(
        ('"perceptron"', '"network"'), ("fixed_bias = -1.0", "[[questions]]\nask = 'sum'\nstep = 1")
    )  # fmt: skip
    with refused("lesson", "questions[1]", "more than one neuron"):
        read_lesson(path)


def test_the_answers_are_those_of_the_engine(written):
    lesson = read_lesson(written())
    spec, p = lesson.checked_spec(), gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    X, y = lesson.spec["X"], lesson.spec["y"]
    steps = list(islice(gn.watch(p, X, y), 8))
    history = p.fit(X, y).history_
    for k, step in enumerate(steps, 1):
        assert float(Question("sum", k).answer(spec)[0]) == pytest.approx(step.weighted_sum)
        assert float(Question("output", k).answer(spec)[0]) == step.output
        assert float(Question("error", k).answer(spec)[0]) == step.error
        numbers = [float(text) for text in re.findall(r"= ([-\d.]+)", Question("weights", k).answer(spec)[0])]
        assert numbers == pytest.approx([*step.weights_after, step.bias_after])
        assert f"row {step.example + 1}, " in Question("sum", k).words(spec)
    for epoch, mistakes in enumerate(history.mistakes, 1):
        assert Question("mistakes", epoch).answer(spec)[0] == str(mistakes)
        assert float(Question("loss", epoch).answer(spec)[0]) == pytest.approx(history.losses[epoch - 1], rel=1e-2)
    assert Question("epochs").answer(spec)[0] == str(history.epochs)
    assert Question("separable").answer(spec)[0] == "yes"


def test_what_never_comes_is_said(written):
    spec = read_lesson(written(('[1, 1, "yes"]', '[1, 1, "no"]'))).checked_spec()
    assert Question("epochs").answer(spec)[0] == "never"
    answer, why = Question("separable").answer(spec)
    assert answer == "no"
    assert "1·(0,0) + 1·(1,1) = 1·(0,1) + 1·(1,0)" in why


def test_the_worksheet_asks_what_the_answer_sheet_answers(tmp_path):
    path = tmp_path / "apples.toml"
    path.write_text(new_lesson(path))
    lesson = read_lesson(path)
    asked, answered = unescape(worksheet(lesson, 3)), unescape(answer_sheet(lesson, 3))
    assert asked.count("<section>") == 3
    pages = asked.split("<section>")[1:]
    for n, page in enumerate(pages, 1):
        spec = lesson.of_student(n).checked_spec()
        assert f"student {n}, seed {100 + n}" in page
        for question in lesson.questions:
            assert question.words(spec) in page
            answer, why = question.answer(spec)
            assert f"<b>{answer}</b>{f' {why}' if why else ''}" in answered
    assert worksheet(lesson).count("<section>") == 1


def test_texts_of_a_lesson_are_no_code(written):
    lesson = read_lesson(written(('"OR"', '"<script>1</script>"')))
    assert "<script>" not in worksheet(lesson) + answer_sheet(lesson)
