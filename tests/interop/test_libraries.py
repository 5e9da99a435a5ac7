"""Models as values of PyTorch, Keras and scikit-learn."""

import sys

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.neurons.scaling import Scaling
from interop.tools import library
from interop.zoo import COLOUR, PRICE, SELECT, cases, frame_of


def outputs_of(case):
    """Return what tensors answer with: of two classes the second one's probability."""
    labels, numbers = case.expected
    pair = labels is not None and case.value.gives_probabilities and len(case.value.classes) == 2
    return numbers[:, 1:] if pair else numbers


def chosen(case, numbers):
    """Return the labels that follow from what tensors answer."""
    classes = np.asarray(case.value.classes)
    if len(classes) == 1:
        return np.repeat(classes, len(numbers))
    if numbers.shape[1] > 1:
        return classes[numbers.argmax(axis=1)]
    return classes[(numbers[:, 0] >= (0.5 if case.value.gives_probabilities else 0.0)).astype(int)]


@pytest.mark.parametrize("name", [name for name in cases() if name != "perceptron_1"])
def test_pytorch(name):
    torch = library("torch")
    case = cases()[name]
    module = gn.to_torch(case.model)
    assert isinstance(module, torch.nn.Sequential)
    assert not module.training
    names = list(getattr(case.value, "names", None) or module.features)
    absent = np.zeros(len(case.X))  # of two texts the first, whose feature weighs nothing
    X = np.stack([case.X[:, names.index(each)] if each in names else absent for each in module.features], axis=1)
    got = module(torch.tensor(X)).detach().numpy()
    np.testing.assert_allclose(got, outputs_of(case), rtol=1e-12, atol=1e-12 * max(1, np.abs(got).max()))
    if case.expected[0] is not None:
        assert [str(each) for each in chosen(case, got)] == [str(each) for each in case.expected[0]]
        assert module.classes == case.value.classes
    copy = gn.to_torch(case.model)
    copy.load_state_dict(module.state_dict())
    assert gn.to_torch(case.model, "float32")(torch.tensor(X[:3], dtype=torch.float32)).dtype == torch.float32


@pytest.mark.parametrize("activation", ["linear", "sigmoid", "tanh", "relu"])
def test_gradients_of_pytorch(activation):
    torch = library("torch")
    network = gn.Network.random([4, 6, 5, 2], activation, seed=2)
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(30, 4)), rng.normal(size=(30, 2))
    module = gn.to_torch(network)
    loss = 0.5 * ((module(torch.tensor(X)) - torch.tensor(Y)) ** 2).sum(dim=1).mean()
    loss.backward()
    value, gradient = network.gradient(X, Y)
    theirs = np.concatenate([p.grad.numpy().ravel() for p in module.parameters()])
    np.testing.assert_allclose(theirs, gradient, rtol=1e-12, atol=1e-14)
    assert abs(loss.item() - value) < 1e-12


@pytest.fixture(scope="module")
def keras():
    from glassneuron.interop.export.libraries.keras_model import load_keras

    library("keras")
    return load_keras()


SOME = [
    "network_tanh",
    "network_step",
    "layer_softmax",
    "neuron_ties",
    "perceptron_voted_2",
    "sigmoid_4",
    "sigmoid_rest",
]
SOME += ["mlp_several", "mlp_number", "table_network_2", "table_number", "table_adaline_4", "digits_network"]
SOME += ["network_relu", "network_sigmoid", "neuron_linear", "linear", "gate"]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras on PyTorch's arrays
@pytest.mark.parametrize("name", SOME)
def test_keras(keras, name, tmp_path):
    case = cases()[name]
    model = gn.to_keras(case.model, "float64")
    got = np.asarray(keras.ops.convert_to_numpy(model(case.X)))
    right = outputs_of(case)
    np.testing.assert_allclose(got, right, rtol=1e-6, atol=1e-6 * max(1, np.abs(right).max()))
    if case.expected[0] is not None:
        assert [str(each) for each in chosen(case, got)] == [str(each) for each in case.expected[0]]
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(again(case.X[:20])), got[:20])
    single = gn.to_keras(case.model)
    assert single.dtype == "float32"


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_keras_where_features_hardly_vary(keras):
    scaling = Scaling(np.array([3.0, 0.0]), np.array([1e-9, 2.0]))
    model = gn.Model(gn.Network.random([2, 3, 1], "tanh", output="sigmoid", seed=0), ("a", "b"), ("x", "y"), scaling)
    X = np.column_stack([3 + 1e-9 * np.arange(5), np.arange(5)])
    got = keras.ops.convert_to_numpy(gn.to_keras(model, "float64")(X))
    np.testing.assert_allclose(got[:, 0], model.outputs(X)[:, 0], rtol=1e-6)


