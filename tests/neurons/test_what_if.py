"""What-if against brute force: neurons, several, relu and step networks, texts, whole numbers, and what is refused."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

import glassneuron as gn
from glassneuron.neurons.scaling import Scaling
from glassneuron.neurons.what_if.projection import beyond_line, in_polyhedron
from glassneuron.neurons.what_if.search import best_found


def by_least_distance(G, h):
    """Return the shortest u with G u >= h, by Lawson & Hanson's reduction to non-negative least squares."""
    E, f = np.vstack([G.T, h]), np.eye(G.shape[1] + 1)[-1]
    weights, length = nnls(E, f, maxiter=10_000)
    rest = E @ weights - f
    return None if length < 1e-9 else -rest[:-1] / rest[-1]


def with_box(G, h, low, high):
    eye, below, above = np.eye(len(low)), np.isfinite(low), np.isfinite(high)
    return np.vstack([G, eye[below], -eye[above]]), np.concatenate([h, low[below], -high[above]])


def box(rng, n):
    low, high = -rng.exponential(2.0, n), rng.exponential(2.0, n)
    low[rng.random(n) < 0.3], high[rng.random(n) < 0.3] = 0.0, 0.0
    low[rng.random(n) < 0.2], high[rng.random(n) < 0.2] = -np.inf, np.inf
    return low, high


def test_projections_are_those_of_least_distance_programming():
    rng = np.random.default_rng(0)
    feasible = 0
    for _ in range(400):
        n, m = rng.integers(1, 7), rng.integers(1, 9)
        G, h, (low, high) = rng.normal(size=(m, n)), rng.normal(size=m), box(rng, n)
        for found, some in ((in_polyhedron(G, h, low, high), m), (beyond_line(G[0], float(h[0]), low, high), 1)):
            wanted = by_least_distance(*with_box(G[:some], h[:some], low, high))
            assert (found is None) == (wanted is None)
            if found is not None:
                feasible += 1
                assert (G[:some] @ found >= h[:some] - 1e-9).all()
                assert (found >= low - 1e-9).all()
                assert (found <= high + 1e-9).all()
                np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert feasible > 200


def test_the_smallest_change_of_a_neuron_is_the_distance_from_its_boundary():
    n = gn.Neuron([3, 4], -10, "step")
    told = gn.what_if(n, [0, 0])
    assert told.flip.distance == pytest.approx(abs(n.weighted_sum([0, 0])) / 5)
    assert told.flip.certified
    np.testing.assert_allclose(told.flip.row, [3 * 10 / 25, 4 * 10 / 25])
    np.testing.assert_allclose([each.flip.row for each in told.single], [[10 / 3, 0.0], [0.0, 2.5]])
    told = gn.what_if(gn.Neuron([3, 7], -1, "step"), [0, 0])  # 3/58 and 7/58, rounded away from 0 to three digits
    assert [change.written for change in told.flip.changes] == ["0.121", "0.0518"]


def test_a_tie_fires_so_a_step_onto_the_line_is_enough_to_fire_and_not_to_be_silent():
    n = gn.Neuron([1, 1], -1, "step")
    assert gn.what_if(n, [0, 0]).flip.row.tolist() == [0.5, 0.5]
    on_the_line = gn.what_if(n, [0.5, 0.5])
    assert on_the_line.answer == 1
    assert n.feedforward(on_the_line.flip.row) == 0.0
    assert 0.0 < on_the_line.flip.distance < 1e-15
    assert "a tie fires" in str(on_the_line)


