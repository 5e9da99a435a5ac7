"""Rosenblatt's perceptron: neurons that find their own weights by learning from their mistakes."""

from __future__ import annotations

from collections.abc import Iterator

from glassneuron.errors import problem
from glassneuron.learning.course import Lesson, Memory, run
from glassneuron.learning.dataset import Examples
from glassneuron.learning.history import History, OnEpoch, Step
from glassneuron.learning.neuron_steps import steps_of
from glassneuron.learning.perceptron_lesson import PerceptronLesson, PerceptronRule
from glassneuron.learning.perceptron_variants import AveragedLesson, PocketLesson, VotedLesson
from glassneuron.neurons.neuron import Neuron

__all__ = ["PerceptronRule", "VotedLesson", "learn", "lesson_of", "neurons_of", "steps", "teach"]

LESSONS = {"plain": PerceptronLesson, "averaged": AveragedLesson, "pocket": PocketLesson, "voted": VotedLesson}


def lesson_of(examples: Examples, rule: PerceptronRule, memory: Memory | None = None) -> PerceptronLesson:
    """Prepare neurons for learning, from where a memory says that they stand."""
    return LESSONS[rule.variant](examples, rule, memory)


def learn(
    examples: Examples,
    rule: PerceptronRule,
    on_epoch: OnEpoch | None = None,
    *,
    validation: Examples | None = None,
    memory: Memory | None = None,
) -> tuple[PerceptronLesson, History]:
    """Show the rows to the neurons, epoch after epoch, until an epoch passes without a mistake.

    Parameters
    ----------
    examples : Examples
    rule : PerceptronRule
    on_epoch : callable, optional
        Called with the history after each epoch; returning True stops.
    validation : Examples, optional
        Rows kept aside, by which the best epoch is chosen.
    memory : Memory, optional
        Where to go on from.

    Returns
    -------
    lesson : PerceptronLesson
        `lesson.kept()` gives the weights.
    history : History

    Raises
    ------
    DataError
        If the weights overflow.

    References
    ----------
    Rosenblatt (1958), Psychological Review 65(6):386-408. It converges where the classes are separable: Novikoff
    (1962), Symposium on the Mathematical Theory of Automata 12:615.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> rule = PerceptronRule(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    >>> lesson, history = learn(Examples(X, np.array([0, 1, 1, 1]), np.array([1])), rule)
    >>> history.mistakes
    [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    """
    lesson = lesson_of(examples, rule, memory)
    return lesson, teach(lesson, on_epoch, validation)


def teach(lesson: PerceptronLesson, on_epoch: OnEpoch | None = None, validation: Examples | None = None) -> History:
    """Let the neurons of a lesson learn as their rule says."""
    history = History()
    run(lesson, history, validation, on_epoch)
    _refuse_explosion(lesson, history)
    return history


def _refuse_explosion(lesson: PerceptronLesson, history: History) -> None:
    if history.diverged:
        values = lesson.examples.X.data if lesson.examples.sparse else lesson.examples.X
        raise problem("diverged", largest=max(float(values.max()), -float(values.min())), rate=lesson.rate)


def neurons_of(lesson: Lesson, activation: str = "step") -> list[Neuron]:
    """Give what a lesson keeps as neurons."""
    W, b = lesson.kept()
    return [Neuron(w, float(bias), activation) for w, bias in zip(W, b, strict=True)]


def steps(examples: Examples, rule: PerceptronRule, validation: Examples | None = None) -> Iterator[Step]:
    """Yield every example of the training that `learn` does, one at a time, from the same kernels.

    Parameters
    ----------
    examples, rule, validation
        As for `learn`.

    Yields
    ------
    Step
        One for each neuron that is shown a row; of neurons that compete, all of them at the same row.
    """
    lesson, history = lesson_of(examples, rule), History()
    yield from steps_of(lesson, history, validation)
    _refuse_explosion(lesson, history)
