"""Saved models: the same after a round trip, whole after an interrupt, and one sentence for what is no model."""

import json
import math
import os
import stat
import struct
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save as to_bytes
from sklearn.datasets import load_iris

import glassneuron as gn
from glassneuron import errors
from glassneuron.data.bundled import bundled
from glassneuron.data.encoding import Encoding
from glassneuron.data.table import read_table
from glassneuron.neurons.scaling import Scaling


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


def refused(sentence, call, *args):
    with pytest.raises(gn.GlassneuronError, match=sentence) as caught:
        call(*args)
    assert caught.value.code
    assert str(caught.value).isprintable(), "one line, without control characters"


def round_trip(model, path):
    gn.save(model, path)
    return gn.load(path)


@pytest.mark.parametrize(
    "model",
    [
        gn.Neuron([0, 1], 4),
        gn.Neuron([0.1, -1 / 3, 1e-300], 0.7, "tanh", names=["a", "größe\n", ""]),
        gn.Neuron(np.array([0.1, 2], dtype=np.float32), 0.1, "step"),
        gn.McCullochPitts([1, -1, 1], 2),
    ],
)
def test_neurons_come_back_equal(model, path):
    again = round_trip(model, path)
    assert type(again) is type(model)
    assert again == model
    assert again.weights.dtype == model.weights.dtype
    assert round_trip(again, str(path)) == model


@pytest.mark.parametrize("classes", [("no", "yes"), (0, 1), (False, True), (0.5, 1.5), ("one",), tuple(np.arange(2))])
def test_a_model_comes_back_with_all_it_knows(classes, path):
    model = gn.Model(
        (gn.Neuron([1.5, -2, 3], 0.1, "step"),),
        classes,
        ("size", "colour=blue", "colour=red"),
        Scaling(np.array([1.0, 2, 3]), np.array([0.5, 1, 2])),
        {
            "columns": [
                {"name": "size", "kind": "number", "values": [], "mean": 1.5},
                {"name": "colour", "kind": "text", "values": ["blue", "red"], "mean": None},
            ]
        },
        {"rule": "perceptron", "rows": np.int64(7)},
    )
    again = round_trip(model, path)
    assert (again.neurons, again.classes, again.names) == (model.neurons, model.classes, model.names)
    assert [type(label) for label in again.classes] == [type(np.array(label).item()) for label in model.classes]
    assert (again.encoding, again.about) == (model.encoding, model.about)
    assert again.scaling.means.tolist() == [1, 2, 3]
    assert again.scaling.deviations.tolist() == [0.5, 1, 2]
    assert Encoding.from_dict(again.encoding).names == again.names


