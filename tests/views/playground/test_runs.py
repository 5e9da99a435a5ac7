"""Frames: the same training as `fit` and `watch`, to the last bit, forwards, backwards and forked."""

import json
from itertools import groupby

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.views.playground import runs
from glassneuron.views.playground.runs import Run, to_json
from glassneuron.views.playground.specs import read_spec

X = [[0, 0], [0, 1], [1, 0], [1, 1]]
OR, XOR = [0, 1, 1, 1], [0, 1, 1, 0]
MORE = np.random.default_rng(7).normal(size=(30, 3)).round(2)
CODES = {2: (MORE @ [1.0, -2.0, 0.5] > 0.3).astype(int), 3: np.digitize(MORE @ [1.0, -2.0, 0.5], [-1.0, 1.0])}


@pytest.fixture(autouse=True)
def interpreted():
    """As the server trains."""
    with gn.speed("python"):
        yield


def spec_of(**fields):
    return read_spec({"kind": "perceptron", "X": X, "y": OR} | fields)


def all_frames(spec):
    run, frames = Run(spec), []
    while run.length is None:
        frames += run.frames(run.place, 2000)
    assert run.length == len(frames)
    return frames, run


def table(classes):
    return {"X": MORE.tolist(), "y": CODES[classes].tolist(), "classes": [str(k) for k in range(classes)]}


def test_or_has_the_numbers_of_the_contract():
    frames, run = all_frames(spec_of(eta=0.1, fixed_bias=-1.0))
    assert frames[0] | {"theta": ...} == {
        "epoch": 0, "row": -1, "z": [], "a": [], "error": [], "mistakes": 0, "loss": None, "ends": False, "theta": ...,
    }  # fmt: skip
    assert frames[0]["theta"] == [0.0, 0.0, -1.0]
    assert [f["mistakes"] for f in frames if f["ends"]] == [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    assert [f["z"] for f in frames[-4:]] == [[-1.0], [0.09999999999999987], [0.09999999999999987], [1.1999999999999997]]
    assert [f["a"] for f in frames[-4:]] == [[0.0], [1.0], [1.0], [1.0]]
    assert np.round(frames[-1]["theta"]).tolist() == [1, 1, -1]
    assert [f["row"] for f in frames[1:9]] == [0, 1, 2, 3] * 2
    assert [f["epoch"] for f in frames[1:]] == [e for e in range(1, 11) for _ in range(4)]
    assert run.length == 41
    assert "without a mistake" in run.why


NEURONS = [
    ("perceptron", {}, lambda **s: gn.Perceptron(tol=None, **s)),
    ("perceptron", {"variant": "averaged"}, lambda **s: gn.Perceptron(tol=None, variant="averaged", **s)),
    ("perceptron", {"variant": "pocket"}, lambda **s: gn.Perceptron(tol=None, variant="pocket", **s)),
    ("sigmoid", {}, lambda **s: gn.SigmoidNeuron(tol=None, solver="online", l2=0.0, **s)),
]


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(("kind", "more", "estimator"), NEURONS, ids=["plain", "averaged", "pocket", "sigmoid"])
def test_frames_of_neurons_are_what_watch_yields(kind, more, estimator, classes, shuffle):
    rows = table(classes)
    frames, run = all_frames(
        read_spec({"kind": kind, "eta": 0.3, "epochs": 6, "shuffle": shuffle, "seed": 5, **more, **rows})
    )
    learner = estimator(learning_rate=0.3, max_epochs=6, shuffle=shuffle, random_state=5, standardise=False)
    steps = list(gn.watch(learner, rows["X"], rows["y"]))
    neurons = 1 if classes == 2 else classes
    assert len(frames) - 1 == len(steps) // neurons
    for frame, at in zip(frames[1:], range(0, len(steps), neurons), strict=True):
        seen = steps[at : at + neurons]
        assert (frame["epoch"], frame["row"]) == (seen[0].epoch, seen[0].example)
        assert frame["z"] == [s.weighted_sum for s in seen]
        assert frame["a"] == [s.output for s in seen]
        assert frame["error"] == [s.error for s in seen]
        if not frame["ends"]:  # where an epoch ends, a tie may be settled
            assert frame["theta"] == [w for s in seen for w in s.weights_after.tolist()] + [s.bias_after for s in seen]
    fitted = estimator(learning_rate=0.3, max_epochs=6, shuffle=shuffle, random_state=5, standardise=False)
    fitted.fit(rows["X"], rows["y"])
    answer = frames[-1].get("answer", frames[-1]["theta"])
    assert answer == [*fitted.coef_.ravel().tolist(), *fitted.intercept_.tolist()]
    assert [f["mistakes"] for f in frames if f["ends"]] == fitted.history_.mistakes
    assert [f["loss"] for f in frames if f["ends"]] == pytest.approx(fitted.history_.losses, rel=1e-14)  # added by rows
    assert run.why
    assert fitted.history_.why_stopped.startswith(run.why)


def mlp(**more):
    return gn.MLPClassifier(
        (3,), "tanh", learning_rate=0.2, max_epochs=4, batch_size=1, l2=0.0, tol=None, random_state=3,
        standardise=False, **more,
    )  # fmt: skip


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "nesterov", "adam"])
@pytest.mark.parametrize("classes", [2, 3])
def test_frames_of_networks_are_what_watch_yields(classes, optimiser):
    rows = table(classes)
    settings = {"eta": 0.2, "epochs": 4, "shuffle": True, "seed": 3, "hidden": [3], "activation": "tanh"}
    frames, _ = all_frames(read_spec({"kind": "network", "optimiser": optimiser, **settings, **rows}))
    steps = list(gn.watch(mlp(optimiser=optimiser), rows["X"], rows["y"]))
    assert frames[0]["theta"] == steps[0].before.parameters.tolist()
    for frame, step in zip(frames[1:], steps, strict=True):
        assert (frame["epoch"], frame["row"]) == (step.epoch, step.example)
        assert frame["theta"] == step.after.parameters.tolist()
        assert np.allclose(frame["a"], step.before.feedforward(step.x), rtol=1e-14, atol=0)
        assert frame["error"] == [t - a for t, a in zip(step.target.tolist(), frame["a"], strict=True)]
    fitted = mlp(optimiser=optimiser).fit(rows["X"], rows["y"])
    assert frames[-1]["theta"] == fitted.network_.parameters.tolist()
    assert [f["loss"] for f in frames if f["ends"]] == pytest.approx(fitted.history_.losses, rel=1e-14)


