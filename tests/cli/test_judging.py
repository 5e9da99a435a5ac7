"""How `train` judges and chooses, `evaluate` and `explain --importance`, as a person sees them."""

import json

import numpy as np
import pytest
from sklearn import metrics as theirs

import glassneuron as gn
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table
from glassneuron.pipelines.folds import Apart
from glassneuron.pipelines.pipelines import pipeline
from glassneuron.pipelines.task import Task

IRIS = ("train", bundled("iris"), "--target", "species", "--model", "sigmoid")


@pytest.fixture(scope="module")
def visits(tmp_path_factory):
    """Visits of patients on days in no order of the file; the older the day, the less is known of it."""
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("visits") / "visits.csv"
    days = rng.permutation(np.datetime64("2023-01-01") + np.arange(120))
    x, colour, patient = rng.normal(size=(120, 2)), rng.choice(["red", "green", "blue"], 120), rng.integers(0, 12, 120)
    ill = x[:, 0] + 0.3 * rng.normal(size=120) > 0
    lines = [
        f"{a:.4f},{b:.4f},{c},{day},p{p},{'yes' if i else 'no'},{3 * a - b:.4f},{'' if k == 3 else k},note {k}"
        for k, ((a, b), c, day, p, i) in enumerate(zip(x, colour, days, patient, ill, strict=True))
    ]
    path.write_text("\n".join(["a,b,colour,day,patient,ill,score,gaps,note", *lines]))
    return path


