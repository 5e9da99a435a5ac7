"""The application: files, questions by socket, and each refusal."""

import gc
import json
import weakref

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

import glassneuron as gn
from glassneuron.views.playground import app as application
from glassneuron.views.playground import sessions
from glassneuron.views.playground.app import playground
from glassneuron.views.playground.tables import LARGEST_FILE

TOKEN, HERE, SOCKET = "t0ken", "http://127.0.0.1:8000", "ws://127.0.0.1:8000"
X = [[0, 0], [0, 1], [1, 0], [1, 1]]
OR = {"kind": "perceptron", "X": X, "y": [0, 1, 1, 1], "eta": 0.1, "fixed_bias": -1.0}
XOR = {"kind": "perceptron", "X": X, "y": [0, 1, 1, 0], "eta": 0.1, "epochs": 300}
TRAIN = '{"id": 1, "op": "train", "spec": {"kind": "perceptron", "X": [[1]], "y": [%d]}'
POLICY = "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'"


# ------------------------------------------------------------------------------------------------ who is let in


def test_the_address_with_the_token_opens_the_page_and_leaves_a_cookie(stranger):
    answer = stranger.get(f"/?token={TOKEN}")
    assert answer.status_code == 200
    assert "<title>t</title>" in answer.text
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path" not in cookie  # the folder of the page, behind a proxy too
    assert stranger.get("/main.js").status_code == 200


@pytest.mark.parametrize("path", ["/", "/main.js", "/lessons.json", "/?token=", "/?token=wrong", "/main.js?token=t0ke"])
def test_without_the_token_everything_is_refused(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 403
    assert "token" in answer.text
    assert "set-cookie" not in answer.headers
    assert TOKEN not in answer.text


def test_a_cookie_of_another_launch_is_none(app, stranger):
    stranger.cookies.set(app.cookie, "another")
    assert stranger.get("/").status_code == 403
    assert playground("second", page=application.PAGE).cookie != app.cookie  # side by side on two ports


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "LOCALHOST", "[::1]:99"])
def test_names_of_this_computer_are_known(stranger, host):
    assert stranger.get(f"/?token={TOKEN}", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.", "127.0.0.2", "0.0.0.0", "a@localhost", "", "x" * 999],
)
def test_another_name_is_refused(stranger, host):
    answer = stranger.get(f"/?token={TOKEN}", headers={"host": host})
    assert answer.status_code == 403
    assert "Host" in answer.text


def test_the_refusal_of_a_name_says_the_flag(stranger):
    answer = stranger.get(f"/?token={TOKEN}", headers={"host": "hub.example:443"})
    assert "--allow-host hub.example`" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:8000", "file://", "x", ""]
)
def test_another_origin_is_refused(client, origin):
    answer = client.post("/table", content="a,y\n1,n\n2,p\n", headers={"origin": origin})
    assert answer.status_code == 403
    assert "Origin" in answer.text
    with pytest.raises((WebSocketDenialResponse, WebSocketDisconnect)) as caught:
        client.websocket_connect(f"{SOCKET}/ws", headers={"origin": origin}).__enter__()
    if isinstance(caught.value, WebSocketDenialResponse):
        assert caught.value.status_code == 403
        assert "Origin" in caught.value.text


def test_the_refusal_of_an_origin_says_the_flag(client):
    answer = client.get("/main.js", headers={"origin": "https://evil.example"})
    assert "--allow-host evil.example" in answer.text


@pytest.mark.parametrize(
    ("headers", "query", "named"),
    [({"host": "evil.example"}, f"?token={TOKEN}", "--allow-host evil.example"), ({}, "", "token"),
     ({}, "?token=wrong", "token")],
)  # fmt: skip
def test_a_socket_is_refused_alike(stranger, headers, query, named):
    with (
        pytest.raises(WebSocketDenialResponse) as caught,
        stranger.websocket_connect(f"{SOCKET}/ws{query}", headers=headers),
    ):
        pass
    assert caught.value.status_code == 403
    assert named in caught.value.text


