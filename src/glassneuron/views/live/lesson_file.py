"""A lesson as a small text file that a teacher edits: rows, settings, what students do not see, and questions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from glassneuron import checks
from glassneuron.errors import GlassneuronError, problem
from glassneuron.views.live.questions import Question, read_question
from glassneuron.views.playground.specs import Spec, fields_of, read_spec, short, texts
from glassneuron.views.playground.tables import from_file

SCREENS = {"perceptron": "perceptron", "xor": "perceptron", "sigmoid": "sigmoid", "network": "network"}
"""The screens that a lesson can have, and what learns there."""
HIDDEN = ("tabs", "settings", "fork", "arithmetic", "proof")
"""What can be kept from students."""
IN_SPEC = {
    "learning_rate": "eta", "max_epochs": "epochs", "fixed_bias": "fixed_bias", "shuffle": "shuffle", "seed": "seed",
    "variant": "variant", "hidden": "hidden", "activation": "activation", "start": "start",
}  # fmt: skip
"""What a teacher calls a setting, and what the page does."""
MOST_STUDENTS = 1_000


@dataclass(frozen=True, eq=False)
class Lesson:
    """A lesson that was read, and is sound.

    Attributes
    ----------
    path : Path
    title, text, screen : str
    spec : dict
        The training, as the page takes it.
    table : dict or None
        The table file, where the rows come from one.
    hide : tuple of str
        What students do not see.
    questions : tuple of Question
    student : int
        Whose seed it has; 0 for the teacher.
    """

    path: Path
    title: str
    text: str
    screen: str
    spec: dict[str, Any]
    table: dict[str, Any] | None
    hide: tuple[str, ...]
    questions: tuple[Question, ...]
    student: int = 0

    @property
    def id(self) -> str:
        """What links call it."""
        return re.sub(r"[^\w.-]", "-", self.path.name)

    def of_student(self, number: int) -> Lesson:
        """Return the lesson with the seed of a student, the first being 1."""
        return replace(self, student=number, spec=self.spec | {"seed": self.spec["seed"] + number})

    def checked_spec(self) -> Spec:
        """Return the training, checked."""
        return read_spec(self.spec)

    def to_page(self) -> dict[str, Any]:
        """Return the lesson as the page takes it, with the engine's answers to the questions."""
        answers = [question.to_page(self.checked_spec()) for question in self.questions]
        lesson: dict[str, Any] = {
            "id": self.id, "screen": self.screen, "tab": self.path.stem, "title": self.title, "text": self.text,
            "spec": self.spec, "hide": list(self.hide), "questions": answers,
        }  # fmt: skip
        if self.table is not None:
            plain = {name: part.tolist() if hasattr(part, "tolist") else part for name, part in self.table.items()}
            lesson["table"] = plain | {"id": None}
        return lesson