REFUSED = {
    "network_step": "step", "perceptron_voted_2": "step", "perceptron_voted_4": "step", "mlp_mixed": "relu, tanh",
    "mlp_several": "sigmoid outputs", "network_sigmoid": "sigmoid outputs", "network_tanh": "tanh",
    "network_relu": "relu", "neuron_tanh": "tanh", "neuron_relu": "relu", "table_voted_2": "step",
    "table_voted_4": "step",
    **{f"sklearn_{k}_{n}": "a product of features" for k in ("known", "others") for n in ("products", "number")},
}  # fmt: skip


@pytest.mark.parametrize("name", cases())
def test_scikit_learn(name, refused):
    case = cases()[name]
    if name in REFUSED:
        with refused("cannot-hold", "scikit-learn", REFUSED[name]):
            gn.to_sklearn(case.model)
        return
    pipeline = gn.to_sklearn(case.model)
    X = frame(case)
    labels, numbers = case.expected
    if labels is not None:
        assert pipeline.predict(X).tolist() == labels.tolist()
        if case.value.gives_probabilities:
            np.testing.assert_allclose(pipeline.predict_proba(X), numbers, rtol=1e-9, atol=1e-12)
        elif len(case.value.classes) > 1:
            sums = pipeline.decision_function(X).reshape(numbers.shape)
            np.testing.assert_allclose(sums, numbers, rtol=1e-9, atol=1e-9)
    elif pipeline[-1].__class__.__name__ in ("LogisticRegression", "MLPClassifier"):
        np.testing.assert_allclose(pipeline.predict_proba(X)[:, -numbers.shape[1] :], numbers, rtol=1e-9, atol=1e-12)
    else:
        np.testing.assert_allclose(pipeline.predict(X).reshape(numbers.shape), numbers, rtol=1e-9, atol=1e-9)


REFITTED = ["linear", "gate", "sigmoid_2", "wisconsin_network", "mlp_2", "iris_sigmoid"]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", REFITTED)
def test_a_pipeline_can_be_cloned_and_fitted_again(name):
    from sklearn.base import clone

    case = cases()[name]
    X, (labels, numbers) = frame(case), case.expected
    target = numbers[:, 0] if labels is None else labels
    again = clone(gn.to_sklearn(case.model))
    if hasattr(again[-1], "max_iter"):
        again.set_params(model__max_iter=1000)
    assert again.fit(X, target).score(X, target) > 0.8


def frame(case):
    if case.records is None:
        return case.X
    if COLOUR in case.records[0] and "floor" not in case.records[0]:
        return frame_of(case.records).to_pandas()
    import pandas

    return pandas.DataFrame(case.records)


def test_scikit_learn_refuses_what_the_model_refuses():
    pipeline = gn.to_sklearn(cases()["table_sigmoid_4"].model)
    good = {SELECT: 2000.0, PRICE: 1.0, COLOUR: "rot"}
    import pandas

    for name, value in ((PRICE, np.nan), (PRICE, np.inf), (COLOUR, "gelb")):
        with pytest.raises(ValueError, match=r"NaN|infinity|unknown categories"):
            pipeline.predict(pandas.DataFrame([{**good, name: value}]))


def test_what_is_no_model_is_refused(refused):
    for call in (gn.to_torch, gn.to_keras, gn.to_sklearn, lambda m: gn.export(m, "py")):
        with refused("not-exportable", "dict"):
            call({})
    with refused("export-format", ".xlsx", ".onnx"):
        gn.export(gn.Neuron([1]), "a.xlsx")


def test_a_missing_library_is_named(monkeypatch, refused):
    monkeypatch.setitem(sys.modules, "torch", None)
    with refused("extra", "PyTorch", "glassneuron[torch]"):
        gn.to_torch(gn.Neuron([1]))
    monkeypatch.setitem(sys.modules, "onnx", None)
    with refused("extra", "onnx", "glassneuron[onnx]"):
        gn.export(gn.Neuron([1]), "onnx")