def told(command, *call):
    code, out, err = command(*call, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_the_measures_of_held_out_rows_are_scikit_learns_and_each_has_an_interval(command, tmp_path):
    found = told(command, *IRIS, "--save", tmp_path / "m.safetensors")
    table = read_table(bundled("iris"), "species")
    task = Task(table.X, np.unique(table.y, return_inverse=True)[1], tuple(found["classes"]), table.names)
    _, held = Apart(task.y).hold_out(0.25, 0)
    given, truth = gn.load(tmp_path / "m.safetensors").probabilities(table.X[held]), task.y[held]
    measures = {each["name"]: each for each in found["measures"]}
    assert measures["accuracy"]["value"] == found["accuracy"]["held_out"]
    assert measures["log_loss"]["value"] == pytest.approx(theirs.log_loss(truth, given), rel=1e-10)
    auc = theirs.roc_auc_score(truth, given, multi_class="ovr")
    assert measures["roc_auc"]["value"] == pytest.approx(auc, rel=1e-10)
    for each in measures.values():
        assert each["low"] <= each["value"] <= each["high"]
    assert measures["accuracy"]["baseline"] == pytest.approx(max(np.bincount(truth)) / len(truth), abs=0.03)


def test_a_person_sees_few_numbers_and_all_of_them_if_asked(command):
    _, few, _ = command(*IRIS)
    _, all_of_them, _ = command(*IRIS, "--measures")
    assert "95 % interval" in few
    assert "F1" in few
    assert "always setosa" in few
    assert "Brier" not in few
    for words in ("balanced accuracy", "log loss", "Brier score", "ROC AUC", "average precision", "baseline"):
        assert words in all_of_them
    assert max(map(len, few.split("Accuracy\n")[1].splitlines())) <= 100


def test_rows_that_were_learned_from_have_no_interval(command):
    found = told(command, *IRIS, "--holdout", 0)
    assert found["measured_on"] == "learned"
    assert all(each["low"] is None for each in found["measures"])
    assert "95 % interval" not in command(*IRIS, "--holdout", 0, "--measures")[1]


def test_of_many_classes_the_weakest_and_the_confusions_are_listed(command, tmp_path):
    rng = np.random.default_rng(0)
    k = np.arange(780) % 26
    X = rng.normal(size=(26, 5))[k] * 2 + rng.normal(size=(780, 5))
    path = tmp_path / "letters.csv"
    path.write_text(
        "a,b,c,d,e,letter\n" + "\n".join(",".join([*map(str, x), chr(65 + c)]) for x, c in zip(X, k, strict=True))
    )
    call = ("train", path, "--target", "letter", "--model", "sigmoid")
    found = told(command, *call)
    _, out, _ = command(*call)
    weakest = min(found["per_class"], key=lambda each: each["f1"] or 0.0)["class"]
    part = out.split("The weakest 10 of 26 classes")[1].splitlines()
    assert part[3].startswith(weakest)
    counts = np.array(found["confusion"])
    np.fill_diagonal(counts, 0)
    i, j = np.unravel_index(counts.argmax(), counts.shape)
    assert f"is {chr(65 + i)}, answered {chr(65 + j)}" in out
    assert "Confusion matrix" not in out


def test_cross_validation_judges_and_the_model_of_all_rows_is_kept(command, tmp_path):
    path = tmp_path / "m.safetensors"
    found = told(command, *IRIS, "--cv", 4, "--repeats", 2, "--save", path)
    assert found["rows"] == {"learned": 150, "held_out": 0}
    folds = found["cross_validation"]
    assert len(folds["rows"]) == 8
    assert np.sum(folds["confusion"]) == 150
    measures = {each["name"]: each for each in folds["measures"]}
    accuracy = measures["accuracy"]
    assert accuracy["mean"] == pytest.approx(np.mean(accuracy["values"]))
    table = read_table(bundled("iris"), "species")
    task = Task(table.X, np.unique(table.y, return_inverse=True)[1], tuple(found["classes"]), table.names)
    learn, judged = Apart(task.y).folds(4, 2)[5]
    by_hand = pipeline("sigmoid")(task.part(learn)).model.positions(task.X[judged]) == task.y[judged]
    assert accuracy["values"][5] == pytest.approx(by_hand.mean())
    every = pipeline("sigmoid")(task).model
    assert (gn.load(path).network.parameters == every.network.parameters).all()
    shown = command("show", path)[1]
    assert "cross-validated: 4 folds, 2 times" in shown
    out = command(*IRIS, "--cv", 4)[1]
    assert "each row judged by a model that has not seen it" in out
    assert "kept: the model that learned from all 150 rows" in out


def test_groups_and_times_are_no_features_and_stay_together(command, visits):
    call = ("train", visits, "--target", "ill", "--model", "sigmoid", "--drop", "score,gaps,note")
    for option, column in (("--groups", "patient"), ("--time", "day")):
        found = told(command, *call, option, column, "--cv", 3)
        assert len(found["cross_validation"]["rows"]) == 3
        names = [*found["neurons"][0]["weights"]]
        assert not [name for name in names if name.startswith(column)]
    grouped = told(command, *call, "--groups", "patient")
    assert all(each["recall_interval"] is None for each in grouped["per_class"])  # rows of one patient are no trials
    assert all(each["low"] < each["high"] for each in grouped["measures"])
    judged = sum(found["cross_validation"]["rows"])  # of times: all but the first quarter
    assert judged == 90
    held = told(command, *call, "--time", "day")["rows"]
    assert held == {"learned": 90, "held_out": 30}


def test_auto_tries_the_family_says_why_and_is_judged_by_rows_it_never_saw(command, visits, tmp_path):
    path, page = tmp_path / "m.safetensors", tmp_path / "r.html"
    call = ("train", visits, "--target", "ill", "--drop", "score,day,patient,gaps,note", "--model", "auto", "--cv", 3)
    code, out, err = command(*call, "--budget", 600, "--epochs", 20, "--save", path, "--report", page)
    assert (code, err) == (0, "")
    for name in ("sigmoid", "averaged", "adaline", "pocket", "perceptron", "network 8", "network 32", "voted"):
        assert f"\n{name}" in out
    assert "is chosen" in out
    assert "90 to learn from" in out
    shown = command("show", path)[1]
    assert "chosen among sigmoid" in shown
    text = page.read_text(encoding="utf-8")
    assert "Which model" in text
    assert "--model auto" in text
    found = told(command, *call, "--budget", 600, "--epochs", 20)
    best = max(each["measures"][0]["mean"] for each in found["choice"]["tried"])
    kept = next(each for each in found["choice"]["tried"] if each["name"] == found["choice"]["chosen"])
    assert kept["measures"][0]["mean"] >= best - found["choice"]["standard_error"] - 1e-12


def test_a_short_budget_tries_the_first_and_says_what_is_left(command, visits):
    call = ("train", visits, "--target", "score", "--drop", "ill,day,patient,gaps,note", "--model", "auto")
    found = told(command, *call, "--budget", 1e-9)
    assert [each["name"] for each in found["choice"]["tried"]] == ["linear"]
    assert found["choice"]["not_tried"] == ["network 8", "network 32"]
    assert "not tried: network 8, network 32" in command(*call, "--budget", 1e-9)[1]


def test_an_interrupt_ends_the_search_with_what_is_done(command, monkeypatch, visits):
    from glassneuron.cli.models import judging

    real, calls = judging.choose, []

    def interrupted_after_the_first(train, task, among, folds, measure, parts, stop, tell):
        return real(train, task, among, folds, measure, parts, lambda some: calls.append(some) or some, tell)

    monkeypatch.setattr(judging, "choose", interrupted_after_the_first)
    found = told(command, "train", visits, "--target", "ill", "--drop", "score,gaps,note", "--model", "auto")
    assert [each["name"] for each in found["choice"]["tried"]] == ["sigmoid"]
    assert len(found["choice"]["not_tried"]) == 7
    monkeypatch.setattr(judging, "choose", lambda *_: None)  # within the first candidate
    code, _, err = command("train", visits, "--target", "ill", "--drop", "score,gaps,note", "--model", "auto")
    assert (code, err) == (130, "glassneuron: interrupted; nothing was written.\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--cv", 1), "`--cv` must be in [2, inf); got 1."),
        (("--cv", 500), "`--cv` must be at most 120"),
        (("--repeats", 2), "`--repeats` must be left out without --cv"),
        (("--cv", 3, "--repeats", 0), "`--repeats` must be in [1, inf); got 0."),
        (("--groups", "patient", "--time", "day"), "`--groups` must be left out beside --time"),
        (("--groups", "nobody"), "no column `nobody`"),
        (("--groups", "ill"), "another column than the target"),
        (("--groups", "patient", "--cv", 13), "at most 12, the number of groups"),
        (("--time", "colour"), "`--time` must be a column of numbers or dates; got 'colour'."),
        (("--time", "gaps"), "`--time` must be a column without gaps; got 'gaps'."),
        (("--time", "note"), "`--time` must be a column of numbers or dates; got 'note'."),
        (("--groups", "gaps"), "values are missing in `gaps` (1 of 120), first in row 4"),
        (("--time", "day", "--cv", 3, "--repeats", 2), "`--repeats` must be 1 with times"),
        (("--budget", 0), "`--budget` must be in (0, inf); got 0."),
        (("--model", "auto", "--rate", 0.1), "`--rate` must be left out with --model auto"),
        (("--model", "auto", "--checkpoint", "c.bin"), "`--checkpoint` must be left out with --model auto"),
        (("--model", "best"), "`--model` must be"),
        (("--holdout", 1), "`--holdout` must be in [0, 1); got 1."),
    ],
)
def test_wrong_wishes_are_refused_in_one_sentence(command, monkeypatch, tmp_path, visits, options, words):
    monkeypatch.chdir(tmp_path)
    code, out, err = command("train", visits, "--target", "ill", *options, "--drop", "score,gaps,note")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert words in err


