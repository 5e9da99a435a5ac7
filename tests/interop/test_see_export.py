"""Models that were seen through, in every target: exported, they answer as the owner does, ties included."""

import json
import sqlite3
from functools import partial

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler

import glassneuron as gn
from glassneuron.interop.export.languages.json_file import from_json
from interop.zoo import dated

TIES = np.array([[a, b] for a in range(-20, 20) for b in range(-20, 20)], dtype=float)
LABELS = np.where(np.arange(1600) % 7 > 3, "yes", "no")


def tied(model, *before):
    """A model of whole numbers, which a fortieth of the rows tie."""
    theirs = make_pipeline(*before, model).fit(TIES, LABELS)
    if isinstance(model, MLPClassifier):
        model.coefs_, model.intercepts_ = [np.eye(2), np.array([[1.0], [-1.0]])], [np.zeros(2), np.zeros(1)]
    else:
        model.coef_, model.intercept_ = np.array([[1.0, -1.0]]), np.array([0.0])
    ours = gn.see_through(theirs, feature_names=["a", "b"])
    assert (ours.decision_function(TIES) == 0).sum() >= 39
    return theirs, ours


MODELS = {
    "logistic": lambda: tied(LogisticRegression()),
    "perceptron": lambda: tied(Perceptron()),
    "network": lambda: tied(MLPClassifier((2,), max_iter=1)),
}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize("name", MODELS)
def test_ties_survive_the_way_out(name, tmp_path):
    theirs, ours = MODELS[name]()
    wanted = theirs.predict(TIES)
    namespace = {}
    exec(gn.export(ours, "py"), namespace)
    rows = [{"a": a, "b": b} for a, b in TIES.tolist()]
    assert [namespace["predict"](row)[0] for row in rows] == wanted.tolist()
    assert np.array_equal(from_json(gn.export(ours, "json")).predict(TIES), wanted)
    assert json.loads(gn.export(ours, "json"))["decide"] == "above"
    back = gn.to_sklearn(ours)
    frame = pytest.importorskip("pandas").DataFrame(TIES, columns=["a", "b"])
    assert np.array_equal(back.predict(frame), wanted)
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE rows (a REAL, b REAL)")
    database.executemany("INSERT INTO rows VALUES (?, ?)", TIES.tolist())
    assert [row[0] for row in database.execute(gn.export(ours, "sql"))] == wanted.tolist()
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(gn.export(ours, "onnx", inputs="tensor"))
    assert session.run(None, {"rows": TIES.astype(np.float32)})[0].tolist() == wanted.tolist()


def test_c_and_circuits_keep_ties_too():
    _, ours = MODELS["perceptron"]()
    assert "z[0] > 0 ? 1 : 0" in gn.export(ours, "h")
    assert "> 0 ? 1 : 0" in gn.export(ours, "js")
    assert ">= 2'sd1" in gn.export(ours, "v") or "'sd1;" in gn.export(ours, "v")


def test_two_sums_for_two_classes_go_out():
    layer = gn.Layer([[1.0, 0], [0, 1]], [0, 0], "softmax")
    ours = gn.Model(gn.Network([layer]), ("no", "yes"), ("a", "b"))
    namespace = {}
    exec(gn.export(ours, "py"), namespace)
    for row in TIES[:50].tolist():
        label, shares = namespace["predict"](row)
        assert label == ours.predict([row])[0]
        assert np.allclose(list(shares.values()), ours.probabilities([row])[0])


def test_what_an_export_cannot_hold_is_named():
    model = dated().model
    targets = [gn.to_sklearn, *(partial(gn.export, path_or_format=suffix) for suffix in ("onnx", "h", "sql", "v"))]
    for target in targets:
        with pytest.raises(gn.GlassneuronError, match="'when', a column of dates"):
            target(model)
    again = from_json(gn.export(model, "json"))
    assert np.array_equal(again.predict(dated().X), model.predict(dated().X))
    assert gn.to_torch(model).features == model.names
    products = gn.see_through(make_pipeline(PolynomialFeatures(2), Perceptron()).fit(TIES, LABELS))
    for target in (gn.to_keras, gn.to_sklearn, lambda each: gn.export(each, "v")):
        with pytest.raises(gn.GlassneuronError, match="a product of features"):
            target(products)


@pytest.mark.parametrize("others", [True, False])
def test_a_number_that_is_none_of_the_known_ones(others):
    codes = OneHotEncoder(handle_unknown="ignore" if others else "error")
    ours = gn.see_through(make_pipeline(codes, LogisticRegression()).fit(TIES[:, :1], LABELS), feature_names=["floor"])
    namespace = {}
    exec(gn.export(ours, "py"), namespace)
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE rows (floor REAL)")
    database.execute("INSERT INTO rows VALUES (0.5)")
    label = database.execute(gn.export(ours, "sql")).fetchone()[0]
    session = pytest.importorskip("onnxruntime").InferenceSession(gn.export(ours, "onnx"))
    fed = {"floor": np.array([[0.5]], np.float32)}
    if others:
        wanted = ours.predict(np.zeros((1, len(ours.names))))[0]
        assert namespace["predict"]({"floor": 0.5})[0] == label == session.run(None, fed)[0][0] == wanted
        return
    assert label is None
    with pytest.raises(ValueError, match="none of"):
        namespace["predict"]({"floor": 0.5})
    with pytest.raises(Exception, match="out of data bounds"):
        session.run(None, fed)


def test_there_and_back_again():
    theirs = make_pipeline(StandardScaler(), LogisticRegression()).fit(TIES, LABELS)
    ours = gn.see_through(theirs)
    again = gn.see_through(gn.to_sklearn(ours))
    assert np.array_equal(again.decision_function(TIES), ours.decision_function(TIES))
    torch = pytest.importorskip("torch")
    for model, layers in ((ours, ["a", "b"]), (gn.Neuron([1, -2], 0.5, "step"), None)):
        module = gn.to_torch(model)
        seen = gn.see_through(module, class_names=layers)
        answers = module(torch.tensor(TIES)).detach().numpy()
        if layers is None:
            assert np.array_equal(seen.feedforward(TIES), answers[:, 0])
        else:
            assert np.allclose(seen.probabilities(TIES)[:, 1], answers.reshape(-1), rtol=1e-12)
    net = gn.Network.random([3, 4, 2], "tanh", output="softmax", seed=0)
    assert isinstance(gn.to_torch(net), torch.nn.Module)
    assert np.allclose(gn.see_through(gn.to_torch(net)).parameters, net.parameters)
