"""Whether a step neuron with some parameters held can still do it, exactly: what to move, or why nothing helps."""

from __future__ import annotations

from typing import Any

from glassneuron.views.playground.specs import Find


def hint(request: dict[str, Any], find: Find) -> dict[str, Any]:
    """Answer."""
    raise NotImplementedError
