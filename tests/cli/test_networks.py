"""Networks by command: trained, judged, kept, asked and explained, for classes and for measurements."""

import csv
import io
import json
import signal

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import confusion_matrix, mean_absolute_error, r2_score

import glassneuron as gn
from glassneuron.cli.screen import progress
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table
from glassneuron.learning.history import History
from glassneuron.pipelines.pipelines import MODELS

IRIS = ["train", bundled("iris"), "--target", "species", "--model", "network"]


@pytest.fixture
def prices(tmp_path):
    """A table with a measurement that is a plane, so that a network without hidden layer can have it right."""
    rng = np.random.default_rng(0)
    size, age = rng.uniform(20, 200, 120), rng.uniform(0, 80, 120)
    path = tmp_path / "prices.csv"
    np.savetxt(
        path, np.column_stack([size, age, 3000 * size - 500 * age + 40000]), "%.3f", ",", header="size,age,price",
        comments="",
    )  # fmt: skip
    return path


def test_a_network_for_many_classes_says_what_a_person_asks(command, tmp_path):
    path = tmp_path / "iris.safetensors"
    code, out, err = command(*IRIS, "--hidden", "8,4", "--epochs", 100, "--save", path)
    assert (code, err) == (0, "")
    for text in [
        "network   4-8-4-3, which gives the probability of each class",
        "mean loss",
        "1 to 100, epoch",
        "    1        8       4  relu             32       8",
        "91 parameters",
        "held-out rows",
        "answered virginica",
        str(path),
    ]:
        assert text in out
    assert "Largest weights" not in out
    model = gn.load(path)
    assert isinstance(model, gn.Model)
    assert model.classes == ("setosa", "versicolor", "virginica")
    assert model.about["target"] == "species"


def test_the_scores_of_a_network_are_those_of_its_answers(command, tmp_path):
    path = tmp_path / "m.safetensors"
    result = json.loads(command(*IRIS, "--holdout", 0, "--json", "--save", path)[1])
    table = read_table(bundled("iris"), "species")
    answers = gn.load(path).predict(table.X)
    assert result["accuracy"] == {"learned": np.mean(answers == table.y), "held_out": None}
    assert result["confusion"] == confusion_matrix(table.y.tolist(), answers.tolist()).tolist()
    assert result["accuracy"]["learned"] > 0.95  # Fisher's linear discriminant has 98 % of the 150 right
    assert result["losses"][-1] < result["losses"][0]
    assert result["layers"] == [
        {"neurons": 32, "inputs": 4, "activation": "relu"},
        {"neurons": 3, "inputs": 32, "activation": "softmax"},
    ]
    assert result["parameters"] == 4 * 32 + 32 + 32 * 3 + 3
    assert "mistakes" not in result
    assert result["saved"] == str(path)


def test_a_measurement_is_answered_with_a_number(command, process, prices, tmp_path):
    path = tmp_path / "m.safetensors"
    options = ["train", prices, "--target", "price", "--model", "network", "--hidden", "none", "--rate", 0.05]
    code, out, err = command(*options, "--save", path)
    assert (code, err) == (0, "")
    for text in [
        "a number from",
        "network   2-1, which predicts a number",
        "R²",
        "95 % interval",
        "always ",
        "held out",
    ]:
        assert text in out
    assert "is answered" not in out
    assert "Confusion matrix" not in out
    result = json.loads(command(*options, "--json")[1])
    rows = np.genfromtxt(prices, delimiter=",", skip_header=1)
    assert result["classes"] is None
    assert result["r_squared"]["held_out"] > 0.99
    answers = gn.load(path).predict(rows[:, :2])
    plane = LinearRegression().fit(rows[:, :2], rows[:, 2])
    assert r2_score(plane.predict(rows[:, :2]), answers) > 0.99
    printed = [row["price"] for row in csv.DictReader(process("predict", path, prices).stdout.splitlines())]
    np.testing.assert_array_equal(np.array(printed, dtype=float), answers)


def test_the_scores_of_a_measurement_are_those_of_scikit_learn(command, prices, tmp_path):
    path = tmp_path / "m.safetensors"
    options = ["--target", "price", "--model", "network", "--holdout", 0, "--epochs", 5, "--json", "--save", path]
    result = json.loads(command("train", prices, *options)[1])
    rows = np.genfromtxt(prices, delimiter=",", skip_header=1)
    truth, answers = rows[:, 2], gn.load(path).predict(rows[:, :2])
    assert result["r_squared"]["learned"] == pytest.approx(r2_score(truth, answers), rel=1e-9)
    off = result["mean_absolute_error"]["learned"]
    assert off == pytest.approx(mean_absolute_error(truth, answers), rel=1e-9)
    of_mean = result["mean_absolute_error_of_the_mean"]["learned"]
    assert of_mean == pytest.approx(np.abs(truth - truth.mean()).mean(), rel=1e-9)
    assert result["r_squared"]["held_out"] is None


