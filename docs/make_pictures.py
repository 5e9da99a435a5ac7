"""The pictures of the README, made by the package's own functions.

    python docs/make_pictures.py [FOLDER]

writes them to `docs/pictures`, or to another folder. A test makes them anew and compares them with those that are here.
"""

from __future__ import annotations

import sys
from pathlib import Path

import glassneuron as gn
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table


def neuron(path: Path) -> None:
    """Draw a neuron that learned to tell two kinds of iris apart, and what it makes of one flower."""
    table = read_table(bundled("iris"), "species")
    learned = gn.SigmoidNeuron().fit(table.X[50:], table.y[50:])
    model = gn.Model(learned.neurons_, learned.classes_.tolist(), table.names)
    gn.diagram(model, table.X[103]).save(path)


def network(path: Path) -> None:
    """Draw the smallest network that computes XOR, at work on one row."""
    layers = gn.two_layers(gn.TruthTable.of("xor"))
    assert layers is not None
    gn.diagram(layers.network, [1, 0], names=["a", "b"]).save(path)


PICTURES = {"neuron.svg": neuron, "network.svg": network}
"""The name of each file, and what makes it."""


def main(folder: Path) -> None:
    """Make all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PICTURES.items():
        make(folder / name)
        print(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pictures")
