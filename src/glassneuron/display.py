"""How values show themselves in a notebook.

Values stand below the views, and what a lower room imports runs upward nowhere. So a value knows only the name of the
module that draws it, `views.notebook.displays`, and loads it by that name when it is first shown, as the public face
loads public names: nothing is imported before somebody looks.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Displayed:
    """A value that a notebook shows as a picture or a table; its text always stands beside."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return dict(import_module("glassneuron.views.notebook.displays").bundle(self))

    def _repr_html_(self) -> str | None:
        return self._repr_mimebundle_().get("text/html")
