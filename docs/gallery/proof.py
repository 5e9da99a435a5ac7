"""A proof as a picture: the street between two kinds of iris, and the crossing of XOR."""

import sys
from pathlib import Path

from matplotlib.figure import Figure

import glassneuron as gn
from glassneuron.data.bundled import bundled

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
iris = gn.read_table(bundled("iris"), "species")
figure = Figure(figsize=(11, 4.8), layout="constrained")
left, right = figure.subplots(1, 2)
gn.plot_proof(iris.X[:, 2:], iris.y == "setosa", ax=left)
gn.plot_proof([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], ax=right)
figure.savefig(folder / "proof.png")