numbers = st.floats(-100, 100).map(lambda v: round(v, 3))


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(1, 5), st.sampled_from([1e-6, 1.0, 1e6]))
def test_whatever_is_found_flips_the_answer_within_ranges_and_locks(data, n, size):
    some = st.lists(numbers, min_size=n, max_size=n)
    w, x, spans = data.draw(some), [v * size for v in data.draw(some)], data.draw(some)
    locked = data.draw(st.sets(st.integers(0, n - 1)))
    neuron = gn.Neuron(w, data.draw(numbers), "step")
    ranges = {j: (v - abs(d) * size, v + abs(d) * size) for j, (v, d) in enumerate(zip(x, spans, strict=True))}
    told = gn.what_if(neuron, x, locked=locked, ranges=ranges)
    table = np.random.default_rng(0).normal(size=(1001, n))
    flips = [f for f in (told.flip, told.fewest, *(each.flip for each in told.single)) if f is not None]
    for flip in flips:
        assert neuron.feedforward(flip.row) != neuron.feedforward(x)
        table[700] = flip.row
        assert neuron.feedforward(table)[700] == neuron.feedforward(flip.row)
        for j in range(n):
            low, high = (x[j], x[j]) if j in locked else ranges[j]
            assert low <= flip.row[j] <= high
        written = np.array(x, float)
        for change in flip.changes:
            written[told.names.index(change.name)] = float(change.written)
        assert neuron.feedforward(written) != neuron.feedforward(x)
    if told.flip is None:
        (sign,) = {-1.0 if told.answer else 1.0}
        ends = [x[j] if j in locked else ranges[j][int(sign * w[j] > 0)] for j in range(n)]
        corner = math.fsum([a * b for a, b in zip(w, ends, strict=True)] + [neuron.bias])
        slack = 1e-12 * (1 + sum(abs(a * b) for a, b in zip(w, ends, strict=True)) + abs(neuron.bias))
        assert sign * corner <= slack


def goals_of(answer, outputs):
    if outputs == 1:
        return [np.array([[-1.0 if answer else 1.0]])]
    eye = np.eye(outputs)
    return [eye[k : k + 1] - eye[answer] for k in range(outputs) if k != answer]


def nearest_by_all_patterns(network, x, answer, low, high):
    """Try each of the 2^H patterns of a network with one hidden layer; return the smallest distance."""
    (W, b, kind), (V, c, _) = ((layer.weights, layer.biases, layer.activation) for layer in network.layers)
    best = math.inf
    for pattern in itertools.product([0.0, 1.0], repeat=len(b)):
        on = np.array(pattern)
        way = 2 * on - 1
        z = W @ x + b
        M, m = (V @ (W * on[:, None]), V @ (z * on) + c) if kind == "relu" else (np.zeros((len(c), len(x))), V @ on + c)
        for C in goals_of(answer, len(c)):
            G, h = [W * way[:, None]], [-z * way]
            if np.abs(C @ M).max() > 1e-14:
                G, h = [*G, C @ M], [*h, -(C @ m)]
            elif (C @ m)[0] < 0:
                continue
            u = by_least_distance(*with_box(np.vstack(G), np.concatenate(h), low - x, high - x))
            best = min(best, math.inf if u is None else float(np.linalg.norm(u)))
    return best


@pytest.mark.parametrize("kind", ["relu", "step"])
@pytest.mark.parametrize("outputs", [1, 3])
def test_certified_flips_of_small_networks_are_the_nearest_of_all_patterns(kind, outputs):
    rng = np.random.default_rng(outputs)
    found = 0
    for _ in range(15):
        n, hidden = rng.integers(1, 4), rng.integers(1, 6)
        last = "sigmoid" if outputs == 1 else "softmax"
        first = gn.Layer(rng.normal(size=(hidden, n)), rng.normal(size=hidden), kind)
        network = gn.Network([first, gn.Layer(rng.normal(size=(outputs, hidden)), rng.normal(size=outputs), last)])
        x = rng.normal(size=n)
        low, high = x - rng.exponential(2.0, n), x + rng.exponential(2.0, n)
        told = gn.what_if(network, x, ranges={j: (low[j], high[j]) for j in range(n)})
        wanted = nearest_by_all_patterns(network, x, told.answer, low, high)
        if told.flip is None:
            assert wanted == math.inf
            continue
        found += 1
        assert told.flip.certified
        assert told.flip.distance == pytest.approx(wanted, abs=1e-7)
        z = network.forward(told.flip.row[np.newaxis])[0][0]
        after = int(z.argmax()) if outputs > 1 else int(z[0] >= 0)
        assert told.flip.answer_after == after != told.answer
        for each in told.single:  # a dense grid finds nothing nearer
            j = int(each.name[1:]) - 1
            rows = np.repeat(x[np.newaxis], 4001, axis=0)
            rows[:, j] = np.linspace(low[j], high[j], 4001)
            z = network.forward(rows)[0]
            flipped = (z.argmax(axis=1) if outputs > 1 else z[:, 0] >= 0) != told.answer
            nearest = np.abs(rows[flipped, j] - x[j]).min(initial=math.inf)
            mine = math.inf if each.flip is None else each.flip.distance
            assert mine <= nearest + 1e-9
    assert found > 3


