"""How weights move while they learn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.watch.watch import watch
from glassneuron.neurons.columns import names_in
from glassneuron.views.figures.canvas import Display, clean, legend, plain, title, whole_ticks
from glassneuron.views.figures.plane.answers import names_of
from glassneuron.views.palette import COLOURS, INK, PALE

LINES = 8
"""Weights that have a colour of their own: those that went farthest; the others are pale."""
MOST_POINTS = 4000
STYLES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)))


class WeightsDisplay(Display):
    """Weights over time, drawn.

    Attributes
    ----------
    ax_, figure_ : Axes, Figure
    lines_ : list of Line2D
        One for each weight, in their order.
    bias_ : Line2D or None
    """

    def __init__(
        self,
        moments: Array,
        weights: Array,
        biases: Array | None,
        names: Sequence[str],
        *,
        unit: str = "step",
        epochs: Sequence[int] = (),
        told: str = "",
    ) -> None:
        self.moments, self.weights, self.biases, self.names = moments, weights, biases, tuple(names)
        self.unit, self.epochs, self.told = unit, list(epochs), told

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        neuron: int = 1,
        layer: int = 1,
        most_steps: int = 200_000,
        ax: Any = None,
    ) -> WeightsDisplay:
        """Watch the training that `fit` would do, and draw the weights of one neuron after each step.

        Parameters
        ----------
        estimator : an estimator of this package
            It is not changed.
        X : array_like of shape (rows, features)
        y : array_like of shape (rows,)
        neuron, layer : int, default 1
            Which neuron, from 1, where there are several.
        most_steps : int
            Steps that are watched at most.
        ax : matplotlib Axes, optional

        Examples
        --------
        >>> import glassneuron as gn
        >>> p = gn.Perceptron(0.1, fixed_bias=-1.0, shuffle=False)
        >>> drawn = gn.WeightsDisplay.from_estimator(p, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1])
        >>> [round(float(line.get_ydata()[-1]), 6) for line in drawn.lines_]
        [1.1, 1.1]
        """
        checks.integer("most_steps", most_steps, "[1, inf)")
        steps = watch(estimator, X, y)
        return cls.from_steps(steps, names=_given(X), neuron=neuron, layer=layer, most_steps=most_steps, ax=ax)

    @classmethod
    def from_steps(
        cls,
        steps: Iterable[Any],
        *,
        names: Sequence[str] | None = None,
        neuron: int = 1,
        layer: int = 1,
        most_steps: int = 200_000,
        ax: Any = None,
    ) -> WeightsDisplay:
        """Draw the weights of steps that `glassneuron.watch` gave."""
        at = checks.integer("neuron", neuron, "[1, inf)") - 1
        course: list[tuple[int, Array]] = []  # moments, and the weights and the bias then
        epochs: list[int] = []
        number, last, stride, kind, cut = 0, 0, 1, "", ""
        for step in steps:
            kind = type(step).__name__
            if kind == "Step" and step.neuron != at:
                continue
            before, after = _parameters(step, at, layer)
            if not course:
                course.append((0, before))
            number += 1
            if step.epoch != last:
                last = step.epoch
                epochs.append(number - 1)
            if number % stride == 0:
                course.append((number, after))
            if len(course) > MOST_POINTS:
                course, stride = course[::2], 2 * stride
            if number >= most_steps:
                cut = f"the first {number:,} steps"
                break
        if not course:
            raise problem("empty", name="steps", what="step of this neuron")
        if course[-1][0] != number:
            course.append((number, after))
        moments, rows = zip(*course, strict=True)
        table = np.array(rows)
        many = table.shape[1] - 1
        called = names if names is not None and len(names) == many else [f"w{j + 1}" for j in range(many)]
        if kind == "NetworkStep" and layer > 1:
            called = [f"from neuron {j + 1}" for j in range(many)]
        unit = "epoch" if kind == "WholeStep" else "step"
        made = cls(np.array(moments), table[:, :-1], table[:, -1], called, unit=unit, epochs=epochs, told=cut)
        return made.plot(ax=ax)

    def plot(self, ax: Any = None) -> WeightsDisplay:
        """Draw it, on axes of yours or on new ones."""
        ax = self._on(ax)
        reach = np.ptp(self.weights, axis=0) + np.abs(self.weights[-1])
        chosen = np.argsort(-reach, kind="stable")[:LINES].tolist()
        self.lines_ = []
        style: dict[str, Any] = {"linewidth": 1.6, "drawstyle": "steps-post" if len(self.moments) < 200 else "default"}
        for j, values in enumerate(self.weights.T):
            if j in chosen:
                k = sorted(chosen).index(j)
                look: dict[str, Any] = {"color": COLOURS[k], "linestyle": STYLES[k % len(STYLES)], "zorder": 3}
            else:
                look = {"color": PALE, "alpha": 0.4, "linewidth": 0.8}
            self.lines_ += ax.plot(self.moments, values, **style | look)
        self.bias_ = None
        if self.biases is not None:
            (self.bias_,) = ax.plot(self.moments, self.biases, **style | {"color": INK, "linestyle": (0, (2, 2))})
        ax.axhline(0.0, color="0.8", linewidth=0.8, zorder=0)
        if 1 < len(self.epochs) <= 60:
            for start in self.epochs[1:]:
                ax.axvline(start, color="0.92", linewidth=0.8, zorder=0)
        ax.set_xlabel(f"{self.unit}s" + ("; a pale line begins an epoch" if 1 < len(self.epochs) <= 60 else ""))
        ax.set_ylabel("weight")
        whole_ticks(ax, ax.xaxis)
        ax.set_xlim(self.moments[0], max(self.moments[-1], self.moments[0] + 1))
        clean(ax)
        shown = sorted(chosen)
        handles, labels = [self.lines_[j] for j in shown], [plain(self.names[j], 18) for j in shown]
        if self.bias_ is not None:
            handles, labels = [*handles, self.bias_], [*labels, "bias"]
        more = self.weights.shape[1] - len(shown)
        legend(ax, handles, labels)
        title(ax, self.told, f"{more:,} more weights, pale, moved less" if more else "")
        return self


def _given(X: Any) -> tuple[str, ...] | None:
    columns = names_in(X)
    return None if columns is None else names_of(X, None, len(columns))


def _parameters(step: Any, at: int, layer: int) -> tuple[Array, Array]:
    """Return the weights and the bias of one neuron before and after a step."""
    if hasattr(step, "after"):  # of a network
        layers = (step.before.layers, step.after.layers)
        checks.integer("layer", layer, f"[1, {len(layers[0])}]")
        checks.integer("neuron", at + 1, f"[1, {len(layers[0][layer - 1].biases)}]")
        before, after = ((of[layer - 1].weights[at], of[layer - 1].biases[at]) for of in layers)
        return np.append(*before), np.append(*after)
    before, after = (step.weights_before, step.bias_before), (step.weights_after, step.bias_after)
    if np.ndim(step.weights_before) == 2:
        checks.integer("neuron", at + 1, f"[1, {len(step.weights_before)}]")
        before, after = ((w[at], b[at]) for w, b in (before, after))
    return np.append(*before), np.append(*after)


def plot_weights(estimator: Any, X: Any, y: Any, *, ax: Any = None, **options: Any) -> WeightsDisplay:
    """Draw weights over time: the same as `WeightsDisplay.from_estimator`, which tells the options.

    Examples
    --------
    >>> import glassneuron as gn
    >>> plot_weights(gn.Perceptron(), [[0, 0], [1, 1]], [0, 1]).ax_.get_ylabel()
    'weight'
    """
    return WeightsDisplay.from_estimator(estimator, X, y, ax=ax, **options)
