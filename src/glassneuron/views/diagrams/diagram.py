"""`gn.diagram`: any neuron, gate, layer, network, model or fitted estimator as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from glassneuron.views.diagrams.choice import columns_of
from glassneuron.views.diagrams.drawing import draw
from glassneuron.views.diagrams.picture import Picture
from glassneuron.views.diagrams.subject import subject_of
from glassneuron.views.diagrams.words import text_of, title_of

MOST_LAYERS = 4
"""Layers that are drawn; of more, the first two and the last two."""


def diagram(model: Any, row: Any = None, *, names: Sequence[str] | None = None) -> Picture:
    """Draw a model with its weights on the wires and, for a row, the arithmetic of its answer.

    Positive weights are solid and blue, negative ones dashed and vermillion, wider the larger they are; the bias is a
    wire from a constant 1. Of many inputs and neurons the heaviest are drawn, for a row those with the largest
    products, and the others counted.

    Parameters
    ----------
    model : Neuron, McCullochPitts, Layer, Network, Model, or a fitted estimator of this package
    row : array_like of shape (inputs,), optional
        In the units of the table that the model learned from.
    names : sequence of str, optional
        What the inputs are called; those that the model knows if left out.

    Returns
    -------
    Picture
        A notebook shows it; `save("file.svg")` writes it, and `print` says it in words.

    Raises
    ------
    ParameterTypeError
        If it is anything else.
    ShapeError, DataError
        If the model cannot read the row.

    Examples
    --------
    >>> from glassneuron.neurons.neuron import Neuron
    >>> print(diagram(Neuron([0, 1], 4), [2, 3]))
    A sigmoid neuron with 2 inputs.
      x1: weight 0 times 2 is 0
      x2: weight 1 times 3 is 3
      bias 4, from a constant 1
      the sum is 7; sigmoid(7) = 0.999
    """
    subject = subject_of(model, row, names)
    columns = columns_of(subject)
    skipped = len(columns) - MOST_LAYERS
    if skipped > 0:
        columns = (*columns[: MOST_LAYERS // 2], *columns[-(MOST_LAYERS // 2) :])
    body, width, height = draw(subject, columns, max(skipped, 0))
    return Picture(title_of(subject), text_of(subject, columns, max(skipped, 0)), body, width, height)