def test_a_deep_relu_network_is_certified_against_a_dense_grid():
    network = gn.Network.random([2, 4, 3, 1], ["relu", "relu", "sigmoid"], seed=2)
    x = np.array([0.3, -0.2])
    told = gn.what_if(network, x, ranges={0: (-3, 3), 1: (-3, 3)})
    side = np.linspace(-3, 3, 801)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    flipped = (network.forward(grid)[0][:, 0] >= 0) != told.answer
    nearest = np.linalg.norm(grid[flipped] - x, axis=1).min(initial=math.inf)
    assert told.flip is not None
    assert told.flip.certified
    assert told.flip.distance <= nearest <= told.flip.distance + 6 / 800 * 2**0.5


def test_a_tanh_network_gets_the_best_found_and_says_so():
    network = gn.Network.random([2, 3, 1], ["tanh", "sigmoid"], seed=1)
    x = np.array([1.0, -1.0])
    told = gn.what_if(network, x)
    assert not told.flip.certified
    assert "the best that was found" in str(told)
    side = np.linspace(-1.2, 1.2, 1201) * told.flip.distance
    grid = x + np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    flipped = (network.forward(grid)[0][:, 0] >= 0) != told.answer
    nearest = np.linalg.norm(grid[flipped] - x, axis=1).min(initial=math.inf)
    assert told.flip.distance <= nearest + 1e-6


def test_several_neurons_flip_at_the_nearest_rival_and_to_the_class_asked_for():
    rng = np.random.default_rng(5)
    for _ in range(20):
        W, b, x = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=3)
        model = gn.Model([gn.Neuron(w, c, "step") for w, c in zip(W, b, strict=True)], "abcd", ("p", "q", "r"))
        z = W @ x + b
        win = int(z.argmax())
        told = gn.what_if(model, x)
        wanted = min((z[win] - z[k]) / np.linalg.norm(W[win] - W[k]) for k in range(4) if k != win)
        assert told.flip.distance == pytest.approx(wanted)
        assert model.predict([told.flip.row])[0] == told.flip.answer_after != told.answer
        for k in set(range(4)) - {win}:
            flip = gn.what_if(model, x, to="abcd"[k]).flip
            others = [i for i in range(4) if i != k]
            u = by_least_distance(W[k] - W[others], -(z[k] - z[others]))
            assert (flip is None) == (u is None)
            if u is not None:
                assert flip.distance == pytest.approx(np.linalg.norm(u))
                assert model.predict([flip.row])[0] == "abcd"[k]


ENCODING = {
    "columns": [
        {"name": "age", "kind": "number", "values": [], "mean": None},
        {"name": "colour", "kind": "text", "values": ["blue", "green", "red"], "mean": None},
        {"name": "town", "kind": "text", "values": ["here", "there"], "mean": None},
    ]
}
NAMES = ("age", "colour=blue", "colour=green", "colour=red", "town=here", "town=there")


def one_of_each_text():
    for c, t in itertools.product(range(3), range(2)):
        yield np.concatenate([np.eye(3)[c], np.eye(2)[t]])


@pytest.mark.parametrize("seed", range(25))
def test_texts_change_as_a_whole_and_the_nearest_combination_is_found(seed):
    rng = np.random.default_rng(seed)
    w, bias, scale = rng.normal(size=6), rng.normal(), rng.uniform(0.3, 2.0, 6)
    scaling = Scaling(rng.normal(size=6), scale)
    model = gn.Model((gn.Neuron(w, bias, "step"),), ("no", "yes"), NAMES, scaling, ENCODING)
    row = np.concatenate([[rng.normal()], np.eye(3)[rng.integers(3)], np.eye(2)[rng.integers(2)]])
    ranges = {"age": (row[0] - 0.5, row[0] + 0.5), "colour": ["blue", "green"]}
    told = gn.what_if(model, row, ranges=ranges)
    sign, best = -1.0 if told.answer == "yes" else 1.0, math.inf
    for texts in one_of_each_text():
        if texts[2] and not row[3]:
            continue  # red is not among the colours that are allowed
        moved = sign * (w[1:] @ texts + w[0] * row[0] + bias)
        age = 0.0 if moved >= 0 else -moved / abs(w[0])
        if age <= 0.5:
            best = min(best, float(np.linalg.norm(np.concatenate([[age], texts - row[1:]]) / scale)))
    if told.flip is None:
        assert best == math.inf
        assert " at most" in told.why_none or " at least" in told.why_none
        return
    assert told.flip.certified
    assert told.flip.distance == pytest.approx(best)
    assert sorted(told.flip.row[1:4]) == [0, 0, 1]
    assert sorted(told.flip.row[4:]) == [0, 1]
    for change in told.flip.changes:
        assert change.name in ("age", "colour", "town")
        assert change.name == "age" or (
            isinstance(change.before, str) and change.after in ("blue", "green", "here", "there")
        )