@pytest.mark.parametrize(
    ("classes", "last"),
    [
        (("no", "yes"), "sigmoid"),
        (("a", "b", 3), "softmax"),
        (("no", "yes"), "linear"),
        (("a", "b", 3), "linear"),
        (None, "linear"),
    ],
)
def test_a_network_comes_back_with_all_it_knows(classes, last, path):
    outputs = 3 if classes is not None and len(classes) == 3 else 1
    model = gn.Model(
        gn.Network.random([2, 5, outputs], "tanh", output=last, seed=0),
        classes,
        ("size", "weight"),
        Scaling(np.array([1.0, 2]), np.array([0.5, 3])),
        {"columns": [{"name": n, "kind": "number", "values": [], "mean": 1.5} for n in ("size", "weight")]},
        {"rule": "network", "rows": np.int64(7)},
        Scaling(np.array([100.0]), np.array([7.0])) if classes is None else None,
    )
    again = round_trip(model, path)
    assert isinstance(again, gn.Model)
    assert (again.network, again.classes, again.names) == (model.network, model.classes, model.names)
    assert (again.encoding, again.about) == (model.encoding, model.about)
    rows = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))
    assert str(again.explain(rows[0])) == str(model.explain(rows[0]))
    by_hand = model.network.feedforward((rows - [1, 2]) / [0.5, 3]).reshape(20, -1)
    if classes is None:
        np.testing.assert_allclose(again.predict(rows), 7 * by_hand[:, 0] + 100, rtol=1e-15)
    elif outputs == 1:
        half = 0.5 if last == "sigmoid" else 0.0
        assert again.predict(rows).tolist() == np.where(by_hand[:, 0] >= half, "yes", "no").tolist()
    else:
        assert again.predict(rows).tolist() == np.array(classes)[by_hand.argmax(axis=1)].tolist()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_fitted_perceptron_predicts_the_same(dtype, path):
    X, y = load_iris(return_X_y=True)
    for labels in (y, y > 0, np.array(["a", "b", "c"])[y]):
        fitted = gn.Perceptron(max_epochs=20).fit(X.astype(dtype), labels)
        again = round_trip(fitted, path)
        assert isinstance(again, gn.Model)
        np.testing.assert_array_equal(again.predict(X.astype(dtype)), fitted.predict(X.astype(dtype)))
        np.testing.assert_array_equal(again.decision_function(X), fitted.model_.decision_function(X))
        assert str(again.explain(X[0])) == str(fitted.explain(X[0]))
        assert again.about["epochs"] == fitted.n_iter_


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "estimator",
    [
        gn.Perceptron(max_epochs=20, variant="averaged"),
        gn.Perceptron(max_epochs=20, variant="pocket"),
        gn.Perceptron(max_epochs=20, variant="voted"),
        gn.Adaline(),
        gn.SigmoidNeuron(),
        gn.SigmoidNeuron(multi_class="one_vs_rest"),
    ],
    ids=str,
)
def test_every_fitted_neuron_predicts_the_same(estimator, dtype, path):
    X, y = load_iris(return_X_y=True)
    X = X.astype(dtype)
    for labels in (y, y > 0, np.array(["a", "b", "c"])[y]):
        fitted = estimator.fit(X, labels)
        again = round_trip(fitted, path)
        np.testing.assert_array_equal(again.predict(X), fitted.predict(X))
        assert again.explain(X[0]).data["answer"] == fitted.predict(X[:1])[0]
        if isinstance(estimator, gn.SigmoidNeuron):
            close = 1e-4 if dtype == np.float32 else 1e-12
            np.testing.assert_allclose(again.probabilities(X), fitted.predict_proba(X), rtol=close, atol=1e-12)
        else:
            assert not again.gives_probabilities