def test_a_socket_is_opened_by_the_token_in_its_address(stranger):
    with stranger.websocket_connect(f"{SOCKET}/ws?token={TOKEN}", headers={"origin": HERE}) as session:
        session.send_text('{"id": 1, "op": "gates"}')
        assert len(session.receive_json()["gates"]) == 16


def test_an_allowed_name_stands_before_a_proxy(page):
    client = TestClient(playground(TOKEN, page=page, allow_hosts=["Hub.example"]), base_url="https://hub.example")
    assert client.get(f"/?token={TOKEN}").status_code == 200
    local = {"host": "127.0.0.1:8000", "origin": "https://hub.example"}  # where the proxy writes its own Host
    assert client.get(f"/main.js?token={TOKEN}", headers=local).status_code == 200
    with client.websocket_connect(f"{SOCKET}/ws?token={TOKEN}", headers=local) as session:
        session.send_text('{"id": 1, "op": "gates"}')
        assert session.receive_json()["id"] == 1
    assert client.get(f"/?token={TOKEN}", headers={"host": "other.example"}).status_code == 403


@pytest.mark.parametrize("prefix", ["/user/ann/proxy/8000", ""])
def test_the_page_works_behind_a_prefix(page, prefix):
    """Either the proxy leaves the prefix out, or it tells it as root_path."""
    client = TestClient(playground(TOKEN, page=page), base_url=HERE, root_path=prefix)
    for path in ("/", "/main.js", "/lessons.json"):
        assert client.get(f"{prefix}{path}?token={TOKEN}").status_code == 200, path
    with client.websocket_connect(f"{SOCKET}{prefix}/ws?token={TOKEN}") as session:
        session.send_text('{"id": 1, "op": "gates"}')
        assert session.receive_json()["id"] == 1


@pytest.mark.parametrize("name", ["http://x", "x:80", "*", "", "a b", "x/y"])
def test_an_allowed_name_is_a_name(refused, page, name):
    with refused("parameter", "allow-host"):
        playground(TOKEN, page=page, allow_hosts=[name])


# ------------------------------------------------------------------------------------------------ files


def test_every_answer_carries_the_rules_for_the_browser(client, stranger):
    for answer in (client.get("/"), client.get("/main.js"), client.get("/nothing.js"), stranger.get("/")):
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "text/html"), ("/index.html", "text/html"), ("/main.js", "text/javascript"), ("/style.css", "text/css"),
     ("/lessons.json", "application/json")],
)  # fmt: skip
def test_files_have_their_types(client, path, kind):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == kind


@pytest.mark.parametrize(
    "path", ["/none.js", "/notes.md", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/page/index.html",

             "/main.js/", "/main.js%00", "/later.js"],
)  # fmt: skip
def test_other_files_are_not_there(client, page, path):
    (page / "later.js").write_text("// was not there at the start")
    answer = client.get(path)
    assert answer.status_code in (404, 307)
    assert "outside" not in answer.text


def test_the_page_of_the_package_is_served():
    client = TestClient(playground(TOKEN), base_url=HERE)
    names = [path.name for path in application.PAGE.glob("*") if path.suffix in application.TYPES]
    for name in names:
        assert client.get(f"/{name}?token={TOKEN}").status_code == 200


