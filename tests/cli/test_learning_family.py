"""Every single-neuron rule by command: trained, watched, weighed, kept, asked and explained."""

import csv
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler

import glassneuron as gn
from glassneuron.cli.options import class_weights
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table
from glassneuron.pipelines.pipelines import MODELS
from glassneuron.views.text.options import with_options

SINGLE = ("perceptron", "averaged", "pocket", "voted", "adaline", "sigmoid")
IRIS = (bundled("iris"), "--target", "species")


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    """Rows of two classes that no neuron can tell apart, a rare one among them."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    y = X @ [1.0, -1, 0] + rng.normal(size=400) > 1.2
    path = tmp_path_factory.mktemp("noisy") / "noisy.csv"
    write(path, X, np.where(y, "yes", "no"))
    return path


def write(path, X, y):
    lines = [",".join([*(repr(float(v)) for v in row), str(label)]) for row, label in zip(X, y, strict=True)]
    path.write_text("\n".join([",".join([*(f"f{j}" for j in range(X.shape[1])), "y"]), *lines]) + "\n")


def train(command, *options):
    code, out, err = command("train", *options, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


@pytest.mark.parametrize("model", SINGLE)
@pytest.mark.parametrize("table", [(), IRIS], ids=["two classes", "three classes"])
def test_every_model_tells_what_a_person_asks_and_comes_back_from_its_file(command, process, tmp_path, model, table):
    path = tmp_path / "m.safetensors"
    code, out, err = command("train", *table, "--model", model, "--epochs", 100, "--save", path)
    assert (code, err) == (0, "")
    for text in (f"model     {model}: {MODELS[model].what}", "stopped: ", "held-out rows", "answered ", str(path)):
        assert text in out
    assert (f", {MODELS[model].unit}" in out) == (model != "adaline")  # which takes one step
    assert ("mistakes\n" in out) == MODELS[model].by_mistakes
    assert ("Largest weights" in out) == (model != "voted")
    source, target = (bundled("iris"), "species") if table else (bundled("wisconsin"), "diagnosis")
    rows = list(csv.DictReader(process("predict", path, source).stdout.splitlines()))
    loaded, X = gn.load(path), read_table(source, target).X
    assert [row[target] for row in rows] == loaded.predict(X).tolist()
    classes = list(loaded.classes)
    columns = classes if table else classes[1:]
    if model == "sigmoid":
        shares = np.array([[float(row[f"probability {c}"]) for c in columns] for row in rows])
        np.testing.assert_allclose(shares, loaded.probabilities(X)[:, -len(columns) :], rtol=1e-5, atol=1e-12)
    elif table:
        sums = np.array([[float(row[f"sum {c}"]) for c in classes] for row in rows])
        assert [classes[k] for k in sums.argmax(axis=1)] == loaded.predict(X).tolist()
    else:
        assert [classes[int(float(row["sum"]) >= 0)] for row in rows] == loaded.predict(X).tolist()


@pytest.mark.parametrize("model", SINGLE)
def test_scores_are_those_of_the_answers(command, tmp_path, model):
    path = tmp_path / "m.safetensors"
    told = train(command, *IRIS, "--model", model, "--epochs", 50, "--holdout", 0, "--save", path)
    table = read_table(bundled("iris"), "species")
    assert told["model"] == model
    assert told["accuracy"] == {"learned": np.mean(gn.load(path).predict(table.X) == table.y), "held_out": None}
    assert len(told["losses"]) == told["epochs"] == len(told["norms"])
    assert told["findings"] == [] or {"what", "evidence", "fix"} == set(told["findings"][0])
    if model == "voted":
        assert "neurons" not in told
        assert [layer["activation"] for layer in told["layers"]] == ["step", "linear"]
        return
    assert [neuron["fires_for"] for neuron in told["neurons"]] == ["setosa", "versicolor", "virginica"]
    weights = np.array([list(neuron["weights"].values()) for neuron in told["neurons"]])
    sums = table.X @ weights.T + [neuron["bias"] for neuron in told["neurons"]]
    assert np.mean(np.array(told["classes"])[sums.argmax(axis=1)] == table.y) == told["accuracy"]["learned"]


def test_a_sigmoid_neuron_is_the_logistic_regression_of_the_scaled_table_in_the_tables_units(command):
    told = train(command, "--model", "sigmoid", "--holdout", 0)
    table = read_table(bundled("wisconsin"), "diagnosis")
    scale = StandardScaler().fit(table.X)
    peer = LogisticRegression(tol=1e-10, max_iter=100_000, solver="newton-cholesky")
    peer.fit(scale.transform(table.X), table.y == "malignant")
    neuron = told["neurons"][0]
    assert neuron["activation"] == "sigmoid"
    np.testing.assert_allclose(list(neuron["weights"].values()), peer.coef_[0] / scale.scale_, rtol=1e-4)
    assert neuron["bias"] == pytest.approx(peer.intercept_[0] - peer.coef_[0] @ (scale.mean_ / scale.scale_), rel=1e-4)


def test_a_softmax_layer_explains_its_answer_in_the_tables_units(command, tmp_path):
    path = tmp_path / "m.safetensors"
    told = train(command, *IRIS, "--model", "sigmoid", "--save", path)
    assert told["layers"] == [{"neurons": 3, "inputs": 4, "activation": "softmax"}]
    assert {neuron["activation"] for neuron in told["neurons"]} == {"softmax"}
    out = command("explain", path, bundled("iris"), "--row", 1)[1]
    assert "brought to one scale" not in out
    assert "·5.1" in out
    data = json.loads(command("explain", path, bundled("iris"), "--row", 1, "--json")[1])
    sums = np.array([neuron["sum"] for neuron in data["layers"][0]["neurons"]])
    shares = np.exp(sums - sums.max()) / np.exp(sums - sums.max()).sum()
    assert data["output"] == pytest.approx(shares, rel=1e-9)
    assert (data["answer"], data["probability"]) == ("setosa", pytest.approx(shares[0], rel=1e-9))


def test_one_sigmoid_neuron_explains_its_probability(command, tmp_path):
    path = tmp_path / "m.safetensors"
    command("train", "--model", "sigmoid", "--save", path)
    out = command("explain", path, bundled("wisconsin"), "--row", 20)[1]
    assert "\nsigmoid(-" in out
    assert "so the answer is benign, with a probability of" in out
    data = json.loads(command("explain", path, bundled("wisconsin"), "--row", 20, "--json")[1])
    assert data["probability"] == pytest.approx(1 - 1 / (1 + np.exp(-data["sum"])), rel=1e-9)


def test_a_voted_perceptron_shows_its_heaviest_voters_alone(command, tmp_path):
    path = tmp_path / "m.safetensors"
    told = train(command, "--model", "voted", "--save", path)
    voters = told["layers"][0]["neurons"]
    assert voters > 40
    out = command("explain", path, bundled("wisconsin"), "--row", 20)[1]
    assert f"  and {voters - 40} more, which weigh less in layer 2" in out
    assert out.count("; step(") == 40
    assert "so the answer is benign: the sum -" in out
    data = json.loads(command("explain", path, bundled("wisconsin"), "--row", 20, "--json")[1])
    assert len(data["layers"][0]["neurons"]) == voters
    votes = np.array([neuron["output"] for neuron in data["layers"][0]["neurons"]])
    total = votes @ data["layers"][1]["neurons"][0]["weights"] + data["layers"][1]["neurons"][0]["bias"]
    assert data["output"] == [pytest.approx(total, rel=1e-9)]
    assert total < 0
    assert total == round(total)  # votes for less votes against
    assert "probability" not in data


def test_a_linear_neuron_is_least_squares_in_the_tables_units(command, process, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.uniform(0, [1000, 0.01], size=(60, 2))
    y = X @ [3.0, 5000] + rng.normal(size=60) + 40
    path, model = tmp_path / "t.csv", tmp_path / "m.safetensors"
    write(path, X, y)
    told = train(command, path, "--target", "y", "--model", "linear", "--holdout", 0, "--save", model)
    peer = LinearRegression().fit(X, y)
    assert list(told["neurons"][0]["weights"].values()) == pytest.approx(peer.coef_, rel=1e-8)
    assert told["neurons"][0]["bias"] == pytest.approx(peer.intercept_, rel=1e-8)
    assert told["r_squared"]["learned"] == pytest.approx(peer.score(X, y), rel=1e-9)
    assert told["classes"] is None
    assert "outlook" in told
    printed = [float(row["y"]) for row in csv.DictReader(process("predict", model, path).stdout.splitlines())]
    np.testing.assert_allclose(printed, peer.predict(X), rtol=1e-8)
    code, out, _ = command("train", path, "--target", "y", "--model", "linear")
    assert code == 0
    for text in ("neuron    one, which predicts a number", "R²", "Largest weights", "per unit"):
        assert text in out


def test_whole_numbers_can_be_answered_too(command, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n1,3\n2,5\n3,7\n4,9\n")
    told = train(command, path, "--target", "y", "--model", "linear", "--holdout", 0)
    assert told["neurons"][0]["weights"]["a"] == pytest.approx(2, rel=1e-9)
    assert told["neurons"][0]["bias"] == pytest.approx(1, rel=1e-9)


# Rows that are watched


@pytest.mark.parametrize("model", [*SINGLE, "network"])
def test_the_best_epoch_on_validation_rows_is_kept(command, noisy, model):
    options = (noisy, "--target", "y", "--model", model, "--validation", 0.25, "--epochs", 60, "--holdout", 0.2)
    told = train(command, *options)
    held = told["validation_losses"]
    best = 1 + int(np.argmin(held))
    assert told["rows"] == {"learned": 240, "held_out": 80, "validation": 80}
    assert set(told["accuracy"]) == {"learned", "validation", "held_out"}
    assert (f"of {MODELS[model].unit} {best} are kept" in told["why_stopped"]) == (best < told["epochs"])
    out = command("train", *options)[1]
    assert (
        "rows      240 to learn from; 80 for validation, to keep the best epoch; 80 held out for the final score" in out
    )
    assert told["epochs"] < 2 or "mean loss on validation rows" in out
    assert "validation rows " in out


def test_rows_to_watch_can_be_a_table_of_their_own(command, noisy, tmp_path):
    table = read_table(noisy, "y")
    own = tmp_path / "own.csv"
    write(own, table.X[:50], table.y[:50])
    told = train(command, noisy, "--target", "y", "--model", "pocket", "--validation", own, "--holdout", 0)
    assert told["rows"] == {"learned": 400, "held_out": 0, "validation": 50}
    weights, bias = list(told["neurons"][0]["weights"].values()), told["neurons"][0]["bias"]
    right = np.where(table.X[:50] @ weights + bias >= 0, "yes", "no") == table.y[:50]
    assert told["accuracy"]["validation"] == right.mean()


def test_a_linear_neuron_watches_numbers(command, tmp_path):
    path, own = tmp_path / "t.csv", tmp_path / "own.csv"
    path.write_text("a,y\n" + "".join(f"{i},{2 * i + 0.5}\n" for i in range(30)))
    own.write_text("y,more,a\n21.5,x,10\n")
    told = train(command, path, "--target", "y", "--model", "linear", "--validation", own)
    assert told["mean_absolute_error"]["validation"] == pytest.approx(1, rel=1e-9)  # 21.5 beside 2·10 + 0.5
    told = train(command, path, "--target", "y", "--model", "network", "--validation", own, "--epochs", 3)
    assert len(told["validation_losses"]) == 3


# Rows that count more


def test_balanced_lets_each_class_count_the_same(command, noisy):
    table = read_table(noisy, "y")
    told = train(command, noisy, "--target", "y", "--model", "sigmoid", "--holdout", 0, "--class-weight", "balanced")
    scale = StandardScaler().fit(table.X)
    peer = LogisticRegression(class_weight="balanced", tol=1e-10, solver="newton-cholesky")
    peer.fit(scale.transform(table.X), table.y == "yes")
    np.testing.assert_allclose(list(told["neurons"][0]["weights"].values()), peer.coef_[0] / scale.scale_, rtol=1e-4)


# The last weights of a plain perceptron do not settle on such rows, so that weights change them by no rule.
@pytest.mark.parametrize("model", [*(name for name in SINGLE if name != "perceptron"), "network"])
def test_a_class_that_counts_more_is_missed_less(command, noisy, model):
    options = (noisy, "--target", "y", "--model", model, "--holdout", 0, "--epochs", 50)
    plain = train(command, *options)["confusion"][1][0]
    assert train(command, *options, "--class-weight", "yes=20, no=1")["confusion"][1][0] < plain
    assert train(command, *options, "--class-weight", "no=1")["confusion"][1][0] == plain


@pytest.mark.parametrize("model", ["sigmoid", "adaline", "network"])
def test_validation_rows_count_as_much_as_their_class(command, noisy, tmp_path, model):
    table, own, path = read_table(noisy, "y"), tmp_path / "own.csv", tmp_path / "m.safetensors"
    X, y = table.X[:60], table.y[:60]
    write(own, X, y)
    options = ("--model", model, "--class-weight", "yes=7", "--validation", own, "--epochs", 20, "--save", path)
    told = train(command, noisy, "--target", "y", *options)
    loaded, fires = gn.load(path), y == "yes"
    if model == "adaline":
        losses = 0.5 * (np.where(fires, 1, -1) - loaded.decision_function(X)) ** 2
    else:
        losses = -np.log(loaded.probabilities(X)[np.arange(60), fires.astype(int)])
    by_hand = np.average(losses, weights=np.where(fires, 7, 1))
    assert min(told["validation_losses"]) == pytest.approx(by_hand, rel=1e-9)


def test_labels_may_hold_what_separates_them():
    assert class_weights("a,b=2,c=d=3", ["a,b", "c=d", "e"]).tolist() == [2, 3, 1]
    assert class_weights("1=0.5", [0, 1]).tolist() == [1, 0.5]


# What can be told of rows that were not learned


XOR = "a,b,y\n0,0,no\n0,1,yes\n1,0,yes\n1,1,no\n"


@pytest.mark.parametrize("model", SINGLE)
def test_rows_that_no_neuron_can_have_right_are_told_with_the_way_to_the_proof(command, tmp_path, model):
    path = tmp_path / "xor.csv"
    path.write_text(XOR)
    options = (path, "--target", "y", "--model", model, "--holdout", 0, "--epochs", 20)
    out = command("train", *options)[1]
    assert "outlook: no neuron can: 4 rows prove that no weights have every row right" in out
    assert f"`glassneuron prove {path} --target y` shows the proof" in out
    told = train(command, *options)
    assert told["outlook"].startswith("no neuron can: 4 rows")
    for finding in told["findings"]:  # what diagnose() says stands in both reports
        assert with_options(f"{finding['what']}: {finding['evidence']}. {finding['fix']}") in out
    assert told["findings"] or model not in ("perceptron", "sigmoid")


@pytest.mark.parametrize("model", ["adaline", "sigmoid"])
def test_of_neurons_that_compete_the_largest_sum_is_asked_for(command, tmp_path, model):
    """Three classes on a line: no neuron knows the middle one from the rest, and the largest of three sums does."""
    path = tmp_path / "line.csv"
    rows = [(-9, "a"), (-1.1, "a"), (-0.9, "b"), (0, "b"), (0.9, "b"), (1.1, "c"), (9, "c")]
    path.write_text("x,y\n" + "".join(f"{x},{label}\n" for x, label in rows))
    told = train(command, path, "--target", "y", "--model", model, "--holdout", 0, "--epochs", 1)
    assert told["accuracy"]["learned"] < 1
    assert told["outlook"] == "it can: there are weights with which the largest sum is right on every row"
    path.write_text(path.read_text() + "0,a\n")  # between rows of b
    told = train(command, path, "--target", "y", "--model", model, "--holdout", 0)
    assert told["outlook"].startswith("no neuron can: even with one for each class, the largest sum cannot be right")


def test_many_classes_of_a_large_table_are_not_decided_jointly_in_passing(command, monkeypatch):
    monkeypatch.setattr("glassneuron.proofs.attainable.MOST_CELLS_JOINTLY", 1)
    told = train(command, *IRIS, "--model", "adaline")
    assert told["outlook"].startswith("whether the largest sum can be right on every row takes long to decide")
    assert "alone, no neuron can tell versicolor" in told["outlook"]


def test_nothing_is_proved_of_rows_that_are_right(command, tmp_path):
    path = tmp_path / "or.csv"
    path.write_text("a,b,y\n0,0,no\n0,1,yes\n1,0,yes\n1,1,yes\n")
    for model in ("sigmoid", "adaline", "perceptron"):
        told = train(command, path, "--target", "y", "--model", model, "--holdout", 0)
        assert (told["accuracy"]["learned"], told["outlook"]) == (1.0, None)


# Ctrl-C


MAIN = """
from glassneuron.cli.app import main
from glassneuron.pipelines.pipelines import MODELS
for name in ("pocket", "voted"):
    MODELS[name].settings.tol = None  # or it would end before it is interrupted