def test_a_fitted_linear_neuron_answers_the_same(path):
    X, y = load_iris(return_X_y=True)
    fitted = gn.LinearNeuron().fit(X, y * 1.5)
    np.testing.assert_allclose(round_trip(fitted, path).predict(X), fitted.predict(X), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_fitted_network_predicts_the_same(dtype, path):
    X, y = load_iris(return_X_y=True)
    X = X.astype(dtype)
    for labels in (y, y > 0, np.array(["a", "b", "c"])[y]):
        fitted = gn.MLPClassifier(8, max_epochs=20).fit(X, labels)
        again = round_trip(fitted, path)
        assert isinstance(again, gn.Model)
        np.testing.assert_array_equal(again.predict(X), fitted.predict(X))
        rounding = {"rtol": 1e-5, "atol": 1e-7} if dtype == np.float32 else {"rtol": 1e-12}
        np.testing.assert_allclose(again.probabilities(X), fitted.predict_proba(X), **rounding)
        assert again.explain(X[0]).data["answer"] == fitted.predict(X[:1])[0]
        assert again.about["epochs"] == fitted.n_iter_
    fitted = gn.MLPRegressor(8, max_epochs=20).fit(X, X @ np.arange(4, dtype=dtype))
    again = round_trip(fitted, path)
    np.testing.assert_allclose(again.predict(X), fitted.predict(X), rtol=1e-4 if dtype == np.float32 else 1e-12)
    text = str(again.explain(X[0]))
    assert "deviation" not in text  # there is no scale to be brought to
    assert text.splitlines()[-1].startswith("so the answer is")


def test_what_no_model_can_say_is_not_saved(path):
    X, y = load_iris(return_X_y=True)
    several = gn.MLPClassifier(2, max_epochs=2).fit(X, np.eye(3)[y])
    refused(r"a MLPClassifier of several labels a row cannot be saved", gn.save, several, path)
    outputs = gn.MLPRegressor(2, max_epochs=2).fit(X, X)
    refused(r"a MLPRegressor of several outputs cannot be saved", gn.save, outputs, path)


def test_a_perceptron_of_a_frame_keeps_the_names(path):
    frame = pd.DataFrame({"age": [1.0, 2, 3, 4], "size": [4.0, 3, 2, 1]})
    assert round_trip(gn.Perceptron().fit(frame, [0, 0, 1, 1]), path).names == ("age", "size")


def test_the_columns_of_a_table_survive(path):
    table = read_table(bundled("iris"), "species", missing="mean")
    fitted = gn.Perceptron(max_epochs=5).fit(table.X, table.y).model_
    model = gn.Model(fitted.neurons, fitted.classes, table.names, None, table.encoding.to_dict())
    again = round_trip(model, path)
    encoding = Encoding.from_dict(again.encoding)
    assert encoding == table.encoding
    np.testing.assert_array_equal(read_table(bundled("iris"), encoding=encoding).X, table.X)


class Neuron:
    """Only its name is right."""


class Child(gn.Neuron):
    """A neuron, but none that a file can name."""


def model_of(classes=("a", "b"), names=("x",), **more):
    return gn.Model((gn.Neuron([1.0]),), classes, names, **more)


CIRCLE = {}
CIRCLE["itself"] = CIRCLE


@pytest.mark.parametrize(
    ("thing", "sentence"),
    [
        (gn.Perceptron(), r"a Perceptron cannot be saved; give a neuron, a model or a fitted estimator\.$"),
        (gn.Perceptron, r"a property cannot be saved"),
        (gn.Neuron, r"a type cannot be saved"),
        (None, r"a NoneType cannot be saved"),
        ("os.system", r"a str cannot be saved"),
        (Neuron(), r"a Neuron cannot be saved"),
        (Child([1]), r"a Child cannot be saved"),
        (model_of((None, 1)), r"cannot be written: `classes` must be made of texts and numbers; got None\.$"),
        (model_of(("a", "a")), r"cannot be written: what it says of itself does not fit together\.$"),
        (model_of(tuple(np.array(["2020", "2021"], dtype="M8[Y]"))), r"cannot be written"),
        (model_of((10**30, 1)), r"cannot be written"),
        (model_of(about={"a": object()}), r"cannot be written"),
        (model_of(about=CIRCLE), r"cannot be written"),
        (model_of(encoding={"columns": []}), r"cannot be written"),
        (model_of(names=(3,)), r"cannot be written"),
    ],
)
def test_what_cannot_be_saved_leaves_the_old_file(thing, sentence, path):
    path.write_text("old")
    refused(sentence, gn.save, thing, path)
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_places_that_cannot_be_written(path, tmp_path):
    n = gn.Neuron([1])
    path.write_text("old")
    refused(r"is a folder; name the file in it", gn.save, n, tmp_path)
    refused(r"`path` must be the name of a file; got ''\.$", gn.save, n, "")
    refused(r"`path` must be the name of a file; got ''\.$", gn.load, "")
    refused(r"none/model cannot be written: its folder does not exist\.$", gn.save, n, tmp_path / "none" / "model")
    refused(r"model cannot be written: its folder does not exist\.$", gn.save, n, path / "model")
    refused(r"cannot be written: File name too long\.$", gn.save, n, tmp_path / ("a" * 300))
    refused(r"a\\x00 cannot be written: no file can have this name\.$", gn.save, n, f"{tmp_path}/a\0")
    refused(r"`path` must be the path of a file; got 3, a int", gn.save, n, 3)
    refused(r"`path` must be the path of a file; got None", gn.load, None)
    assert list(tmp_path.iterdir()) == [path]
    gn.save(n, tmp_path / ("a" * 250))  # as long as a name may be, and nothing longer beside it


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
@pytest.mark.parametrize(("owner", "name"), [(os, "fsync"), (Path, "replace"), (Path, "chmod")])
def test_an_interrupt_leaves_the_old_file_whole_and_no_litter(error, owner, name, path, monkeypatch):
    old = gn.Neuron([1, 2], 3)
    gn.save(old, path)

    def stop(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, stop)
        if error is KeyboardInterrupt:
            with pytest.raises(KeyboardInterrupt):
                gn.save(gn.Neuron([9]), path)
        else:
            refused(r"model.safetensors cannot be written: No space left on device\.$", gn.save, gn.Neuron([9]), path)
    assert gn.load(path) == old
    assert list(path.parent.iterdir()) == [path]


def test_the_file_may_be_read_by_whom_the_mask_allows(path):
    mask = os.umask(0o027)
    try:
        gn.save(gn.Neuron([1]), path)
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_file_keeps_its_permissions_and_a_link_stays_a_link(path, tmp_path):
    path.write_text("old")
    path.chmod(0o604)
    link = tmp_path / "link"
    link.symlink_to(path.name)
    gn.save(gn.Neuron([1]), link)
    assert link.is_symlink()
    assert gn.load(path) == gn.Neuron([1])
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    path.unlink()
    gn.save(gn.Neuron([2]), link)  # which led nowhere
    assert gn.load(path) == gn.Neuron([2])
    path.unlink()
    path.symlink_to(path.name)
    gn.save(gn.Neuron([3]), path)  # where a link led to itself
    assert gn.load(path) == gn.Neuron([3])


def test_a_pipe_stays_a_pipe(path, tmp_path):
    os.mkfifo(path)
    read = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()), daemon=True)
    reader.start()
    gn.save(gn.Neuron([1, 2], 3), path)
    assert stat.S_ISFIFO(path.stat().st_mode)
    reader.join(10)
    (tmp_path / "copy").write_bytes(read[0])
    assert gn.load(tmp_path / "copy") == gn.Neuron([1, 2], 3)


