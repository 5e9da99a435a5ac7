"""One page at the other end of a WebSocket: its questions, one after the other, and the trainings that it looks at."""

from __future__ import annotations

import json
import logging
import textwrap
from collections.abc import Callable
from typing import Any

from glassneuron import checks
from glassneuron.errors import GlassneuronError, problem
from glassneuron.views.playground.gates import gates
from glassneuron.views.playground.hints import hint
from glassneuron.views.playground.runs import MOST_FRAMES, SLICE, Run, to_json
from glassneuron.views.playground.specs import KINDS, Find, fields_of, read_spec, short
from glassneuron.views.playground.verdicts import prove
from glassneuron.views.playground.what_ifs import FIELDS, answer_what_if

LONGEST_MESSAGE = 64 * 1024
"""Bytes of a question, at most."""
LONGEST_SENTENCE = 1_000
MOST_RUNS = 2
"""Trainings that a page is shown side by side: as it was, and from a fork on."""

Request = dict[str, Any]
Op = Callable[[Request, Find], dict[str, Any]]


def _gates(request: Request, find: Find) -> dict[str, Any]:
    return {"gates": gates()}


OPS: dict[str, tuple[Op, tuple[str, ...]]] = {
    "prove": (prove, ("X", "y", "names", "classes", "table")),
    "hint": (hint, ("X", "y", "names", "classes", "table", "theta", "locked")),
    "gates": (_gates, ()),
    "what_if": (answer_what_if, FIELDS),
}
"""What a page may ask beside a training, and with which fields."""


class Session:
    """What the server keeps for one page.

    Parameters
    ----------
    find : callable
        Finds the tables that the server keeps.
    """

    def __init__(self, find: Find) -> None:
        self.find = find
        self.runs: dict[tuple[Any, str], Run] = {}

    def train(self, request: Request) -> dict[str, Any] | None:
        """Return a chunk of frames; None where reaching the cursor takes longer: then it is to be called once more."""
        run, cursor, count = self.run(request), _whole(request, "cursor", MOST_FRAMES), _whole(request, "count", None)
        frames = run.frames(cursor, count, SLICE)
        if not frames and run.length is None and run.place < cursor:
            return None
        return {
            "run": request.get("run"), "cursor": cursor, "frames": frames, "done": run.place == run.length,
            "why": run.why, "length": run.length,
        }  # fmt: skip

    def run(self, request: Request) -> Run:
        """Return the training that a request asks about: one under way, or a new one in place of the oldest."""
        fields_of(request, "train", ("run", "spec", "cursor", "count"))
        key = request.get("run"), json.dumps(request.get("spec"), sort_keys=True)
        if key not in self.runs:
            run = Run(read_spec(request.get("spec"), self.find))
            while len(self.runs) >= MOST_RUNS:
                del self.runs[next(iter(self.runs))]
            self.runs[key] = run
        self.runs[key] = self.runs.pop(key)  # the newest stands last
        return self.runs[key]

    def ask(self, op: str, request: Request) -> dict[str, Any]:
        """Answer any other question."""
        answer, known = OPS[op]
        return answer(fields_of(request, op, known), self.find)


def _whole(request: Request, name: str, most: int | None) -> int:
    if name not in request:
        raise problem("absent-field", name=name, what="train", rule="a whole number")
    return checks.integer(name, request[name], "[1, inf)" if most is None else f"[0, {most}]")


def read_json(text: str) -> Any:
    """Read JSON from outside; NaN and Infinity, which it has no words for, are refused.

    Examples
    --------
    >>> read_json('{"a": NaN}')
    Traceback (most recent call last):
    glassneuron.errors.DataError: JSON holds finite numbers; got NaN.
    """

    def refuse(word: str) -> Any:
        raise problem("input", text=f"JSON holds finite numbers; got {word}.")

    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise problem("input", text="the JSON is nested too deep.") from None
    except GlassneuronError:
        raise
    except ValueError as error:
        raise problem("input", text=f"this is no JSON: {error}.") from None


def one_line(error: Exception) -> str:
    """Return what is wrong as a sentence; what nobody foresaw is logged, too."""
    if isinstance(error, GlassneuronError):
        return textwrap.shorten(str(error), LONGEST_SENTENCE, placeholder=" ...")
    logging.getLogger("glassneuron.play").error("not foreseen", exc_info=error)
    return f"this went wrong inside glassneuron: {type(error).__name__}: {short(str(error))}"


def warm_up() -> None:
    """Ask each question once, so that its libraries are loaded: two threads that load them may wait for each other."""
    session = Session({}.__getitem__)
    for y in ([0, 0, 0, 1], [0, 1, 1, 0]):
        table = {"X": [[0, 0], [0, 1], [1, 0], [1, 1]], "y": y}
        session.ask("prove", table)
        session.ask("hint", {**table, "theta": [0, 0, 0], "locked": [False] * 3})
    for kind in KINDS:
        session.train({"spec": {"kind": kind, **table}, "cursor": 0, "count": 2})


async def talk(websocket: Any, find: Find) -> None:
    """Answer a page until it closes."""
    from starlette.websockets import WebSocketDisconnect

    await websocket.accept()
    session = Session(find)
    try:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            if text is None or len(text.encode()) > LONGEST_MESSAGE:
                await websocket.close(1003 if text is None else 1009)
                return
            await websocket.send_text(await _answer(session, text))
    except (WebSocketDisconnect, RuntimeError):  # it closed while an answer was on its way
        return
    finally:
        session.runs.clear()  # an idle thread may remember the session for a while


async def _answer(session: Session, text: str) -> str:
    number = None
    try:
        request = read_json(text)
        if not isinstance(request, dict):
            raise problem("parameter-type", name="a question", rule="an object", value=short(request), kind="value")
        number = request.pop("id", None)
        if not isinstance(number, int | str | None):
            raise problem("parameter", name="id", rule="a number or a text", value=short(number))
        op = checks.choice("op", request.pop("op", None), ("train", *OPS))
        if op == "train":
            answer = None
            while answer is None:
                answer = await in_thread("train", session.train, request)
        else:
            answer = await in_thread("ask", session.ask, op, request)
        return to_json({"id": number, **answer})
    except Exception as error:
        return to_json({"id": number if isinstance(number, int | str) else None, "error": one_line(error)})


async def in_thread(kind: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function beside the event loop: two trainings and two other answers at a time, the others in turn."""
    from anyio import CapacityLimiter
    from anyio.lowlevel import RunVar
    from anyio.to_thread import run_sync

    limits: RunVar[dict[str, CapacityLimiter]] = RunVar("glassneuron.limits")
    kept = limits.get({})
    if kind not in kept:
        kept[kind] = CapacityLimiter(2)
        limits.set(kept)
    return await run_sync(lambda: function(*arguments), limiter=kept[kind])
