"""The option `--diagram`: a model, or the smallest neuron or network for a gate, drawn to a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from glassneuron.cli.options import can_put
from glassneuron.errors import problem
from glassneuron.neurons.logic.truth_table import input_names, truth_table
from glassneuron.proofs.boolean.threshold_functions import smallest_neuron
from glassneuron.proofs.boolean.two_layers import two_layers
from glassneuron.views.diagrams.diagram import diagram
from glassneuron.views.diagrams.picture import svg_path


def can_draw(path: Path | None, *inputs: Path) -> None:
    """Refuse, before the work starts, a file to draw to that is no SVG, cannot be written or is one of the inputs."""
    if path is not None:
        svg_path(path, "diagram")
        can_put(path, "diagram", *inputs)


def draw(model: Any, row: Any, path: Path) -> None:
    """Draw a model, for a row, and say where."""
    diagram(model, row).save(path)
    print(f"drawn to {path}", file=sys.stderr)


def draw_gate(what: str, n_inputs: int | None, path: Path) -> None:
    """Draw the smallest neuron that computes a gate or, where there is none, two layers that do."""
    table = truth_table(what, n_inputs)
    names, found = input_names(what, table), smallest_neuron(table)
    if found is not None:
        drawn = diagram(found.neuron, names=names)
    else:
        layers = two_layers(table)
        if layers is None:
            raise problem("no-layers", what=what)
        drawn = diagram(layers.network, names=names)
    drawn.save(path)
    print(f"drawn to {path}", file=sys.stderr)
