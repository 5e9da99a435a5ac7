"""A page that trains by itself: the same frames as Python's, the same random numbers, and verdicts that are exact."""

import json
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassneuron as gn
from glassneuron.learning.restarts import seeds_of_starts
from glassneuron.learning.sampler import Sampler
from glassneuron.views.playground.runs import Run
from glassneuron.views.playground.specs import read_spec

ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]]
OR, XOR = {"X": ROWS, "y": [0, 1, 1, 1]}, {"X": ROWS, "y": [0, 1, 1, 0]}
TRAIN = """
async ([spec, chunks]) => {
  const { training } = await import("/frames.js");
  const run = training(spec);
  return chunks.map(([cursor, count]) => run(cursor, count));
}
"""


def blobs(classes, n=12, seed=0, spread=0.6):
    """Rows around as many centres as classes; two of the rows are the same."""
    rng = np.random.default_rng(seed)
    y = [i % classes for i in range(n)]
    X = [(rng.normal(size=2) * spread + (2 * np.cos(k), 2 * np.sin(k))).round(2).tolist() for k in y]
    X[classes + 1] = X[1]
    return {"X": X, "y": y, "classes": [f"class {k}" for k in range(classes)]}


SPECS = {
    "OR, bias held": {"kind": "perceptron", "fixed_bias": -1.0, **OR},
    "XOR": {"kind": "perceptron", "eta": 1.0, "epochs": 12, **XOR},
    "from a start": {"kind": "perceptron", "start": [0.3, -0.2, 0.1], "epochs": 5, **OR},
    "shuffled": {"kind": "perceptron", "shuffle": True, "seed": 7, "epochs": 9, **blobs(2, 20)},
    "rows that are equal": {
        "kind": "perceptron", "shuffle": True, "epochs": 4, "X": [*ROWS, *ROWS, [1, 0]], "y": [0, 1, 1, 0] * 2 + [0],
    },
    "three classes": {"kind": "perceptron", "epochs": 9, "shuffle": True, **blobs(3)},
    "averaged": {"kind": "perceptron", "variant": "averaged", "eta": 1.0, "epochs": 40, **blobs(2)},
    "averaged OR": {"kind": "perceptron", "variant": "averaged", "eta": 0.3, **OR},
    "averaged OR, bias held": {"kind": "perceptron", "variant": "averaged", "fixed_bias": -1.0, **OR},
    "averaged, the mean follows": {
        "kind": "perceptron", "variant": "averaged", "start": [-2, -2, 3], "eta": 0.25, **OR
    },
    "averaged, too few epochs": {
        "kind": "perceptron", "variant": "averaged", "start": [-2, -2, 3], "eta": 0.25, "epochs": 60, **OR
    },
    "averaged from a start, three classes": {
        "kind": "perceptron", "variant": "averaged", "start": [5, 0, -9, 0, 0, 0], "eta": 0.5,
        "X": [[0], [1], [3]], "y": [0, 1, 2], "classes": ["a", "b", "c"],
    },
    "averaged, whole numbers": {
        "kind": "perceptron", "variant": "averaged", "eta": 0.5, "epochs": 6, "shuffle": True,
        "X": np.random.default_rng(0).integers(0, 2, (80, 2)).tolist(),
        "y": np.random.default_rng(1).integers(0, 2, 80).tolist(),
    },
    "averaged, three classes": {"kind": "perceptron", "variant": "averaged", "epochs": 60, **blobs(3, spread=0.1)},
    "pocket": {"kind": "perceptron", "variant": "pocket", "epochs": 8, **XOR},
    "pocket, shuffled": {
        "kind": "perceptron", "variant": "pocket", "epochs": 8, "shuffle": True, "seed": 3, **blobs(2, 16)
    },
    "pocket, three classes": {"kind": "perceptron", "variant": "pocket", "epochs": 8, **blobs(3, 15, spread=1.0)},
    "pocket, many rows": {
        "kind": "perceptron", "variant": "pocket", "epochs": 8, "shuffle": True, **blobs(2, 90, spread=1.0)
    },
    "pocket, many rows, of which few differ": {
        "kind": "perceptron", "variant": "pocket", "epochs": 8, "shuffle": True,
        "X": np.random.default_rng(0).integers(-2, 3, (160, 2)).tolist(),
        "y": np.random.default_rng(1).integers(0, 2, 160).tolist(),
    },
    "pocket from a start": {"kind": "perceptron", "variant": "pocket", "epochs": 3, "start": [1, 1, -0.5], **XOR},
    "forked": {"kind": "perceptron", "epochs": 9, "changes": [{"at": 5, "eta": 0.5}, {"at": 12, "eta": 0.25}], **XOR},
    "forked at the start": {"kind": "perceptron", "epochs": 3, "changes": [{"at": 0, "eta": 0.5}], **XOR},
    "by epochs": {"kind": "perceptron", "epochs": 9, "every": "epoch", "changes": [{"at": 3, "eta": 0.5}], **XOR},
}  # fmt: skip
SMOOTH = {
    "sigmoid": {"kind": "sigmoid", "eta": 0.5, "epochs": 20, **OR},
    "sigmoid, bias held": {"kind": "sigmoid", "eta": 0.5, "epochs": 9, "fixed_bias": -0.5, **OR},
    "softmax, shuffled": {"kind": "sigmoid", "eta": 0.2, "epochs": 9, "shuffle": True, **blobs(3)},
    "sigmoid, forked": {"kind": "sigmoid", "epochs": 9, "changes": [{"at": 6, "eta": 3.0}], **XOR},
    "network": {"kind": "network", "eta": 0.5, "epochs": 50, "seed": 4, **XOR},
    "network, shuffled": {
        "kind": "network", "eta": 0.1, "epochs": 9, "hidden": [4, 3], "shuffle": True, "activation": "relu", **blobs(3)
    },
    "network by epochs": {
        "kind": "network", "epochs": 9, "every": "epoch", "optimiser": "adam", "activation": "sigmoid", **XOR
    },
    "network, forked": {
        "kind": "network", "epochs": 9, "optimiser": "momentum", "changes": [{"at": 6, "eta": 1.0}], **XOR
    },
    "network without a hidden layer": {"kind": "network", "epochs": 9, "hidden": [], "start": [0.1, 0.2, 0.3], **OR},
}  # fmt: skip
EXPLODING = {
    "sigmoid": {"kind": "sigmoid", "eta": 1e9, "epochs": 9, **XOR},
    "network": {"kind": "network", "eta": 1e9, "epochs": 9, "activation": "relu", **XOR},
    "network by epochs": {"kind": "network", "eta": 1e9, "epochs": 9, "every": "epoch", "activation": "relu", **XOR},
}


