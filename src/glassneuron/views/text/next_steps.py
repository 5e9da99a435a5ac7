"""One training in several libraries: their code, and their numbers side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.interop.next.lessons import HERE, LIBRARIES, Lesson, installed, lessons
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.network import Network
from glassneuron.views.text.tables import columns

DIGITS = 4


def next_steps(what: str, code: bool = True) -> Iterator[tuple[str, str]]:
    """Yield headings and texts for "or" or "xor"."""
    libraries = installed()
    for lesson in lessons(what):
        numbers = {library: lesson.trained(library) for library in libraries}
        yield lesson.title, "\n\n".join([_start(lesson), _side_by_side(lesson, numbers), _verdict(lesson, numbers)])
        if code:
            for library in libraries:
                yield f"{lesson.title}: {library}", lesson.code(library)
    absent = [library for library in LIBRARIES if library not in libraries]
    if absent:
        extra = "\n".join(f"{library}: pip install 'glassneuron[{LIBRARIES[library][2]}]'" for library in absent)
        yield "Not installed here", extra


def facts(what: str) -> dict[str, Any]:
    """Return the same as plain values: for each training the numbers after each step that is shown, by library."""
    libraries = installed()
    told = {}
    for lesson in lessons(what):
        rows = [t - 1 for t in lesson.shown]
        told[lesson.run] = {
            "start": np.concatenate([part.ravel() for part in lesson.start]).tolist(),
            "rate": lesson.rate,
            "after": list(lesson.shown),
            "names": list(lesson.names),
            "numbers": {library: lesson.trained(library)[rows].tolist() for library in libraries},
        }
    return told


def _start(lesson: Lesson) -> str:
    start = np.concatenate([part.ravel() for part in lesson.start])
    begin = ", ".join(f"{name} = {value:g}" for name, value in zip(lesson.names, start.tolist(), strict=True))
    rows = " ".join(f"[{a:g} {b:g}] -> {t:g}" for (a, b), t in zip(lesson.X.tolist(), lesson.y.tolist(), strict=True))
    how = "one after the other, again and again" if lesson.step == "row" else "all at once in each step"
    return f"rows    {rows}, {how}\nstart   {begin}\nrate    {lesson.rate:g}"


def _side_by_side(lesson: Lesson, numbers: dict[str, Array]) -> str:
    rows = [[f"after {lesson.step}", "", *numbers]]
    for t in lesson.shown:
        for k, name in enumerate(lesson.names):
            cells = [f"{after[t - 1, k]:.{DIGITS}f}" for after in numbers.values()]
            rows.append([f"{t:,}" if k == 0 else "", name, *cells])
    return columns(rows)


def _verdict(lesson: Lesson, numbers: dict[str, Array]) -> str:
    """Say whether all agree to the printed digits, and what was learned."""
    mine = numbers[HERE]
    apart = max((float(np.abs(after - mine).max()) for after in numbers.values()), default=0.0)
    if apart >= 10.0**-DIGITS:
        raise problem("next-apart", apart=apart)
    W, b, *more = _parts(lesson, mine[-1])
    activation = "step" if lesson.run == "perceptron" else "sigmoid"
    layers = [Layer(W, b, activation)] + ([Layer(more[0], more[1], activation)] if more else [])
    answers = Network(layers).feedforward(lesson.X)
    told = "  ".join(f"[{a:g} {b:g}] {z:.3g}" for (a, b), z in zip(lesson.X.tolist(), answers.tolist(), strict=True))
    names = ", ".join(name for name in numbers if name != HERE)
    agree = (
        f"{names}: the same numbers in all {lesson.steps:,} {lesson.step}s, to within {apart:.1g}\n" if names else ""
    )
    return f"{agree}answers in the end: {told}"


def _parts(lesson: Lesson, flat: Array) -> list[Array]:
    """Cut weights and biases out of one row of numbers; those of one neuron are a table of one row."""
    parts, place = [], 0
    for part in lesson.start:
        parts.append(flat[place : place + part.size].reshape(part.shape))
        place += part.size
    return [part[np.newaxis] if k == 0 and part.ndim == 1 else part for k, part in enumerate(parts)]
