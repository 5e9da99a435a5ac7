"""Decision regions: which class is answered where, the other features held at the row asked about."""

import sys
from pathlib import Path

import glassneuron as gn
from glassneuron.data.bundled import bundled

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
iris = gn.read_table(bundled("iris"), "species")
neurons = gn.SigmoidNeuron().fit(iris.X, iris.y)
petals = ("petal length (cm)", "petal width (cm)")
gn.plot_regions(neurons, iris.X, iris.y, features=petals, row=100, names=iris.names).save(folder / "regions.png")
