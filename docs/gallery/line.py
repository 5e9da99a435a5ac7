"""The line of a neuron, the side on which it fires, and its street: how far the nearest rows are."""

import sys
from pathlib import Path

import glassneuron as gn

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]
perceptron = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False).fit(X, y)
gn.plot_line(perceptron, X, y).save(folder / "line.png")
