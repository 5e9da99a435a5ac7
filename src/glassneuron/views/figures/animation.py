"""A training as a film: the line or the regions move, the current example is ringed, the mistakes are counted below."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.data.atomic import can_write, write_whole
from glassneuron.engine.arrays import Array, as_rows
from glassneuron.errors import problem
from glassneuron.learning.standardise import Scales
from glassneuron.learning.watch.watch import watch
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.network import Network
from glassneuron.progress import bar
from glassneuron.views.figures.canvas import class_handle, clean, dot_size, dots, label_axes, needed, plain
from glassneuron.views.figures.plane.answers import answerer, decided, known_classes, labels_of, names_of, places
from glassneuron.views.figures.plane.regions import red_green_blue
from glassneuron.views.figures.plane.section import Section, limits, section_of, thinned
from glassneuron.views.palette import COLOURS, INK, colour

MOST_FRAMES, MOST_STEPS = 400, 100_000
MOST_BYTES = 2_000_000
GRID, MOST_ROWS = 100, 400
COLOURS_OF_A_FRAME = 64
RIGHT, WRONG, LAST, FIRST = 150, 700, 2500, 1000
"""Milliseconds that a frame stands."""


@dataclass(frozen=True)
class Moment:
    """What one frame shows: a visit of a row, and the network after it, in the table's own units.

    `wrong_so_far` counts the rows of this epoch that were answered wrong when they were visited.
    """

    epoch: int
    example: int | None
    network: Network
    wrong: bool
    moved: bool
    wrong_so_far: int
    loss: float | None = None


def animate(
    estimator: Any,
    X: Any,
    y: Any,
    path: str | Path,
    *,
    features: Sequence[int | str] | None = None,
    names: Sequence[str] | None = None,
    frames: int = 120,
    speed: float = 1.0,
    size: float = 4.8,
) -> Path:
    """Watch the training that `fit` would do, and write it to an animated GIF.

    Frames of mistakes stand longer. Where there are more steps than frames, those that move the weights are shown,
    evenly spread. The file is at most 2 MB large: where that does not do, every second frame is left out.

    Parameters
    ----------
    estimator : an estimator of this package that tells classes apart
        It is not changed.
    X : array_like of shape (rows, features)
    y : array_like of shape (rows,)
        Labels of any kind.
    path : str or Path
        A file that ends in .gif.
    features : two numbers or names, optional
        Which features to show, of more than two; the others are held at their medians.
    names : sequence of str, optional
        What the features are called.
    frames : int in [2, 400], default 120
        Frames at most.
    speed : float in (0, 100], default 1
        2 plays it twice as fast.
    size : float in [2, 12], default 4.8
        Width in inches of 100 dots.

    Returns
    -------
    Path

    Raises
    ------
    ParameterError, DataError, MissingExtraError

    Examples
    --------
    >>> import glassneuron as gn, tempfile
    >>> p = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     gn.animate(p, X, y, f"{folder}/or.gif", frames=4).stat().st_size > 0
    True
    """
    place = Path(path)
    if place.suffix.lower() != ".gif":
        raise problem("parameter", name="path", rule="a file that ends in .gif", value=str(path))
    _needed()
    can_write(place)
    most = checks.integer("frames", frames, f"[2, {MOST_FRAMES}]")
    rate, width = checks.number("speed", speed, "(0, 100]"), checks.number("size", size, "[2, 12]")
    rows, labels = as_rows(X, "X").astype(np.float64, copy=False), labels_of(y)
    if len(labels) != len(rows):
        raise problem("lengths", rows=len(rows), targets=len(labels))
    classes = known_classes(y)
    called = names_of(X, None, rows.shape[1]) if names is None else tuple(map(str, names))
    section = section_of(rows, called, features)
    codes = places(labels, classes)[0]
    moments, number, told = _moments(estimator, X, y, codes, len(classes), most)
    stage = Stage(rows, codes, classes, section, told, number, width)
    pictures = []
    with bar(len(moments), "drawing", "frame {task.completed} of {task.total}") as tell:
        for done, moment in enumerate(moments, 1):
            pictures.append(stage.picture(moment, done == 1))
            tell(done, "")
    times = [round((WRONG if m.wrong else RIGHT) / rate) for m in moments]
    times[0], times[-1] = round(FIRST / rate), round(LAST / rate)
    write_whole(place, gif(pictures, times))
    return place


def _needed() -> None:
    needed()
    try:
        import PIL.Image  # noqa: F401
    except ImportError as error:
        raise problem("extra", purpose="an animation", library="Pillow", extra="plot") from error


def _moments(
    estimator: Any, X: Any, y: Any, codes: Array, classes: int, most: int
) -> tuple[list[Moment], int, list[float]]:
    """Watch a training; return the moments to show, the number of all, and what is counted in each epoch.

    That is the number of rows answered wrong; of neurons that look at all rows before they move, the loss.
    """
    if classes < 2:
        raise problem("one-class", name="y", value=labels_of(y)[0])
    kept: list[Moment] = []
    told: list[float] = []
    moment, number, wrong = None, 0, 0
    with bar(MOST_STEPS, "learning", "step {task.completed}") as tell:
        for (epoch, example), of_visit in groupby(watch(estimator, X, y), lambda step: _visit(step)):
            steps = list(of_visit)
            before, after = _networks(steps)
            if moment is None:
                kept.append(Moment(0, None, before, False, True, 0))
            elif epoch != moment.epoch:
                told.append(wrong if moment.loss is None else moment.loss)
                wrong = 0
            number += 1
            missed = example is not None and _answer(steps) != codes[example]
            wrong += int(missed)
            moved = any(getattr(step, "moves", True) and getattr(step, "error", 1.0) != 0.0 for step in steps)
            loss = steps[0].loss if example is None else None
            moment = Moment(epoch, example, after, missed, moved, wrong, loss)
            kept.append(moment)
            if len(kept) > 8 * most:
                moving = [each for each in kept if each.moved]
                kept = moving if most <= len(moving) <= 4 * most else kept[::2]
            if number % 100 == 0:
                tell(number, "")
            if number >= MOST_STEPS:
                break
    assert moment is not None
    told.append(wrong if moment.loss is None else moment.loss)
    if len(kept) > most:
        moving = [each for each in kept if each.moved]
        kept = moving if len(moving) >= most // 2 else kept
    if kept[-1] is not moment:
        kept.append(moment)
    picks = np.unique(np.linspace(0, len(kept) - 1, min(most, len(kept))).round().astype(int))
    return [kept[k] for k in picks.tolist()], number, told


def _visit(step: Any) -> tuple[int, int | None]:
    return step.epoch, getattr(step, "example", None)


def _networks(steps: Sequence[Any]) -> tuple[Network, Network]:
    """Return what answered before and after a visit, in the table's own units."""
    first = steps[0]
    if hasattr(first, "after"):
        scales = Scales(first.scaling)
        return scales.outside(first.before), scales.outside(first.after)
    name = getattr(first, "activation", "linear")
    if np.ndim(first.weights_before) == 2:
        pairs = [(first.weights_before, first.bias_before), (first.weights_after, first.bias_after)]
    else:
        pairs = [
            (np.array([s.weights_before for s in steps]), np.array([s.bias_before for s in steps])),
            (np.array([s.weights_after for s in steps]), np.array([s.bias_after for s in steps])),
        ]
    if first.scaling is not None:
        pairs = [first.scaling.folded(*pair) for pair in pairs]
    before, after = (Network([Layer(W, b, "linear" if name == "winner" else name)]) for W, b in pairs)
    return before, after


