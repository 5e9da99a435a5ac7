"""Who follows a training: the caller's function, a progress bar, and scikit-learn's callbacks where it has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, Protocol, runtime_checkable

import numpy as np

from glassneuron.learning.history import History, OnEpoch
from glassneuron.progress import bar


@runtime_checkable
class Spectator(Protocol):
    """An `on_epoch` that sees more: when a `fit` begins and ends, and what it would leave behind after each epoch."""

    def begin(self) -> None:
        """Called before the first epoch."""

    def see(self, history: History, fitted: Callable[[], dict[str, Any]]) -> None:
        """Called before `on_epoch`; `fitted()` gives the fitted attributes, if one wants to pay for them."""

    def end(self, *, interrupted: bool) -> None:
        """Called after the last epoch, also where an error ended the training."""


def has_callbacks(estimator: Any) -> bool:
    """Return whether scikit-learn's callbacks follow an estimator, given to itself or to what it is a part of."""
    known = vars(estimator)
    return bool(known.get("_skl_callbacks")) or "_parent_callback_ctx" in known


@contextmanager
def followers(
    estimator: Any,
    X: Any,
    y: Any,
    epochs: int,
    on_epoch: OnEpoch | None,
    verbose: Any,
    fitted: Callable[[History], dict[str, Any]],
) -> Iterator[OnEpoch | None]:
    """Bring all who follow a training together in one function, which learning calls after each epoch, or None.

    They are the caller's function, a progress bar, and scikit-learn's callbacks. `fitted` takes the history so far and
    returns the fitted attributes as they would be now, by name.
    """
    if on_epoch is None and not verbose and not has_callbacks(estimator):
        yield None
        return

    def as_if_over(history: History) -> dict[str, Any]:
        return fitted(history) | {"history_": deepcopy(history), "n_iter_": history.epochs, "_findings": []}

    context = None
    if has_callbacks(estimator):
        context = estimator._init_callback_context(max_subtasks=epochs)
        context.call_on_fit_task_begin(estimator=estimator, X=X, y=y)
    spectator = on_epoch if isinstance(on_epoch, Spectator) else None
    if spectator is not None:
        spectator.begin()
    with bar(epochs if verbose else 0, "learning", "epoch {task.completed} of at most {task.total},") as tell:
        passed = 0  # of all starts, where there are several

        def follow(history: History) -> bool:
            nonlocal passed
            passed += 1
            if spectator is not None:
                spectator.see(history, lambda: fitted(history))
            answer = on_epoch(history) if on_epoch is not None else False
            stop = isinstance(answer, (bool, np.bool_)) and bool(answer)
            if verbose:
                tell(passed, progress_text(history))
            if context is not None:
                task = context.subcontext(task_name="epoch")
                task.call_on_fit_task_begin(estimator=estimator, X=X, y=y)
                wanted = task.call_on_fit_task_end(
                    estimator=estimator, X=X, y=y, reconstruction_attributes=lambda: as_if_over(history)
                )
                stop = bool(wanted) or stop
            return stop

        within = getattr(on_epoch, "within", None)
        if within is not None:  # it looks into the middle of an epoch
            vars(follow)["within"] = within
        interrupted = True
        try:
            yield follow
            interrupted = False
        finally:
            if spectator is not None:
                spectator.end(interrupted=interrupted)
    if context is not None:
        context.call_on_fit_task_end(estimator=estimator, X=X, y=y)


def progress_text(history: History) -> str:
    """Return in a few words how a training goes.

    Examples
    --------
    >>> progress_text(History(mistakes=[3], losses=[0.5]))
    '3 mistakes'
    >>> progress_text(History(losses=[0.5], validation_losses=[0.75]))
    'loss 0.5, 0.75 on rows held out'
    """
    if history.mistakes:
        return f"{history.mistakes[-1]} mistake{'s' * (history.mistakes[-1] != 1)}"
    held_out = f", {history.validation_losses[-1]:.4g} on rows held out" if history.validation_losses else ""
    return f"loss {history.losses[-1]:.4g}{held_out}"