NEURON = {"weights": np.array([1.0, 2]), "bias": np.array([3.0])}
NEURON_META = {"activation": "step", "names": None}
MODEL = {"weights": np.array([[1.0, 2]]), "biases": np.array([0.0])}
MODEL_META = {"activation": "step", "classes": ["a", "b"], "names": ["x", "y"], "encoding": None, "about": {}}
NETWORK = {
    "parameters": np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9]),
    "means": np.array([0.0, 1]),
    "deviations": np.array([1.0, 1]),
}
NETWORK_META = {
    "sizes": [2, 2, 1],
    "activations": ["relu", "sigmoid"],
    "classes": ["a", "b"],
    "names": ["x", "y"],
    "encoding": None,
    "about": {},
    "folded": False,
}
ONE_LAYER = {**NETWORK_META, "sizes": [2, 1], "activations": ["step"], "folded": True}
TARGET = {"target_mean": np.array([3.0]), "target_deviation": np.array([2.0])}
NUMBER = {"classes": None, "activations": ["relu", "linear"]}
SCALES = {"means": np.array([0.0, 1]), "deviations": np.array([1.0, 1])}
COLUMN = {"name": "x", "kind": "number", "values": [], "mean": None}
SECOND = {**COLUMN, "name": "y"}


def header(**changes):
    return {"format": 2, "kind": "Neuron", "package": "0.1.0", "meta": NEURON_META, **changes}


def file_of(arrays, says):
    return to_bytes(arrays, {"glassneuron": says if isinstance(says, str) else json.dumps(says)})


def model_file(arrays=(), **meta):
    """Neurons as format 1 wrote them: a row of weights for each."""
    return file_of({**MODEL, **dict(arrays)}, header(format=1, kind="Model", meta={**MODEL_META, **meta}))


def network_file(arrays=(), **meta):
    return file_of({**NETWORK, **dict(arrays)}, header(kind="Model", meta={**NETWORK_META, **meta}))


def neuron_file(arrays=(), **meta):
    return file_of({**NEURON, **dict(arrays)}, header(meta={**NEURON_META, **meta}))


def raw(dtype, size):
    """Write a neuron whose weights are of a kind that NumPy may not have."""
    described = {
        "__metadata__": {"glassneuron": json.dumps(header())},
        "weights": {"dtype": dtype, "shape": [2], "data_offsets": [0, size]},
        "bias": {"dtype": "F64", "shape": [1], "data_offsets": [size, size + 8]},
    }
    text = json.dumps(described).encode()
    return struct.pack("<Q", len(text)) + text + bytes(size + 8)