def _answer(steps: Sequence[Any]) -> int:
    """Return the class that a row was answered with when it was visited."""
    first = steps[0]
    sums = first.before.forward(np.atleast_2d(first.x))[0] if hasattr(first, "before") else np.array([first.sums])
    return int(decided(sums[:, 0] if sums.shape[1] == 1 else sums)[0])


class Stage:
    """A figure that is drawn anew for each moment."""

    def __init__(
        self, X: Array, codes: Array, classes: tuple[Any, ...], section: Section, told: list[float], steps: int,
        width: float,
    ) -> None:  # fmt: skip
        from matplotlib.figure import Figure

        self.codes, self.classes, self.section, self.told, self.steps = codes, classes, section, told, steps
        self.figure = Figure(figsize=(width, 1.15 * width), dpi=100, layout="constrained")
        self.plane, self.below = self.figure.subplots(2, height_ratios=[3.2, 1])
        self.u, self.v = section.place(X)
        across, up = limits([self.u]), (-0.1, 1.1) if section.flat else limits([self.v])
        self.grid = np.linspace(*across, GRID), np.linspace(*up, GRID)
        self.spots = section.rows(*(part.ravel() for part in np.meshgrid(*self.grid)))
        self.plane.set(xlim=across, ylim=up)
        label_axes(self.plane, *section.labels)
        if section.flat:
            self.plane.set_yticks([])
        some = thinned(codes, MOST_ROWS)
        self.rows: list[Any] = []
        for k in range(len(classes)):
            of = some[codes[some] == k]
            self.rows.append(dots(self.plane, self.u[of], self.v[of], k, 1.3 * dot_size(self.plane, len(some))))
        handles = [class_handle(k) for k in range(len(classes))]
        self.plane.legend(
            handles, [plain(c, 14) for c in classes], loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize="small",
            ncols=min(5, len(classes)), frameon=False,
        )  # fmt: skip
        self.words = self.figure.suptitle("\n", x=0.02, ha="left", fontsize="small", color=INK)
        self._below()
        self.canvas = _canvas(self.figure)
        self.canvas.draw()
        self.figure.set_layout_engine("none")  # nothing jumps from frame to frame
        for artist in (self.words, *self.rows):
            artist.set_animated(True)
        self.canvas.draw()
        self.still = self.canvas.copy_from_bbox(self.figure.bbox)

    def _below(self) -> None:
        from matplotlib.ticker import MaxNLocator

        whole = all(float(value).is_integer() for value in self.told)
        self.below.set(xlim=(0.4, len(self.told) + 0.6), ylim=(0, 1.08 * max(*self.told, 1e-9, 1.0 if whole else 0.0)))
        self.below.set_xlabel("epoch")
        self.below.set_ylabel("answered wrong" if whole else "mean loss", fontsize="small")
        for axis in (self.below.xaxis, *([self.below.yaxis] if whole else [])):
            axis.set_major_locator(MaxNLocator(5, integer=True))
        clean(self.below)

    def picture(self, moment: Moment, first: bool) -> Any:
        """Draw a moment, and return it as an image of Pillow."""
        from PIL import Image

        self.words.set_text(self._said(moment, first))
        behind, before = self._regions(moment.network), [*self._row(moment), *self._bars(moment)]
        self.canvas.restore_region(self.still)
        for artist in (*behind, *self.rows, *before, *self.plane.spines.values(), self.words):
            self.figure.draw_artist(artist)
        for artist in (*behind, *before):
            artist.remove()
        seen = Image.fromarray(np.asarray(self.canvas.buffer_rgba())[..., :3].copy())
        return seen.quantize(COLOURS_OF_A_FRAME, dither=Image.Dither.NONE)

    def _regions(self, network: Network) -> list[Any]:
        asked = answerer(network)
        codes = asked.positions(self.spots).reshape(len(self.grid[1]), -1)
        colours = np.array([red_green_blue(colour(k)) for k in range(len(self.classes))])[codes]
        (left, *_, right), (low, *_, high) = self.grid
        shown = [
            self.plane.imshow(
                1.0 - 0.28 * (1.0 - colours), origin="lower", aspect="auto", extent=(left, right, low, high), zorder=0
            )
        ]
        scores = asked.scores(self.spots) if asked.scores is not None else codes
        for k in np.unique(codes).tolist()[len(self.classes) == 2 :] if codes.min() < codes.max() else ():
            ahead = scores if scores.ndim == 1 else (codes.ravel() == k) - 0.5
            ahead = ahead.reshape(codes.shape)
            shown.append(self.plane.contour(*self.grid, ahead, levels=[0.0], colors=[INK], linewidths=1.8))
        return shown

    def _row(self, moment: Moment) -> list[Any]:
        i = moment.example
        if i is None:
            return []
        look = {"facecolors": "none", "edgecolors": INK, "linewidths": 2.6 if moment.wrong else 1.2, "zorder": 5}
        return [self.plane.scatter(self.u[i], self.v[i], s=260, **look)]

    def _bars(self, moment: Moment) -> list[Any]:
        now = [] if moment.epoch == 0 else [moment.wrong_so_far if moment.loss is None else moment.loss]
        values = [*self.told[: max(0, moment.epoch - 1)], *now]
        edges = [0.5 + k for k in range(len(values) + 1)]
        return [self.below.stairs(values, edges, fill=True, facecolor=COLOURS[1], edgecolor="white")] if values else []

    def _said(self, moment: Moment, first: bool) -> str:
        held = self.section.told
        if first:
            return f"before it learns\n{plain(held, 70)}"
        if moment.example is None:
            return f"epoch {moment.epoch}\n{plain(held, 70)}"
        verdict = "right" if not moment.wrong else "wrong"
        what = "the weights move" if moment.moved else "nothing changes"
        label = plain(self.classes[self.codes[moment.example]], 16)
        return f"epoch {moment.epoch}, row {moment.example}, which is {label}: {verdict}, {what}\n{plain(held, 70)}"


def _canvas(figure: Any) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    return FigureCanvasAgg(figure)


def gif(pictures: Sequence[Any], times: Sequence[int]) -> bytes:
    """Return an animated GIF of at most 2 MB: where it would be larger, every second picture is left out."""
    while True:
        file = io.BytesIO()
        pictures[0].save(
            file, format="GIF", save_all=True, append_images=list(pictures[1:]), duration=list(times), loop=0
        )
        if file.tell() <= MOST_BYTES or len(pictures) < 3:
            return file.getvalue()
        pictures, times = [*pictures[:-1:2], pictures[-1]], [*times[:-1:2], times[-1]]