@pytest.mark.parametrize("kind", ["perceptron", "sigmoid", "network"])
def test_frames_of_epochs_are_the_last_frames_of_each(kind):
    fields = {"kind": kind, "y": XOR, "eta": 0.4, "epochs": 9, "shuffle": True}
    ends = [f for f in all_frames(spec_of(**fields))[0] if f["ends"] or f["epoch"] == 0]
    frames, _ = all_frames(spec_of(every="epoch", **fields))
    assert len(frames) == 10
    for frame, end in zip(frames, ends, strict=True):
        assert (frame["row"], frame["z"], frame["a"], frame["error"]) == (-1, [], [], [])
        assert (frame["loss"] or 0.0) == pytest.approx(end["loss"] or 0.0, rel=1e-14)
        same = ("epoch", "mistakes", "ends", "theta")
        assert [frame[name] for name in same] == [end[name] for name in same]


@pytest.mark.parametrize(("kind", "more"), [(k, m) for k, m, _ in NEURONS] + [("network", {"optimiser": "adam"})])
@pytest.mark.parametrize("every", ["example", "epoch"])
@pytest.mark.parametrize("at", [0, 5, 8])
def test_a_fork_is_the_same_before_and_another_training_after(kind, more, every, at):
    """After the fork it is what the engine does from that state with the other rate: worked here once more."""
    fields = {"kind": kind, "y": XOR, "eta": 0.1, "epochs": 12, "shuffle": True, "every": every, **more}
    base, _ = all_frames(spec_of(**fields))
    fork, _ = all_frames(spec_of(changes=[{"at": at, "eta": 0.8}], **fields))
    assert fork[: at + 1] == base[: at + 1]
    assert len(fork) == len(base)
    assert fork[at + 1 :] != base[at + 1 :]
    if kind == "perceptron" and every == "example":
        for before, frame in zip(fork[at:], fork[at + 1 :], strict=False):
            if not frame["ends"]:
                x, (error,) = [*X[frame["row"]], 1.0], frame["error"]
                moved = [w + 0.8 * error * v for w, v in zip(before["theta"], x, strict=True)]
                assert frame["theta"] == moved
    same = spec_of(changes=[{"at": at, "eta": 0.1}], **fields)
    assert all_frames(same)[0] == base


