"""A perceptron learns OR, example by example: mistakes stand longer."""

import sys
from pathlib import Path

import glassneuron as gn

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
perceptron = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
gn.animate(perceptron, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1], folder / "animation.gif")
