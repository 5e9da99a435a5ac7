"""The server of `glassneuron play`: where it listens, what it prints, and the browser that it opens."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
import warnings
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from glassneuron.engine.backend import speed
from glassneuron.errors import TrainingWarning, problem

HOST = "127.0.0.1"


def listen(port: int | None) -> socket.socket:
    """Return a socket that listens on this computer alone, at a port of choice or at a free one.

    Raises
    ------
    ParameterError
        If the port is in use, or may not be used.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port or 0))
        listening.listen(128)
    except OSError as error:
        listening.close()
        why = "in use" if error.errno in (48, 98, 10048) else (error.strerror or str(error)).lower()
        raise problem("port", value=port, why=why) from error
    return listening


def advice(place: Mapping[str, str], port: int, path: str, kernel: str = "") -> str | None:
    """Return the line that helps where the browser is not on this computer; None where it is.

    Parameters
    ----------
    place : mapping
        The environment.
    port : int
    path : str
        What follows the host in the address.
    kernel : str
        What /proc/version says.

    Examples
    --------
    >>> print(advice({"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22", "USER": "ann"}, 8000, "/?token=t"))
    over ssh: run `ssh -L 8000:127.0.0.1:8000 ann@192.0.2.2` on your own computer, and open the address there
    >>> advice({}, 8000, "/") is None
    True
    """
    if place.get("CODESPACES") == "true" and place.get("CODESPACE_NAME"):
        domain = place.get("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", "app.github.dev")
        host = f"{place['CODESPACE_NAME']}-{port}.{domain}"
        return f"in Codespaces: start it with `--port {port} --allow-host {host}`, and open https://{host}{path}"
    if place.get("JUPYTERHUB_SERVICE_PREFIX"):
        prefix = place["JUPYTERHUB_SERVICE_PREFIX"].rstrip("/")
        return (
            f"in JupyterHub: start it with `--allow-host` and the hub's name, and open {prefix}/proxy/{port}{path} "
            "there (it needs jupyter-server-proxy)"
        )
    if place.get("SSH_CONNECTION"):
        server = (place["SSH_CONNECTION"].split() + [""] * 3)[2]
        who = f"{place['USER']}@{server}" if place.get("USER") else server
        return f"over ssh: run `ssh -L {port}:{HOST}:{port} {who}` on your own computer, and open the address there"
    if "microsoft" in kernel.lower() or place.get("WSL_DISTRO_NAME"):
        return "in WSL: open the address in a browser of Windows"
    return None


def has_browser(place: Mapping[str, str], system: str) -> bool:
    """Return whether a window can be opened here.

    Examples
    --------
    >>> has_browser({}, "linux"), has_browser({"DISPLAY": ":0"}, "linux"), has_browser({}, "darwin")
    (False, True, True)
    """
    return not system.startswith(("linux", "freebsd")) or bool(place.get("DISPLAY") or place.get("WAYLAND_DISPLAY"))


def open_browser(address: str) -> None:
    """Open a window of the usual browser, unless that is one in the terminal."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if type(browser) is not webbrowser.GenericBrowser:  # a text browser would take the terminal
        threading.Thread(target=browser.open, args=(address,), daemon=True).start()


def serve(
    port: int | None = None, *, lesson: str | None = None, own: dict[str, Any] | None = None,
    more: Sequence[dict[str, Any]] = (), allow_hosts: Sequence[str] = (), browser: bool = True,
    page: Path | None = None,
) -> None:  # fmt: skip
    """Serve the playground until Ctrl-C.

    Its trainings run interpreted, at the speed whose numbers the page's own kernels meet to the last digit.
    """
    import uvicorn

    from glassneuron.views.playground.app import PAGE, playground
    from glassneuron.views.playground.sessions import warm_up

    token = secrets.token_urlsafe(24)
    app = playground(token, allow_hosts=allow_hosts, own=own, more=more, page=PAGE if page is None else page)
    with listen(port) as listening, speed("python"), warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingWarning)  # the page says it
        number = listening.getsockname()[1]
        path = f"/?token={token}" + (f"&lesson={lesson}" if lesson else "")
        print(f"http://{HOST}:{number}{path}", flush=True)
        helpful = advice(os.environ, number, path, _kernel())
        if helpful:
            print(helpful, flush=True)
        elif browser and has_browser(os.environ, sys.platform):
            open_browser(f"http://{HOST}:{number}{path}")
        print("The playground runs until you press Ctrl-C.", flush=True)
        config = uvicorn.Config(
            app, log_level="critical", access_log=False, lifespan="off", ws_max_size=65_536, proxy_headers=False,
            server_header=False, ws_per_message_deflate=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        with suppress(KeyboardInterrupt):
            warm_up()
            uvicorn.Server(config).run(sockets=[listening])
    print("\nstopped.", flush=True)
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        os._exit(0)  # a long proof is still at work beside: nobody waits for it any more


def _kernel() -> str:
    try:
        return Path("/proc/version").read_text()
    except OSError:
        return ""
