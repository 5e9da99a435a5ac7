"""ONNX files: checked in full, and asked by onnxruntime on the raw table."""

import numpy as np
import pytest

import glassneuron as gn
from interop.tools import library
from interop.zoo import COLOUR, PRICE, SELECT, agree, cases

onnx = library("onnx")
ort = library("onnxruntime")


def session(content):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def feed(case, given, dtype):
    """Return what a session reads: a column each, or all rows."""
    if len(given) == 1 and given[0].name == "rows":
        if case.records is None:
            return {"rows": case.X.astype(dtype)}
        table = [[np.nan if v is None else v for v in record.values()] for record in case.records]
        return {"rows": np.array(table, dtype)}
    fed = {}
    for each in given:
        column = [record[each.name] for record in case.records]
        text = any(isinstance(v, str) for v in column)
        values = np.array([("" if text else np.nan) if v is None else v for v in column], object if text else dtype)
        fed[each.name] = values[:, np.newaxis]
    return fed


def asked(case, content, dtype):
    run = session(content)
    outputs = run.run(None, feed(case, run.get_inputs(), dtype))
    return outputs if len(outputs) == 2 else [None, outputs[0]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", cases())
def test_answers_of_onnxruntime(name, dtype):
    case = cases()[name]
    content = gn.export(case.model, "onnx", dtype=dtype)
    held = onnx.load_from_string(content)
    onnx.checker.check_model(held, full_check=True)
    assert held.ir_version <= 10  # of the runtimes of two years ago
    assert all(each.version <= 21 for each in held.opset_import)
    assert not any(node.op_type == "ZipMap" for node in held.graph.node)
    labels, numbers = asked(case, content, dtype)
    if dtype == "float64":
        agree(case, labels, numbers, 1e-12)
    elif "voted" not in name and "step" not in name:
        agree(case.rounded, labels, numbers, 1e-5, exact=False)


@pytest.mark.parametrize("name", ["wisconsin_sigmoid", "table_number"])
def test_one_tensor_for_all_columns(name, refused):
    case = cases()[name]
    if case.records and any(isinstance(v, str) for v in case.records[0].values()):
        with refused("cannot-hold", "ONNX", COLOUR):
            gn.export(case.model, "onnx", inputs="tensor")
        return
    labels, numbers = asked(case, gn.export(case.model, "onnx", inputs="tensor", dtype="float64"), np.float64)
    agree(case, labels, numbers, 1e-12)


def test_a_row_that_no_model_answers_is_refused():
    case = cases()["table_sigmoid_4"]
    run = session(gn.export(case.model, "onnx"))
    for name, value in ((PRICE, np.nan), (PRICE, np.inf), (SELECT, -np.inf), (COLOUR, "gelb"), (COLOUR, "")):
        record = {SELECT: 2000.0, PRICE: 1.0, COLOUR: "rot", name: value}
        fed = {k: np.array([[v]], object if k == COLOUR else np.float32) for k, v in record.items()}
        with pytest.raises(Exception, match=r"out of data bounds|Unknown Category"):
            run.run(None, fed)
    for case in (cases()[each] for each in ("sigmoid_2", "sigmoid_4", "sigmoid_rest", "mlp_4", "perceptron_plain_2")):
        run = session(gn.export(case.model, "onnx"))
        for value in (np.nan, np.inf, -np.inf):
            with pytest.raises(Exception, match="out of data bounds"):
                run.run(None, {"rows": np.array([[1, value, 2], [1, 2, 3]], np.float32)})
    number = session(gn.export(cases()["linear"].model, "onnx"))
    assert not np.isfinite(number.run(None, {"rows": np.array([[1, np.inf, 2]], np.float32)})[0]).any()
    network = session(gn.export(cases()["mlp_number"].model, "onnx"))
    answers = network.run(None, {"rows": np.array([[1, np.inf, 2], [1, 2, 3]], np.float32)})[0]
    assert np.isnan(answers[:, 0]).tolist() == [True, False]
    gate = session(gn.export(gn.McCullochPitts([1, 1], 2), "onnx"))
    answers = gate.run(None, {"rows": np.array([[1, 1], [0, 1], [0.5, 1]], np.float32)})[0]
    np.testing.assert_array_equal(answers[:, 0], [1, 0, np.nan])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", cases())
def test_the_shorter_graph_answers_alike(name, dtype):
    """Without the check that rows are finite, a single layer with probabilities is one operator in single precision."""
    case = cases()[name]
    content = gn.export(case.model, "onnx", dtype=dtype, check_finite=False)
    nodes = [
        len(onnx.load_from_string(each).graph.node) for each in (content, gn.export(case.model, "onnx", dtype=dtype))
    ]
    assert nodes[0] <= nodes[1]
    labels, numbers = asked(case, content, dtype)
    if dtype == "float64":
        agree(case, labels, numbers, 1e-12)
    elif "voted" not in name and "step" not in name:
        agree(case.rounded, labels, numbers, 1e-5, exact=False)


@pytest.mark.parametrize("tie_fires", [True, False])
@pytest.mark.parametrize("check_finite", [True, False])
def test_a_tie(tie_fires, check_finite):
    model = gn.Model((gn.Neuron([1, -1], 0),), ("no", "yes"), ("a", "b"), tie_fires=tie_fires)
    run = session(gn.export(model, "onnx", check_finite=check_finite))
    labels, shares = run.run(None, {"rows": np.array([[2, 2], [3, 2], [2, 3]], np.float32)})
    assert labels.tolist() == ["yes" if tie_fires else "no", "yes", "no"]
    assert labels.tolist() == model.predict([[2, 2], [3, 2], [2, 3]]).tolist()
    np.testing.assert_allclose(shares[0], [0.5, 0.5])
    assert shares[1, 1] > 0.7 > 0.3 > shares[2, 1]


@pytest.mark.parametrize("name", ["sigmoid_2", "sigmoid_4", "mlp_4", "mlp_number"])
def test_without_the_check_a_row_that_is_not_finite_gets_an_answer(name):
    run = session(gn.export(cases()[name].model, "onnx", check_finite=False))
    rows = np.array([[1, np.inf, 2], [1, 2, 3]], np.float32)
    assert all(len(answer) == 2 for answer in run.run(None, {"rows": rows}))


def test_columns_that_are_called_like_its_own_names():
    encoding = {
        "columns": [{"name": n, "kind": "number", "values": [], "mean": 0.0} for n in ("label", "W1", "z1", "zero")]
    }
    names = ("label", "W1", "z1", "zero")
    model = gn.Model((gn.Neuron([1, 2, 3, 4]),), ("a", "b"), names, encoding=encoding)
    run = session(gn.export(model, "onnx", dtype="float64"))
    X = np.random.default_rng(0).normal(size=(50, 4))
    labels, shares = run.run(None, {name: X[:, [j]] for j, name in enumerate(names)})
    assert labels.tolist() == model.predict(X).tolist()
    np.testing.assert_allclose(shares, model.probabilities(X), atol=1e-12)


@pytest.mark.parametrize("kind", ["sigmoid", "softmax", "network"])
def test_its_peer_answers_alike_from_a_file_that_is_not_smaller(kind):
    """skl2onnx on scikit-learn's form of the same model."""
    peer = library("skl2onnx")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 20))
    y = (X[:, 0] > 0).astype(int) + (2 if kind != "sigmoid" else 0) * (X[:, 1] > 0)
    ours = gn.MLPClassifier((16,), max_epochs=3).fit(X, y) if kind == "network" else gn.SigmoidNeuron().fit(X, y)
    pipeline = gn.to_sklearn(ours)
    start = [("rows", peer.common.data_types.FloatTensorType([None, 20]))]
    default = peer.to_onnx(pipeline, initial_types=start).SerializeToString()
    theirs = peer.to_onnx(pipeline, initial_types=start, options={"zipmap": False}).SerializeToString()
    mine = gn.export(ours, "onnx")
    fed = {"rows": X.astype(np.float32)}
    (labels, shares), (others, other_shares) = session(mine).run(None, fed), session(theirs).run(None, fed)
    assert (labels == others).mean() > 0.998
    np.testing.assert_allclose(shares, other_shares, atol=1e-5)
    assert len(mine) <= len(default)
