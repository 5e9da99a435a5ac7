"""Questions of a lesson: predict first, then see what the engine says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from glassneuron import checks
from glassneuron.errors import problem
from glassneuron.neurons.explain.numbers import format_factor, format_output, format_short, join_terms, write_sum
from glassneuron.views.playground.runs import Frame, Run
from glassneuron.views.playground.specs import Spec, fields_of, short
from glassneuron.views.playground.verdicts import prove

MOST_STEPS = 20_000
"""Steps that a question may look at."""
MOST_WEIGHTS = 12


@dataclass(frozen=True)
class Question:
    """A question, which the engine answers, or the teacher.

    Attributes
    ----------
    ask : str
        What the engine is asked; empty where the teacher answers.
    at : int
        Of which epoch or step, from 1.
    text : str
        The question in the teacher's words; empty for the usual ones.
    options : tuple of str
        Answers to choose from, if any.
    given : str
        The teacher's answer, or what is added to the engine's.
    """

    ask: str = ""
    at: int = 1
    text: str = ""
    options: tuple[str, ...] = ()
    given: str = ""

    def words(self, spec: Spec) -> str:
        """Return the question as a person reads it."""
        if self.text:
            return self.text
        if self.ask not in OF_STEP:
            return WORDS[self.ask].format(epoch=self.at)
        frame = _frame(spec, self.at)
        x = ", ".join(map(format_short, spec.X[frame["row"]].tolist()))
        return f"Step {self.at} shows row {frame['row'] + 1}, ({x}). {WORDS[self.ask]}"

    def answer(self, spec: Spec) -> tuple[str, str]:
        """Return the answer in short, and what there is to say about it."""
        if not self.ask:
            return self.given, ""
        answer, why = ASKED[self.ask](spec, self.at)
        return answer, " ".join(part for part in (why, self.given) if part)

    def to_page(self, spec: Spec) -> dict[str, Any]:
        """Return the question with its answer, as the page takes it."""
        answer, why = self.answer(spec)
        return {"text": self.words(spec), "options": list(self.options), "answer": answer, "why": why}


def read_question(given: dict[str, Any]) -> Question:
    """Read a question.

    Examples
    --------
    >>> read_question({"ask": "mistakes", "epoch": 2}).at
    2
    """
    fields = fields_of(given, "a question", ("ask", "epoch", "step", "text", "options", "answer"))
    for name in ("text", "answer"):
        if not isinstance(fields.get(name, ""), str):
            raise problem("parameter", name=name, rule="a text in quotation marks", value=short(fields[name]))
    options = fields.get("options", [])
    if not isinstance(options, list) or not all(isinstance(each, str) for each in options):
        raise problem("parameter", name="options", rule='a list of texts, such as ["yes", "no"]', value=short(options))
    text, answer = fields.get("text", ""), fields.get("answer", "")
    if "ask" not in fields:
        if not (text and answer):
            raise problem("absent-field", name="ask", what="the question", rule="there, or both `text` and `answer`")
        return Question("", 1, text, tuple(options), answer)
    ask = checks.choice("ask", fields["ask"], tuple(ASKED))
    place = "epoch" if ask in OF_EPOCH else "step" if ask in OF_STEP else ""
    for other in {"epoch", "step"} - {place}:
        if other in fields:
            raise problem("parameter", name=other, rule=f"left out where `ask` is {ask!r}", value=short(fields[other]))
    if place and place not in fields:
        raise problem("absent-field", name=place, what="the question", rule="a whole number, from 1")
    at = checks.integer(place, fields[place], f"[1, {MOST_STEPS}]") if place else 1
    return Question(ask, at, text, tuple(options), answer)


# ------------------------------------------------------------------------------------------------- the answers


def _frame(spec: Spec, step: int) -> Frame:
    """Return what happened in a step, from 1."""
    frames = Run(spec).frames(step, 1)
    if not frames:
        raise problem("parameter", name="step", rule="a step that the training comes to", value=step)
    return frames[0]


def _before(spec: Spec, step: int) -> tuple[Frame, Frame]:
    if spec.outputs > 1 or spec.kind == "network":
        rule = "'mistakes', 'loss', 'epochs' or 'separable' where more than one neuron learns"
        raise problem("parameter", name="ask", rule=rule, value="a question about one neuron")
    frame = _frame(spec, step)
    return Run(spec).frames(step - 1, 1)[0], frame


def _ends(spec: Spec) -> list[Frame]:
    run, ends = Run(spec), list[Frame]()
    while more := run.frames(run.place, 2_000):
        ends += [frame for frame in more if frame["ends"]]
    return ends


def _of_epoch(spec: Spec, epoch: int) -> Frame:
    ends = _ends(spec)
    if epoch > len(ends):
        raise problem("parameter", name="epoch", rule=f"at most {len(ends)}, where this training ends", value=epoch)
    return ends[epoch - 1]


def _mistakes(spec: Spec, epoch: int) -> tuple[str, str]:
    return str(_of_epoch(spec, epoch)["mistakes"]), ""


def _loss(spec: Spec, epoch: int) -> tuple[str, str]:
    return format_short(_of_epoch(spec, epoch)["loss"]), ""


def _epochs(spec: Spec, _: int) -> tuple[str, str]:
    ends = _ends(spec)
    first = next((frame["epoch"] for frame in ends if frame["mistakes"] == 0), None)
    course = ", ".join(str(frame["mistakes"]) for frame in ends[:20])
    more = ", and so on" if len(ends) > 20 else ""
    if first is None:
        return "never", f"In {len(ends)} epochs there is none without a mistake: {course}{more}."
    return str(first), f"Mistakes in each epoch: {course}{more}."


def _separable(spec: Spec, _: int) -> tuple[str, str]:
    if len(spec.classes) != 2:
        raise problem("parameter", name="ask", rule="left out for more than two classes", value="separable")
    question = {"X": spec.X.tolist(), "y": spec.y.tolist(), "names": list(spec.names), "classes": list(spec.classes)}
    verdict = prove(question, lambda name: {})
    if verdict["separable"]:
        return "yes", f"{spec.classes[1]} where {_line(spec, verdict['neuron'])} >= 0."
    return "no", f"Both sides have one mean: {verdict['certificate']['equation']}."


def _line(spec: Spec, neuron: dict[str, Any]) -> str:
    terms = [f"{format_short(w)}·{name}" for w, name in zip(neuron["w"], spec.names, strict=True) if w]
    return join_terms([*terms, format_short(neuron["b"])])


def _sum(spec: Spec, step: int) -> tuple[str, str]:
    before, frame = _before(spec, step)
    *w, b = before["theta"]
    z = frame["z"][0]
    return format_short(z), f"{write_sum(w, b, spec.X[frame['row']].tolist(), z)}."


def _output(spec: Spec, step: int) -> tuple[str, str]:
    _, frame = _before(spec, step)
    name = "step" if spec.kind == "perceptron" else "sigmoid"
    answer = format_output(name, frame["a"][0])
    return answer, f"{name}({format_short(frame['z'][0])}) = {answer}."


def _error(spec: Spec, step: int) -> tuple[str, str]:
    _, frame = _before(spec, step)
    target, a, error = int(spec.y[frame["row"]]), frame["a"][0], frame["error"][0]
    return format_short(error), f"{target} - {format_factor(a)} = {format_short(error)}."


def _weights(spec: Spec, step: int) -> tuple[str, str]:
    _, frame = _before(spec, step)
    if len(frame["theta"]) > MOST_WEIGHTS:
        raise problem("parameter", name="ask", rule=f"left out for more than {MOST_WEIGHTS} weights", value="weights")
    *w, b = map(format_short, frame["theta"])
    return ", ".join([*(f"w{j} = {value}" for j, value in enumerate(w, 1)), f"b = {b}"]), ""


WORDS = {
    "mistakes": "How many mistakes does epoch {epoch} make?",
    "loss": "What is the mean loss of epoch {epoch}?",
    "epochs": "In which epoch is every row right for the first time?",
    "separable": "Can any neuron have every row right?",
    "sum": "What is its weighted sum?",
    "output": "What does the neuron answer?",
    "error": "What is the error, target minus answer?",
    "weights": "What are the weights and the bias after it?",
}
OF_EPOCH, OF_STEP = ("mistakes", "loss"), ("sum", "output", "error", "weights")
ASKED: dict[str, Callable[[Spec, int], tuple[str, str]]] = {
    "mistakes": _mistakes, "loss": _loss, "epochs": _epochs, "separable": _separable, "sum": _sum, "output": _output,
    "error": _error, "weights": _weights,
}  # fmt: skip
"""What the engine can be asked."""
