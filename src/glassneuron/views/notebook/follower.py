"""Who watches a running `fit` for a widget: the parameters after each epoch, as the frames that the page plays."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from glassneuron.errors import problem
from glassneuron.learning.history import History, OnEpoch
from glassneuron.views.playground.runs import Run
from glassneuron.views.playground.specs import read_spec

PAUSE = 0.1  # seconds between two messages: a page is looked at, and training has more to do
Look = Callable[[], Mapping[str, Any]]
MOST_FRAMES = 1_000  # of a longer training every second epoch is shown, then every fourth, and so on


class Follower:
    """An `on_epoch` that shows each epoch in a widget, and calls the `on_epoch` that was there before.

    Estimators tell it more than others: see `estimators.callbacks.Spectator`.
    """

    def __init__(self, widget: Any, model: Any, spec: dict[str, Any]) -> None:
        self.widget, self.before = widget, model.on_epoch
        if isinstance(self.before, Follower):  # of an older widget, which shows what it has
            self.before = self.before.before
        self.first = Run(read_spec(spec)).frames(0, 1)
        self.size = len(self.first[0]["theta"])
        widget.frames = self.first
        self.begin()

    @staticmethod
    def refuse(model: Any, X: Any, *, static: bool) -> None:
        """Refuse what cannot be followed."""
        if not hasattr(model, "on_epoch"):
            rule = "false for what does not learn; take an estimator"
            raise problem("parameter", name="live", rule=rule, value=True)
        if static or X is None:
            needs = "false in a frame, which no kernel reaches" if static else "false without rows to look at"
            raise problem("parameter", name="live", rule=needs, value=True)

    def begin(self) -> None:
        """Start anew: a `fit` begins."""
        self._frames, self._new, self._stride, self._begins = list(self.first), list[dict[str, Any]](), 1, True
        self._sent, self._now = 0.0, None

    _now: tuple[History, Look] | None

    def see(self, history: History, fitted: Look) -> None:
        """Look at the attributes as they would be if the training ended here."""
        self._now = history, fitted
        if history.epochs % self._stride == 0:
            self._add(history, fitted)
        if self._new and time.monotonic() - self._sent > PAUSE:
            self._send()

    def _add(self, history: History, fitted: Look) -> None:
        frame = self._frame(history, fitted())
        if frame is None:
            return
        self._frames.append(frame)
        self._new.append(frame)
        if len(self._frames) > MOST_FRAMES:
            self._frames[1:] = self._frames[2::2]
            self._stride *= 2

    def _frame(self, history: History, attributes: Mapping[str, Any]) -> dict[str, Any] | None:
        if "network_" in attributes:
            theta = attributes["network_"].parameters.tolist()
        else:
            theta = [*np.ravel(attributes["coef_"]).tolist(), *np.ravel(attributes["intercept_"]).tolist()]
        if len(theta) != self.size or not all(map(math.isfinite, theta)):
            return None
        loss = float(history.losses[-1]) if history.losses else None
        return {
            "epoch": history.epochs, "row": -1, "z": [], "a": [], "error": [], "ends": True, "theta": theta,
            "mistakes": int(history.mistakes[-1]) if history.mistakes else 0,
            "loss": loss if loss is not None and math.isfinite(loss) else None,
        }  # fmt: skip

    def _send(self, **more: Any) -> None:
        message: dict[str, Any] = {"frames": [*(self.first if self._begins else []), *self._new], **more}
        if self._begins:
            message["begins"] = True
        self.widget.send(message)
        self._new, self._begins, self._sent = [], False, time.monotonic()

    def end(self, *, interrupted: bool) -> None:
        """The `fit` is over, or an error or Ctrl-C has ended it."""
        why = "it was interrupted" if interrupted or self._now is None else self._now[0].why_stopped
        if self._now is not None and self._frames[-1]["epoch"] != self._now[0].epochs:
            self._add(*self._now)
        self._send(why=why)
        self.widget.frames, self.widget.why = self._frames, why  # for views that open later

    def __call__(self, history: History) -> Any:
        """Pass the history on to the `on_epoch` that was there before."""
        return self.before(history) if self.before is not None else False

    def __deepcopy__(self, memo: Any) -> Any:
        return deepcopy(self.before, memo)  # a copy of the estimator is not watched

    def __reduce__(self) -> Any:
        return _unwatched, (self.before,)


def _unwatched(before: OnEpoch | None) -> OnEpoch | None:
    return before
