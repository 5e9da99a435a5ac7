"""Models of Keras and their files, seen through."""

import os
import warnings

import numpy as np
import pytest

import glassneuron as gn

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
layers = keras.layers
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # in Keras with PyTorch
RNG = np.random.default_rng(0)
ROWS = (RNG.normal(size=(10_000, 4)) * [1, 10, 0.1, 3] + [0, 50, 0, 0]).astype(np.float32)


def models():
    keras.utils.set_random_seed(0)
    scale = layers.Normalization()
    scale.adapt(ROWS)
    made = {
        "neuron": keras.Sequential([keras.Input((4,)), layers.Dense(1, "sigmoid")]),
        "deep": keras.Sequential([
            keras.Input((4,)), scale, layers.Dense(6, "relu"), layers.Dropout(0.5), layers.Dense(5, use_bias=False),
            layers.BatchNormalization(), layers.Activation("tanh"), layers.Dense(3, "softmax"),
        ]),
        "logits": keras.Sequential([keras.Input((2, 2)), layers.Flatten(), layers.Rescaling(0.1), layers.Dense(3)]),
        "logs": keras.Sequential([keras.Input((4,)), layers.Dense(5), layers.ReLU(), layers.Dense(2, "log_softmax")]),
    }  # fmt: skip
    inputs = keras.Input((4,))
    middle = layers.BatchNormalization(center=False)(inputs)
    made["functional"] = keras.Model(inputs, layers.Dense(2)(made["logs"].layers[0](middle)))
    made["nested"] = keras.Sequential([keras.Input((4,)), keras.Sequential([layers.Dense(3, "tanh")]), layers.Dense(1)])
    for model in made.values():
        for layer in model.layers:
            if isinstance(layer, layers.BatchNormalization):
                layer.set_weights([RNG.uniform(0.5, 2, w.shape) for w in layer.get_weights()])
    return made


with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    MODELS = models()


@pytest.mark.parametrize("name", MODELS)
def test_models_and_their_files_answer_the_same(name, tmp_path):
    model = MODELS[name]
    rows = ROWS.reshape(-1, *model.input_shape[1:])
    wanted = np.asarray(model.predict(rows, batch_size=len(rows), verbose=0))
    wanted = np.exp(wanted) if name == "logs" else wanted
    model.save(tmp_path / "m.keras")
    for ours in (gn.see_through(model), gn.see_through(tmp_path / "m.keras")):
        assert isinstance(ours, gn.Network)
        answers = ours.feedforward(ROWS).reshape(wanted.shape)
        assert answers.dtype == np.float32
        assert np.allclose(answers, wanted, rtol=1e-4, atol=1e-5)


def test_with_names_of_classes_it_is_a_model_with_its_scale():
    model = MODELS["deep"]
    wanted = np.asarray(model.predict(ROWS, batch_size=len(ROWS), verbose=0))
    ours = gn.see_through(model, list("abcd"), ["x", "y", "z"])
    assert ours.scaling is not None
    assert ours.scaling.means[1] == pytest.approx(ROWS[:, 1].mean(), rel=1e-5)
    assert np.allclose(ours.probabilities(ROWS), wanted, atol=1e-5)
    best = np.sort(wanted, axis=1)
    clear = best[:, -1] - best[:, -2] > 1e-5
    assert np.array_equal(ours.predict(ROWS)[clear], np.array(["x", "y", "z"])[wanted.argmax(1)][clear])
    assert "x is the row, brought to one scale" in str(ours.explain(ROWS[0]))


class Own(keras.Model):
    def call(self, x):
        return x


def test_what_cannot_be_seen_through_is_refused_by_its_name(tmp_path):
    inputs = keras.Input((4,))
    left, right = layers.Dense(3, name="left")(inputs), layers.Dense(3, name="right")(inputs)
    merged = keras.Model(inputs, layers.Add()([left, right]))
    cases = [
        (merged, "left, right stand side by side|right, left stand"),
        (
            keras.Sequential([keras.Input((4,)), layers.Dense(3, "gelu", name="g")], name="s"),
            "s/g, Dense, with the activation gelu",
        ),
        (keras.Sequential([keras.Input((4,)), layers.Dense(3, activation=lambda x: x * 2)]), "<lambda>"),
        (keras.Sequential([keras.Input((4, 1)), layers.Conv1D(3, 2, name="c")], name="s"), "s/c, Conv1D,"),
        (keras.Sequential([layers.Dense(3)]), "no weights yet"),
        (keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.ReLU(max_value=6)]), r"more than max\(0, z\)"),
        (Own(), "Own, cannot .* code of its own"),
    ]
    for model, sentence in cases:
        with pytest.raises(gn.GlassneuronError, match=sentence) as caught:
            gn.see_through(model)
        assert caught.value.code == "unseen"


def test_no_file_runs_code(tmp_path):
    layer = layers.Lambda(lambda x: x * 2)
    keras.Sequential([keras.Input((4,)), layer, layers.Dense(1)]).save(tmp_path / "lambda.keras")
    MODELS["neuron"].save(tmp_path / "m.keras")
    whole = (tmp_path / "m.keras").read_bytes()
    (tmp_path / "cut.keras").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.keras").write_bytes(b"")
    for name in ("lambda", "cut", "empty"):
        with pytest.raises(gn.GlassneuronError, match=f"{name}.keras cannot be seen through") as caught:
            gn.see_through(tmp_path / f"{name}.keras")
        assert "\n" not in str(caught.value)
