"""The playground in a browser: the real command in a process of its own, and a page that tells all that went wrong."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress

COMMAND = "from glassneuron.cli.app import main; import sys; main(sys.argv[1:])"


@contextmanager
def served(*options):
    """Run `glassneuron play`, and give the address that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "play", "--no-browser", *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        line = process.stdout.readline()
        found = re.search(r"http\S+", line)
        assert found, line + process.stdout.read()
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)


class Page:
    """A page of the playground, with what it did wrong: errors, and requests to other hosts."""

    def __init__(self, browser, address, width=1280, height=800, **more):
        self.context = browser.new_context(viewport={"width": width, "height": height}, **more)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page = self.context.new_page()
        self.errors, self.foreign = [], []
        host = re.match(r"(http://[^/]+|file:)", address)[1]
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on(
            "request", lambda r: None if r.url.startswith((host, "blob:", "data:")) else self.foreign.append(r.url)
        )
        self.address = address

    def open(self, lesson=None, address=None):
        self.page.goto("about:blank")
        address = address or self.address
        self.page.goto(address.split("#")[0] + f"#lesson={lesson}" if lesson else address)
        self.page.locator("#glassneuron [role=tab][aria-selected=true]").wait_for()
        return self

    def part(self, name):
        return self.page.locator(f"[data-part={name}]")

    def setting(self, name):
        return self.page.locator(f"[data-setting={name}]")

    def ask(self, what):
        """Evaluate an expression in which `page` is the page's object."""
        return self.page.evaluate(
            f"() => {{ const page = document.getElementById('glassneuron').page; return {what}; }}"
        )

    def until(self, what, timeout=8000):
        """Wait until an expression is true; the page's policy refuses text that is evaluated in it."""
        waited = 0
        while not self.ask(what):
            assert waited < timeout, f"still not: {what}"
            self.page.wait_for_timeout(20)
            waited += 20

    def box(self, locator):
        """Return where an element stands; what is being drawn anew stands nowhere for a moment."""
        for _ in range(100):
            box = locator.bounding_box()
            if box is not None:
                return box
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{locator} stands nowhere")

    def trained(self):
        """Wait until all frames are there."""
        self.until("page.player() && page.player().state.done")
        return self

    def frame(self):
        return self.ask("page.player().frame")

    def at(self):
        return self.ask("page.player().state.at")

    def spec(self):
        return self.ask("page.player().state.spec")

    def step(self, n=1):
        for _ in range(abs(n)):
            self.page.get_by_role("button", name="one step forward" if n > 0 else "one step back").click()
        return self

    def close(self):
        self.context.close()
        assert self.errors == []
        assert self.foreign == []


@contextmanager
def prefix_proxy(port, prefix):
    """Serve another server's pages below a prefix, as hubs do; give the port."""
    loop = asyncio.new_event_loop()
    ready, stop = threading.Event(), asyncio.Event()
    place, running = [], set()  # the loop itself holds tasks by weak references alone

    async def pump(reader, writer):
        with suppress(OSError):
            while part := await reader.read(65536):
                writer.write(part)
                await writer.drain()
            writer.write_eof()

    async def pass_on(near, back):
        writers, task = [back], asyncio.current_task()
        running.add(task)
        try:
            head = (await near.readuntil(b"\r\n\r\n")).replace(f" {prefix}/".encode(), b" /", 1)
            if b"upgrade: websocket" not in head.lower():
                head = re.sub(rb"(?i)\r\nconnection: [^\r]*", b"\r\nConnection: close", head)
            far, there = await asyncio.open_connection("127.0.0.1", port)
            writers.append(there)
            there.write(head)
            await asyncio.gather(pump(near, there), pump(far, back))
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # a connection that ends, or the end of the proxy
        finally:
            for writer in writers:
                writer.transport.abort()
            running.discard(task)

    async def serve():
        server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
        place.append(server.sockets[0].getsockname()[1])
        ready.set()
        await stop.wait()
        server.close()
        quiet = 0
        while quiet < 5:  # some connections may only have been accepted, and transports let their sockets go later
            others = asyncio.all_tasks() - {asyncio.current_task()}
            quiet = 0 if others else quiet + 1
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0.02)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield place[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
