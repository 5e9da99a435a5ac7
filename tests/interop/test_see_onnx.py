"""Graphs of ONNX and their files, seen through."""

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

import glassneuron as gn

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(10_000, 4)).astype(np.float32) * np.float32([1, 10, 0.1, 3])
W1, B1 = RNG.normal(size=(4, 5)).astype(np.float32), RNG.normal(size=5).astype(np.float32)
W2, B2 = RNG.normal(size=(5, 3)).astype(np.float32), RNG.normal(size=3).astype(np.float32)
INPUT, OUTPUT = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [None, None]) for n in ("x", "out"))


def graph_of(*nodes, outputs=(OUTPUT,), inputs=(INPUT,), **numbers):
    """A model of nodes (kind, inputs, outputs, attributes), whose last result is `out`."""
    made = [
        helper.make_node(kind, list(reads), list(gives), name=f"n{n}", **more)
        for n, (kind, reads, gives, more) in enumerate(nodes)
    ]
    tensors = [numpy_helper.from_array(np.asarray(values), name) for name, values in numbers.items()]
    graph = helper.make_graph(made, "g", list(inputs), list(outputs), tensors)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def asked(model, rows=ROWS):
    session = runtime.InferenceSession(model.SerializeToString())
    return session.run(None, {session.get_inputs()[0].name: rows})


