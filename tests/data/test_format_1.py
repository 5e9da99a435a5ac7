"""Files that version 0.1.0 wrote, in format 1, are read: their answers follow by hand from the arrays in them."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

import glassneuron as gn

FOLDER = Path(__file__).with_name("format_1")
ROWS = np.array([[0.5, -1.0, 2.0], [3.0, 2.5, 0.0], [12.0, 1.0, 0.0], [7.0, 0.0, 1.0]])


def contents(name):
    """Return what a file holds, without the package's own reader."""
    with safe_open(FOLDER / f"{name}.safetensors", framework="np") as file:
        says = json.loads(file.metadata()["glassneuron"])
        return says["format"], says["kind"], {key: file.get_tensor(key) for key in file.keys()}, says["meta"]  # noqa: SIM118


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


ACTIVATIONS = {
    "sigmoid": sigmoid, "softmax": softmax, "tanh": np.tanh, "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0), "step": lambda z: (z >= 0).astype(float),
}  # fmt: skip


def by_hand(arrays, meta, X):
    """Return the sums and answers of the last layer, from the flat vector: weights, then biases, layer by layer."""
    theta, start = arrays["parameters"], 0
    for inputs, neurons, name in zip(meta["sizes"], meta["sizes"][1:], meta["activations"], strict=False):
        W = theta[start : start + neurons * inputs].reshape(neurons, inputs)
        b = theta[start + neurons * inputs :][:neurons]
        start += neurons * (inputs + 1)
        Z = X @ W.T + b
        X = ACTIVATIONS[name](Z)
    return Z, X


def test_every_file_is_of_format_1():
    kinds = [contents(path.stem)[:2] for path in FOLDER.iterdir()]
    assert {version for version, _ in kinds} == {1}
    assert {kind for _, kind in kinds} == {"Neuron", "McCullochPitts", "Network", "Model", "NetworkModel"}


def test_a_neuron_a_gate_and_a_network():
    _, _, arrays, meta = contents("neuron")
    neuron, rows = gn.load(FOLDER / "neuron.safetensors"), ROWS[:, :2]
    assert isinstance(neuron, gn.Neuron)
    assert list(neuron.names) == meta["names"]
    np.testing.assert_allclose(neuron.feedforward(rows), np.tanh(rows @ arrays["weights"] + arrays["bias"]), rtol=1e-14)
    _, _, arrays, _ = contents("mcculloch_pitts")
    gate, bits = gn.load(FOLDER / "mcculloch_pitts.safetensors"), np.array([[1, 1, 0], [1, 1, 1], [0, 1, 0]])
    assert isinstance(gate, gn.McCullochPitts)
    assert gate.feedforward(bits).tolist() == (bits @ arrays["weights"] >= arrays["threshold"]).tolist()
    _, _, arrays, meta = contents("network")
    network = gn.load(FOLDER / "network.safetensors")
    assert isinstance(network, gn.Network)
    np.testing.assert_allclose(network.feedforward(rows), by_hand(arrays, meta, rows)[1], rtol=1e-14)


@pytest.mark.parametrize(
    "name", ["perceptron_two", "perceptron_three", "perceptron_scaled", "sigmoid_two", "sigmoid_one_vs_rest"]
)
def test_neurons(name):
    _, kind, arrays, meta = contents(name)
    assert kind == "Model"
    model = gn.load(FOLDER / f"{name}.safetensors")
    rows = ROWS[:, : arrays["weights"].shape[1]]
    sums = rows @ arrays["weights"].T + arrays["biases"]
    assert len(model.neurons) == sums.shape[1]
    assert {neuron.activation for neuron in model.neurons} == {meta["activation"]}
    np.testing.assert_array_equal([neuron.weights for neuron in model.neurons], arrays["weights"])
    np.testing.assert_array_equal([neuron.bias for neuron in model.neurons], arrays["biases"])
    np.testing.assert_allclose(model.decision_function(rows).reshape(sums.shape), sums, rtol=1e-12)
    chosen = sums.argmax(axis=1) if sums.shape[1] > 1 else (sums[:, 0] >= 0).astype(int)
    assert model.predict(rows).tolist() == [meta["classes"][k] for k in chosen]
    assert model.gives_probabilities == (meta["activation"] == "sigmoid")
    if model.gives_probabilities:
        answers = sigmoid(sums)
        if sums.shape[1] == 1:
            answers = np.hstack([1 - answers, answers])
        np.testing.assert_allclose(model.probabilities(rows), answers / answers.sum(axis=1, keepdims=True), rtol=1e-12)
    assert "sum" in str(model.explain(rows[0]))
    assert (model.encoding, model.about, list(model.names)) == (meta["encoding"], meta["about"], meta["names"])
    assert (model.scaling is None) == ("means" not in arrays)
    if model.scaling is not None:
        np.testing.assert_array_equal(model.scaling.means, arrays["means"])
        np.testing.assert_array_equal(model.scaling.deviations, arrays["deviations"])


@pytest.mark.parametrize("name", ["softmax", "voted", "linear", "mlp_classifier", "network_scaled", "network_number"])
def test_networks(name):
    _, kind, arrays, meta = contents(name)
    assert kind == "NetworkModel"
    model = gn.load(FOLDER / f"{name}.safetensors")
    rows = ROWS[:, : meta["sizes"][0]]
    sums, answers = by_hand(arrays, meta, (rows - arrays["means"]) / arrays["deviations"])
    if meta["classes"] is None:
        answers = answers * arrays["target_deviation"] + arrays["target_mean"]
        np.testing.assert_allclose(model.predict(rows), answers[:, 0], rtol=1e-12)
    else:
        np.testing.assert_allclose(model.decision_function(rows).reshape(sums.shape), sums, rtol=1e-12)
        chosen = sums.argmax(axis=1) if sums.shape[1] > 1 else (sums[:, 0] >= 0).astype(int)
        assert model.predict(rows).tolist() == [meta["classes"][k] for k in chosen]
    np.testing.assert_allclose(model.outputs(rows), answers, rtol=1e-12)
    assert model.gives_probabilities == (meta["activations"][-1] in ("sigmoid", "softmax"))
    if model.gives_probabilities:
        shares = answers if answers.shape[1] > 1 else np.hstack([1 - answers, answers])
        np.testing.assert_allclose(model.probabilities(rows), shares, rtol=1e-12)
    assert "so the answer is" in str(model.explain(rows[0])) or "in the target's units" in str(model.explain(rows[0]))
    assert (model.encoding, model.about, list(model.names)) == (meta["encoding"], meta["about"], meta["names"])


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.stem)
def test_saved_again_it_is_of_format_2_and_answers_the_same(path, tmp_path):
    model, again = gn.load(path), tmp_path / "again.safetensors"
    gn.save(model, again)
    with safe_open(again, framework="np") as file:
        says = json.loads(file.metadata()["glassneuron"])
    assert (says["format"], says["kind"]) == (2, type(model).__name__)
    if isinstance(model, gn.Model):
        rows = ROWS[:, : len(model.names)]
        np.testing.assert_array_equal(gn.load(again).predict(rows), model.predict(rows))
        assert str(gn.load(again).explain(rows[0])) == str(model.explain(rows[0]))
    else:
        assert gn.load(again) == model