def test_whole_numbers_are_the_nearest_of_all():
    rng = np.random.default_rng(2)
    for _ in range(20):
        w, bias, x = rng.normal(size=3), rng.normal(), np.round(rng.normal(size=3) * 3)
        n = gn.Neuron(w, bias, "step", names=["a", "b", "c"])
        told = gn.what_if(
            n, x, whole=["a", "b"], ranges={name: (v - 4, v + 4) for name, v in zip("abc", x, strict=True)}
        )
        sign, best = (-1 if told.answer else 1), math.inf
        for a, b in itertools.product(range(-4, 5), repeat=2):
            short = -sign * (w @ x + bias + w[0] * a + w[1] * b)
            c = max(0.0, short) / abs(w[2])
            if c <= 4:
                best = min(best, math.hypot(a, b, c))
        if told.flip is None:
            assert best == math.inf
        else:
            assert told.flip.distance == pytest.approx(best)
            assert (told.flip.row[:2] == np.round(told.flip.row[:2])).all()


def test_gates_flip_as_few_inputs_as_will_do():
    rng = np.random.default_rng(4)
    for _ in range(30):
        gate = gn.McCullochPitts(rng.integers(-2, 3, 5), float(rng.integers(-1, 4)))
        x = rng.integers(0, 2, 5)
        told = gn.what_if(gate, x)
        rows = [r for r in itertools.product([0, 1], repeat=5) if gate.feedforward(r) != gate.feedforward(x)]
        least = min((int(np.abs(np.array(r) - x).sum()) for r in rows), default=None)
        assert (None if told.flip is None else len(told.flip.changes)) == least
        if told.flip:
            assert gate.feedforward(told.flip.row) == told.flip.answer_after


def test_the_fewest_columns_are_fewest():
    rng = np.random.default_rng(6)
    several = 0
    for _ in range(40):
        w, bias, x = rng.normal(size=5), rng.normal() * 3, rng.normal(size=5)
        n = gn.Neuron(w, bias, "step")
        told = gn.what_if(n, x, ranges={j: (x[j] - 0.8, x[j] + 0.8) for j in range(5)})
        short = abs(n.weighted_sum(x))
        gains = 0.8 * np.sort(np.abs(w))[::-1]
        if told.flip is None:
            assert gains.sum() <= short
            continue
        count = int(np.argmax(np.cumsum(gains) >= short)) + 1
        assert len(told.fewest.changes) == count
        assert told.fewest_proved
        assert told.fewest.distance >= told.flip.distance - 1e-12
        several += count > 1
    assert several > 3


def test_contributions_of_a_neuron_add_up_to_its_sum():
    scaling = Scaling(np.array([10.0, -2.0]), np.array([5.0, 0.5]))
    model = gn.Model((gn.Neuron([0.4, 3.0], 1.0),), ("no", "yes"), ("a", "b"), scaling)
    parts = gn.what_if(model, [12.0, -1.0]).contributions
    assert {each.name: each.effect for each in parts.columns} == pytest.approx({"a": 0.4 * 2, "b": 3.0})
    assert [each.name for each in parts.columns] == ["b", "a"]
    assert parts.start == pytest.approx(0.4 * 10 - 6 + 1)
    assert parts.total == pytest.approx(parts.start + sum(each.effect for each in parts.columns))
    plain = gn.what_if(gn.Neuron([2, -1], 3), [4, 5]).contributions
    assert (plain.start_name, plain.start) == ("bias", 3.0)
    assert {each.name: each.effect for each in plain.columns} == {"x1": 8.0, "x2": -5.0}


