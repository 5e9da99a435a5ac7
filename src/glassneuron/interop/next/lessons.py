"""What is trained everywhere: the rows, the start, the rate, and the libraries that take part."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from inspect import getsource

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.logic.truth_table import truth_table

HERE = "glassneuron"
LIBRARIES = {
    HERE: ("ours", "glassneuron", ""),
    "scikit-learn": ("scikit", "sklearn", ""),
    "PyTorch": ("pytorch", "torch", "torch"),
    "Keras": ("keras_3", "keras", "keras"),
    "JAX": ("with_jax", "jax", "jax"),
}
"""Of each: its file here, the module that has to be installed, and the extra that installs it."""


@dataclass(frozen=True)
class Lesson:
    """One training.

    `run` is the name of the function in each library's file: it takes the rows, the targets, the start, the rate and
    the number of steps, and yields all weights and biases after each step, in the order of `names`.
    """

    title: str
    run: str
    X: Array
    y: Array
    start: tuple[Array, ...]
    rate: float
    steps: int
    shown: tuple[int, ...]
    names: tuple[str, ...]
    step: str

    def trained(self, library: str) -> Array:
        """Return the weights and biases after each step, with one of the `LIBRARIES`, of shape (steps, numbers)."""
        if library == "Keras" and "KERAS_BACKEND" not in os.environ and not _there("tensorflow"):
            os.environ["KERAS_BACKEND"] = "torch" if _there("torch") else "jax"  # else it asks for TensorFlow
        run = getattr(import_module(f"glassneuron.interop.next.{LIBRARIES[library][0]}"), self.run)
        after = list(run(self.X, self.y, [part.copy() for part in self.start], self.rate, self.steps))
        return np.array([np.concatenate([np.asarray(part).ravel() for part in parts]) for parts in after], np.float64)

    def code(self, library: str) -> str:
        """Return the code that trains with a library: what is shown is what runs."""
        return getsource(getattr(import_module(f"glassneuron.interop.next.{LIBRARIES[library][0]}"), self.run)).rstrip()


def _there(module: str) -> bool:
    return find_spec(module) is not None


def installed() -> list[str]:
    """Return the libraries that are there."""
    found = [name for name, (_, module, _) in LIBRARIES.items() if _there(module)]
    if "Keras" in found and not any(map(_there, ("torch", "jax", "tensorflow"))):
        found.remove("Keras")  # it computes with one of them
    return found


def lessons(what: str) -> tuple[Lesson, ...]:
    """Return the trainings of single neurons, for "or", or of the network, for "xor"."""
    table = truth_table(what)
    X, y = table.rows.astype(np.float64), table.targets.astype(np.float64)
    neuron, names = (np.array([0.3, -0.2]), np.array([0.1])), ("w1", "w2", "b")
    if what == "or":
        return (
            Lesson("A perceptron learns OR", "perceptron", X, y, neuron, 0.25, 12, tuple(range(1, 13)), names, "row"),
            Lesson(
                "A sigmoid neuron learns OR",
                "sigmoid_neuron",
                X,
                y,
                neuron,
                0.5,
                400,
                (1, 2, 3, 4, 40, 400),
                names,
                "row",
            ),
        )
    start = np.array([[0.5, -0.4], [0.7, 0.6]]), np.array([0.1, -0.2]), np.array([[0.8, -0.9]]), np.array([0.3])
    layers = ("w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "c")
    return (Lesson("A network learns XOR", "network", X, y, start, 4.0, 400, (1, 2, 3, 10, 100, 400), layers, "step"),)