def test_the_files_below_are_right_but_for_their_fault(path):
    for content in (
        neuron_file(),
        model_file(),
        model_file(SCALES),
        model_file(encoding={"columns": [COLUMN, SECOND]}),
        network_file(),
        network_file(TARGET, **NUMBER),
        network_file(encoding={"columns": [COLUMN, SECOND]}),
    ):
        path.write_bytes(content)
        assert isinstance(gn.load(path), (gn.Neuron, gn.Model))


NO_MODEL = r"model.safetensors is not a model file, or it is cut short; save the model again\.$"
MISFIT = r"model.safetensors is damaged: what it says of itself does not fit together\.$"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", NO_MODEL),
        (b"not a model", NO_MODEL),
        (bytes(100), NO_MODEL),
        (neuron_file()[:-1], NO_MODEL),
        (neuron_file() + b"\0", NO_MODEL),
        (raw("BF16", 4), NO_MODEL),
        (raw("F8_E4M3", 2), NO_MODEL),
        (raw("F4", 1), NO_MODEL),
        (raw("C64", 16), MISFIT),
        (raw("I64", 16), MISFIT),
        (to_bytes(NEURON), r"is a safetensors file of another program; glassneuron did not write it\.$"),
        (to_bytes(NEURON, {"format": "pt"}), r"is a safetensors file of another program"),
        (file_of(NEURON, header(format=3, package="9.1")), r"was written by glassneuron 9.1, which is newer; update"),
        (file_of(NEURON, header(format=3, package="9\n\x1b[31m")), r"glassneuron 9\\n\\x1b\[31m, which is newer"),
        (file_of(NEURON, header(format=3, package={})), MISFIT),
        (file_of(NEURON, {"format": 3}), MISFIT),
    ]
    + [(file_of(NEURON, header(format=f)), MISFIT) for f in (0, -1, True, 2.0, 1.0, 1.5, math.nan, "1", None, [])]
    + [(file_of(NEURON, header(kind=k)), MISFIT) for k in ("os.system", "Perceptron", "", None, 3, [], {})]
    + [(file_of(NEURON, s), MISFIT) for s in ("", "{", "[]", "null", "3", '"x"', "[" * 9999, "1" * 9999)]
    + [(file_of(NEURON, header(meta=m)), MISFIT) for m in (None, [], {}, 3, "x")]
    + [
        (neuron_file(activation="softmax"), r"damaged: `activation` must be one that a single neuron can have"),
        (neuron_file(activation="s\nx"), r"damaged: `activation` must be one of 'step', .*; got 's\\nx'\.$"),
        (neuron_file(activation=["step"]), r"damaged: `activation` must be one of"),
        (neuron_file(names=["a"]), r"damaged: `names` must be 2 names, one for each weight; got \['a'\]\.$"),
        (neuron_file(names="ab"), MISFIT),
        (neuron_file(names=[1, 2]), MISFIT),
        (neuron_file(names={"a": 1, "b": 2}), MISFIT),
        (neuron_file({"weights": np.array([1, math.nan])}), r"damaged: `weights` must hold finite numbers; got nan"),
        (neuron_file({"weights": np.zeros(0)}), r"damaged: `weights` must be a row of shape \(inputs,\)"),
        (neuron_file({"weights": np.zeros((1, 2))}), MISFIT),
        (neuron_file({"weights": np.array([1, 2])}), MISFIT),
        (neuron_file({"bias": np.array([math.inf])}), r"damaged: `bias` must be in \(-inf, inf\); got inf\.$"),
        (neuron_file({"bias": np.zeros(2)}), MISFIT),
        (neuron_file({"bias": np.zeros(0)}), MISFIT),
        (neuron_file({"bias": np.array(1.0)}), MISFIT),
        (neuron_file({"more": np.zeros(1)}), MISFIT),
        (file_of({"weights": np.zeros(2)}, header()), MISFIT),
        (file_of({"weights": np.zeros(2), "threshold": np.array([math.nan])}, header(kind="McCullochPitts")),
         r"damaged: `threshold` must be in"),
        (file_of(NEURON, header(kind="McCullochPitts")), MISFIT),
        (file_of(NEURON, header(kind="Model", meta=MODEL_META)), MISFIT),
        (model_file({"weights": np.array([[1.0, math.nan]])}), r"damaged: `weights` must hold finite numbers"),
        (model_file({"weights": np.zeros((2, 2))}), MISFIT),
        (model_file({"weights": np.zeros((0, 2))}), MISFIT),
        (model_file({"weights": np.zeros((1, 3))}), r"damaged: `names` must be 3, one for each input, like the scales"),
        (model_file({"biases": np.zeros(2)}), MISFIT),
        (model_file({"means": SCALES["means"]}), MISFIT),
        (model_file({"deviations": SCALES["deviations"]}), MISFIT),
        (model_file({**SCALES, "means": np.array([math.nan, 1])}), r"damaged: `means` must hold finite numbers"),
        (model_file({**SCALES, "means": np.zeros((2, 1))}), MISFIT),
        (model_file({**SCALES, "deviations": np.array([0.0, 1])}), MISFIT),
        (model_file({**SCALES, "deviations": np.ones(1)}), r"damaged: `names` must be 2, one for each input"),
        (model_file(names=["x"]), r"damaged: `names` must be 2, one for each input, like the scales; got 1\.$"),
        (model_file(classes=[]), r"damaged: `neurons` must be 1 for 0 classes; got 1\.$"),
        (model_file(classes=["a", "b", "c"]), r"damaged: `neurons` must be 3 for 3 classes; got 1\.$"),
        (model_file(classes=[None, "a"]), r"damaged: `classes` must be made of texts and numbers; got None\.$"),
        (model_file(activation="softmax"), r"damaged: `activation` must be one that a single neuron can have"),
    ]
    + [
        (network_file({"parameters": np.ones(8)}), r"damaged: `parameters` must be a row of 9 numbers"),
        (network_file({"parameters": np.ones((1, 9))}), MISFIT),
        (network_file({"parameters": np.full(9, math.inf)}), r"damaged: `parameters` must hold finite numbers"),
        (network_file({"means": np.array([math.nan, 1])}), r"damaged: `means` must hold finite numbers"),
        (network_file({"means": np.ones(1)}), r"damaged: `names` must be 2, one for each input, like the scales"),
        (network_file({"deviations": np.array([-1.0, 1])}), MISFIT),
        (network_file({"deviations": np.array([1.0, math.inf])}), r"damaged: `deviations` must hold finite numbers"),
        (network_file(names=["x"]), r"damaged: `names` must be 2, one for each input, like the scales; got 1\.$"),
        (network_file(classes=["a", "b", "c"]), r"damaged: `neurons` must be 3 for 3 classes; got 1\.$"),
        (network_file(classes=[]), r"damaged: `neurons` must be 1 for 0 classes; got 1\.$"),
        (network_file(activations=["relu", "tanh"]), r"damaged: `network` .* is linear or sigmoid for 2 classes"),
        (network_file(folded=True), r"damaged: `folded` must be false for a network of several layers"),
        (network_file(folded=1), MISFIT),
        (file_of(MODEL, header(kind="Model", meta=NETWORK_META)), MISFIT),
        (file_of(NETWORK, header(kind="NetworkModel", meta=NETWORK_META)), MISFIT),
        (network_file(activations=["relu"]), r"damaged: `activations` must be one for each layer"),
        (network_file(sizes=[2, 2, 2]), r"damaged: `parameters` must be a row of 12 numbers"),
        (network_file(sizes=[2, 2, 10**12]), r"damaged: `parameters` must be a row of 3000000000006 numbers"),
        (network_file(sizes=[2, -2, 1]), r"damaged: `sizes` must be in \[1, inf\); got -2\.$"),
        (network_file(TARGET), r"damaged: `target_scaling` must be None beside classes"),
        (network_file(classes=None), MISFIT),
        (network_file({"target_mean": np.ones(1)}, **NUMBER), MISFIT),
        (network_file({**TARGET, "target_mean": np.ones(2)}, **NUMBER), r"damaged: `target_scaling` must be that of"),
        (network_file({**TARGET, "target_deviation": np.zeros(1)}, **NUMBER), MISFIT),
        (network_file({**TARGET, "target_mean": np.array([math.nan])}, **NUMBER), r"damaged: `target_mean` must hold"),
        (network_file(TARGET, **{**NUMBER, "activations": ["relu", "relu"]}), r"last layer is linear for a number"),
    ]
    + [(network_file(sizes=n), "damaged: ") for n in (None, [], [2], "221", [2, 2.0, 1], {"2": 1}, [[2], 1], 3)]
    + [(network_file(activations=a), "damaged: ") for a in (None, "ab", [1, 2], [["relu"], "sigmoid"], {}, 3)]
    + [(network_file(classes=c), MISFIT) for c in (3, "ab", {"a": 1}, ["a", "a"], [[], 1], [math.nan, 1])]
    + [(network_file(about=a), MISFIT) for a in (None, [], "ab")]
    + [(network_file(encoding=e), MISFIT) for e in (3, {}, {"columns": [COLUMN]}, {"columns": [SECOND, COLUMN]})]
    + [(model_file(names=n), MISFIT) for n in (None, "xy", [1, 2], {"x": 1, "y": 2})]
    + [(model_file(classes=c), MISFIT) for c in (3, "ab", {"a": 1}, ["a", "a"], [[], 1], [math.nan], [2**64, 1])]
    + [(model_file(about=a), MISFIT) for a in (None, [], "ab", [["a", "b"]])]
    + [
        (model_file(encoding=e), MISFIT)
        for e in (
            3,
            [],
            {},
            {"columns": 3},
            {"columns": [3, 4]},
            {"columns": []},
            {"columns": [COLUMN]},
            {"columns": [SECOND, COLUMN]},
            {"columns": [COLUMN, {**SECOND, "kind": "date"}]},
            {"columns": [COLUMN, {**SECOND, "mean": "3"}]},
            {"columns": [COLUMN, {**SECOND, "mean": math.inf}]},
            {"columns": [COLUMN, {**SECOND, "values": "y"}]},
            {"columns": [COLUMN, {**SECOND, "more": 1}]},
        )
    ],
    ids=lambda value: "" if isinstance(value, bytes) else None,
)  # fmt: skip
def test_a_file_that_is_no_model_gets_one_sentence(content, sentence, path):
    path.write_bytes(content)
    refused(sentence, gn.load, path)