def test_contributions_of_a_network_add_up_to_its_sum_too():
    network = gn.Network.random([3, 4, 1], ["tanh", "sigmoid"], seed=0)
    rows = np.random.default_rng(0).normal(size=(50, 3)) + 1
    parts = gn.what_if(network, rows[0], rows=rows).contributions
    assert abs(parts.together) < 1e-4
    total = parts.start + parts.together + sum(each.effect for each in parts.columns)
    assert total == pytest.approx(network.forward(rows[:1])[0][0, 0])


def test_estimators_and_loaded_models_of_every_kind_are_asked(tmp_path):
    X = np.random.default_rng(0).normal(size=(60, 3)) * [1, 100, 0.01]
    y = np.where(X[:, 0] + X[:, 1] / 100 > 0, "up", "down")
    three = np.where(X[:, 2] > 0.005, "side", y)
    for model, target in [
        (gn.Perceptron(random_state=0), y), (gn.SigmoidNeuron(), three), (gn.Adaline(), y),
        (gn.MLPClassifier((6,), max_epochs=20, random_state=0), three),
        (gn.Perceptron(variant="voted", random_state=0, max_epochs=3), y),
    ]:  # fmt: skip
        model.fit(X, target)
        told = gn.what_if(model, X[0], rows=X)
        assert told.answer == model.predict(X[:1])[0]
        assert told.deviations
        assert model.predict(told.flip.row[np.newaxis])[0] == told.flip.answer_after != told.answer
        json.dumps(told.to_dict())
        gn.save(model, tmp_path / "m.safetensors")
        again = gn.what_if(gn.load(tmp_path / "m.safetensors"), X[0], rows=X)
        assert str(again) == str(told)


def test_a_model_that_answers_with_a_number_is_brought_to_one():
    X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [3.0, 1.0]])
    model = gn.LinearNeuron().fit(X, 2 * X[:, 0] - X[:, 1] + 1)
    told = gn.what_if(model, [1.0, 1.0])
    assert told.flip is None
    assert "which number it is to reach" in told.why_none
    up, down = (gn.what_if(model, [1.0, 1.0], to=number) for number in (5.0, -1.0))
    assert up.flip.answer_after >= 5.0
    assert down.flip.answer_after <= -1.0
    assert up.flip.distance == pytest.approx(3 / 5**0.5)
    out_of_reach = gn.what_if(model, [1.0, 1.0], to=9, ranges={0: (0, 2), 1: (0, 2)})
    assert out_of_reach.why_none == "the answer is 5 at most"


def test_a_neuron_without_weights_and_a_row_that_is_locked_cannot_flip():
    flat = gn.what_if(gn.Neuron([0, 0], 1), [3, 4])
    assert flat.flip is None
    assert "all weights are 0" in str(flat)
    assert gn.what_if(gn.Neuron([1, 1], 1), [3, 4], locked=[0, 1]).why_none == "every feature is locked"
    assert (
        gn.what_if(gn.Neuron([1, -1], -5), [0, 0], ranges={0: (0, 1), 1: (-1, 2)}).why_none == "the sum is -3 at most"
    )


def test_a_flip_is_found_where_the_corner_of_the_ranges_just_reaches_the_line():
    told = gn.what_if(gn.Neuron([1, 1], -2, "step"), [0, 0], ranges={0: (0, 1), 1: (0, 1)})
    assert told.flip.row.tolist() == [1.0, 1.0]


def test_rows_tell_what_lies_outside_of_them_and_what_is_no_whole_number():
    n = gn.Neuron([1, 0.001], -10, "step", names=["children", "height"])
    told = gn.what_if(n, [2, 170], rows=[[0, 150], [1, 160], [3, 190]])
    assert {each.name: each.flip.changes[0].note for each in told.single} == {
        "children": "above every row", "height": "above every row",
    }  # fmt: skip
    told = gn.what_if(gn.Neuron([1, 0.001], -2.5, "step"), [2, 170], rows=[[0, 150], [1, 160], [3, 190]])
    assert told.single[0].flip.changes[0].note == "a whole number in every row"