CHAINS = {
    "gemm": graph_of(
        ("Gemm", ["x", "w", "b"], ["h"], {"alpha": 0.5, "beta": 2.0}), ("Relu", ["h"], ["r"], {}),
        ("Gemm", ["r", "v", "c"], ["z"], {"transB": 1}), ("Softmax", ["z"], ["out"], {"axis": 1}),
        w=W1, b=B1, v=W2.T.copy(), c=B2,
    ),
    "matmul": graph_of(
        ("Sub", ["x", "m"], ["s"], {}), ("Div", ["s", "d"], ["q"], {}), ("MatMul", ["q", "w"], ["h"], {}),
        ("Add", ["b", "h"], ["g"], {}), ("Tanh", ["g"], ["t"], {}), ("Identity", ["t"], ["i"], {}),
        ("MatMul", ["i", "v"], ["u"], {}), ("Mul", ["u", "k"], ["p"], {}), ("Sigmoid", ["p"], ["out"], {}),
        m=ROWS.mean(0), d=ROWS.std(0), w=W1, b=B1, v=W2, k=np.float32(0.5),
    ),
    "norm": graph_of(
        ("Flatten", ["x"], ["f"], {}), ("MatMul", ["f", "w"], ["h"], {}),
        ("BatchNormalization", ["h", "g", "b", "m", "s"], ["n"], {"epsilon": 0.01}), ("Dropout", ["n"], ["o"], {}),
        ("Relu", ["o"], ["r"], {}), ("Gemm", ["r", "v"], ["z"], {}), ("LogSoftmax", ["z"], ["out"], {}),
        w=W1, g=B1, b=B1[::-1].copy(), m=B1 / 2, s=B1**2, v=W2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHAINS)
def test_chains_answer_the_same(name, tmp_path):
    model = CHAINS[name]
    onnx.save(model, tmp_path / "m.onnx")
    wanted = asked(model)[0]
    wanted = np.exp(wanted) if name == "norm" else wanted
    for ours in (gn.see_through(model), gn.see_through(tmp_path / "m.onnx")):
        answers = ours.feedforward(ROWS)
        assert answers.dtype == np.float32
        assert np.allclose(answers, wanted, rtol=1e-4, atol=1e-6)
    named = gn.see_through(tmp_path / "m.onnx", list("abcd"), ["u", "v", "w"]) if name != "matmul" else None
    if named is not None:
        assert (named.predict(ROWS) == np.array(["u", "v", "w"])[wanted.argmax(1)]).mean() > 0.999
        assert np.allclose(named.probabilities(ROWS), wanted, rtol=1e-4, atol=1e-6)


X3, Y3 = load_iris(return_X_y=True)
LABELS = np.array(["setosa", "versicolor", "virginica"])[Y3]
MANY = (RNG.normal(size=(10_000, 4)) * X3.std(0) + X3.mean(0)).astype(np.float32)


@pytest.mark.parametrize("zipmap", [True, False])
@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(max_iter=500),
        make_pipeline(StandardScaler(), LogisticRegression()),
        LinearSVC(),
        Perceptron(),
        MLPClassifier((4,), max_iter=30, random_state=0),
    ],
    ids=str,
)
@pytest.mark.parametrize("y", [LABELS, np.where(LABELS == "setosa", 7, 3)], ids=["three", "two"])
def test_what_skl2onnx_writes(model, y, zipmap):
    skl2onnx = pytest.importorskip("skl2onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = model.fit(X3, y)
        raw = isinstance(model, (LinearSVC, Perceptron))
        written = skl2onnx.to_onnx(theirs, X3[:1].astype(np.float32), options={} if raw else {"zipmap": zipmap})
    label, scores = asked(written, MANY)
    ends = {node.op_type for node in written.graph.node}
    if "Concat" in ends or "Where" in ends or "Greater" in ends:  # of two classes it makes two numbers of one
        with pytest.raises(gn.GlassneuronError, match=r"^node "):
            gn.see_through(written)
        return
    ours = gn.see_through(written, feature_names=list("abcd"))
    assert ours.classes == tuple(theirs.classes_.tolist())
    assert (ours.predict(MANY) == label).mean() > 0.999
    if ours.gives_probabilities:
        wanted = np.array([[row[c] for c in theirs.classes_] for row in scores]) if zipmap else scores
        assert np.allclose(ours.probabilities(MANY), wanted, atol=1e-5)


@pytest.mark.parametrize("after", ["NONE", "LOGISTIC"])
@pytest.mark.parametrize("rows", [1, 2])
def test_two_classes_tie_as_the_runtime_has_it(after, rows):
    W, ties = np.float32([1, -1]), np.float32([[a, b] for a in range(-9, 10) for b in range(-9, 10)])
    both = [*-W, *W] if rows == 2 else [*W]
    out = [helper.make_tensor_value_info("l", TensorProto.STRING, [None]), OUTPUT]
    model = graph_of(
        ("LinearClassifier", ["x"], ["l", "out"], {
            "domain": "ai.onnx.ml", "coefficients": [float(w) for w in both], "intercepts": [0.0] * rows,
            "classlabels_strings": ["no", "yes"], "post_transform": after,
        }), outputs=out,
    )  # fmt: skip
    labels = asked(model, ties)[0]
    ours = gn.see_through(model)
    assert np.array_equal(ours.predict(ties), labels)
    assert ours.network.sizes == (2, 1)


def test_a_regressor_and_a_scaler_of_ml():
    skl2onnx = pytest.importorskip("skl2onnx")
    theirs = make_pipeline(StandardScaler(), LinearRegression()).fit(X3[:, :3], X3[:, 3])
    written = skl2onnx.to_onnx(theirs, X3[:1, :3].astype(np.float32))
    ours = gn.see_through(written)
    assert isinstance(ours, gn.Model)
    assert np.allclose(ours.predict(MANY[:, :3]), asked(written, MANY[:, :3])[0][:, 0], atol=1e-5)
    assert ours.scaling is not None
    rest = OneVsRestClassifier(LogisticRegression()).fit(X3, LABELS)
    with pytest.raises(gn.GlassneuronError, match=r"node .* cannot be seen through"):
        gn.see_through(skl2onnx.to_onnx(rest, X3[:1].astype(np.float32)))


def test_columns_of_their_own_are_joined():
    inputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None, 1]) for n in ("age", "size")]
    model = graph_of(
        ("Concat", ["age", "size"], ["x"], {"axis": 1}), ("MatMul", ["x", "w"], ["out"], {}),
        inputs=inputs, w=np.float32([[2], [3]]),
    )  # fmt: skip
    ours = gn.see_through(model)
    assert ours.names == ("age", "size")
    assert ours.feedforward([1, 10]) == 32.0


def external():
    model = graph_of(("MatMul", ["x", "w"], ["out"], {}), w=W1)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "/etc/passwd"), ("length", "80")):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    return model


