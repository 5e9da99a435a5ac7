"""The projection onto a neuron's own direction: of thirty features nothing is hidden, for its sum says it all."""

import sys
from pathlib import Path

import glassneuron as gn
from glassneuron.data.bundled import bundled

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
cells = gn.read_table(bundled("wisconsin"), "diagnosis")
neuron = gn.SigmoidNeuron().fit(cells.X, cells.y)
gn.plot_regions(neuron, cells.X, cells.y, project=True, names=cells.names).save(folder / "projection.png")