def test_places_where_no_model_is(tmp_path, path):
    refused(r"is a folder; name the file in it", gn.load, tmp_path)
    refused(r"there is no file .*model.safetensors\.$", gn.load, path)
    refused(r"there is no file .*model.safetensors\.$", gn.load, str(path))
    refused(r"not a model file", gn.load, "a" * 5000)
    refused(r"a\\x00", gn.load, "a\0")


def test_a_file_runs_no_code(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for kind in ("os.system", "evil", "glassneuron.data.saving"):
        Path("evil.py").write_text("open('ran', 'w')", encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        path.write_bytes(file_of(NEURON, header(kind=kind)))
        refused(MISFIT, gn.load, path)
    assert not Path("ran").exists()


def is_model_or_sentence(content, path):
    path.write_bytes(content)
    try:
        model = gn.load(path)
    except gn.GlassneuronError as error:
        assert str(error).isprintable()  # noqa: PT017 - both ways are right
        return
    again = round_trip(model, path)  # a model that could be loaded can be saved
    if isinstance(model, gn.Model):
        facts = (model.network, model.neurons, model.folded, model.classes, model.names)
        assert (again.network, again.neurons, again.folded, again.classes, again.names) == facts
        assert model.encoding is None or Encoding.from_dict(model.encoding).names == model.names
        try:
            assert len(model.predict(np.zeros((2, len(model.names))))) == 2
            assert "so the answer" in str(model.explain(np.zeros(len(model.names))))
        except gn.GlassneuronError as error:
            assert not model.folded
            assert "finite" in str(error)  # noqa: PT017
    else:
        assert again == model
        assert model.feedforward(np.zeros((2, len(model.weights)))).shape == (2,)


VALID = [
    neuron_file(names=["a", "b"]),
    file_of({"weights": np.ones(2), "threshold": np.ones(1)}, header(kind="McCullochPitts", meta={})),
    model_file(SCALES, encoding={"columns": [COLUMN, {**SECOND, "mean": 1.5}]}),
    network_file(encoding={"columns": [COLUMN, {**SECOND, "mean": 1.5}]}),
    network_file(TARGET, **NUMBER),
    file_of({"parameters": np.ones(3)}, header(kind="Model", meta=ONE_LAYER)),
    file_of(NETWORK, header(format=1, kind="NetworkModel", meta=NETWORK_META)),
]
anywhere = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@anywhere
@given(st.sampled_from(VALID), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=3), st.floats(0, 1))
def test_changed_and_cut_files_are_models_or_get_one_sentence(path, content, flips, cut):
    changed = bytearray(content)
    for where, value in flips:
        changed[int(where * (len(changed) - 1))] = value
    is_model_or_sentence(bytes(changed[: math.ceil(len(changed) * cut)]), path)
    is_model_or_sentence(bytes(changed), path)


@anywhere
@given(st.one_of(st.binary(max_size=80), st.binary(max_size=40).map(lambda b: struct.pack("<Q", len(b)) + b)))
def test_any_bytes_are_models_or_get_one_sentence(path, content):
    is_model_or_sentence(content, path)


plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)


