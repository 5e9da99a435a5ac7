"""Lines and streets, hidden planes, and proofs as pictures."""

from fractions import Fraction

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table
from glassneuron.views.figures.plane.line import ends
from glassneuron.views.figures.plane.proof import common_point, hull

GATE = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])


def test_the_line_ends_at_the_frame():
    neuron = gn.Neuron([3.0, -2.0], 0.5, "step")
    drawn = gn.plot_line(neuron, GATE, neuron.feedforward(GATE))
    for u, v in drawn.line_.get_xydata():
        assert neuron.weighted_sum([u, v]) == pytest.approx(0.0, abs=1e-12)
        lims = (*drawn.ax_.get_xlim(), *drawn.ax_.get_ylim())
        assert min(abs(np.array([u, u, v, v]) - lims)) < 1e-12


@pytest.mark.parametrize(
    ("w", "b", "expected"),
    [
        ([1.0, 0.0], -0.5, ((0.5, 0.0), (0.5, 1.0))),
        ([0.0, 2.0], -1.0, ((0.0, 0.5), (1.0, 0.5))),
        ([1.0, 1.0], -0.5, ((0.0, 0.5), (0.5, 0.0))),
        ([1.0, 1.0], -5.0, None),
        ([0.0, 0.0], 1.0, None),
    ],
)
def test_where_a_line_meets_a_square(w, b, expected):
    assert ends(np.array(w), b, (0.0, 1.0), (0.0, 1.0)) == expected


def test_the_street_of_a_neuron_reaches_to_the_nearest_rows():
    neuron = gn.Neuron([1.0, 1.0], -0.5, "step")  # OR: (0, 0) is 1/sqrt(8) away, (0, 1) and (1, 0) as far
    drawn = gn.plot_line(neuron, GATE, ["off", "on", "on", "on"])
    assert drawn.nearest_ == [0, 1, 2]
    first, second = (line.get_xydata() for line in drawn.edges_)
    np.testing.assert_allclose(first.sum(axis=1), 0.0, atol=1e-12)
    np.testing.assert_allclose(second.sum(axis=1), 1.0, atol=1e-12)
    assert "0.354 and 0.354" in drawn.ax_.get_title(loc="left")
    assert "x1 + x2 - 0.5 = 0" in drawn.ax_.get_title(loc="left")


def test_where_rows_are_on_the_wrong_side_there_is_no_street():
    drawn = gn.plot_line(gn.Neuron([1.0, 1.0], -0.5, "step"), GATE, [0, 1, 1, 0])
    assert not drawn.edges_
    assert "1 of 4 rows on the wrong side" in drawn.ax_.get_title(loc="left")


def test_the_arrow_points_to_where_it_fires_whatever_the_units():
    for w in ([1.0, 1.0], [-1.0, 0.002], [0.0, 5.0]):
        X = np.array([[0.0, 0.0], [1.0, 900.0]])
        neuron = gn.Neuron(w, -0.1, "step")
        drawn = gn.plot_line(neuron, X)
        arrow = next(note for note in drawn.ax_.texts if note.arrow_patch is not None)
        if drawn.line_ is not None:
            assert neuron.weighted_sum(arrow.xy) > 0.0
            assert neuron.weighted_sum(arrow.xyann) == pytest.approx(0.0, abs=1e-9)


def test_a_neuron_without_weights_has_no_line():
    drawn = gn.plot_line(gn.Neuron([0.0, 0.0], 1.0, "step"))
    assert drawn.line_ is None
    assert "all weights are 0" in drawn.ax_.get_title(loc="left")


def test_a_line_needs_two_inputs(refused):
    with refused("parameter", "one neuron with two inputs"):
        gn.plot_line(gn.Neuron([1.0, 2.0, 3.0]))


XOR = gn.Network([gn.Layer([[1, 1], [1, 1], [5, -5]], [-0.5, -1.5, 0], "sigmoid"), gn.Layer([[2, -3, 1]], [-0.5])])


def test_hidden_neurons_put_the_rows_where_the_engine_says():
    hidden = XOR.layers[0].feedforward(GATE)
    drawn = gn.plot_hidden_plane(XOR, GATE, ["no", "yes", "yes", "no"], neurons=(3, 1))
    np.testing.assert_array_equal(drawn.points_[1].get_offsets(), hidden[1:3][:, [2, 0]])
    assert (drawn.ax_.get_xlabel(), drawn.ax_.get_ylabel()) == ("hidden neuron 3", "hidden neuron 1")
    held = np.median(hidden[:, 1])
    assert "hidden neuron 2" in drawn.ax_.get_title(loc="left")
    row = [drawn.v[9], held, drawn.u[4]]
    assert drawn.codes[9, 4] == (gn.Network([XOR.layers[1]]).feedforward(row) >= 0.5)
    (path,) = drawn.boundary_[0].get_paths()
    w, b = XOR.layers[1].weights[0], XOR.layers[1].biases[0]
    np.testing.assert_allclose(path.vertices @ w[[2, 0]] + w[1] * held + b, 0.0, atol=1e-9)


