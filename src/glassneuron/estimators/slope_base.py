"""What the estimators of neurons that follow a slope share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.estimators.neurons import NeuronClassifier, NeuronEstimator
from glassneuron.estimators.validation import fitted
from glassneuron.learning import delta
from glassneuron.learning.course import Memory
from glassneuron.learning.dataset import Examples
from glassneuron.learning.history import History, OnEpoch


class SlopeEstimator(NeuronEstimator):
    """Neurons that follow the slope of their loss."""

    solver: str
    l2: float

    def _rule(self) -> delta.DeltaRule:
        return delta.DeltaRule(**self._common(), solver=self.solver, l2=self.l2)

    def _lesson(self, examples: Examples, memory: Memory | None, *, once: bool = False) -> delta.OnlineLesson:
        rule = replace(self._rule(), activation=self._activation())
        if once:
            rule = replace(self._once(rule), solver="batch" if self.solver == "batch" else "online")
        return delta.lesson_of(examples, rule, memory)

    def _teach(self, lesson: Any, on_epoch: OnEpoch | None, validation: Examples | None) -> History:
        return delta.teach(lesson, on_epoch, validation)

    def _steps(self, examples: Examples, validation: Examples | None) -> Iterator[Any]:
        return delta.steps(examples, replace(self._rule(), activation=self._activation()), validation)


class SlopeClassifier(SlopeEstimator, NeuronClassifier):
    """Neurons that follow the slope of their loss to tell classes apart."""

    def _examples(self, X: Any, y: Array, counts: Array | None, *, first: bool) -> Examples:
        examples = super()._examples(X, y, counts, first=first)
        if len(self.classes_) == 1:
            raise problem("one-class", name="y", value=self.classes_.tolist()[0])
        return examples

    def _fitted_activation(self) -> str:
        fitted(self)
        return self._activation()
