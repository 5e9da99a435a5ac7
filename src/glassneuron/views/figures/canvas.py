"""Where figures are drawn: axes of yours, or a figure of its own that a notebook shows and a file keeps."""

from __future__ import annotations

import io
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glassneuron.data.atomic import write_whole
from glassneuron.errors import problem
from glassneuron.views.palette import INK, colour, shape

LARGER = {"*": 2.2, "X": 1.5, "P": 1.5, "p": 1.2, "^": 1.2}
"""How much more area a marker needs to look as large as a square."""
MARKERS = {
    "square": "s", "circle": "o", "triangle": "^", "diamond": "D", "star": "*", "cross": "X", "plus": "P",
    "pentagon": "p",
}  # fmt: skip
LONGEST = 26
"""Characters of a name that a label shows."""
FILES = ("png", "svg", "pdf")
DOTS = 160
"""Dots per inch of a file."""


class Display:
    """A figure that was drawn: it shows itself in a notebook, and `save` keeps it.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    """

    ax_: Any
    figure_: Any

    def _on(self, ax: Any, **size: Any) -> Any:
        """Take the axes to draw on, and keep them with their figure."""
        self.ax_ = axes(ax, **size)
        self.figure_ = self.ax_.figure
        return self.ax_

    def save(self, path: str | Path) -> None:
        """Write the figure to a file that ends in .png, .svg or .pdf."""
        ending = ending_of(Path(path), "path")
        write_whole(Path(path), file_of(self.figure_, ending))

    def _repr_png_(self) -> bytes | None:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if not hasattr(self, "figure_") or (pyplot and pyplot.fignum_exists(getattr(self.figure_, "number", None))):
            return None  # pyplot shows what is its own
        return file_of(self.figure_, "png", 100)


def needed() -> None:
    """Refuse to go on without matplotlib."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise problem("extra", purpose="a figure", library="matplotlib", extra="plot") from error


def new_figure(width: float | None = None, height: float | None = None) -> Any:
    """Return a figure: one of pyplot's for those who use it, else one that no other part of the program knows.

    Sizes are in inches; by default they are matplotlib's.
    """
    needed()
    import matplotlib
    from matplotlib.figure import Figure

    usual = matplotlib.rcParams["figure.figsize"]
    options: dict[str, Any] = {"figsize": (width or usual[0], height or usual[1]), "layout": "constrained"}
    pyplot = sys.modules.get("matplotlib.pyplot")
    return Figure(**options) if pyplot is None else pyplot.figure(**options)


def axes(ax: Any = None, **size: Any) -> Any:
    """Return the axes to draw on: those given, or those of a new figure."""
    needed()
    return new_figure(**size).subplots() if ax is None else ax


def ending_of(path: Path, name: str) -> str:
    """Return the kind of file that a path asks for; refuse what cannot be drawn."""
    ending = path.suffix.removeprefix(".").lower()
    if ending not in FILES:
        raise problem("parameter", name=name, rule="a file that ends in .png, .svg or .pdf", value=str(path))
    return ending


def file_of(figure: Any, ending: str, dots: int = DOTS) -> bytes:
    """Return a figure as a file; the text of an SVG stays text."""
    import matplotlib

    dated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(ending)
    file = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "glassneuron"}):
        figure.savefig(file, format=ending, dpi=dots, metadata=dated)
    return file.getvalue()


def short(text: object, most: int = LONGEST) -> str:
    """Return a name in one line that is not too long; its end stays, for names may differ there.

    Examples
    --------
    >>> short("a column with a very long name", 20)
    'a column w…long name'
    """
    line = " ".join(str(text).split())
    if len(line) > most:
        line = f"{line[: most // 2].rstrip()}…{line[-(most - most // 2 - 1) :].lstrip()}"
    return line


def plain(text: object, most: int = LONGEST) -> str:
    r"""Return a name as a label of matplotlib shows it: a dollar sign is no formula, and `_` in front hides nothing.

    Examples
    --------
    >>> print(plain("price ($)"))
    price (\$)
    """
    line = short(text, most)
    return (f" {line}" if line.startswith("_") else line).replace("$", r"\$")


def title(ax: Any, *sentences: str, width: int | None = None) -> None:
    """Write sentences above the axes, as many lines as it takes."""
    inches = ax.get_position().width * ax.figure.get_size_inches()[0]
    width = width or max(24, int(inches * 13))
    lines = [line for sentence in sentences if sentence for line in textwrap.wrap(sentence, width)]
    ax.set_title("\n".join(lines).replace("$", r"\$"), loc="left", fontsize="small", color=INK)


def legend(ax: Any, handles: Sequence[Any], labels: Sequence[str], **more: Any) -> Any:
    """Put a legend beside axes of their own, and inside those of others."""
    outside: dict[str, Any] = {"loc": "best", "framealpha": 0.9}
    if len(ax.figure.axes) == 1 and ax.figure.get_layout_engine() is not None:
        outside = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0, "frameon": False}
    few = len(labels) <= 6 and ax.figure.get_size_inches()[0] > 5
    return ax.legend(handles, labels, fontsize="small" if few else "x-small", **outside | more)


def label_axes(ax: Any, across: str, up: str) -> None:
    """Name the axes, as far as the names have room."""
    width, height = ax.figure.get_size_inches()
    ax.set_xlabel(plain(across, int(8 * width)))
    ax.set_ylabel(plain(up, int(9 * height)))


def whole_ticks(ax: Any, axis: Any) -> None:
    """Put ticks at whole numbers only, and no more than have room."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(8 if ax.figure.get_size_inches()[0] > 5 else 4, integer=True))


def clean(ax: Any) -> None:
    """Leave out what carries nothing: the upper and the right side of the frame."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_axisbelow(True)


def class_marks(k: int) -> dict[str, Any]:
    """Return colour and shape of class number k, as `scatter` takes them."""
    return {"color": colour(k), "marker": MARKERS[shape(k)]}


def dots(ax: Any, u: Any, v: Any, k: int, size: float, **more: Any) -> Any:
    """Draw rows of class number k."""
    marks = class_marks(k)
    edge = {"edgecolors": "white", "linewidths": 0.6 if size > 15 else 0.3, "zorder": 3}
    return ax.scatter(u, v, s=size * LARGER.get(marks["marker"], 1.0), **edge | marks | more)


def dot_size(ax: Any, rows: int) -> float:
    """Return the area of a dot in square points: smaller where there are many, and in small axes."""
    width, height = ax.figure.get_size_inches() * ax.get_position().size
    room = min(1.0, max(0.4, width * height / 16.0))
    return (42.0 if rows <= 100 else 24.0 if rows <= 500 else 14.0) * float(room)


def class_handle(k: int, **more: Any) -> Any:
    """Return what stands for class number k in a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="none", markersize=7, markeredgecolor="white", **class_marks(k) | more)