def test_it_shows_itself_in_a_notebook_with_names_made_safe():
    html = gn.what_if(gn.Neuron([1, 2], 0, names=["<a>", "b"]), [1, 1])._repr_html_()
    assert "&lt;a&gt;" in html
    assert "<a>" not in html
    assert html.count("<table>") == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"locked": ["agee"]}, "`locked` names 'agee', which is none of the features: age, size."),
        ({"whole": 7}, "`whole` names 7, which is none of the features: age, size."),
        ({"ranges": {"age": (3, 1)}}, "`range of age` must be two numbers, the smaller one first"),
        ({"ranges": {"age": ("1", 3)}}, "`range of age` must be two numbers"),
        ({"ranges": {"age": (5, 9)}}, "`range of age` must be one that holds the row's own value, 1"),
        ({"ranges": [1]}, "`ranges` must be a dictionary"),
        ({"to": 3}, "`to` names 3, which is none of the classes: 0, 1."),
        ({"to": 1}, "`to` must be another class than the answer"),
        ({"rows": [[1, 2, 3]]}, "reads 2 inputs and the row has 3 numbers"),
    ],
)
def test_wrong_wishes_are_refused_in_a_sentence(arguments, sentence):
    with pytest.raises(gn.GlassneuronError) as caught:
        gn.what_if(gn.Neuron([1, 2], 0, names=["age", "size"]), [1, 1], **arguments)
    assert sentence in str(caught.value)


def test_wrong_models_and_rows_are_refused_in_a_sentence():
    with pytest.raises(TypeError, match="`model` must be a neuron"):
        gn.what_if("neuron", [1])
    with pytest.raises(ValueError, match="reads 2 inputs and the row has 3"):
        gn.what_if(gn.Neuron([1, 2]), [1, 2, 3])
    with pytest.raises(ValueError, match="0 or 1"):
        gn.what_if(gn.McCullochPitts([1, 2], 1), [1, 2])
    with pytest.raises(ValueError, match="finite"):
        gn.what_if(gn.Neuron([1, 2]), [1, np.nan])


def test_what_is_found_of_relu_networks_too_large_for_all_pieces_is_bounded_from_below():
    network = gn.Network.random([4, 60, 1], ["relu", "sigmoid"], seed=2)
    told = gn.what_if(network, [1.0, -1.0, 2.0, 0.5])
    assert told.flip is not None
    assert told.flip.certified or 0.0 < told.flip.at_least <= told.flip.distance


def test_the_search_of_smooth_networks_comes_close_to_what_is_certified():
    from glassneuron.neurons.what_if.question import ask
    from glassneuron.neurons.what_if.reader import read

    close = []
    for seed in range(10):
        network = gn.Network.random([3, 5, 1], ["relu", "sigmoid"], seed=seed)
        x = np.random.default_rng(seed).normal(size=3)
        exact = gn.what_if(network, x).flip
        found = best_found(ask(read(network), x, (), {}, (), None))
        if exact is not None:
            assert found.distance >= exact.distance * (1 - 1e-9)
            close.append(found.distance <= exact.distance * 1.01)
    assert np.mean(close) > 0.7


def test_a_text_with_two_values_that_is_one_feature_is_told_as_text():
    encoding = {
        "columns": [
            {"name": "active", "kind": "text", "values": ["no", "yes"], "mean": None, "single": True},
            {"name": "size", "kind": "number", "values": [], "mean": None, "single": False},
        ]
    }
    model = gn.Model((gn.Neuron([2.0, 1.0], -2.5, "step"),), ("low", "high"), ("active=yes", "size"), encoding=encoding)
    row = [0.0, 1.0]  # 2·0 + 1 - 2.5 < 0
    told = gn.what_if(model, row, locked=["size"])
    (change,) = told.flip.changes
    assert (change.name, change.before, change.after, change.written) == ("active", "no", "yes", "yes")
    assert gn.what_if(model, row, locked=["active"]).flip.changes[0].name == "size"
    assert gn.what_if(model, row, ranges={"active": ["no"]}).flip.changes[0].name == "size"
    assert "active" in str(told)
    with pytest.raises(gn.GlassneuronError, match="no, yes"):
        gn.what_if(model, row, ranges={"active": ["maybe"]})
