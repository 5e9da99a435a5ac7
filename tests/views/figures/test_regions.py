"""Decision regions: the artists hold what the engine answers."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import glassneuron as gn
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table
from glassneuron.views.palette import COLOURS, colour

GATE = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
XOR = gn.Network([gn.Layer([[1, 1], [1, 1]], [-0.5, -1.5], "step"), gn.Layer([[1, -1]], [-0.5], "step")])


@pytest.fixture(scope="module")
def iris():
    return read_table(bundled("iris"), "species")


@pytest.fixture(scope="module")
def flowers(iris):
    return gn.SigmoidNeuron().fit(iris.X, iris.y)


def painted(drawn):
    """Return the class that each point is painted in: the one whose colour it has, paler."""
    from matplotlib.colors import to_rgb

    pale = 1.0 - np.asarray(drawn.surface_.get_array())  # what is taken from white
    full = np.array([1.0 - np.array(to_rgb(colour(k))) for k in range(len(drawn.classes))])
    full /= np.linalg.norm(full, axis=1, keepdims=True)
    return (pale @ full.T).argmax(axis=-1)


def test_each_point_has_the_colour_of_the_engines_answer(iris, flowers):
    drawn = gn.plot_regions(flowers, iris.X, iris.y, features=("x3", "x4"), grid=40)
    held = np.median(iris.X, axis=0)
    for j in (0, 17, 39):
        for i in (0, 11, 39):
            row = held.copy()
            row[2], row[3] = drawn.u[i], drawn.v[j]
            assert drawn.classes[painted(drawn)[j, i]] == flowers.predict([row])[0]
    assert drawn.surface_.get_extent()[0] < drawn.u[0] < iris.X[:, 2].min()


def test_the_line_of_a_neuron_is_the_one_it_has():
    neuron = gn.Neuron([2.0, -1.0], 0.25, "step")
    drawn = gn.plot_regions(neuron, GATE, neuron.feedforward(GATE))
    (contour,) = drawn.boundary_
    assert contour.levels.tolist() == [0.0]
    (path,) = contour.get_paths()
    np.testing.assert_allclose(neuron.weighted_sum(path.vertices), 0.0, atol=1e-12)
    ends = path.vertices[[0, -1]]
    left, right, low, high = *drawn.ax_.get_xlim(), *drawn.ax_.get_ylim()
    for u, v in ends:  # from edge to edge
        assert min(abs(u - left), abs(u - right), abs(v - low), abs(v - high)) < 1e-9


def test_every_class_has_its_rows_its_colour_and_its_shape(iris, flowers):
    drawn = gn.plot_regions(flowers, iris.X, iris.y)
    assert [len(points.get_offsets()) for points in drawn.points_] == [50, 50, 50]
    for k, points in enumerate(drawn.points_):
        np.testing.assert_array_equal(points.get_offsets(), iris.X[iris.y == drawn.classes[k], :2])
        assert points.get_facecolor()[0, :3].tolist() == pytest.approx(
            [int(colour(k)[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        )
    assert len({points.get_paths()[0].vertices.tobytes() for points in drawn.points_}) == 3
    wrong = flowers.predict(iris.X) != iris.y
    np.testing.assert_array_equal(np.sort(drawn.wrong_.get_offsets(), axis=0), np.sort(iris.X[wrong, :2], axis=0))
    assert f"{wrong.sum()} of 150 rows answered wrong" in drawn.ax_.get_title(loc="left").replace("\n", " ")


def test_the_title_says_what_is_held(iris, flowers):
    def said(**options):
        drawn = gn.plot_regions(flowers, iris.X, iris.y, names=iris.names, **options)
        return drawn.ax_.get_title(loc="left").replace("\n", " ")

    medians = np.median(iris.X, axis=0)
    assert f"held at their medians: petal length (cm) = {medians[2]:g}, petal width (cm) = {medians[3]:g}" in said()
    chosen = said(features=(0, "petal width (cm)"), row=149)
    assert "held as in the row asked about: sepal width (cm) = 3, petal length (cm) = 5.1" in chosen
    given = said(row=[5.0, 3.0, 4.5, 1.25])
    assert "petal length (cm) = 4.5, petal width (cm) = 1.25" in given


def test_many_features_are_counted():
    X = np.random.default_rng(0).normal(size=(30, 12))
    drawn = gn.plot_regions(gn.Neuron(np.arange(12.0)), X)
    assert drawn.ax_.get_title(loc="left") == "the 10 other features are held at their medians"
    assert not drawn.points_


def test_in_the_projection_nothing_is_hidden():
    table = read_table(bundled("wisconsin"), "diagnosis")
    neuron = gn.SigmoidNeuron().fit(table.X, table.y)
    drawn = gn.plot_regions(neuron, table.X, table.y, project=True, grid=50)
    sums = neuron.decision_function(table.X)
    for k, points in enumerate(drawn.points_):
        of = sums[table.y == drawn.classes[k]]
        np.testing.assert_allclose(np.sort(points.get_offsets()[:, 0]), np.sort(of), rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(drawn.codes, np.broadcast_to(drawn.u >= 0.0, drawn.codes.shape))
    rows = drawn.section.rows(drawn.u, drawn.v)  # a point's own row has that sum and that place
    np.testing.assert_allclose(neuron.decision_function(rows), drawn.u, rtol=1e-6, atol=1e-6)
    u, v = drawn.section.place(rows)
    np.testing.assert_allclose((u, v), (drawn.u, drawn.v), rtol=1e-6, atol=1e-6)
    assert "nothing is hidden" in drawn.ax_.get_title(loc="left").replace("\n", " ")


def test_the_other_axis_of_the_projection_is_where_the_rows_differ_most():
    rng = np.random.default_rng(1)
    X = np.column_stack([rng.normal(size=400), rng.normal(size=400), np.zeros(400)])
    X[:, 2] = X[:, 1] + 0.01 * rng.normal(size=400)  # two columns that go together
    drawn = gn.plot_regions(gn.Neuron([1.0, 0.0, 0.0], 0.5), X, project=True, names=["a", "b", "c"])
    assert set(drawn.ax_.get_ylabel().removeprefix("other main direction, mostly ").split(" and ")) == {"b", "c"}
    assert abs(drawn.section.up[0]) < 0.1 * abs(drawn.section.up[1])


@pytest.mark.parametrize(
    "labels", [["no", "yes", "yes", "no"], [False, True, True, False], [-1, 1, 1, -1], [2.5, 7.0, 7.0, 2.5]]
)
def test_labels_are_of_any_kind(labels):
    drawn = gn.plot_regions(XOR, GATE, labels)
    assert list(drawn.classes) == sorted(set(labels))
    assert [len(points.get_offsets()) for points in drawn.points_] == [2, 2]
    assert [text.get_text() for text in drawn.legend_.get_texts()] == [str(label) for label in sorted(set(labels))]
    assert drawn.wrong_ is None


def test_ten_classes_differ_in_colour_and_shape_and_their_regions_have_names():
    angles = np.arange(10) * np.pi / 5
    W = np.column_stack([np.cos(angles), np.sin(angles)])
    X, y = np.repeat(W, 3, axis=0), np.repeat([f"k{n}" for n in range(10)], 3)
    drawn = gn.plot_regions(gn.Network([gn.Layer(W, None, "softmax")]), X, y)
    looks = {(tuple(p.get_facecolor()[0]), p.get_paths()[0].vertices.tobytes()) for p in drawn.points_}
    assert len(looks) == 10
    names = {text.get_text(): text.get_position() for text in drawn.ax_.texts}
    assert set(names) == set(y)
    for name, (u, v) in names.items():  # each stands in its own region
        assert f"k{(W @ (u, v)).argmax()}" == name
    assert len(COLOURS) < 10
    assert sum(bool(getattr(c, "hatches", [None])[0]) for c in drawn.ax_.collections) == 2  # colours that come again


def test_classes_without_a_region_or_unknown_to_the_model_are_named():
    model = gn.SigmoidNeuron().fit([[0.0, 0], [0, 1], [9, 0]], ["a", "a", "far"])
    drawn = gn.plot_regions(model, [[0.0, 0.0], [0.1, 0.1], [0.0, 0.1]], ["a", "a", "new"])
    assert [text.get_text() for text in drawn.legend_.get_texts()] == [
        "a", "far (no region here)", "new (unknown to the model)", "answered wrong",
    ]  # fmt: skip


def test_probabilities_shade(flowers, iris):
    drawn = gn.plot_regions(flowers, iris.X, iris.y, features=(2, 3), grid=60)
    strength = (1.0 - drawn.surface_.get_array()).max(axis=-1)
    row = np.median(iris.X, axis=0)
    row[2], row[3] = drawn.u[5], drawn.v[5]
    assert drawn.confidence[5, 5] == pytest.approx(flowers.predict_proba([row]).max(), rel=1e-9)
    setosa = drawn.codes == 0
    order = np.argsort(drawn.confidence[setosa])
    assert (np.diff(strength[setosa][order]) >= -1e-12).all()
    assert strength[setosa].max() > 2 * strength[setosa].min()
    flat = gn.plot_regions(gn.Perceptron().fit(GATE, [0, 1, 1, 1]), GATE)
    assert len(np.unique((1.0 - flat.surface_.get_array()).max(axis=-1).round(9))) == 1


def test_a_classifier_of_scikit_learn_and_a_frame_do():
    pandas = pytest.importorskip("pandas")
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    rng = np.random.default_rng(0)
    frame = pandas.DataFrame(rng.normal(size=(60, 3)), columns=["a", "b", "price ($)"])
    y = np.where(frame["a"] > frame["b"], "more", "less")
    model = make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0)).fit(frame, y)
    drawn = gn.plot_regions(model, frame, y, features=("a", "b"), grid=30)
    assert (drawn.ax_.get_xlabel(), drawn.ax_.get_ylabel()) == ("a", "b")
    row = pandas.DataFrame([[drawn.u[3], drawn.v[20], frame["price ($)"].median()]], columns=frame.columns)
    assert drawn.classes[drawn.codes[20, 3]] == model.predict(row)[0]
    assert drawn._repr_png_()  # a dollar sign in a name is no formula
    plain = gn.plot_regions(model, frame.to_numpy(), y, grid=30)
    np.testing.assert_array_equal(plain.codes, drawn.codes)


def test_a_saved_model_draws_as_its_estimator_does(tmp_path):
    network = gn.MLPClassifier(4, "tanh", max_epochs=30).fit(GATE, ["no", "yes", "yes", "no"])
    gn.save(network, tmp_path / "xor.safetensors")
    labels = ["no", "yes", "yes", "no"]
    one, two = (gn.plot_regions(m, GATE, labels) for m in (network, gn.load(tmp_path / "xor.safetensors")))
    np.testing.assert_array_equal(one.codes, two.codes)
    np.testing.assert_allclose(one.confidence, two.confidence, rtol=1e-12)
    assert one.classes == two.classes == ("no", "yes")


def test_a_decision_that_its_scores_do_not_make_has_the_line_of_the_answers():
    class Contrary:
        classes_ = np.array([0, 1])

        def predict(self, X):
            return (X[:, 0] > 0.7).astype(int)

        def decision_function(self, X):
            return X[:, 0] - 0.2

    drawn = gn.plot_regions(Contrary(), GATE, [0, 0, 1, 1])
    assert drawn.lead is None
    (path,) = drawn.boundary_[0].get_paths()
    assert np.abs(path.vertices[:, 0] - 0.7).max() < drawn.u[1] - drawn.u[0]


def test_a_large_table_is_thinned_and_rare_classes_stay():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100_000, 2))
    y = (X[:, 0] > 0).astype(int)
    y[:5] = 2
    model = gn.Perceptron(max_epochs=1).fit(X[:500], y[:500])
    drawn = gn.plot_regions(model, X, y)
    shown = [len(points.get_offsets()) for points in drawn.points_]
    assert sum(shown) <= 2100
    assert shown[2] == 5
    assert f"{sum(shown):,} of 100,000 rows drawn" in drawn.ax_.get_title(loc="left").replace("\n", " ")


@pytest.mark.parametrize("X", [[[3.0, 4.0]], [[1.0, 5.0], [2.0, 5.0]], [[1e9, 0.0], [1e9, 1.0]]])
def test_one_row_and_constant_features_have_room(X):
    drawn = gn.plot_regions(gn.Neuron([1.0, 1.0], -5.0, "step"), X)
    assert (np.ptp(drawn.ax_.get_xlim()), np.ptp(drawn.ax_.get_ylim())) > (0.0, 0.0)
    for (x, y), lim in zip(X, [(drawn.ax_.get_xlim(), drawn.ax_.get_ylim())] * len(X), strict=True):
        assert lim[0][0] < x < lim[0][1]
        assert lim[1][0] < y < lim[1][1]


def test_one_feature_is_a_strip():
    drawn = gn.plot_regions(gn.Neuron([2.0], -3.0, "step"), [[1.0], [2.0]], [0, 1])
    assert drawn.ax_.get_yticks().tolist() == []
    (path,) = drawn.boundary_[0].get_paths()
    np.testing.assert_allclose(path.vertices[:, 0], 1.5)


def test_it_is_drawn_on_axes_that_are_given():
    ax = Figure(figsize=(4, 3)).subplots()
    drawn = gn.DecisionRegionsDisplay.from_estimator(XOR, GATE, [0, 1, 1, 0], ax=ax)
    assert drawn.ax_ is ax
    assert drawn.figure_ is ax.figure
    other = Figure().subplots()
    assert drawn.plot(ax=other).ax_ is other  # once more, elsewhere
    assert len(other.images) == 1


def test_the_predict_of_the_model_is_called_once_for_all_points():
    class Counting:
        classes_ = np.array(["a", "b"])
        calls = 0

        def predict(self, X):
            self.calls += 1
            return np.where(X.sum(axis=1) > 1, "a", "b")

    model = Counting()
    gn.plot_regions(model, GATE)
    assert model.calls == 1


WRONG = {
    "nan": (lambda: gn.plot_regions(XOR, [[0.0, np.nan]]), "not-finite", "`X` must hold finite numbers"),
    "too few labels": (lambda: gn.plot_regions(XOR, GATE, [0, 1]), "lengths", "4 rows and `y` has 2"),
    "no such feature": (lambda: gn.plot_regions(XOR, GATE, features=("x1", "x9")), "parameter", "two different"),
    "twice the same": (lambda: gn.plot_regions(XOR, GATE, features=(1, 1)), "parameter", "`features` must be"),
    "no such row": (lambda: gn.plot_regions(XOR, GATE, row=4), "parameter", "from 0 to 3"),
    "a row too long": (lambda: gn.plot_regions(XOR, GATE, row=[1, 2, 3]), "features", "3 numbers"),
    "a network has no direction": (lambda: gn.plot_regions(XOR, GATE, project=True), "parameter", "`project` must be"),
    "names": (lambda: gn.plot_regions(XOR, GATE, names=["a"]), "names", "1 names"),
    "a number": (
        lambda: gn.plot_regions(gn.LinearNeuron().fit(GATE, [1.0, 2, 3, 5]), GATE),
        "parameter-type",
        "fitted classifier",
    ),
    "not fitted": (lambda: gn.plot_regions(gn.Perceptron(), GATE), "parameter-type", "`estimator` must be"),
    "no direction": (
        lambda: gn.plot_regions(gn.Neuron([0.0, 0.0]), GATE, project=True), "parameter", "weights are all 0"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(case, refused):
    draw, code, sentence = WRONG[case]
    with refused(code, sentence):
        draw()
