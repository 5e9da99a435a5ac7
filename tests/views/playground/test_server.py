"""The process: what it prints, how it stops, and how it bears many pages at once."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from random import Random
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.sync.client import connect

from glassneuron.views.playground import server
from glassneuron.views.playground.server import advice, has_browser, listen

PLAY = [sys.executable, "-c", "from glassneuron.cli.app import main; main()", "play", "--no-browser"]
XOR = {"kind": "perceptron", "X": [[0, 0], [0, 1], [1, 0], [1, 1]], "y": [0, 1, 1, 0], "epochs": 10_000}
NETWORK = {**XOR, "kind": "network", "hidden": [2]}
RANDOM = Random(0)
HARD = {
    "X": [[RANDOM.randint(-9, 9) for _ in range(50)] for _ in range(200)],
    "y": [RANDOM.randint(0, 1) for _ in range(200)],
}


@contextmanager
def playing(*options, **more):
    """A playground in a process of its own: the process, its address and its token."""
    environment = {k: v for k, v in os.environ.items() if k not in ("SSH_CONNECTION", "CODESPACES")}
    process = subprocess.Popen(
        [*PLAY, *map(str, options)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment | more.get("env", {}),
    )  # fmt: skip
    try:
        first = process.stdout.readline().strip()
        found = re.fullmatch(r"(http://127\.0\.0\.1:\d+)/\?token=([\w-]+)(&lesson=\w+)?", first)
        assert found, (first, process.poll(), process.stderr.read() if process.poll() is not None else "")
        yield process, found[1], found[2]
    finally:
        process.kill()
        process.communicate()


def socket_of(address, token):
    return f"{address.replace('http', 'ws')}/ws?token={token}"


def interrupted(process, within):
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode in (0, 130)
    assert time.monotonic() - began < within
    assert "Traceback" not in out + err
    assert err == ""
    assert out.split()[-1] == "stopped."
    return out


def test_it_serves_until_ctrl_c_with_a_page_open():
    with playing("--port", 0) as (process, address, token):
        with urlopen(f"{address}/lessons.json?token={token}") as answer:
            assert [lesson["id"] for lesson in json.load(answer)][2] == "or"
        with pytest.raises(HTTPError, match="403"):
            urlopen(f"{address}/lessons.json")
        with connect(socket_of(address, token)) as page:
            page.send(json.dumps({"id": 1, "op": "train", "run": 1, "spec": XOR, "cursor": 0, "count": 3}))
            assert json.loads(page.recv())["frames"][0]["theta"] == [0, 0, 0]
            interrupted(process, 3)


def test_ctrl_c_does_not_wait_for_a_training_or_a_proof():
    with playing() as (process, address, token), ExitStack() as opened:
        pages = [opened.enter_context(connect(socket_of(address, token))) for _ in range(4)]
        for page in pages[:2]:
            spec = {"kind": "network", "hidden": [30], "epochs": 10_000, "every": "epoch", **HARD}
            page.send(json.dumps({"id": 1, "op": "train", "run": 1, "spec": spec, "cursor": 9_000, "count": 1}))
        for page in pages[2:]:
            page.send(json.dumps({"id": 1, "op": "prove", **HARD}))
        time.sleep(0.5)
        interrupted(process, 3)


def test_a_port_in_use_is_one_sentence():
    with listen(None) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run([*PLAY, "--port", str(port)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr
    assert done.stdout == ""


def test_a_port_of_choice_and_a_lesson(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "t.csv").write_text("a,b,y\n1,2,n\n2,1,p\n3,4,p\n")
    with playing("--port", port, "--table", tmp_path / "t.csv", "--target", "y") as (_, address, token):
        assert address.endswith(f":{port}")
        with urlopen(f"{address}/lessons.json?token={token}") as answer:
            data = next(lesson for lesson in json.load(answer) if lesson["id"] == "data")
        assert data["table"]["X"] == [[1, 2], [2, 1], [3, 4]]


# ---------------------------------------------------------------------------------- where the browser is


@pytest.mark.parametrize(
    ("place", "kernel", "parts"),
    [
        ({"SSH_CONNECTION": "192.0.2.9 1 192.0.2.7 22", "USER": "ann"}, "",
         ["ssh -L 8000:127.0.0.1:8000 ann@192.0.2.7"]),
        ({"CODESPACES": "true", "CODESPACE_NAME": "blue-owl"}, "",
         ["--port 8000 --allow-host blue-owl-8000.app.github.dev", "https://blue-owl-8000.app.github.dev/?token=t"]),
        ({"JUPYTERHUB_SERVICE_PREFIX": "/user/ann/"}, "", ["/user/ann/proxy/8000/?token=t", "--allow-host"]),
        ({}, "Linux version 5.15-microsoft-standard-WSL2", ["Windows"]),
        ({"WSL_DISTRO_NAME": "Debian"}, "", ["Windows"]),
    ],
)  # fmt: skip
def test_elsewhere_a_line_helps(place, kernel, parts):
    line = advice(place, 8000, "/?token=t", kernel)
    assert all(part in line for part in parts)
    assert "\n" not in line


def test_here_no_line_is_needed():
    assert advice({"DISPLAY": ":0"}, 8000, "/", "Linux version 6.1 (debian)") is None


@pytest.mark.parametrize(
    ("place", "system", "there"),
    [({}, "linux", False), ({"DISPLAY": ":0"}, "linux", True), ({"WAYLAND_DISPLAY": "w"}, "linux", True),
     ({}, "darwin", True), ({}, "win32", True)],
)  # fmt: skip
def test_where_a_window_can_be_opened(place, system, there):
    assert has_browser(place, system) is there


def test_a_text_browser_is_left_alone(monkeypatch):
    opened, done = [], threading.Event()

    class Window(webbrowser.BaseBrowser):
        def open(self, url, new=0, autoraise=True):
            opened.append(url)
            done.set()
            return True

    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("w3m"))
    server.open_browser("http://127.0.0.1:1/")
    assert not opened
    monkeypatch.setattr(webbrowser, "get", Window)
    server.open_browser("http://127.0.0.1:1/")
    assert done.wait(5)
    assert opened == ["http://127.0.0.1:1/"]


# ---------------------------------------------------------------------------------- many pages at once


def memory_of(process):
    """Resident bytes."""
    with open(f"/proc/{process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def stepping(url, number, until, counts):
    """One page that plays: it asks for the next frames again and again, and starts anew when they are over."""
    spec = (XOR, NETWORK)[number % 2]
    async with connect_async(url, max_size=None, open_timeout=60, ping_timeout=60) as page:
        run, cursor, asked = 1, 0, 0
        while time.monotonic() < until:
            asked += 1
            question = {"id": asked, "op": "train", "run": run, "spec": spec, "cursor": cursor, "count": 30}
            await page.send(json.dumps(question))
            answer = json.loads(await page.recv())
            assert answer.get("error") is None
            assert answer["id"] == asked
            assert answer["cursor"] == cursor
            assert answer["frames"] or answer["done"]
            counts[number] += len(answer["frames"])
            cursor += len(answer["frames"])
            if answer["done"]:
                run, cursor = run + 1, 0


def under_load(pages, seconds):
    """Let pages step at once; return the frames of each, and the memory at three moments."""
    with playing() as (process, address, token):

        async def all_of_them():
            counts, began = [0] * pages, time.monotonic()
            tasks = [
                asyncio.create_task(stepping(socket_of(address, token), n, began + seconds, counts))
                for n in range(pages)
            ]
            memory = []
            for share in (1 / 3, 0.9):
                await asyncio.sleep(began + share * seconds - time.monotonic())
                memory.append(memory_of(process))
            await asyncio.gather(*tasks)
            return counts, memory

        with ThreadPoolExecutor(1) as pool:  # a thread of its own: a browser's loop may be running in this one
            counts, memory = pool.submit(asyncio.run, all_of_them()).result()
        time.sleep(0.5)
        with connect(socket_of(address, token)) as page:  # it answers still
            page.send('{"id": 1, "op": "gates"}')
            assert len(json.loads(page.recv())["gates"]) == 16
        memory.append(memory_of(process))
        interrupted(process, 3)
    return counts, memory


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_many_pages_at_once():
    """For half a minute with 200 pages: LOAD=200,30."""
    pages, seconds = map(float, os.environ.get("LOAD", "50,3").split(","))
    counts, memory = under_load(int(pages), seconds)
    print(f"{sum(counts):,} frames, the fewest {min(counts)}, MB {[round(m / 1e6, 1) for m in memory]}")
    assert min(counts) > 0
    assert memory[1] < 1.1 * memory[0] + 5e6
    assert memory[2] < 1.1 * memory[0] + 5e6
