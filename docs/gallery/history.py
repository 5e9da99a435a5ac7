"""Mistakes and loss of each epoch."""

import sys
from pathlib import Path

import glassneuron as gn

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
perceptron = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
perceptron.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1])
gn.plot_history(perceptron).save(folder / "history.png")