def test_the_textbook_is_served_as_a_module_and_by_kernel(client):
    from glassneuron.engine import javascript

    answer = client.get("/kernels.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text == javascript.module()
    sources = client.get("/source.json").json()
    kernel = sources["perceptron_move"]
    assert kernel["python"].startswith("@")
    assert "function perceptron_move" in kernel["javascript"]
    text = (application.PAGE.parents[2] / "engine/kernels.py").read_text().splitlines()
    assert "def perceptron_move" in "\n".join(text[kernel["line"] - 1 : kernel["line"] + 1])


def test_lessons_are_told(client):
    assert [lesson["id"] for lesson in client.get("/lessons.json").json()][:3] == ["neuron", "gates", "or"]


# ------------------------------------------------------------------------------------------------ tables


def test_a_csv_is_read_and_can_be_trained_by_its_id(client, connect):
    table = client.post("/table?target=y", content="a,b,y\n1,2,n\n2,1,p\n3,4,p\n").json()
    assert table["classes"] == ["n", "p"]
    with connect() as socket:
        frames, _ = socket.frames({"kind": "perceptron", "table": table["id"]})
        full = {"X": table["scaled"], "y": table["y"], "classes": table["classes"]}
        assert frames == socket.frames({"kind": "perceptron", **full}, run=2)[0]
        assert socket.ask("prove", table=table["id"])["separable"] is True
        assert "no longer here" in socket.ask("prove", table="nothing")["error"]


def test_a_wrong_csv_is_answered_with_a_sentence(client):
    answer = client.post("/table", content="a,b\n1,x\n2,x\n")
    assert answer.status_code == 422
    assert "one class" in answer.json()["error"]


def test_too_large_a_csv_is_refused(client):
    answer = client.post("/table", content=b"a,b\n" + b"1,x\n" * (LARGEST_FILE // 4 + 1))
    assert answer.status_code == 413
    assert "1,000,000" in answer.json()["error"]


def test_too_many_rows_are_refused(client):
    answer = client.post("/table", content="a,b\n" + "1,x\n2,y\n" * 2501)
    assert answer.status_code == 422
    assert "5,002" in answer.json()["error"]


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_tables_are_posted(client, method):
    assert client.request(method, "/table").status_code in (404, 405)


# ------------------------------------------------------------------------------------------------ questions


def test_or_is_trained_by_socket(connect):
    with connect() as socket:
        frames, answer = socket.frames(OR)
        assert [f["mistakes"] for f in frames if f["ends"]] == [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
        assert (answer["length"], answer["run"], answer["done"]) == (41, 1, True)
        assert len(answer["frames"]) > 0  # the end is told with the last frame
        assert "without a mistake" in answer["why"]


def test_chunks_have_a_cursor(connect):
    with connect() as socket:
        whole, _ = socket.frames(XOR)
        part = socket.ask("train", run=2, spec=XOR, cursor=100, count=7)
        assert part["frames"] == whole[100 : 100 + len(part["frames"])]
        assert part["frames"]
        assert part["cursor"] == 100
        assert part["done"] is False
        assert part["why"] is part["length"] is None
        assert socket.ask("train", run=2, spec=XOR, cursor=20, count=5)["frames"][0] == whole[20]
        beyond = socket.ask("train", run=2, spec=XOR, cursor=5000, count=5)
        assert (beyond["frames"], beyond["done"], beyond["length"]) == ([], True, 1201)


def test_after_a_reconnection_a_training_goes_on_at_its_cursor(connect):
    with connect() as socket:
        whole, _ = socket.frames(XOR)
    with connect() as socket:
        assert socket.frames(XOR, cursor=700)[0] == whole[700:]


def test_a_base_and_its_fork_are_asked_for_in_turn(connect):
    fork = {**XOR, "changes": [{"at": 12, "eta": 0.7}]}
    with connect() as socket:
        base, _ = socket.frames(XOR)
        forked, _ = socket.frames(fork, run=2)
        assert forked[:13] == base[:13]
        assert forked[13:] != base[13:]
        for cursor in (5, 20, 400):
            for run, spec, frames in ((3, XOR, base), (4, fork, forked)):
                got = socket.ask("train", run=run, spec=spec, cursor=cursor, count=3)["frames"]
                assert got == frames[cursor : cursor + len(got)]


def test_only_the_last_trainings_are_kept(app):
    session = sessions.Session({}.__getitem__)
    for run in range(5):
        session.train({"run": run, "spec": XOR, "cursor": 0, "count": 1})
    assert [number for number, _ in session.runs] == [3, 4]


def test_closing_the_socket_frees_its_trainings(client, connect, monkeypatch):
    made = []
    begin = sessions.Run.__init__

    def noted(run, spec):
        made.append(weakref.ref(run))
        begin(run, spec)

    monkeypatch.setattr(sessions.Run, "__init__", noted)
    with client:  # whose threads live on, as those of the server do
        with connect() as socket:
            socket.ask("train", run=1, spec=XOR, cursor=0, count=5)
            assert [ref() is not None for ref in made] == [True]
        gc.collect()
        assert [ref() for ref in made] == [None]


def test_other_questions_are_answered(connect):
    with connect() as socket:
        xor = socket.ask("prove", X=X, y=[0, 1, 1, 0])
        assert (xor["separable"], xor["certificate"]["point"]) == (False, [0.5, 0.5])
        hint = socket.ask("hint", X=X, y=[0, 0, 0, 1], theta=[1, 1, -1], locked=[True, True, False])
        assert gn.Neuron(hint["theta"][:2], hint["theta"][2], "step").feedforward(X).tolist() == [0, 0, 0, 1]
        assert len(socket.ask("gates")["gates"]) == 16


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{", "no JSON"),
        ("", "no JSON"),
        ("[]", "an object"),
        ("3", "an object"),
        ('{"id": 1, "op": "prove", "X": [[NaN]], "y": [0]}', "NaN"),
        ('{"id": 1, "op": "prove", "X": [[Infinity]], "y": [0]}', "Infinity"),
        ('{"id": 1, "op": "prove", "X": [[1e999], [1]], "y": [0, 1]}', "finite"),
        ('{"id": 1, "op": "prove", "X": [[' + "9" * 5000 + ']], "y": [0]}', "JSON"),
        ("[" * 30_000, "nested"),
        ('{"id": 1}', "`op`"),
        ('{"id": 1, "op": "delete"}', "`op`"),
        ('{"id": 1, "op": ["gates"]}', "`op`"),
        ('{"id": 1, "op": "gates", "more": 1}', "more"),
        ('{"id": [1], "op": "gates"}', "`id`"),
        ('{"id": 1, "op": "train"}', "a training"),
        ('{"id": 1, "op": "train", "run": [1]}', "`run`"),
        (TRAIN % 0 + '}', "cursor"),
        (TRAIN % 0 + ', "cursor": -1, "count": 1}', "cursor"),
        (TRAIN % 0 + ', "cursor": 0, "count": 0}', "count"),
        (TRAIN % 7 + ', "cursor": 0, "count": 1}', "`y`"),
        ('{"id": 1, "op": "' + "k" * 50_000 + '"}', "`op`"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_answered_with_a_sentence_and_the_socket_lives_on(connect, text, named):
    with connect() as socket:
        socket.send(text)
        error = socket.receive()["error"]
        assert named in error
        assert len(error) <= 1000
        assert len(socket.ask("gates")["gates"]) == 16


def test_what_nobody_foresaw_is_a_sentence_too(connect, monkeypatch, caplog):
    monkeypatch.setitem(sessions.OPS, "gates", (lambda request, find: 1 / 0, ()))
    with connect() as socket:
        assert "ZeroDivisionError" in socket.ask("gates")["error"]
    assert "not foreseen" in caplog.text


def test_too_large_a_message_closes_the_socket(connect):
    with connect() as socket:
        socket.send(json.dumps({"id": 1, "op": "gates", "more": "x" * 65_536}))
        with pytest.raises(WebSocketDisconnect) as caught:
            socket.receive()
        assert caught.value.code == 1009


def test_bytes_close_the_socket(connect):
    with connect() as socket:
        socket.session.send_bytes(b"{}")
        with pytest.raises(WebSocketDisconnect) as caught:
            socket.receive()
        assert caught.value.code == 1003
