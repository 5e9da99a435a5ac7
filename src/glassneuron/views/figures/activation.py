"""An activation and its derivative, from the textbook's own functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine import kernels
from glassneuron.engine.activations import Activation, activation
from glassneuron.views.figures.canvas import Display, clean, legend, title
from glassneuron.views.palette import COLOURS

POINTS = 401
JUMPS: dict[str, tuple[Any, Any]] = {"step": ((0.0, 1.0), None), "relu": (None, (0.0, 1.0))}
"""Where an activation and its derivative jump at 0: the values before and after."""
NEURONS = 3
"""Neurons in the layer whose shares are shown for softmax; the sums of the others are 0."""


class ActivationDisplay(Display):
    """An activation and its derivative, drawn.

    Attributes
    ----------
    ax_, figure_ : Axes, Figure
    line_, derivative_ : Line2D
    """

    def __init__(self, activation: Activation, z: Any, a: Any, slope: Any) -> None:
        self.activation, self.z, self.a, self.slope = activation, z, a, slope

    @classmethod
    def from_name(cls, name: str, *, reach: float = 6.0, ax: Any = None) -> ActivationDisplay:
        """Draw an activation between -reach and reach.

        Examples
        --------
        >>> drawn = ActivationDisplay.from_name("sigmoid")
        >>> middle = len(drawn.z) // 2
        >>> drawn.z[middle], drawn.a[middle], drawn.slope[middle]
        (0.0, 0.5, 0.25)
        """
        about = activation(name)
        far = checks.number("reach", reach, "(0, 1e6]")
        z = [far * (2 * k - POINTS + 1) / (POINTS - 1) for k in range(POINTS)]
        if about.name == "softmax":
            a = [_share(value) for value in z]
            slope = [share * (1.0 - share) for share in a]
        else:
            a = [kernels.activate(about.code, value) for value in z]
            slope = [kernels.activation_derivative(about.code, v, out) for v, out in zip(z, a, strict=True)]
        return cls(about, z, a, slope).plot(ax=ax)

    def plot(self, ax: Any = None) -> ActivationDisplay:
        """Draw it, on axes of yours or on new ones."""
        ax = self._on(ax)
        ax.axhline(0.0, color="0.85", linewidth=0.8, zorder=0)
        ax.axvline(0.0, color="0.85", linewidth=0.8, zorder=0)
        name = self.activation.name
        jump, slope_jump = JUMPS.get(name, (None, None))
        self.line_ = self._curve(ax, self.a, jump, COLOURS[0], "-")
        self.derivative_ = self._curve(ax, self.slope, slope_jump, COLOURS[1], (0, (5, 2)))
        ax.set_xlabel(
            "weighted sum z" if name != "softmax" else f"sum z of one neuron; those of {NEURONS - 1} others are 0"
        )
        ax.set_xlim(self.z[0], self.z[-1])
        if name in ("linear", "relu"):
            ax.set_ylim(max(self.z[0], -2.2) if name == "linear" else -0.3, 2.2)
        clean(ax)
        title(ax, f"{name}: {self.activation.formula}; answers in {self.activation.range}")
        legend(ax, [self.line_, self.derivative_], ["answer a", "slope da/dz"])
        return self

    def _curve(self, ax: Any, values: Any, jump: tuple[float, float] | None, colour: str, style: Any) -> Any:
        """Draw a curve; where it jumps, in two parts, with an open and a full dot for what does and does not belong."""
        z, shown = np.array(self.z), np.array(values, float)
        if jump:
            owner = 1 if self.activation.name == "step" else 0  # a tie fires; relu's slope is 0 at the kink itself
            gap = len(z) // 2 + (owner == 0)
            z, shown = np.insert(z, gap, 0.0), np.insert(shown, gap, np.nan)
            for value, own in zip(jump, (owner == 0, owner == 1), strict=True):
                ax.plot(
                    0.0,
                    value,
                    marker="o",
                    markersize=6,
                    color=colour,
                    markerfacecolor=colour if own else "white",
                    zorder=4,
                )
        (line,) = ax.plot(z, shown, color=colour, linestyle=style, linewidth=2.0, zorder=3)
        return line


def _share(z: float) -> float:
    sums, shares = [z] + [0.0] * (NEURONS - 1), [0.0] * NEURONS
    kernels.softmax(sums, shares)
    return shares[0]


def plot_activation(name: str, *, reach: float = 6.0, ax: Any = None) -> ActivationDisplay:
    """Draw an activation and its derivative: the same as `ActivationDisplay.from_name`.

    Parameters
    ----------
    name : {"step", "sigmoid", "tanh", "relu", "linear", "softmax"}
    reach : float in (0, 1e6]
        How far to go to either side of 0.
    ax : matplotlib Axes, optional

    Examples
    --------
    >>> plot_activation("relu").line_.get_ydata()[-1]
    np.float64(6.0)
    """
    return ActivationDisplay.from_name(name, reach=reach, ax=ax)
