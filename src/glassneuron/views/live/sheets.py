"""A worksheet and its answers, for paper: from the same lesson, and so with the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from glassneuron.neurons.explain.numbers import format_short
from glassneuron.views.live.lesson_file import Lesson
from glassneuron.views.live.questions import Question

MOST_ROWS = 40
"""Rows of a table that are printed."""
STYLE = """
body { font: 11pt/1.4 "DejaVu Sans", system-ui, sans-serif; color: #20242a; max-width: 46rem; }
body { margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.4em; margin: 0 0 0.3em; }
h2 { font-size: 1.05em; margin: 1.4em 0 0.4em; }
table { border-collapse: collapse; margin: 0.6em 0; }
th, td { border: 1px solid #9aa0a8; padding: 0.2em 0.7em; text-align: left; vertical-align: top; }
td.number { text-align: right; }
section { break-after: page; }
section:last-of-type { break-after: auto; }
@media screen { section + section { border-top: 2px solid #9aa0a8; margin-top: 2rem; padding-top: 1.5rem; } }
li { margin: 0 0 1.1em; break-inside: avoid; }
.line { display: block; border-bottom: 1px solid #9aa0a8; height: 1.9em; }
.option { margin-right: 1.6em; white-space: nowrap; }
.name { text-align: right; margin: 0 0 0.6em; }
"""


def worksheet(lesson: Lesson, students: int = 1) -> str:
    """Return a page of questions for each student, as HTML that prints well; with one student, without a seed."""
    pages = [_questions(each, students) for each in _of_students(lesson, students)]
    return _page(f"{lesson.title} · worksheet", pages)


def answer_sheet(lesson: Lesson, students: int = 1) -> str:
    """Return the answers to the questions, for each student's seed, as HTML."""
    lessons = _of_students(lesson, students)
    seeds = (
        f"The seed of student n is {lesson.spec['seed']} + n."
        if students > 1
        else f"The seed is {lesson.spec['seed']}."
    )
    parts = [f"<h1>{escape(lesson.title)} · answers</h1>", f"<p>{escape(_settings(lesson))} {seeds}</p>"]
    for number, question in enumerate(lesson.questions, 1):
        answers = [
            (each, question.words(each.checked_spec()), *question.answer(each.checked_spec())) for each in lessons
        ]
        words = {said for _, said, _, _ in answers}
        parts.append(
            f"<h2>{number}. {escape(words.pop() if len(words) == 1 else question.text or _usual(question))}</h2>"
        )
        if len({tuple(answer) for _, *answer in answers}) == 1:
            parts.append(f"<p>{_answer(*answers[0][2:])}</p>")
            continue
        cell = "<td class='number'>{}</td><td class='number'>{}</td><td>{}</td>"
        rows = [
            f"<tr>{cell.format(each.student, each.spec['seed'], _answer(*said))}</tr>" for each, _, *said in answers
        ]
        parts.append(f"<table><tr><th>student</th><th>seed</th><th>answer</th></tr>{''.join(rows)}</table>")
    return _page(f"{lesson.title} · answers", [f"<section>{''.join(parts)}</section>"])


def _of_students(lesson: Lesson, students: int) -> list[Lesson]:
    return [lesson] if students == 1 else [lesson.of_student(number) for number in range(1, students + 1)]


def _usual(question: Question) -> str:
    """Return a question without the row that each student's step shows."""
    return f"Step {question.at}: its {question.ask}"


def _answer(answer: str, why: str) -> str:
    return f"<b>{escape(answer)}</b>{f' {escape(why)}' if why else ''}"


def _questions(lesson: Lesson, students: int) -> str:
    spec = lesson.checked_spec()
    who = f"student {lesson.student}, seed {lesson.spec['seed']}: " if students > 1 else ""
    name = f"<p class='name'>{who}{'.' * 40}</p><h1>{escape(lesson.title)}</h1>"
    items = []
    for question in lesson.questions:
        options = "".join(f"<span class='option'>☐ {escape(option)}</span>" for option in question.options)
        room = f"<div>{options}</div>" if options else "<span class='line'></span>"
        items.append(f"<li>{escape(question.words(spec))}{room}</li>")
    return (
        f"<section>{name}<p>{escape(lesson.text)}</p>{_rows(lesson)}<p>{escape(_settings(lesson))}</p>"
        f"<ol>{''.join(items)}</ol></section>"
    )


def _rows(lesson: Lesson) -> str:
    """Return the rows as a table; where they were scaled for learning, as the table file has them."""
    spec, table = lesson.spec, lesson.table
    X = spec["X"] if table is None else table["X"].tolist()
    head = "".join(f"<th>{escape(name)}</th>" for name in ["row", *spec["names"], "class"])
    body = "".join(
        f"<tr><td class='number'>{i}</td>{''.join(f'<td class=number>{format_short(v)}</td>' for v in x)}"
        f"<td>{escape(spec['classes'][k])}</td></tr>"
        for i, (x, k) in enumerate(zip(X[:MOST_ROWS], spec["y"], strict=False), 1)
    )
    more = f"<p>and {len(X) - MOST_ROWS:,} more rows</p>" if len(X) > MOST_ROWS else ""
    scaled = "" if table is None else "<p>For learning, each feature is brought to mean 0 and deviation 1.</p>"
    return f"<table><tr>{head}</tr>{body}</table>{more}{scaled}"


def _settings(lesson: Lesson) -> str:
    """Return a sentence on how it learns."""
    spec = lesson.checked_spec()
    what = {
        "perceptron": "A perceptron", "sigmoid": "A sigmoid neuron",
        "network": f"A network of {'-'.join(map(str, spec.sizes))} neurons",
    }[spec.kind]  # fmt: skip
    start = "random weights" if spec.kind == "network" else "weights of 0"
    parts = [
        f"{what} starts from {'given weights' if spec.start is not None else start}, with learning rate {spec.eta:g}"
    ]
    if spec.fixed_bias is not None:
        parts.append(f"its bias is held at {spec.fixed_bias:g}")
    parts.append(
        "the rows come in an order that follows from the seed" if spec.shuffle else "the rows come as they stand"
    )
    if spec.outputs == 1:
        parts.append(f"it fires for {spec.classes[1]}")
    return f"{'; '.join(parts)}."


def _page(title: str, sections: Sequence[str]) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{STYLE}</style></head>\n'
        f"<body>\n{chr(10).join(sections)}\n</body></html>\n"
    )
