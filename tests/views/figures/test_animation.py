"""A training as a film: its frames, their times, its size, and what it counts."""

import numpy as np
import pytest
from PIL import Image

import glassneuron as gn
from glassneuron.views.figures import animation
from glassneuron.views.figures.animation import LAST, MOST_BYTES, RIGHT, WRONG, Moment, Stage

GATE = [[0, 0], [0, 1], [1, 0], [1, 1]]
OR = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)


def moments(estimator, X, y, most=50):
    codes = np.unique(y, return_inverse=True)[1]
    return animation._moments(estimator, X, y, codes, len(np.unique(y)), most)


def test_a_perceptron_learning_or_is_shown_step_by_step():
    shown, steps, told = moments(OR, GATE, [0, 1, 1, 1])
    assert steps == 40
    assert len(shown) == 41
    assert told == [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]  # Rosenblatt's mistakes per epoch
    watched = list(gn.watch(OR, GATE, [0, 1, 1, 1]))
    for moment, step in zip(shown[1:], watched, strict=True):
        assert (moment.epoch, moment.example, moment.wrong) == (step.epoch, step.example, step.error != 0.0)
        assert moment.network.layers[0].weights[0].tolist() == step.weights_after.tolist()


def test_what_is_shown_is_in_the_tables_own_units():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 2)) * [1.0, 1000.0] + [0.0, 5000.0]
    y = np.where(X[:, 1] > 5000, "high", "low")
    for estimator in (gn.Perceptron(), gn.MLPClassifier(3, max_epochs=3), gn.SigmoidNeuron(),
                      gn.SigmoidNeuron(solver="batch", learning_rate=0.5, max_epochs=4)):  # fmt: skip
        shown, _, _ = moments(estimator, X, y)
        fitted = estimator.fit(X, y)
        expected = fitted.decision_function(X)
        np.testing.assert_allclose(shown[-1].network.forward(X)[0][:, 0], expected, rtol=1e-7, atol=1e-7)


def test_many_classes_are_one_visit():
    X, y = [[0.0, 0], [0, 1], [1, 0], [3, 3]], [0, 1, 2, 2]
    shown, steps, _ = moments(gn.Perceptron(max_epochs=2, tol=None, shuffle=False), X, y)
    assert steps in (4, 8)
    assert shown[-1].network.sizes == (2, 3)


def test_long_trainings_keep_the_steps_that_move():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    y = (X[:, 0] + 0.3 * rng.normal(size=300) > 0).astype(int)
    shown, steps, told = moments(gn.Perceptron(max_epochs=8, tol=None), X, y, most=30)
    assert steps == 2400
    assert len(told) == 8
    assert len(shown) == 30
    assert sum(m.moved for m in shown) >= 29


def test_the_file_has_a_time_for_each_frame(tmp_path):
    path = gn.animate(OR, GATE, ["off", "on", "on", "on"], tmp_path / "or.gif", frames=50, size=3)
    assert path.stat().st_size < MOST_BYTES
    with Image.open(path) as film:
        assert film.size == (300, 345)
        times = []
        for k in range(film.n_frames):
            film.seek(k)
            times.append(film.info["duration"])
    assert times[-1] == LAST
    assert {RIGHT, WRONG} <= set(times)
    assert film.info["loop"] == 0
    fast = gn.animate(OR, GATE, [0, 1, 1, 1], tmp_path / "fast.gif", frames=12, size=3, speed=2)
    with Image.open(fast) as film:
        film.seek(film.n_frames - 1)
        assert film.info["duration"] == LAST / 2


def test_a_large_file_loses_every_second_frame(monkeypatch):
    rng = np.random.default_rng(0)
    pictures = [Image.fromarray(rng.integers(0, 255, (40, 40), dtype=np.uint8)) for _ in range(20)]
    whole = animation.gif(pictures, list(range(100, 2100, 100)))
    monkeypatch.setattr(animation, "MOST_BYTES", len(whole) // 3)
    smaller = animation.gif(pictures, list(range(100, 2100, 100)))
    assert len(smaller) <= len(whole) // 3


def test_a_frame_shows_the_row_and_counts(tmp_path):
    from glassneuron.views.figures.plane.section import section_of

    X = np.array(GATE, float)
    section = section_of(X, ("x1", "x2"))
    stage = Stage(X, np.array([0, 1, 1, 1]), (0, 1), section, [3, 3, 2], 12, 3.0)
    network = gn.Network([gn.Layer([[1.0, 1.0]], [-0.5], "step")])
    moment = Moment(2, 1, network, True, True, 2)
    (ring,) = stage._row(moment)
    assert ring.get_offsets().tolist() == [[0.0, 1.0]]
    (bars,) = stage._bars(moment)
    assert bars.get_data().values.tolist() == [3, 2]
    assert stage._said(moment, False).startswith("epoch 2, row 1, which is 1: wrong, the weights move")
    image, line = stage._regions(network)
    assert image.get_array().shape == (animation.GRID, animation.GRID, 3)
    np.testing.assert_allclose(line.get_paths()[0].vertices.sum(axis=1), 0.5, atol=1e-9)
    assert stage._said(moment, True).startswith("before it learns")


def test_what_cannot_be_shown_is_refused(tmp_path, refused):
    with refused("parameter", "`path` must be a file that ends in .gif"):
        gn.animate(OR, GATE, [0, 1, 1, 1], tmp_path / "or.mp4")
    with refused("parameter", "`frames` must be in [2, 400]; got 1"):
        gn.animate(OR, GATE, [0, 1, 1, 1], tmp_path / "or.gif", frames=1)
    with refused("lengths", "4 rows"):
        gn.animate(OR, GATE, [0, 1], tmp_path / "or.gif")
    with refused("one-class"):
        gn.animate(OR, GATE, [1, 1, 1, 1], tmp_path / "or.gif")
    with refused("parameter-type", "an estimator of this package"):
        gn.animate(7, GATE, [0, 1, 1, 1], tmp_path / "or.gif")
    assert not list(tmp_path.iterdir())


def test_without_pillow_a_sentence_says_what_to_install(tmp_path, monkeypatch, refused):
    import sys

    for name in ("PIL", "PIL.Image"):
        monkeypatch.setitem(sys.modules, name, None)
    with refused("extra", "an animation needs Pillow: pip install 'glassneuron[plot]'"):
        gn.animate(OR, GATE, [0, 1, 1, 1], tmp_path / "or.gif")


@pytest.mark.parametrize("features", [None, ("x3", "x1")])
def test_more_features_are_a_slice(tmp_path, features):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 3))
    path = gn.animate(
        gn.Perceptron(max_epochs=1), X, X[:, 0] > 0, tmp_path / "a.gif", features=features, frames=3, size=3
    )
    assert path.exists()
