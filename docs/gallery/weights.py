"""Weights over time: how each moves while a perceptron learns OR."""

import sys
from pathlib import Path

import glassneuron as gn

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
perceptron = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
gn.plot_weights(perceptron, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]).save(folder / "weights.png")