def by_python(spec):
    run = Run(read_spec(spec))
    frames = run.frames(0, 2000)
    run.frames(len(frames), 1)  # so that it is known why
    return frames, run.why, run.length


def by_page(modules, spec):
    (chunk, end) = modules.evaluate(TRAIN, [spec, [[0, 2000], [2000, 1]]])
    return chunk["frames"], end["why"], end["length"]


@pytest.mark.parametrize("name", SPECS)
def test_a_perceptron_learns_in_the_page_what_it_learns_in_python_to_the_last_bit(modules, name):
    here, there = by_python(SPECS[name]), by_page(modules, SPECS[name])
    assert there[0] == here[0]
    assert there[1:] == here[1:]


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_neurons_learn_in_the_page_what_they_learn_in_python(modules, name):
    here, there = by_python(SMOOTH[name]), by_page(modules, SMOOTH[name])
    assert there[1:] == here[1:]
    alike(here[0], there[0])


@pytest.mark.filterwarnings("ignore::glassneuron.errors.TrainingWarning")
@pytest.mark.parametrize("name", EXPLODING)
def test_a_training_that_explodes_ends_with_the_same_frame_and_says_so(modules, name):
    here, there = by_python(EXPLODING[name]), by_page(modules, EXPLODING[name])
    alike(here[0], there[0])
    assert "diverged in epoch" in there[1]
    assert there[1].split(":")[0] == here[1].split(":")[0]


def alike(here, there):
    assert [{**frame, **dict.fromkeys(NUMBERS)} for frame in there] == [
        {**frame, **dict.fromkeys(NUMBERS)} for frame in here
    ]
    for mine, theirs in zip(here, there, strict=True):
        for name in NUMBERS:
            assert (theirs[name] is None) == (mine[name] is None)
            assert mine[name] is None or theirs[name] == pytest.approx(mine[name], rel=1e-12, abs=1e-15)


NUMBERS = ("z", "a", "error", "loss", "theta")


def test_the_frames_are_what_watch_yields(modules):
    p = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    steps = list(islice(gn.watch(p, ROWS, OR["y"]), 20))
    frames, _, _ = by_page(modules, SPECS["OR, bias held"])
    for before, frame, step in zip(frames, frames[1:], steps, strict=False):
        assert before["theta"] == [*step.weights_before.tolist(), step.bias_before]
        assert frame["theta"] == [*step.weights_after.tolist(), step.bias_after]
        assert (frame["row"], frame["z"], frame["a"]) == (step.example, [step.weighted_sum], [step.output])


def test_these_trainings_end_in_every_way_there_is():
    told = {name: by_python(spec)[1] for name, spec in (SPECS | SMOOTH).items()}
    for end in (
        "passed without a mistake",
        "did not converge",
        "its mean would follow",
        "in the pocket",
        "max_epochs=",
    ):
        assert any(end in why for why in told.values()), end


