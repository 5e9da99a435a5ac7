"""Accuracy against the amount of data: single neurons level off, networks go on."""

import sys
from pathlib import Path

import numpy as np

import glassneuron as gn

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
X = np.random.default_rng(0).normal(size=(400, 2))
y = np.where(X[:, 0] * X[:, 1] > 0, "same sign", "other sign")
gn.plot_comparison(X, y, seeds=1).save(folder / "comparison.png")
