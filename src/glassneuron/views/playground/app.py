"""The playground as an ASGI application: the page's files, the lessons, and the answers to what the page asks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from glassneuron.errors import GlassneuronError, problem
from glassneuron.views.playground.guard import Guard
from glassneuron.views.playground.lessons import lessons
from glassneuron.views.playground.runs import to_json
from glassneuron.views.playground.sessions import one_line, read_json, talk
from glassneuron.views.playground.tables import LARGEST_FILE, Tables, from_csv

PAGE = Path(__file__).with_name("page")
TYPES = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json",
    ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".txt": "text/plain",
}  # fmt: skip
"""What a browser is told that a file is; systems differ in what they would tell."""


def playground(
    token: str,
    *,
    allow_hosts: Iterable[str] = (),
    own: dict[str, Any] | None = None,
    more: Sequence[dict[str, Any]] = (),
    page: Path = PAGE,
) -> Guard:
    """Return the application, guarded.

    Parameters
    ----------
    token : str
        Of this launch.
    allow_hosts : iterable of str
        Names beside those of this computer under which it may be asked.
    own : dict, optional
        A table of the user's, as `tables.from_file` returns it.
    more : sequence of dict
        Lessons of the user's, which come first.
    page : Path
        The folder with the page; those of its files that are there now are served, and nothing else.
    """
    tables = Tables()
    taught = to_json([*more, *lessons(tables, own)])
    files = {path.relative_to(page).as_posix(): path for path in sorted(page.rglob("*")) if path.suffix in TYPES}

    async def file(request: Request) -> Response:
        name = request.path_params.get("name") or "index.html"
        if name not in files:
            return PlainTextResponse("there is no such file here.\n", 404)
        path = files[name]
        return Response(await run_in_threadpool(path.read_bytes), media_type=TYPES[path.suffix])

    async def lesson_list(request: Request) -> Response:
        return Response(taught, media_type="application/json")

    async def kernels_js(request: Request) -> Response:
        return Response(await run_in_threadpool(_textbook), media_type="text/javascript")

    async def source(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(_sources))

    async def table(request: Request) -> Response:
        text = await _body(request)
        found = await run_in_threadpool(lambda: tables.keep(from_csv(text, request.query_params.get("target") or None)))
        return Response(to_json(found), media_type="application/json")

    async def export(request: Request) -> Response:
        state = read_json((await _body(request)).decode())
        html = await run_in_threadpool(_live, state, taught)
        headers = {"content-disposition": 'attachment; filename="lesson.html"'}
        return Response(html, media_type="text/html", headers=headers)

    async def socket(websocket: WebSocket) -> None:
        await talk(websocket, tables.find)

    routes = [
        Route("/", file), Route("/lessons.json", lesson_list), Route("/kernels.js", kernels_js),
        Route("/source.json", source), Route("/table", table, methods=["POST"]),
        Route("/export", export, methods=["POST"]), WebSocketRoute("/ws", socket), Route("/{name:path}", file),
    ]  # fmt: skip
    return Guard(
        Starlette(routes=routes, exception_handlers={Exception: _sentence, GlassneuronError: _sentence}),
        token,
        allow_hosts,
    )


async def _sentence(request: Request, error: Exception) -> Response:
    """Answer with what is wrong, as a sentence."""
    code = (
        413 if getattr(error, "code", "") == "too-large-file" else 422 if isinstance(error, GlassneuronError) else 500
    )
    return JSONResponse({"error": one_line(error)}, code)


async def _body(request: Request) -> bytes:
    """Read what was sent, and no more than a file may have."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FILE:
            raise problem("too-large-file", most=LARGEST_FILE)
    return body


@cache
def _textbook() -> str:
    from glassneuron.engine.javascript import module

    return module()


@cache
def _sources() -> dict[str, dict[str, Any]]:
    from glassneuron.engine.javascript import kernel_names, kernel_source

    return {name: {**kernel_source(name)} for name in kernel_names()}


def _live(state: Any, taught: str) -> str:
    from glassneuron.views.live.live_page import live_page

    return live_page(state, json.loads(taught))