@pytest.fixture(scope="module")
def saved(visits, tmp_path_factory):
    from glassneuron.cli.app import main

    path = tmp_path_factory.mktemp("saved") / "m.safetensors"
    call = [
        "train",
        visits,
        "--target",
        "ill",
        "--model",
        "sigmoid",
        "--drop",
        "score,day,patient,gaps,note",
        "--save",
        path,
    ]
    with pytest.raises(SystemExit) as left:
        main([str(each) for each in call])
    assert not left.value.code
    return path


def test_evaluate_measures_a_model_on_a_table(command, saved, visits):
    found = told(command, "evaluate", saved, visits)
    model = gn.load(saved)
    rows = [row.split(",") for row in visits.read_text().splitlines()[1:]]
    given = model.probabilities([[float(r[0]), float(r[1]), r[2]] for r in rows])
    measures = {each["name"]: each["value"] for each in found["measures"]}
    assert measures["brier_score"] == pytest.approx(
        theirs.brier_score_loss([r[5] == "yes" for r in rows], given[:, 1]), rel=1e-9
    )
    assert found["rows"] == {"table": 120}
    out = command("evaluate", saved, visits)[1]
    assert "rows of the table" in out
    assert "Brier" not in out
    assert "Brier score" in command("evaluate", saved, visits, "--measures")[1]


