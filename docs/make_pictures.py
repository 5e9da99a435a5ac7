"""The pictures of the README, made by the package's own functions.

    python docs/make_pictures.py [FOLDER]

writes them to `docs/pictures`, or to another folder. A test makes them anew and compares them with those that are here.
"""

from __future__ import annotations

import sys
from pathlib import Path

from matplotlib.figure import Figure

import glassneuron as gn
from glassneuron.data.bundled import bundled


def neuron(path: Path) -> None:
    """Draw a neuron that learned to tell two kinds of iris apart, and what it makes of one flower."""
    table = gn.read_table(bundled("iris"), "species")
    learned = gn.SigmoidNeuron().fit(table.X[50:], table.y[50:])
    model = gn.Model(learned.neurons_, learned.classes_.tolist(), table.names)
    gn.diagram(model, table.X[103]).save(path)


def network(path: Path) -> None:
    """Draw the smallest network that computes XOR, at work on one row."""
    layers = gn.two_layers(gn.TruthTable.of("xor"))
    assert layers is not None
    gn.diagram(layers.network, [1, 0], names=["a", "b"]).save(path)


def regions(path: Path) -> None:
    """Draw what a network answers that learned XOR, which no single neuron can."""
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    learned = gn.MLPClassifier(4, "tanh", learning_rate=0.05, n_restarts=3).fit(X, y)
    ax = Figure(figsize=(4.4, 3.4), layout="constrained").subplots()
    gn.plot_regions(learned, X, y, names=["a", "b"], ax=ax).save(path)


def learning(path: Path) -> None:
    """Show how a perceptron learns OR, example by example."""
    perceptron = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    gn.animate(perceptron, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1], path, size=3.6)


PICTURES = {"neuron.svg": neuron, "network.svg": network, "regions.png": regions, "learning.gif": learning}
"""The name of each file, and what makes it."""


def main(folder: Path) -> None:
    """Make all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PICTURES.items():
        make(folder / name)
        print(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pictures")