MODELS = {1: (MODEL, MODEL_META), 2: (NETWORK, NETWORK_META)}


@anywhere
@given(st.sampled_from([*MODELS]), st.sampled_from([*MODEL_META, *NETWORK_META, *header(), *COLUMN, "columns"]), plain)
def test_any_facts_make_a_model_or_get_one_sentence(path, version, key, value):
    arrays, facts = MODELS[version]
    column, meta = dict(COLUMN), {**facts, "encoding": {"columns": [COLUMN, SECOND]}}
    says = header(format=version, kind="Model")
    place = column if key in column else meta if key in meta else says if key in says else meta["encoding"]
    place[key] = value
    if key in column:
        meta["encoding"] = {"columns": [column, SECOND]}
    if key != "meta":
        says["meta"] = meta
    is_model_or_sentence(file_of(arrays, says), path)


def test_every_sentence_of_these_rooms_has_a_test():
    files = (Path(__file__).with_name(name) for name in ("test_table.py", "test_text_files.py", "test_columns.py"))
    tables = "".join(file.read_text(encoding="utf-8") for file in files)
    here = Path(__file__).read_text(encoding="utf-8")
    rooms = (Path(__file__).parents[1] / room for room in ("disk", "machines"))
    large = "".join(path.read_text(encoding="utf-8") for room in rooms for path in room.glob("test_*.py"))
    words = {
        kind: [text for code, (of, text) in errors.MESSAGES.items() if of is kind and f'"{code}"' not in large]
        for kind in (errors.TableError, errors.ModelFileError)
    }
    command = [errors.MESSAGES[code][1] for code in ("not-a-model", "validation-table")]  # said by the command alone
    for kind, place in ((errors.TableError, tables), (errors.ModelFileError, here)):
        for text in words[kind]:
            parts = [part.strip(" `.:;(") for part in text.replace("}", "{").split("{")[::2]]
            assert text in command or any(len(part) > 8 and part[:20] in place for part in parts), text


def test_the_history_is_saved_if_asked(tmp_path):
    X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 1]
    fitted = gn.Perceptron(0.1, fixed_bias=-1.0, shuffle=False).fit(X, y)
    for asked in (False, True):
        gn.save(fitted, tmp_path / "m.safetensors", history=asked)
        about = gn.load(tmp_path / "m.safetensors").about
        assert ("history" in about) == asked
    assert about["history"]["mistakes"] == [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    assert about["history"]["epoch"] == list(range(1, 11))
    assert "history" not in fitted.model_.about