def shaped(*dims):
    model = graph_of(("MatMul", ["x", "w"], ["out"], {}), w=W1)
    model.graph.initializer[0].dims[:] = dims
    return model


HOSTILE = {
    "circle": (
        graph_of(("Add", ["x", "b"], ["a"], {}), ("Relu", ["a"], ["x2"], {}), ("Add", ["x2", "a"], ["out"], {}), b=B1),
        "all read 'a'",
    ),
    "real circle": (graph_of(("Relu", ["x"], ["a"], {}), ("Relu", ["a"], ["x"], {}), w=W1), "node 'n0', Relu,|circle"),
    "own circle": (
        graph_of(("MatMul", ["x", "w"], ["x"], {}), w=np.eye(4, dtype=np.float32)),
        "goes in a circle|reads 4",
    ),
    "fork": (
        graph_of(("Relu", ["x"], ["a"], {}), ("Tanh", ["x"], ["out"], {})),
        "node 'n0', Relu,.*node 'n1', Tanh, .*no chain",
    ),
    "loose": (
        graph_of(("MatMul", ["x", "w"], ["out"], {}), ("Relu", ["w"], ["o"], {}), w=W1),
        "node 'n1', Relu, .* no chain",
    ),
    "operator": (graph_of(("MatMul", ["x", "w"], ["a"], {}), ("Gelu", ["a"], ["out"], {}), w=W1), "node 'n1', Gelu,"),
    "domain": (graph_of(("Relu", ["x"], ["out"], {"domain": "evil"})), "domain 'evil'"),
    "external": (external(), "'w' is in another file"),
    "huge": (shaped(2**40, 2**20), "other numbers than its shape"),
    "negative": (shaped(-1, 5), "other numbers than its shape"),
    "small": (shaped(2, 2), "other numbers than its shape"),
    "unfinite": (graph_of(("MatMul", ["x", "w"], ["out"], {}), w=W1 * np.float32(np.inf)), "not all finite"),
    "absent": (graph_of(("MatMul", ["x", "v"], ["out"], {}), w=W1), "'v', which is no number|inputs"),
    "empty": (graph_of(), "no graph|no nodes"),
    "cast": (
        graph_of(("MatMul", ["x", "w"], ["a"], {}), ("Cast", ["a"], ["out"], {"to": TensorProto.INT64}), w=W1),
        "another kind",
    ),
    "texts": (graph_of(("MatMul", ["x", "w"], ["out"], {}), w=W1.astype(np.complex64)), "its numbers are complex64"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_graphs_get_one_sentence(name, tmp_path):
    model, sentence = HOSTILE[name]
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(gn.GlassneuronError, match=sentence) as caught:
        gn.see_through(tmp_path / "m.onnx")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_hostile_files_get_one_sentence_and_no_other_file_is_read(tmp_path, monkeypatch):
    whole = CHAINS["gemm"].SerializeToString()
    path = tmp_path / "m.onnx"
    rng = np.random.default_rng(1)
    contents = [b"", b"\0" * 100, b"PK\3\4", *(whole[:n] for n in range(1, len(whole), 37))]
    for _ in range(60):
        damaged = np.frombuffer(whole, np.uint8).copy()
        damaged[rng.integers(0, len(whole), 6)] = rng.integers(0, 256, 6)
        contents.append(damaged.tobytes())
    for content in contents:
        path.write_bytes(content)
        sentence = ""
        try:
            gn.see_through(path)  # some bytes are only a weight
        except gn.GlassneuronError as error:
            sentence = str(error)
        assert "\n" not in sentence
    path.write_bytes(external().SerializeToString())
    opened = []
    import builtins

    true_open = builtins.open
    monkeypatch.setattr(
        builtins, "open", lambda name, *more, **rest: opened.append(str(name)) or true_open(name, *more, **rest)
    )
    with pytest.raises(gn.GlassneuronError):
        gn.see_through(path)
    assert set(opened) <= {str(path)}
    for name, sentence in (("none.onnx", "there is no file"), ("none.h5", "none of the files"), (".", "is a folder")):
        with pytest.raises(gn.GlassneuronError, match=sentence):
            gn.see_through(tmp_path / name)
