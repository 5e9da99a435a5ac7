"""Probabilities against outcomes, on rows that the neuron has not learned from."""

import sys
from pathlib import Path

import glassneuron as gn
from glassneuron.data.bundled import bundled

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
cells = gn.read_table(bundled("wisconsin"), "diagnosis")
neuron = gn.SigmoidNeuron().fit(cells.X[::2], cells.y[::2])
gn.plot_calibration(neuron, cells.X[1::2], cells.y[1::2], bins=5).save(folder / "calibration.png")