def test_same_seed_same_network_another_seed_another(command):
    runs = [command(*IRIS, "--json", "--epochs", 5, "--seed", seed)[1] for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_predict_gives_probabilities_beside_the_answers(command, process, tmp_path):
    path = tmp_path / "m.safetensors"
    command(*IRIS, "--epochs", 20, "--save", path)
    done = process("predict", path, bundled("iris"))
    rows = list(csv.DictReader(done.stdout.splitlines()))
    classes = ["setosa", "versicolor", "virginica"]
    for row in rows:
        shares = [float(row[f"probability {c}"]) for c in classes]
        assert sum(shares) == pytest.approx(1, abs=1e-5)
        assert row["species"] == classes[int(np.argmax(shares))]
    assert done.stderr.startswith("setosa: ")
    command("train", "--model", "network", "--epochs", 20, "--save", path)
    rows = list(csv.DictReader(process("predict", path, bundled("wisconsin")).stdout.splitlines()))
    assert all((float(row["probability malignant"]) >= 0.5) == (row["diagnosis"] == "malignant") for row in rows)


def test_explain_adds_up_from_the_row_to_the_answer(command, tmp_path):
    path = tmp_path / "m.safetensors"
    command(*IRIS, "--hidden", 3, "--save", path)
    code, out, _ = command("explain", path, bundled("iris"), "--row", 1)
    assert code == 0
    assert "x is the row, brought to one scale: (value - mean) / deviation" in out
    assert "  x1   sepal length (cm)  (5.1 - 5." in out
    assert "layer 1, 3 relu neurons, reads x" in out
    assert "so the answer is setosa, with a probability of" in out
    data = json.loads(command("explain", path, bundled("iris"), "--row", 1, "--json")[1])
    assert data["row"] == [5.1, 3.5, 1.4, 0.2]
    x = data["scaled"]
    for layer in data["layers"]:
        assert layer["inputs"] == pytest.approx(x, rel=1e-12)
        for neuron in layer["neurons"]:
            assert np.dot(neuron["weights"], x) + neuron["bias"] == pytest.approx(neuron["sum"], rel=1e-9)
        x = [neuron["output"] for neuron in layer["neurons"]]
    sums = np.array([neuron["sum"] for neuron in data["layers"][-1]["neurons"]])
    assert x == pytest.approx(np.exp(sums) / np.exp(sums).sum(), rel=1e-9)
    assert data["answer"] == "setosa"


def test_explain_a_measurement_returns_to_its_units(command, prices, tmp_path):
    path = tmp_path / "m.safetensors"
    command("train", prices, "--target", "price", "--model", "network", "--hidden", 4, "--save", path)
    out = command("explain", path, prices, "--row", 7)[1]
    assert "so the answer, back in the target's units, is" in out
    data = json.loads(command("explain", path, prices, "--row", 7, "--json")[1])
    model = gn.load(path)
    mean, deviation = model.target_scaling.means[0], model.target_scaling.deviations[0]
    assert data["answer"] == pytest.approx(data["output"][0] * deviation + mean, rel=1e-12)


def test_explain_lists_of_many_features_those_that_stand_out(command, tmp_path):
    path = tmp_path / "m.safetensors"
    command("train", "--model", "network", "--hidden", 2, "--epochs", 3, "--save", path)
    out = command("explain", path, bundled("wisconsin"))[1]
    assert "and 18 more, which are nearer to their mean" in out
    assert "(24 more)" in out  # of 30 products, the six heaviest stand with their names


def test_the_help_names_each_model_with_its_defaults(command):
    text = " ".join(command("train", "--help")[1].split())
    for name, spec in MODELS.items():
        assert f" {name}" in text
        if spec.settings.max_epochs != MODELS["perceptron"].settings.max_epochs:
            assert f"[{MODELS['perceptron'].settings.max_epochs}, {name} {spec.settings.max_epochs}]" in text
    one = f"{MODELS['perceptron'].settings.learning_rate:g}"
    assert f"[perceptrons {one}, adaline one that suits the rows, network one that falls to nothing]" in text


def test_ctrl_c_ends_a_training_after_the_epoch_and_twice_at_once():
    before = signal.getsignal(signal.SIGINT)
    with progress(10) as follow:
        assert follow(History(losses=[0.5])) is False
        signal.raise_signal(signal.SIGINT)
        assert follow(History(losses=[0.5, 0.4])) is True
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_terminal_sees_the_loss_fall(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr("sys.stderr", screen)
    with progress(10) as follow:
        follow(History(losses=[0.5, 0.25]))
    with progress(10) as follow:
        follow(History(mistakes=[7]))
    assert "epoch 2 of at most 10, loss 0.25" in screen.getvalue()
    assert "epoch 1 of at most 10, 7 mistakes" in screen.getvalue()


def test_what_keeps_a_network_from_learning_is_said(command, tmp_path):
    path = tmp_path / "xor.csv"
    path.write_text("a,b,y\n" + "0,0,no\n0,1,yes\n1,0,yes\n1,1,no\n" * 5)
    options = ["train", path, "--target", "y", "--model", "network", "--holdout", 0]
    code, out, err = command(*options, "--hidden", "none")
    assert (code, err) == (0, "")
    assert "Diagnostics" in out
    assert "plateau" in out
    assert "Add a hidden layer" in out
    result = json.loads(command(*options, "--hidden", "none", "--json")[1])
    assert [found["what"] for found in result["findings"]] == ["plateau"]
    result = json.loads(command(*options, "--hidden", 16, "--epochs", 1000, "--rate", 0.01, "--json")[1])
    assert (result["accuracy"]["learned"], result["findings"]) == (1.0, [])


def test_an_exploding_loss_is_told_in_the_report(command, prices):
    options = ["--target", "price", "--model", "network", "--rate", 1e200, "--epochs", 5]
    code, out, err = command("train", prices, *options)
    assert code == 2
    assert "training diverged in epoch" in out
    assert "divergence" in out
    assert err.startswith("glassneuron: nothing was learned, and no model is saved: training diverged in epoch 1: l")
    assert err.count("\n") == 1


def test_a_model_is_not_lost_to_a_training_that_learned_nothing(command, tmp_path):
    table, model = tmp_path / "t.csv", tmp_path / "m.safetensors"
    table.write_text("a,b,y\n" + "".join(f"{i % 7},{i % 5},{i % 7 + i % 5 / 3}\n" for i in range(40)))
    options = [table, "--target", "y", "--model", "network", "--save", model]
    assert command("train", *options, "--epochs", 3)[0] == 0
    good = model.read_bytes()
    code, out, err = command("train", *options, "--rate", 1e200)
    assert (code, err.count("\n")) == (2, 1)
    assert "Not saved" in out
    code, out, _ = command("train", *options, "--rate", 1e200, "--json")
    assert (code, json.loads(out)["saved"]) == (2, None)
    assert model.read_bytes() == good


def test_weights_beyond_a_float_are_refused(command, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n1,2,1.5\n2,3,2.5\n3,1,0.25\n")
    code, out, err = command("train", path, "--target", "y", "--model", "network", "--rate", 1e300, "--epochs", 1)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "the weights overflowed" in err
    assert "`--rate` 1e+300" in err


WRONG = {
    "another model": (["--model", "forest"], "`--model` must be 'perceptron'"),
    "hidden layers of a perceptron": (["--hidden", "3"], "be left out, unless the model is 'network'; got 3."),
    "no hidden layers of a perceptron": (["--hidden", "none"], "`--hidden` must be left out, unless the model is"),
    "no sizes": (["--model", "network", "--hidden", "a,b"], "`--hidden` must be 'none', or the neurons of each hidden"),
    "an empty size": (["--model", "network", "--hidden", "3,"], "`--hidden` must be 'none', or the neurons"),
    "nothing": (["--model", "network", "--hidden", ""], "`--hidden` must be 'none', or the neurons"),
    "no neurons": (
        ["--model", "network", "--hidden", "3,0"],
        "`--hidden` must be 'none', or the neurons of each hidden",
    ),
    "too many": (["--model", "network", "--hidden", "9999999"], "such that there are 20,000,000 weights at most"),
    "a rate below zero": (["--model", "network", "--rate", "-1"], "`--rate` must be in (0, inf); got -1."),
    "no epochs": (["--model", "network", "--epochs", "0"], "`--epochs` must be in [1, inf); got 0."),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(command, case):
    options, sentence = WRONG[case]
    code, out, err = command("train", *options)
    assert (code, out) == (2, "")
    assert err.startswith("glassneuron: ")
    assert err.count("\n") == 1
    assert sentence in err


FAR = "".join(f"{i},{(i - 15) * 1e307}\n" for i in range(31))
MANY = "".join(f"{i},c{i}\n" for i in range(101))
TABLES = {
    "too far apart": ("a,y\n1e308,0\n-1e308,1\n1e308,0\n", "features up to 1e+308 overflow"),
    "targets too far apart": (f"a,y\n{FAR}", "targets up to 1.5e+308 overflow"),
    "too many classes": (f"a,y\n{MANY}", "`y` holds 101 classes; at most 100"),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_wrong_table_gets_its_sentence(command, tmp_path, case):
    text, sentence = TABLES[case]
    path = tmp_path / "table.csv"
    path.write_text(text)
    code, out, err = command("train", path, "--target", "y", "--model", "network", "--holdout", 0)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert sentence in err


def test_a_perceptron_refers_measurements_to_a_network(command, prices):
    code, _, err = command("train", prices, "--target", "price")
    assert code == 2
    assert "`price` is a measurement with 120 different values, but a perceptron predicts classes" in err
    assert "or use --model linear or --model network, which predict numbers" in err
