"""An activation and its derivative: what a neuron makes of its sum, and how steep that is."""

import sys
from pathlib import Path

import glassneuron as gn

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
gn.plot_activation("sigmoid").save(folder / "activation.png")
