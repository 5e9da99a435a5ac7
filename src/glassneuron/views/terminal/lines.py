"""A line a step: for a pipe, a log or a screen reader; or one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from glassneuron.learning.watch.gradient_step import WholeStep
from glassneuron.learning.watch.network_step import NetworkStep
from glassneuron.learning.watch.step import Step
from glassneuron.neurons.explain.numbers import format_output, format_short
from glassneuron.views.terminal.course import Course
from glassneuron.views.terminal.recording import steps_in

MOST_NUMBERS = 6  # of a row or of weights that a line holds


def lines(course: Course, as_json: bool = False) -> Iterator[str]:
    """Train, and yield a line for each step, one for each epoch and one for the end.

    Examples
    --------
    >>> from glassneuron.views.terminal.course import course, rows_of_gate
    >>> _, first, second, *_, last = lines(course(rows_of_gate("or"), rate=0.1, fixed_bias=-1.0))
    >>> print(second)
    epoch 1 row 1: x=(0, 1) target 1 sum -1 output 0 error 1 -> w=(0, 0.1) b=-1
    >>> print(last)
    stopped: epoch 10 passed without a mistake: every row is answered right
    """
    trainer = course.begin()
    if not as_json:
        yield course.title
    epoch = 0
    for step in steps_in(trainer):
        if step.epoch != epoch and epoch and not as_json:
            yield f"epoch {epoch}: {tally(trainer.history, epoch)}"
        epoch = step.epoch
        yield json.dumps(plain(step)) if as_json else line(step)
    history = trainer.history
    if as_json:
        end = {"stopped": history.why_stopped, "converged": history.converged, "epochs": history.epochs}
        yield json.dumps({**end, "mistakes": history.mistakes, "losses": history.losses})
        return
    if epoch and epoch <= history.epochs:
        yield f"epoch {epoch}: {tally(history, epoch)}"
    yield f"stopped: {history.why_stopped}"


def tally(history: Any, epoch: int) -> str:
    """Say how an epoch went: its mistakes, where they are counted, or its loss."""
    if history.mistakes:
        count = history.mistakes[epoch - 1]
        return f"{count:,} mistake{'s' * (count != 1)}"
    return f"loss {format_short(history.losses[epoch - 1])}"


def line(step: Any) -> str:
    """Write a step in one line."""
    if isinstance(step, Step):
        who = f" neuron {step.neuron + 1} of {len(step.sums)}" if len(step.sums) > 1 else ""
        answer = format_output(step.activation, step.output)
        return (
            f"epoch {step.epoch} row {step.example}{who}: x={_few(step.x)} target {format_short(step.target)} "
            f"sum {format_short(step.weighted_sum)} output {answer} error {format_short(step.error)} -> "
            f"w={_few(step.weights_after)} b={format_short(step.bias_after)}"
        )
    if isinstance(step, NetworkStep):
        output, moved = output_of(step), _largest_move(step)
        move = f"weights move by {format_short(moved)} at most" if step.moves else "weights wait for the batch"
        return (
            f"epoch {step.epoch} row {step.example}: x={_few(step.x)} target {_few(step.target)} "
            f"output {_few(output)} -> {move}"
        )
    assert isinstance(step, WholeStep)
    weights = " ".join(
        f"w={_few(w)} b={format_short(float(b))}" for w, b in zip(step.weights_after, step.bias_after, strict=True)
    )
    return f"epoch {step.epoch} all {step.rows} rows: loss {format_short(step.loss)} -> {weights}"


def plain(step: Any) -> dict[str, Any]:
    """Return a step as plain values that JSON can hold, unrounded."""
    if isinstance(step, Step):
        return {
            "epoch": step.epoch, "row": step.example, "neuron": step.neuron, "x": step.x.tolist(),
            "target": step.target, "sum": step.weighted_sum, "output": step.output, "error": step.error,
            "weights": step.weights_after.tolist(), "bias": step.bias_after,
        }  # fmt: skip
    if isinstance(step, NetworkStep):
        return {
            "epoch": step.epoch, "row": step.example, "x": step.x.tolist(), "target": step.target.tolist(),
            "output": output_of(step).tolist(), "parameters": step.after.parameters.tolist(),
        }  # fmt: skip
    assert isinstance(step, WholeStep)
    return {
        "epoch": step.epoch, "loss": step.loss,
        "weights": step.weights_after.tolist(), "bias": step.bias_after.tolist(),
    }  # fmt: skip


def output_of(step: NetworkStep) -> np.ndarray[Any, Any]:
    """Return what the network answered before it moved, of shape (outputs,)."""
    return np.atleast_1d(np.asarray(step.before.feedforward(step.x)))


def _largest_move(step: NetworkStep) -> float:
    return float(np.abs(step.after.parameters - step.before.parameters).max())


def _few(numbers: Any) -> str:
    told = [format_short(value) for value in numbers[:MOST_NUMBERS].tolist()]
    more = [f"{len(numbers) - MOST_NUMBERS} more"] if len(numbers) > MOST_NUMBERS else []
    return f"({', '.join([*told, *more])})"
