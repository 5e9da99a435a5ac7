"""The regions of a network that learned XOR, which no single neuron can."""

import sys
from pathlib import Path

import glassneuron as gn

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
network = gn.MLPClassifier(4, "tanh", learning_rate=0.05, n_restarts=3).fit(X, y)
gn.plot_regions(network, X, y).save(folder / "network.png")