def read_lesson(path: Path, student: int = 0) -> Lesson:
    """Read a lesson.

    Parameters
    ----------
    path : Path
        A TOML file, such as `new_lesson` writes.
    student : int
        Whose seed to take, from 1; 0 for that of the file.

    Raises
    ------
    ParameterError
        With the name of the field that is wrong.
    """
    checks.integer("student", student, f"[0, {MOST_STUDENTS}]")
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise problem("no-file", path=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise problem("lesson", path=path, why=f"it cannot be read as TOML: {error}") from None
    try:
        lesson = _lesson(path, given)
        lesson.checked_spec()
        for number, question in enumerate(lesson.questions, 1):
            with _named(f"questions[{number}]"):
                question.answer(lesson.checked_spec())
    except GlassneuronError as error:
        raise problem("lesson", path=path, why=str(error).removesuffix(".")) from error
    return lesson.of_student(student) if student else lesson


def _lesson(path: Path, given: dict[str, Any]) -> Lesson:
    known = ("title", "text", "screen", "data", "training", "locks", "questions")
    fields = fields_of(given, "a lesson", known)
    for name in ("title", "screen", "data"):
        if name not in fields:
            raise problem("absent-field", name=name, what="the lesson", rule="there")
    screen = checks.choice("screen", fields["screen"], tuple(SCREENS))
    rows, table = _data(path.parent, _part(fields, "data"))
    training = _part(fields, "training")
    fields_of(training, "[training]", tuple(IN_SPEC))
    settings = {IN_SPEC[name]: value for name, value in training.items()}
    spec: dict[str, Any] = {
        "eta": 1.0 if screen in ("perceptron", "xor") else 0.5,
        "epochs": 100,
        "fixed_bias": None,
        "seed": 0,
    }
    spec = {**rows, "kind": SCREENS[screen], "start": None, **spec, **settings}
    _checked(spec, settings)
    locks = fields_of(_part(fields, "locks"), "[locks]", ("hide",))
    hide = locks.get("hide", [])
    if not isinstance(hide, list):
        raise problem("parameter", name="locks.hide", rule='a list, such as ["settings"]', value=short(hide))
    questions = fields.get("questions", [])
    if not isinstance(questions, list) or not all(isinstance(each, dict) for each in questions):
        raise problem(
            "parameter", name="questions", rule="written as [[questions]], once for each", value=short(questions)
        )
    asked = []
    for number, each in enumerate(questions, 1):
        with _named(f"questions[{number}]"):
            asked.append(read_question(each))
    title, text = _text("title", fields["title"]), _text("text", fields.get("text", ""))
    hidden = tuple(checks.choice("locks.hide", part, HIDDEN) for part in hide)
    return Lesson(path, title, text, screen, spec, table, hidden, tuple(asked))


@contextmanager
def _named(place: str) -> Iterator[None]:
    """Say which part it was, if that is wrong."""
    try:
        yield
    except GlassneuronError as error:
        raise problem("input", text=f"{place}: {error}") from error


def _part(fields: dict[str, Any], name: str) -> dict[str, Any]:
    part = fields.get(name, {})
    if not isinstance(part, dict):
        raise problem("parameter", name=name, rule=f"a section that begins with [{name}]", value=short(part))
    return part


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise problem("parameter", name=name, rule="a text in quotation marks", value=short(value))
    return value.strip()


def _checked(spec: dict[str, Any], settings: dict[str, Any]) -> None:
    """Check the settings one after the other, under the names that the file has for them."""
    plain = {name: value for name, value in spec.items() if name not in settings}
    for name, value in settings.items():
        try:
            read_spec(plain | {name: value})
        except GlassneuronError as error:
            teacher = next(ours for ours, theirs in IN_SPEC.items() if theirs == name)
            raise problem("input", text=str(error).replace(f"`{name}`", f"`training.{teacher}`")) from error


def _data(folder: Path, fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return the rows of a lesson, written in it or in a table file beside it, and that table."""
    if "table" in fields:
        fields_of(fields, "[data] with a table", ("table", "target"))
        target = fields.get("target")
        table = from_file(
            folder / _text("data.table", fields["table"]), None if target is None else _text("data.target", target)
        )
        return {
            "X": table["scaled"].tolist(), "y": table["y"].tolist(), "names": table["names"],
            "classes": table["classes"],
        }, table  # fmt: skip
    fields_of(fields, "[data]", ("names", "rows", "classes", "table", "target"))
    rows = fields.get("rows")
    rule = 'a list of rows, each with its numbers and then its class: [[0, 1, "yes"], [1, 1, "no"]]'
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) and len(row) > 1 for row in rows):
        raise problem("parameter", name="data.rows", rule=rule, value=short(rows))
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise problem("ragged-rows", name="data.rows", row=number, got=len(row), expected=len(rows[0]))
        if not isinstance(row[-1], str | int) or isinstance(row[-1], bool):
            rule = f"a text or a whole number, as the class of row {number}"
            raise problem("parameter", name="data.rows", rule=rule, value=short(row[-1]))
    labels = [str(row[-1]) for row in rows]
    classes = fields.get("classes", sorted(set(labels)))
    texts("data.classes", classes, None, "class")
    for label in labels:
        if label not in classes:
            raise problem("unmet-class", place="`data.rows`", value=label, known=", ".join(classes))
    X = [row[:-1] for row in rows]
    names = fields.get("names", [f"x{j + 1}" for j in range(len(X[0]))])
    texts("data.names", names, len(X[0]), "feature")
    return {"X": X, "y": [classes.index(label) for label in labels], "names": names, "classes": classes}, None


NEW = """\
# A lesson of glassneuron. Change what you like, then
#     glassneuron play --lesson {name}                       shows it,
#     glassneuron export --live {stem}.html --lesson {name}   makes one file of it for students,
#     glassneuron lesson sheet {name} --students 20          writes a worksheet, and its answers.

title = "Which apples are sweet?"
text = "A perceptron looks at the size and the colour of an apple, and learns from each mistake."
screen = "perceptron"       # what is shown: perceptron, xor (the proof first), sigmoid or network

[data]                      # each row: its numbers, and then its class
names = ["size", "redness"]
classes = ["sour", "sweet"] # the neuron fires for the second
rows = [
    [1, 1, "sour"],
    [2, 1, "sour"],
    [1, 3, "sweet"],
    [3, 2, "sweet"],
    [3, 4, "sweet"],
]
# or a table beside this file, brought to one scale:
# table = "apples.csv"
# target = "taste"

[training]
learning_rate = 1.0
max_epochs = 100
shuffle = true              # in an order that follows from the seed
seed = 100                  # student 1 gets 101, student 2 gets 102, and so on
# fixed_bias = -1.0         # hold the bias there
# hidden = [2]              # of a network: the neurons of its hidden layers

[locks]
hide = ["fork", "proof"]    # from students: tabs, settings, fork, arithmetic, proof

# Questions: the page asks first and then shows; the sheets have them, too. The engine answers all that have `ask`.

[[questions]]
ask = "mistakes"            # how many in this epoch
epoch = 1
options = ["0", "1", "2", "3", "4", "5"]

[[questions]]
ask = "sum"                 # of the row that is shown in this step
step = 2

[[questions]]
ask = "weights"             # after this step
step = 2

[[questions]]
ask = "epochs"              # until every row is right

[[questions]]
ask = "separable"           # can any neuron have every row right?
options = ["yes", "no"]

[[questions]]
text = "Why does nothing change when a row is right?"
answer = "The error is 0, and each move is the error times the learning rate times the input."
"""
"""What `glassneuron lesson new` writes."""


def new_lesson(path: Path) -> str:
    """Return the text of a new lesson that is to be kept at this path."""
    return NEW.format(name=path.name, stem=path.stem)
