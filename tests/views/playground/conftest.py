"""What the tests of the playground share: a page of their own, a client that is let in, and questions by socket."""

import json
from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient

from glassneuron.views.playground.app import playground
from glassneuron.views.playground.specs import read_spec

TOKEN = "t0ken"
HERE, SOCKET = "http://127.0.0.1:8000", "ws://127.0.0.1:8000"


class Socket:
    """A socket that is asked questions."""

    def __init__(self, session):
        self.session, self.number = session, 0

    def ask(self, op, **fields):
        self.number += 1
        self.send(json.dumps({"id": self.number, "op": op, **fields}))
        answer = self.receive()
        assert answer.pop("id") == self.number
        return answer

    def send(self, text):
        self.session.send_text(text)

    def receive(self):
        return json.loads(self.session.receive_text())

    def frames(self, spec, run=1, cursor=0, count=2000):
        """All frames of a training, chunk by chunk, and the last answer."""
        frames, answer = [], {"done": False}
        while not answer["done"]:
            answer = self.ask("train", run=run, spec=spec, cursor=cursor + len(frames), count=count)
            assert "error" not in answer, answer
            frames += answer["frames"]
        return frames, answer


@pytest.fixture
def page(tmp_path):
    """A folder with a small page."""
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>t</title><script type=module src=main.js></script>")
    (folder / "main.js").write_text("export const one = 1;\n")
    (folder / "style.css").write_text("body { margin: 0 }\n")
    (folder / "notes.md").write_text("not for the page\n")
    (tmp_path / "secret.txt").write_text("outside of the page\n")
    return folder


@pytest.fixture
def app(page):
    return playground(TOKEN, page=page)


@pytest.fixture
def stranger(app):
    """A client that knows the host, but not the token."""
    return TestClient(app, base_url=HERE)


@pytest.fixture
def client(app):
    client = TestClient(app, base_url=HERE)
    assert client.get(f"/?token={TOKEN}").status_code == 200  # which leaves a cookie
    return client


@pytest.fixture
def connect(client):
    """Open a socket."""

    @contextmanager
    def opened(**headers):
        with client.websocket_connect(f"{SOCKET}/ws", headers={"origin": HERE, **headers}) as session:
            yield Socket(session)

    return opened


@pytest.fixture
def wrong(refused):
    """Expect that a spec is refused for a field."""

    def expect(code, *named, **fields):
        spec = {"kind": "perceptron", "X": [[0, 0], [0, 1]], "y": [0, 1]} | fields
        with refused(code, *named):
            read_spec({name: value for name, value in spec.items() if value is not ...})

    return expect
