"""A picture and what it says, in words."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from itertools import count
from os import PathLike
from pathlib import Path
from typing import Any

from glassneuron.data.atomic import write_whole
from glassneuron.errors import problem
from glassneuron.views.diagrams.svg import FONT, element, printable

_shown = count(1)
"""Numbers for pictures that are shown: the same one may stand in a page twice, and ids may not."""


@dataclass(frozen=True, eq=False, repr=False)
class Picture:
    """A picture as SVG, and all that it says as text.

    Attributes
    ----------
    title : str
        What it is, in some words.
    text : str
        All that it says, for who cannot see it; `print` shows it.
    body : str
        The shapes, without ids.
    width, height : float
        In pixels.
    """

    title: str
    text: str
    body: str
    width: float
    height: float

    @property
    def svg(self) -> str:
        """The picture as an SVG document; equal pictures have equal documents."""
        return self._svg("")

    def _svg(self, number: str) -> str:
        name = f"gn-{sha256(f'{self.text}{self.body}'.encode()).hexdigest()[:10]}{number}"
        width, height = f"{self.width:.0f}", f"{self.height:.0f}"
        return element(
            "svg",
            element("title", printable(self.title), id=f"{name}-title")
            + element("desc", "\n".join(map(printable, self.text.split("\n"))), id=f"{name}-desc")
            + element("rect", width=width, height=height, fill="#ffffff")
            + self.body,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {width} {height}",
            width=width,
            height=height,
            role="img",
            aria_labelledby=f"{name}-title {name}-desc",
            font_family=FONT,
        )

    @property
    def image(self) -> str:
        """The picture as an HTML image with its words beside, for who cannot see it.

        As an image it shows in notebooks that are not trusted too, whatever the style of the page around it, and its
        ids meet no others.
        """
        data = b64encode(self.svg.encode()).decode()
        size = f'width="{self.width:.0f}" height="{self.height:.0f}"'
        return f'<img alt="{escape(self.text)}" {size} src="data:image/svg+xml;base64,{data}"/>'

    def save(self, path: str | PathLike[str]) -> None:
        """Write the picture to a file, *.svg.

        Raises
        ------
        ParameterError
            If the name does not end in .svg.
        ModelFileError
            If it cannot be written.
        """
        write_whole(svg_path(path), f"{self.svg}\n".encode())

    def _repr_svg_(self) -> str:
        return self._svg(f"-{next(_shown)}")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.image, "image/svg+xml": self._repr_svg_(), "text/plain": self.text}

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Picture({self.title!r}, {self.width:.0f} x {self.height:.0f})"


def svg_path(path: str | PathLike[str], setting: str = "path") -> Path:
    """Return the path of a picture, after checking its name."""
    if Path(path).suffix.lower() != ".svg":
        raise problem("parameter", name=setting, rule="the name of a file that ends in .svg", value=str(path))
    return Path(path)
