"""`glassneuron show`, `see` and `next`, and what they import."""

import json
import subprocess
import sys

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.interop.export.export import FORMATS
from glassneuron.interop.next.lessons import LIBRARIES, installed, lessons
from glassneuron.views.text import next_steps


@pytest.fixture
def weights(tmp_path):
    from safetensors.numpy import save_file

    state = {"0.weight": [[1.0, -2.0], [3, 0.5]], "0.bias": [0, 1.0], "2.weight": [[1.0, -1.0]], "2.bias": [0.5]}
    path = tmp_path / "weights.safetensors"
    save_file({key: np.array(values, np.float32) for key, values in state.items()}, path)
    (tmp_path / "t.csv").write_text("height,age\n1.5,30\n1.8,40\n")
    return path


def test_show_tells_what_train_saved(command, tmp_path):
    path = tmp_path / "m.safetensors"
    trained = json.loads(command("train", "--model", "network", "--epochs", "3", "--save", path, "--json")[1])
    code, out, _ = command("show", path)
    assert code == 0
    for words in (
        "network 30-32-1: relu, sigmoid",
        "predicts `diagnosis`, one of benign, malignant, with probabilities",
        "a sum of exactly 0 is malignant",
        "mean radius",
        "rows: 427",
        f"{path.stat().st_size:,} bytes, written by glassneuron {gn.__version__}",
    ):
        assert words in out
    told = json.loads(command("show", path, "--json")[1])
    model = gn.load(path)
    assert told["features"][0] == {
        "name": "mean radius",
        "kind": "number",
        "mean": model.scaling.means[0],
        "deviation": model.scaling.deviations[0],
    }
    assert told["exports"].keys() == FORMATS.keys()
    assert told["exports"]["py"] == "yes"
    assert "cannot hold" in told["exports"]["v"]
    kept = told["scores"]["held_out"]
    assert (kept["rows"], kept["accuracy"]) == (142, trained["accuracy"]["held_out"])
    assert kept["measures"] == trained["measures"]
    assert told["scores"]["learned"]["accuracy"] == trained["accuracy"]["learned"]


def test_show_takes_every_kind(command, tmp_path):
    values = {
        "neuron": (gn.Neuron([1, 2], 3, names=["a", "b"]), ["sigmoid", "3 parameters", "a          1"]),
        "gate": (gn.McCullochPitts([1, 1], 2), ["McCulloch-Pitts neuron", "reaches 2"]),
        "network": (gn.Network.random([2, 3, 2], seed=0), ["network 2-3-2", "answers with 2 numbers"]),
        "number": (gn.LinearNeuron().fit([[1.0], [2], [4]], [2.0, 4, 8]), ["predicts one number"]),
    }
    for name, (value, words) in values.items():
        gn.save(value, tmp_path / f"{name}.safetensors")
        code, out, _ = command("show", tmp_path / f"{name}.safetensors")
        assert code == 0
        assert all(each in out for each in words), out
    (tmp_path / "t.csv").write_text("a\n1\n")
    assert command("show", tmp_path / "t.csv")[0] == 0  # a table has a page, too
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "no.safetensors", tmp_path / "no.onnx"):
        code, out, err = command("show", path)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1


def test_see_explains_a_row_and_saves(command, weights, tmp_path):
    own = tmp_path / "own.safetensors"
    code, out, _ = command(
        "see", weights, tmp_path / "t.csv", "--row", 2, "--activations", "relu,sigmoid", "--features", "height,age",
        "--classes", "no,yes", "--save", own,
    )  # fmt: skip
    assert code == 0
    assert "1·1.8 - 2·40 + 0 = -78.2 ; relu(-78.2) = 0" in out  # worked by hand, as is 3·1.8 + 0.5·40 + 1
    assert "3·1.8 + 0.5·40 + 1 = 26.4" in out
    assert "so the answer is no" in out
    assert "no" in command("predict", own, tmp_path / "t.csv")[1]
    told = json.loads(command("see", weights, tmp_path / "t.csv", "--activations", "relu,sigmoid", "--json")[1])
    assert told["sizes"] == [2, 2, 1]
    assert "explanation" in told
    (tmp_path / "wide.csv").write_text("a,b,c\n1,2,3\n")
    for arguments, words in (
        (["see", weights], "`activations` must be 2, one for each of the layers 0, 2"),
        (
            ["see", weights, tmp_path / "wide.csv", "--activations", "relu,sigmoid"],
            "has 3 columns and the model reads 2",
        ),
        (["see", weights, "--row", "1"], "must be left out without a table"),
        (["see", tmp_path / "t.csv"], "is none of the files that can be seen through"),
    ):
        code, out, err = command(*arguments)
        assert (code, out) == (2, "")
        assert words in err


def test_recognising_a_model_imports_no_library():
    script = (
        "import sys\nimport glassneuron as gn\n"
        "for module in ('torch.nn.modules.linear', 'keras.src.models', 'mine'):\n"
        "    kind = type('Linear', (), {'__module__': module})\n"
        "    try: gn.see_through(kind())\n"
        "    except Exception as error: print(type(error).__name__)\n"
        "gn.see_through(gn.Neuron([1]))\n"
        "print(' '.join({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    *errors, loaded = done.stdout.splitlines()
    assert errors[-1] == "ParameterTypeError"
    assert not set(loaded.split()) & {"torch", "keras", "jax", "onnx", "sklearn", "tensorflow"}


@pytest.mark.parametrize("what", ["or", "xor"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras with PyTorch
def test_all_libraries_come_to_the_same_numbers(what):
    for lesson in lessons(what):
        mine = lesson.trained("glassneuron")
        assert mine.shape == (lesson.steps, len(lesson.names))
        assert lesson.shown[-1] == lesson.steps
        for library in installed()[1:]:
            other = lesson.trained(library)
            assert np.abs(other - mine).max() < 1e-5  # Keras computes its loss with a rate in float32
            printed = [[f"{v:.{next_steps.DIGITS}f}" for row in numbers for v in row] for numbers in (mine, other)]
            assert printed[0] == printed[1] or library == "Keras"
            assert f"def {lesson.run}(" in lesson.code(library)


@pytest.mark.parametrize("library", list(LIBRARIES))
def test_the_libraries_of_the_tests_are_there(library):
    import os

    if os.environ.get("CI") != "true":
        pytest.skip("a machine of one's own may lack some")
    assert library in installed()


def test_next_names_what_is_not_installed(command, monkeypatch):
    monkeypatch.setattr(next_steps, "installed", lambda: ["glassneuron", "scikit-learn"])
    code, out, _ = command("next", "--no-code")
    assert code == 0
    assert "Keras: pip install 'glassneuron[keras]'" in out
    assert "[0 0] 0  [0 1] 1  [1 0] 1  [1 1] 1" in out
    told = json.loads(command("next", "xor", "--json")[1])["network"]
    assert set(told["numbers"]) == {"glassneuron", "scikit-learn"}
    assert command("next", "and")[0] == 2


def test_the_first_steps_are_right_by_hand():
    perceptron, sigmoid = lessons("or")
    # row 00 with target 0: 0.1 >= 0 fires, so the bias falls by 0.25; row 01: -0.2 - 0.15 < 0, so w2 and b rise
    assert np.allclose(perceptron.trained("glassneuron")[:2], [[0.3, -0.2, -0.15], [0.3, 0.05, 0.1]])
    # row 00: sigmoid(0.1) - 0, times the rate 0.5, is taken from the bias
    assert np.allclose(sigmoid.trained("glassneuron")[0], [0.3, -0.2, 0.1 - 0.5 / (1 + np.exp(-0.1))])
