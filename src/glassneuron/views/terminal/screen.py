"""The screen on which a training is stepped through by keys."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.widgets import Input, Static

from glassneuron.views.terminal.page import Place, help_page, number, page
from glassneuron.views.terminal.recording import Recording

SECONDS = 0.5  # a step, in play
SLICE = 0.05  # seconds of training between two looks at the keys


class Watch(App[None]):
    """One step of a recording at a time.

    Attributes
    ----------
    film : Recording
    place : Place
        The step that is shown.
    """

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None  # keys belong to the page, not to the hidden line
    CSS = """
    #title { text-style: bold; }
    #page { height: 1fr; }
    #keys { text-style: dim; }
    #go { dock: bottom; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,n", "step(1)", "next step"),
        Binding("left,p", "step(-1)", "step before"),
        Binding("down,e", "epoch(1)", "next epoch"),
        Binding("up,E", "epoch(-1)", "epoch before"),
        Binding("home", "first", "first step"),
        Binding("end", "last", "last step"),
        Binding("space", "play", "play"),
        Binding("g", "ask", "go to a step"),
        Binding("j,pagedown", "scroll(3)", "scroll"),
        Binding("k,pageup", "scroll(-3)", "scroll back"),
        Binding("question_mark,h", "help", "help"),
        Binding("escape", "close", "close"),
        Binding("q", "quit", "quit"),
        Binding("ctrl+c", "quit", "quit", priority=True),
    ]

    def __init__(self, film: Recording) -> None:
        super().__init__()
        self.film, self.place = film, Place()
        self.scrolled, self.helping, self.playing, self.learning = 0, False, False, False
        self.said, self._cells = "", Size(0, 0)

    def compose(self) -> ComposeResult:
        """Make the page, and the line in which a step is asked for."""
        for name in ("title", "page", "keys"):
            yield Static(id=name, markup=False)
        yield Input(id="go", placeholder="number of a step, then Enter", type="integer")

    def on_mount(self) -> None:
        """Begin with the first step."""
        self.title = "glassneuron watch"
        self.set_interval(SECONDS, self._tick)
        self.set_interval(SLICE * 1.2, self._learn)
        self.show()

    def on_resize(self, event: Resize) -> None:
        """Write the page anew for another size."""
        self._cells = event.size
        self.show()

    def show(self) -> None:
        """Write the page."""
        width, height = self._cells
        if width == 0 or height == 0:
            return
        if self.helping:
            lines = help_page(width, height)
        else:
            lines = page(self.film, self.place, width, height, self.scrolled)
            if self.said or self.learning or self.playing:
                lines[-1] = self.said or (self._progress() if self.learning else "playing; space pauses")
        *top, keys = lines[:height]
        for name, part in (
            ("title", top[:1]),
            ("page", top[1 : max(1, height - 1 - self._asking())]),
            ("keys", [keys]),
        ):
            self.query_one(f"#{name}", Static).update("\n".join(part))

    def _asking(self) -> int:
        return 3 if self.query_one("#go").display else 0

    def _progress(self) -> str:
        return f"learning: epoch {self.film.front.epoch:,}; any key stops"

    def _go(self, place: Place) -> None:
        self.place, self.scrolled, self.helping, self.learning, self.said = place, 0, False, False, ""
        self.show()

    def _tick(self) -> None:
        if self.playing and not self.action_step(1):
            self.playing = False
            self.show()

    def _learn(self) -> None:
        """Train for a moment on the way to the end, so that keys are heard in between."""
        if not self.learning:
            return
        self.film.finish(SLICE)
        if self.film.over:
            self._go(self._end())
        else:
            self.show()

    def _end(self) -> Place:
        epoch = max(1, self.film.epochs)
        return Place(epoch, max(0, len(self.film.steps(epoch)) - 1))

    def action_step(self, by: int) -> bool:
        """Go a step forward or back; return whether there was one."""
        epoch, step = self.place.epoch, self.place.step + by
        if step < 0:
            if epoch == 1:
                return False
            epoch, step = epoch - 1, len(self.film.steps(epoch - 1)) - 1
        elif step >= len(self.film.steps(epoch)):
            if not self.film.steps(epoch + 1):
                self._go(self.place)
                return False
            epoch, step = epoch + 1, 0
        self._go(Place(epoch, step))
        return True

    def action_epoch(self, by: int) -> None:
        """Go to the same step of the next epoch or of the one before; beyond the last one, to the end."""
        epoch = max(1, self.place.epoch + by)
        steps = self.film.steps(epoch)
        self._go(Place(epoch, min(self.place.step, len(steps) - 1)) if steps else self._end())

    def action_first(self) -> None:
        """Go to the first step."""
        self._go(Place())

    def action_last(self) -> None:
        """Train to the end, and go to the last step."""
        self.playing, self.learning, self.helping = False, True, False
        self._learn()

    def action_play(self) -> None:
        """Go on by itself, or stop doing so."""
        self.playing, self.helping = not self.playing, False
        self.show()

    def action_ask(self) -> None:
        """Ask for the number of a step."""
        go = self.query_one("#go", Input)
        go.display, go.value, self.helping = True, "", False
        go.focus()
        self.show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the step that was asked for; beyond the last one, to the end."""
        self.action_close()
        if not event.value.strip().lstrip("-").isdigit():
            return
        wanted, each = max(1, int(event.value)), max(1, len(self.film.steps(1)))
        epoch, step = (wanted - 1) // each + 1, (wanted - 1) % each
        steps = self.film.steps(epoch)
        self._go(Place(epoch, min(step, len(steps) - 1)) if steps else self._end())

    def action_close(self) -> None:
        """Close the help, or the line in which a step is asked for."""
        go = self.query_one("#go", Input)
        go.display, self.helping = False, False
        self.set_focus(None)
        self.show()

    def action_scroll(self, by: int) -> None:
        """Scroll the arithmetic of a long step."""
        self.scrolled = max(0, self.scrolled + by)
        self.show()

    def action_help(self) -> None:
        """Show what the keys do, or hide it."""
        self.helping = not self.helping
        self.show()

    async def on_event(self, event: Any) -> None:
        """Let any key stop the way to the end."""
        if type(event).__name__ == "Key" and self.learning:
            self.learning = False
        await super().on_event(event)

    @property
    def number(self) -> int:
        """The number of the step that is shown, from 1."""
        return number(self.film, self.place)