def test_classes_keep_their_names_in_the_hidden_plane():
    net = gn.MLPClassifier((3, 2), max_epochs=5).fit(GATE, ["a", "b", "c", "a"])
    drawn = gn.plot_hidden_plane(net, GATE[:2], ["a", "b"], layer=2)
    assert drawn.classes == ("a", "b", "c")
    assert drawn.ax_.get_xlabel() == "layer 2, neuron 1"
    by_model = gn.plot_hidden_plane(net.model_, GATE[:2], ["a", "b"], layer=2)
    np.testing.assert_array_equal(drawn.codes, by_model.codes)


def test_a_hidden_plane_needs_two_hidden_neurons(refused):
    with refused("parameter", "a network with a hidden layer"):
        gn.plot_hidden_plane(gn.Network([gn.Layer([[1, 1]])]), GATE)
    with refused("parameter", "two different neurons out of the 3 of layer 1"):
        gn.plot_hidden_plane(XOR, GATE, neurons=(2, 2))
    with refused("parameter", "`neurons` must be in [1, 3]; got 4"):
        gn.plot_hidden_plane(XOR, GATE, neurons=(1, 4))


def test_the_crossing_of_xor():
    drawn = gn.plot_proof(GATE, [0, 1, 1, 0])
    assert common_point(drawn.verdict) == [Fraction(1, 2), Fraction(1, 2)]
    assert drawn.crossing_.get_xydata().tolist() == [[0.5, 0.5]]
    assert sorted(map(tuple, drawn.rings_.get_offsets().tolist())) == sorted(map(tuple, GATE.tolist()))
    assert "no neuron can: 4 rows prove it" in drawn.ax_.get_title(loc="left").replace("\n", " ")
    assert [text.get_text() for text in drawn.ax_.texts] == ["(0.5, 0.5)"]


def test_the_widest_street():
    drawn = gn.plot_proof(GATE, ["no", "yes", "yes", "yes"])
    np.testing.assert_allclose(drawn.middle_.get_xydata().sum(axis=1), 0.5, atol=1e-9)  # halfway from 0 to 1
    np.testing.assert_allclose(drawn.edges_[0].get_xydata().sum(axis=1), 0.0, atol=1e-9)
    np.testing.assert_allclose(drawn.edges_[1].get_xydata().sum(axis=1), 1.0, atol=1e-9)
    assert drawn.rings_.get_offsets().tolist() == GATE[:3].tolist()
    assert "0.707 wide" in drawn.ax_.get_title(loc="left").replace("\n", " ")


def test_of_many_features_distances_across_the_street_are_true():
    iris = read_table(bundled("iris"), "species")
    drawn = gn.plot_proof(iris.X, iris.y == "setosa")
    street = drawn.verdict.street
    distances = iris.X @ street.direction + street.bias
    seen = np.concatenate([points.get_offsets()[:, 0] for points in drawn.points_])
    np.testing.assert_allclose(np.sort(seen), np.sort(distances), atol=1e-9)
    np.testing.assert_allclose(drawn.middle_.get_xdata(), 0.0, atol=1e-9)
    np.testing.assert_allclose(drawn.edges_[1].get_xdata(), street.width / 2, rtol=1e-9)


def test_of_many_features_the_means_still_meet_where_they_are_seen():
    iris = read_table(bundled("iris"), "species")
    drawn = gn.plot_proof(iris.X, iris.y)
    proof = drawn.verdict
    assert proof.table.classes == ("versicolor", "virginica")
    rings = np.asarray(drawn.rings_.get_offsets())
    for side in (False, True):
        of = [i for i, s in enumerate(proof.sides) if s is side]
        weights = np.array([float(proof.weights[i]) for i in of])
        np.testing.assert_allclose(weights @ rings[of] / weights.sum(), drawn.crossing_.get_xydata()[0], atol=1e-6)


def test_a_pair_of_many_classes_can_be_chosen(refused):
    iris = read_table(bundled("iris"), "species")
    verdict = gn.separability(iris.X, iris.y)
    drawn = gn.plot_proof(verdict, pair=("virginica", "setosa"))
    assert drawn.verdict.separable
    with refused("parameter", "two of the classes: 'setosa'"):
        gn.plot_proof(verdict, pair=("setosa", "rose"))
    with refused("parameter-type", "what `separability` returned"):
        gn.plot_proof(7)


@pytest.mark.parametrize("X", [[[1.0], [2.0], [3.0]], [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]])
def test_flat_and_degenerate_tables_have_a_picture(X):
    drawn = gn.plot_proof(X, ["a", "b", "a"])
    assert drawn.crossing_ is not None
    drawn.figure_.draw_without_rendering()


def test_the_hull_is_that_of_a_peer():
    from scipy.spatial import ConvexHull

    points = np.random.default_rng(0).normal(size=(200, 2))
    expected = points[ConvexHull(points).vertices]
    assert sorted(map(tuple, hull(points))) == sorted(map(tuple, expected))
    assert hull(np.array([[1.0, 1.0], [1.0, 1.0]])).tolist() == [[1.0, 1.0]]
    assert len(hull(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]))) == 2
