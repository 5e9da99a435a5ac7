"""Activations by name: formula, range, derivative, code in the kernels, source."""

from __future__ import annotations

from dataclasses import dataclass

from glassneuron.engine import kernels
from glassneuron.errors import problem


@dataclass(frozen=True)
class Activation:
    """What is known about one activation; formulas are in z (the weighted sum) and a (the activation)."""

    name: str
    code: int  # its number in `engine.kernels`
    formula: str
    derivative: str
    latex: str  # the formula for a typeset page
    range: str  # the interval of its outputs
    source: str


ACTIVATIONS: dict[str, Activation] = {
    a.name: a
    for a in (
        Activation(
            "step", kernels.STEP, "1 if z >= 0 else 0", "0", r"[z \ge 0]", "{0, 1}",
            "McCulloch & Pitts (1943), Bulletin of Mathematical Biophysics 5:115",
        ),
        Activation(
            "sigmoid", kernels.SIGMOID, "1 / (1 + e^-z)", "a (1 - a)", r"\frac{1}{1 + e^{-z}}", "(0, 1)",
            "Rumelhart, Hinton & Williams (1986), Nature 323:533",
        ),
        Activation(
            "tanh", kernels.TANH, "(e^z - e^-z) / (e^z + e^-z)", "1 - a^2", r"\tanh z", "(-1, 1)",
            "LeCun et al. (1998), Efficient BackProp, in Neural Networks: Tricks of the Trade",
        ),
        Activation(
            "relu", kernels.RELU, "max(0, z)", "1 if z > 0 else 0", r"\max(0, z)", "[0, inf)",
            "Nair & Hinton (2010), ICML",
        ),
        Activation(
            "linear", kernels.LINEAR, "z", "1", "z", "(-inf, inf)",
            "Widrow & Hoff (1960), IRE WESCON 4:96",
        ),
        Activation(
            "softmax", kernels.SOFTMAX, "e^z_k / sum of e^z_i over the layer", "a_k (1 if i = k else 0) - a_i a_k",
            r"\frac{e^{z_k}}{\sum_i e^{z_i}}", "(0, 1), adding up to 1 over a layer",
            "Bridle (1990), Neurocomputing: Algorithms, Architectures and Applications",
        ),
    )
}  # fmt: skip


def activation(name: str) -> Activation:
    """Look an activation up by its name, a key of ACTIVATIONS."""
    try:
        return ACTIVATIONS[name]
    except (KeyError, TypeError):
        names = ", ".join(repr(known) for known in ACTIVATIONS)
        raise problem("parameter", name="activation", rule=f"one of {names}", value=name) from None
