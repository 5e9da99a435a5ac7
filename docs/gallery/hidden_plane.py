"""The hidden plane: two hidden neurons put the rows of XOR where one line is enough."""

import sys
from pathlib import Path

import glassneuron as gn

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
network = gn.MLPClassifier(2, "tanh", learning_rate=0.05, n_restarts=10).fit(X, y)
gn.plot_hidden_plane(network, X, y).save(folder / "hidden_plane.png")