def test_a_fork_beyond_the_end_changes_nothing():
    fields = {"eta": 0.1, "fixed_bias": -1.0}
    assert all_frames(spec_of(changes=[{"at": 500, "eta": 2}], **fields))[0] == all_frames(spec_of(**fields))[0]


def test_two_forks_follow_each_other():
    fields = {"kind": "sigmoid", "y": XOR, "epochs": 5}
    one, _ = all_frames(spec_of(changes=[{"at": 3, "eta": 1.5}], **fields))
    two, _ = all_frames(spec_of(changes=[{"at": 3, "eta": 1.5}, {"at": 9, "eta": 0.2}], **fields))
    assert two[:10] == one[:10]
    assert two[10:] != one[10:]


@pytest.mark.parametrize("kind", ["perceptron", "sigmoid", "network"])
def test_a_start_is_where_the_training_starts(kind):
    theta = [0.5, -1.0, 0.25] if kind != "network" else [0.5, -1.0, 0.3, 0.7, 0.1, -0.1, 1.0, -1.0, 0.25]
    frames, _ = all_frames(spec_of(kind=kind, start=theta, epochs=2))
    assert frames[0]["theta"] == theta
    if kind != "network":
        assert frames[1]["z"] == [0.25]


@pytest.mark.parametrize("variant", ["averaged", "pocket"])
def test_a_start_answers_before_anything_is_learned(variant):
    frames, _ = all_frames(spec_of(start=[1, 1, -0.5], variant=variant, epochs=3))
    assert frames[0]["answer"] == [1.0, 1.0, -0.5]
    assert frames[-1]["answer"] == [1.0, 1.0, -0.5]  # it is right on every row


@pytest.mark.parametrize("kind", ["perceptron", "network"])
def test_a_cursor_that_goes_back_gives_the_same_frames(kind):
    spec = spec_of(kind=kind, y=XOR, epochs=20, shuffle=True)
    frames, _ = all_frames(spec)
    run = Run(spec)
    assert run.frames(30, 10) == frames[30:40]
    assert run.frames(40, 10) == frames[40:50]
    assert run.frames(7, 5) == frames[7:12]
    assert run.frames(0, 2000) == frames
    assert run.frames(500, 10) == []
    assert run.length == 81


def test_a_chunk_is_cut_short_when_its_time_is_over():
    run = Run(spec_of(y=XOR, epochs=100))
    assert len(run.frames(0, 100, seconds=0.0)) == 1
    assert run.frames(50, 100, seconds=0.0) == []  # not there yet
    assert run.place < 50


def test_a_training_has_so_many_frames_at_most(monkeypatch):
    monkeypatch.setattr(runs, "MOST_FRAMES", 100)
    frames, run = all_frames(spec_of(y=XOR, epochs=100))
    assert len(frames) == 100
    assert "at most 100 frames" in run.why


@pytest.mark.filterwarnings("ignore::glassneuron.errors.TrainingWarning")
@pytest.mark.parametrize("kind", ["sigmoid", "network"])
def test_a_training_that_diverges_ends_with_finite_numbers_and_a_sentence(kind):
    rows = {"X": [[1e90, 1.0], [-1e90, 2.0], [1e90, -1.0]], "y": [1, 0, 0]}
    frames, run = all_frames(read_spec({"kind": kind, "eta": 1e300, "epochs": 50, **rows}))
    assert frames
    assert "diverged" in run.why or "exploded" in run.why or "overflow" in run.why
    json.loads(to_json(frames), parse_constant=pytest.fail)


def test_a_perceptron_that_overflows_ends_with_a_sentence():
    rows = {"X": [[1e100], [1e100], [-1e100]], "y": [1, 0, 1]}
    frames, run = all_frames(read_spec({"kind": "perceptron", "eta": 1e300, "epochs": 50, **rows}))
    assert np.isfinite([f["theta"] for f in frames]).all()
    assert "overflow" in run.why


def test_one_class_alone_can_be_shown():
    frames, _ = all_frames(spec_of(y=[0, 0, 0, 0]))
    assert [f["mistakes"] for f in frames if f["ends"]] == [1, 0]  # at zero weights a tie fires


def test_bits_survive_json():
    frames, _ = all_frames(spec_of(kind="network", y=XOR, epochs=5))
    assert json.loads(to_json(frames)) == frames


def test_rows_that_stand_twice_are_two_visits():
    frames, _ = all_frames(spec_of(X=X + X, y=OR + OR, shuffle=True, epochs=1))
    assert [len(list(g)) for _, g in groupby(frames[1:], key=lambda f: f["epoch"])] == [8]
