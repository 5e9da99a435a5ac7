"""Who may ask the playground: this computer, by names on a list, with the token of this launch."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from glassneuron.errors import problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL = ("127.0.0.1", "localhost", "[::1]")
NAME = re.compile(r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])", re.ASCII)
HEADERS = (
    (b"content-security-policy", b"default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)


def allowed_name(text: str) -> str:
    """Return a host's name as it is compared; refuse what is none.

    Examples
    --------
    >>> allowed_name("Hub.Example")
    'hub.example'
    """
    name = text.strip().lower()
    if not NAME.fullmatch(name):
        rule = "the name of a host alone, such as hub.example, without http:// and port"
        raise problem("parameter", name="allow-host", rule=rule, value=text)
    return name


class Guard:
    """Middleware that lets through what comes from a known name and carries the token.

    The name in Host and in Origin has to be on the list. An Origin of this computer has to be the page's own, port and
    all, for other programs of this computer serve pages too; one that was allowed by name may stand before a proxy.

    Parameters
    ----------
    app : ASGI application
    token : str
        Of this launch: in the query of the printed address, afterwards in a cookie or in a query.
    allow_hosts : iterable of str
        Names beside those of this computer.
    """

    def __init__(self, app: App, token: str, allow_hosts: Iterable[str] = ()) -> None:
        self.app, self.token, self.allowed = app, token, tuple(allowed_name(name) for name in allow_hosts)
        self.cookie = f"glassneuron-{sha256(token.encode()).hexdigest()[:8]}"  # cookies do not tell ports apart

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse with a sentence."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = _headers(scope)
        by_query = self._is_token(parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[-1])

        async def guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                extra = list(HEADERS)
                if by_query and scope["type"] == "http" and scope["method"] == "GET":
                    extra.append((b"set-cookie", f"{self.cookie}={self.token}; HttpOnly; SameSite=Strict".encode()))
                message = {**message, "headers": [*message.get("headers", ()), *extra]}
            await send(message)

        why = self._refusal(headers)
        if why is None and not by_query and not self._is_token(_cookie(headers, self.cookie)):
            why = "refused: the token of this launch is missing. Open the address that `glassneuron play` printed."
        if why is None:
            await self.app(scope, receive, guarded)
        else:
            by_query = False  # who is refused gets no cookie
            await _refuse(scope, receive, guarded, f"{why}\n")

    def _is_token(self, text: str) -> bool:
        return secrets.compare_digest(text.encode(), self.token.encode())

    def _refusal(self, headers: dict[str, list[str]]) -> str | None:
        """Return why a request is refused by where it comes from, or None."""
        hosts, origins = headers.get("host", []), headers.get("origin", [])
        if len(hosts) != 1 or len(origins) > 1:
            return "refused: a request needs one Host, and one Origin at most."
        host, origin = hosts[0].lower(), origins[0].lower() if origins else None
        if _name(host) not in (*LOCAL, *self.allowed):
            return self._unknown("Host", host)
        if origin is None:
            return None
        place = origin.partition("://")[2]
        if _name(place) in self.allowed or (_name(place) in LOCAL and place == host):
            return None
        return self._unknown("Origin", place or origin)

    def _unknown(self, which: str, place: str) -> str:
        name = _name(place)
        known = ", ".join((*LOCAL, *self.allowed))
        if name is None:
            return f"refused: {which} is none of the names that this playground answers to ({known})."
        whose = f"its {which} is {place}, and this playground answers to {known}"
        return f"refused: {whose}. If that name is yours, start it with `glassneuron play --allow-host {name}`."


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _name(place: str) -> str | None:
    """Return the name in "name:port"; None where it is no name.

    Examples
    --------
    >>> _name("localhost:8000"), _name("[::1]:80"), _name("a b"), _name("x:y")
    ('localhost', '[::1]', None, None)
    """
    found = re.fullmatch(rf"({NAME.pattern})(?::\d{{1,5}})?", place, re.ASCII)
    return found[1] if found and len(place) <= 300 else None


def _cookie(headers: dict[str, list[str]], name: str) -> str:
    try:
        cookies = SimpleCookie("; ".join(headers.get("cookie", [])))
    except CookieError:
        return ""
    return cookies[name].value if name in cookies else ""


async def _refuse(scope: Scope, receive: Receive, send: Send, sentence: str) -> None:
    from starlette.responses import PlainTextResponse

    if scope["type"] == "http":
        await PlainTextResponse(sentence, 403)(scope, receive, send)
    elif "websocket.http.response" in scope.get("extensions", {}):
        await receive()
        body = sentence.encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "websocket.http.response.start", "status": 403, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": body})
    else:
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": sentence[:120]})