def test_chunks_join_and_a_cursor_behind_trains_again(modules):
    spec = SPECS["shuffled"]
    whole, first, second, again = modules.evaluate(TRAIN, [spec, [[0, 2000], [0, 7], [7, 9], [3, 5]]])
    assert whole["frames"][:16] == first["frames"] + second["frames"]
    assert whole["frames"][3:8] == again["frames"]
    assert (first["cursor"], second["cursor"], again["cursor"]) == (0, 7, 3)
    assert (first["done"], first["why"]) == (False, None)


def test_a_seed_gives_the_page_the_random_numbers_of_numpy(modules):
    seeds = [0, 1, 42, 2**31 - 1, 2**40 + 5]
    found = modules.evaluate(
        """async (seeds) => {
          const { generator } = await import("/random.js");
          return seeds.map((seed) => {
            const order = generator(seed);
            order.advance(5n << 64n);
            const other = generator(seed);
            return [generator(seed).upTo(2 ** 31 - 1), order.permutation([...Array(300).keys()]),
              other.uniform(-2, 3), other.permutation([0, 1, 2]), other.upTo(2), other.upTo(0), other.uniform(0, 1)];
          });
        }""",
        seeds,
    )
    for seed, mine in zip(seeds, found, strict=True):
        rng = np.random.default_rng(seed)
        there = [
            rng.uniform(-2, 3),
            rng.permutation(3).tolist(),
            int(rng.integers(3)),
            int(rng.integers(1)),
            rng.uniform(),
        ]
        assert mine == [seeds_of_starts(seed, 1)[0], Sampler(np.arange(300), True, seed).order(5).tolist(), *there]


# ------------------------------------------------------------------------------------------ verdicts in the page


def decided(modules, X, y):
    return modules.evaluate('async ([X, y]) => (await import("/separable.js")).decide(X, y)', [X, y])


def checked(verdict, X, y):
    """Check a verdict by its own proof, in fractions of the numbers as they are written."""
    exact = [[Fraction(repr(value)) for value in x] for x in X]
    if not verdict["separable"]:
        certificate, means = verdict["certificate"], []
        for side, label in (("left", 0), ("right", 1)):
            rows = certificate[side]
            assert all(y[i] == label for i, _ in rows)
            assert all(int(w) > 0 for _, w in rows)
            total = sum(int(w) for _, w in rows)
            means.append([sum(int(w) * exact[i][d] for i, w in rows) / total for d in range(len(X[0]))])
        assert means[0] == means[1] == [Fraction(value) for value in certificate["exact"]]
        assert certificate["point"] == pytest.approx([float(value) for value in means[0]])
        return
    w, b = verdict["neuron"]["w"], verdict["neuron"]["b"]
    for x, label in zip(X, y, strict=True):
        assert (sum(u * v for u, v in zip(w, x, strict=True)) + b >= 0) == bool(label)


def drawings(d):
    """Up to nine labelled points of d inputs, on a grid so that they often lie on one line or on each other."""
    point = st.lists(st.sampled_from([-1, 0, 0.1, 0.2, 0.3, 1, 2]), min_size=d, max_size=d)
    return st.lists(st.tuples(point, st.integers(0, 1)), min_size=2, max_size=9)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 2).flatmap(drawings))
def test_a_verdict_of_the_page_is_that_of_the_package_and_proves_itself(modules, rows):
    X, y = [x for x, _ in rows], [label for _, label in rows]
    verdict = decided(modules, X, y)
    checked(verdict, X, y)
    if len(set(y)) == 2:
        known = gn.separability(X, y, decimal=True)
        assert verdict["separable"] == known.separable
        if known.separable:
            assert verdict["street"]["width"] == pytest.approx(known.street.width)


def test_xor_in_the_page(modules):
    verdict = decided(modules, ROWS, XOR["y"])
    assert (verdict["separable"], verdict["certificate"]["point"]) == (False, [0.5, 0.5])
    assert verdict["certificate"]["equation"] == "1·(0,0) + 1·(1,1) = 1·(0,1) + 1·(1,0)"


def test_what_a_file_cannot_do_it_says(modules):
    asked = modules.evaluate(
        """async () => {
          const { local } = await import("/local.js");
          const source = local({ lessons: [], verdicts: [{ X: [[7]], y: [1], verdict: "carried" }] });
          const many = Array.from({ length: 13 }, (_, i) => [i, i]);
          const said = (promise) => promise.then((value) => value, (error) => error.message);
          return Promise.all([source.prove([[7]], [1]), said(source.prove(many, many.map(() => 0))),
            said(source.hint()), said(source.whatIf()), said(source.table()), source.prove([[0, 0], [1, 1]], [0, 1])]);
        }"""
    )
    assert asked[0] == "carried"
    assert all("glassneuron play" in sentence for sentence in asked[1:5])
    assert asked[5]["separable"]
    json.dumps(asked)
