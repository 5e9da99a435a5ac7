"""How a network answers: a row in lists or straight by compiled code, a table by products of matrices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import empty, ndarray
from numpy.typing import ArrayLike

from glassneuron.engine import backend
from glassneuron.engine.arrays import Array, numbers, refuse_not_finite
from glassneuron.errors import problem

ASKED = 1000
"""Rows that a network is expected to answer over its life: from 2,000 weights on that is compiled work."""
TOGETHER = 512
"""Rows of a table that go through the layers together."""
BRIEF = 200_000
"""Parameters up to which a row is answered without letting other threads run: some ten microseconds."""


class Answering:
    """What a network needs to answer, and how it goes about it; the base of `Network`."""

    # _theta is the parameters once more, but not read-only: Numba takes that for another type, to be compiled anew
    __slots__ = ("_at_hand", "_codes", "_lists", "_plan", "_speed", "_theta", "_work", "sizes")

    sizes: tuple[int, ...]
    _at_hand: tuple[
        Callable[..., bool] | None, np.dtype, tuple[int, ...] | None, int, Array, Array, slice | None
    ]  # fmt: skip
    _lists: tuple[list[Any], ...] | None

    def _prepare(self, theta: Array, sizes: Sequence[int], codes: list[int]) -> None:
        """Take the flat vector, the sizes of the layers and the codes of their activations."""
        self.sizes = tuple(int(n) for n in sizes)
        self._theta = theta.view() if theta.flags.writeable else theta.copy()
        self._plan, self._codes = np.array(self.sizes, dtype=np.int64), np.array(codes, dtype=np.int64)
        self._work = float(ASKED * len(theta))
        self._speed = ""  # that it is prepared for: none yet

    def feedforward(self, x: ArrayLike) -> Any:
        """Answer one row of inputs, or each row of a table.

        Parameters
        ----------
        x : array_like of shape (inputs,) or (rows, inputs)

        Returns
        -------
        float or ndarray
            For a network with one output a float, or one number a row; otherwise shape (outputs,) or (rows, outputs).

        Raises
        ------
        ShapeError
            If a row does not have one number for each input.
        DataError
            If it holds anything but finite numbers.
        """
        if backend.chosen is not self._speed:
            self._aim()
        lists = self._lists
        if lists is not None:
            answer = self._answer_in_lists(lists, x)
            if answer is not None:
                return answer
        elif type(x) is ndarray:  # a short answer takes as long as what is asked before it: all at hand in one tuple
            answer_row, dtype, shape, room, theta, plan, last = self._at_hand
            if x.dtype is dtype and x.shape == shape and x.flags.carray:
                a = empty(room, dtype)
                if (answer_row or self._find(x, a))(theta, plan, x, a):
                    return float(a[-1]) if last is None else a[last]
        return self._answers(x)

    def _aim(self) -> None:
        """Prepare for the speed that was chosen; told last that it is done, for other threads look there first."""
        speed, lists = backend.chosen, None
        if backend.speed_for(self._work) == "python":
            lists = self._theta.tolist(), [*self._plan.tolist(), *self._codes.tolist()]
        self._lists = lists
        self._hold(None)
        self._speed = speed

    def _hold(self, answer_row: Callable[..., bool] | None) -> None:
        theta, last = self._theta, None if self.sizes[-1] == 1 else slice(-self.sizes[-1], None)
        shape, room = self.sizes[:1] if len(theta) <= BRIEF else None, sum(self.sizes[1:])
        plan = np.concatenate([self._plan, self._codes])
        self._at_hand = (answer_row, theta.dtype, shape, room, theta, plan, last)

    def _find(self, x: Array, a: Array) -> Callable[..., bool]:
        """Find the compiled code that answers a row like this one."""
        theta, plan = self._at_hand[4:6]
        answer_row = backend.straight(backend.load("compiled").answer_row, theta, plan, x, a)
        self._hold(answer_row)
        return answer_row

    def _answer_in_lists(self, lists: tuple[list[Any], ...], x: Any) -> Any:
        """Answer one row of plain numbers; None for anything else."""
        dtype = np.dtype(np.float64)
        if type(x) is ndarray and x.ndim == 1 and x.dtype in (np.float32, np.float64):
            x, dtype = x.tolist(), x.dtype
        try:
            if isinstance(x, (list, tuple)) and len(x) == self.sizes[0] and all(map(math.isfinite, x)):
                a = [0.0] * sum(self.sizes[1:])
                backend.load("python").answer_row(*lists, x, a)
                return float(a[-1]) if self.sizes[-1] == 1 else np.array(a[-self.sizes[-1] :], dtype)
        except (TypeError, ValueError, OverflowError):
            pass  # a nested list, text, an immense whole number: the long way tells which
        return None

    def _answers(self, x: ArrayLike) -> Any:
        theta, last = self._theta, self.sizes[-1]
        values = numbers(x, "x")
        if values.ndim not in (1, 2):
            raise problem(
                "dimensions",
                name="x",
                rule="one row (inputs,) or a table (rows, inputs)",
                shape=values.shape,
                fix="Give a list of numbers, or a list of such lists.",
            )
        if values.shape[-1] != self.sizes[0]:
            raise problem("inputs", expected=self.sizes[0], got=values.shape[-1])
        rows = np.require(np.atleast_2d(values), requirements=("C", "W"))
        kernels = backend.kernels(max(self._work, float(len(rows)) * len(theta)))
        if backend.interpreted(kernels):
            refuse_not_finite(values, "x")
        with np.errstate(over="ignore", invalid="ignore"):
            answers, finite = self._answer_rows(kernels, rows)
        if not finite:
            refuse_not_finite(values, "x")
        if last == 1:
            answers = answers[:, 0]
        if values.ndim == 2:
            return answers
        return float(answers[0]) if answers.ndim == 1 else answers[0]

    def _answer_rows(self, kernels: Any, rows: Array) -> tuple[Array, bool]:
        """Answer some hundred rows at a time, so that what lies between the layers stays close by.

        Also tell whether the first layer's sums are finite: then every input is, for NaN and infinity spoil the sums
        of their row.
        """
        textbook, theta = backend.load("python"), self._theta.astype(rows.dtype, copy=False)
        W, b = textbook.weights_of(theta, self._plan), textbook.biases_of(theta, self._plan)
        some, finite = min(len(rows), TOGETHER), True
        sums, outputs = ([np.empty((some, len(bias)), rows.dtype) for bias in b] for _ in range(2))
        answers = np.empty((len(rows), self.sizes[-1]), rows.dtype)
        for start in range(0, len(rows), TOGETHER):
            X = rows[start : start + some]
            for l in range(len(W)):
                Z, A = sums[l][: len(X)], outputs[l][: len(X)]
                kernels.layer_forward(W[l], b[l], X, self._codes[l], Z, A)
                finite = finite and (l > 0 or bool(np.isfinite(Z.sum())))
                X = A
            answers[start : start + some] = X
        return answers, finite