main()
"""


@pytest.mark.parametrize("model", ["pocket", "voted"])
def test_an_interrupt_keeps_what_was_learned(interrupted, noisy, tmp_path, model):
    path = tmp_path / "m.safetensors"
    call = ["train", noisy, "--target", "y", "--epochs", 10**7, "--save", path, "--model", model]
    code, out, err = interrupted(MAIN, *call)
    assert code == 0, err
    assert "stopped: stopped by the callback after epoch" in out
    assert gn.load(path).classes == ("no", "yes")


def test_an_interrupt_after_saving_does_not_deny_the_file(command, monkeypatch, noisy, tmp_path):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    model = tmp_path / "m.safetensors"
    monkeypatch.setattr("glassneuron.cli.models.train.chapters", interrupted)
    options = ("train", noisy, "--target", "y", "--model", "sigmoid")
    assert command(*options, "--save", model) == (130, "", f"glassneuron: interrupted; the model is in {model}.\n")
    assert gn.load(model).classes == ("no", "yes")
    assert command(*options) == (130, "", "glassneuron: interrupted; nothing was written.\n")


def test_an_interrupted_proof_leaves_the_report(command, monkeypatch, noisy):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("glassneuron.cli.models.train.attainable", interrupted)
    code, out, _ = command("train", noisy, "--target", "y", "--model", "sigmoid")
    assert code == 0
    assert "outlook: interrupted before it was known whether any neuron can classify every row correctly" in out
    assert "Largest weights" in out


def test_a_reader_that_leaves_early_is_no_mistake(noisy):
    call = f"set -o pipefail; {sys.executable} -c '{MAIN}' train {noisy} --target y --json | head -1"
    done = subprocess.run(["bash", "-c", call], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_a_probability_is_shown_as_1_only_where_it_is(command, process, tmp_path):
    table, far, path = tmp_path / "t.csv", tmp_path / "far.csv", tmp_path / "m.safetensors"
    write(table, np.arange(20.0)[:, np.newaxis], np.repeat(["no", "yes"], 10))
    command("train", table, "--target", "y", "--model", "sigmoid", "--save", path)
    far.write_text("f0\n" + "\n".join(map(str, range(0, 60, 2))) + "\n")
    rows = csv.DictReader(process("predict", path, far).stdout.splitlines())
    shown = [float(row["probability yes"]) for row in rows]
    shares = gn.load(path).probabilities([[x] for x in range(0, 60, 2)])[:, 1]
    assert ((shares > 1 - 5e-7) & (shares < 1)).any()  # six digits would make a 1 of these
    np.testing.assert_array_equal(np.isin(shown, [0, 1]), np.isin(shares, [0, 1]))
    np.testing.assert_allclose(shown, shares, rtol=1e-5)


@pytest.mark.parametrize("model", ["perceptron", "pocket", "network"])
def test_what_to_do_next_is_said_in_the_words_of_the_command(command, noisy, tmp_path, model):
    report = tmp_path / "report.html"
    options = ("--target", "y", "--model", model, "--epochs", 40, "--report", report)
    out = command("train", noisy, *options)[1]
    for text in (out, report.read_text(encoding="utf-8")):
        assert not re.search(r"variant=|max_epochs=|MLPClassifier|learning_rate=|separability", text)
    known = set(re.findall(r"--[a-z-]+", command("train", "--help")[1]))
    assert set(re.findall(r"--[a-z][a-z-]+", out)) <= known
    if model == "perceptron":
        assert "--model averaged" in out