def test_what_cannot_be_evaluated_is_refused(command, saved, visits, tmp_path):
    other = tmp_path / "other.csv"
    text = visits.read_text()
    for changed, words in (
        (text.replace(",yes,", ",perhaps,"), "`ill` names 'perhaps', which is none of the classes: no, yes."),
        (text.replace(",ill,", ",sick,"), "no column `ill`"),
        (text.replace("red", "pink"), "'pink'"),
    ):
        other.write_text(changed)
        for call in (("evaluate",), ("explain",)):
            code, out, err = command(*call, saved, other, *(["--importance"] if call == ("explain",) else []))
            assert (code, out, err.count("\n")) == (2, "", 1)
            assert words in err
    assert command("evaluate", saved, other, "--unknown", "ignore")[0] == 0


def test_importance_shuffles_whole_columns_of_the_table(command, saved, visits):
    found = told(command, "explain", saved, visits, "--importance", "--repeats", 4)
    assert found["measure"] == "accuracy"
    assert sorted(each["name"] for each in found["columns"]) == ["a", "b", "colour"]
    assert found["columns"][0]["name"] == "a"  # which makes the target
    assert found["columns"][0]["mean"] > 0.2
    assert all(len(each["drops"]) == 4 for each in found["columns"])
    out = command("explain", saved, visits, "--importance")[1]
    assert "Each column was shuffled 10 times" in out
    for options in (("--row", 1), ("--what-if",), ("--diagram", "d.svg")):
        code, _, err = command("explain", saved, visits, "--importance", *options)
        assert code == 2
        assert "left out with --importance" in err
    assert "left out without --importance" in command("explain", saved, visits, "--repeats", 3)[2]


def test_explain_tells_in_words_what_moved_an_answer(command, saved, visits):
    out = command("explain", saved, visits, "--row", 2)[1]
    model = gn.load(saved)
    a = float(visits.read_text().splitlines()[2].split(",")[0])
    mean = model.scaling.means[0]
    assert f"a is {a:.6g}, {'above' if a > mean else 'below'} its mean" in out
    assert "The average row has a sum of" in out
    found = told(command, "explain", saved, visits, "--row", 2)
    parts = found["moved"]["contributions"]
    total = parts["start"] + sum(each["effect"] for each in parts["columns"])
    assert total == pytest.approx(parts["total"], rel=1e-9)
    assert found["moved"]["method"] == "weighted sum"


def test_few_rows_and_long_names_are_no_trouble(command, tmp_path):
    path = tmp_path / "t.csv"
    name = "a very long name of a class that nobody would read to its end"
    path.write_text("a,y\n" + "".join(f"{i},{name} {i % 2}\n" for i in range(4)))
    found = told(command, "train", path, "--target", "y", "--model", "auto")
    assert found["choice"]["folds"] == 4
    out = command("train", path, "--target", "y", "--model", "auto", "--measures")[1].split("Accuracy\n")[1]
    assert "a very long na…ad to its end 1" in out
    assert name not in out.split("Largest")[0]
    path.write_text("a,y\n1,2.5\n2,3.5\n3,5\n4,8\n5,9\n6,7\n7,1\n8,3\n")
    call = ("train", path, "--target", "y", "--model", "auto", "--epochs", 5)
    found = told(command, *call)["choice"]
    assert found["measure"] == "root_mean_squared_error"
    means = {each["name"]: each["measures"][2]["mean"] for each in found["tried"]}
    assert found["best"] == min(means, key=means.get)
    assert means[found["chosen"]] <= min(means.values()) + found["standard_error"]
    lines = command(*call)[1].split("Which model\n")[1].splitlines()[2:5]
    shown = [line.split("  ")[0] for line in lines]
    assert shown == sorted(means, key=means.get)
