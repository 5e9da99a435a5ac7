"""How rows are set apart, cross-validation, and the choice among several models."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GroupKFold, StratifiedKFold, TimeSeriesSplit

from glassneuron.errors import problem
from glassneuron.pipelines.choice import OF_CLASSES, OF_NUMBERS, Candidate, candidates, choose
from glassneuron.pipelines.cross_validation import CrossValidation, cross_validate
from glassneuron.pipelines.evaluation import Evaluation, Measure
from glassneuron.pipelines.folds import Apart
from glassneuron.pipelines.pipelines import pipeline
from glassneuron.pipelines.task import Task

X, Y = load_iris(return_X_y=True)
IRIS = Task(X, Y, ("setosa", "versicolor", "virginica"), tuple("wxyz"))


def each_row_once(folds, rows):
    judged = np.sort(np.concatenate([judged for _, judged in folds]))
    assert judged.tolist() == list(range(rows))
    for learn, held in folds:
        assert np.sort(np.concatenate([learn, held])).tolist() == list(range(rows))


@pytest.mark.parametrize("count", [2, 5, 7])
def test_folds_have_their_share_of_each_class_as_scikit_learns(count):
    y = np.random.default_rng(0).choice(4, 203, p=[0.6, 0.3, 0.06, 0.04])
    folds = Apart(y).folds(count)
    each_row_once(folds, len(y))
    ours = np.array([np.bincount(y[judged], minlength=4) for _, judged in folds])
    peer = StratifiedKFold(count, shuffle=True, random_state=0).split(y, y)
    theirs = np.array([np.bincount(y[judged], minlength=4) for _, judged in peer])
    assert np.sort(ours, axis=0).tolist() == np.sort(theirs, axis=0).tolist()
    assert np.ptp(ours.sum(axis=1)) <= 1


def test_repeats_divide_anew_and_a_seed_divides_again():
    folds = Apart(Y).folds(3, repeats=2, seed=4)
    assert len(folds) == 6
    each_row_once(folds[:3], 150)
    each_row_once(folds[3:], 150)
    assert folds[0][1].tolist() != folds[3][1].tolist()
    assert [f[1].tolist() for f in folds] == [f[1].tolist() for f in Apart(Y).folds(3, repeats=2, seed=4)]
    assert folds[0][1].tolist() != Apart(Y).folds(3, seed=5)[0][1].tolist()


def test_the_only_row_of_a_class_is_never_judged():
    y = np.array([0, 0, 0, 0, 1])
    folds = Apart(y).folds(2)
    assert sorted(np.concatenate([judged for _, judged in folds]).tolist()) == [0, 1, 2, 3]
    assert all(4 in learn for learn, _ in folds)


def test_groups_stay_together_and_fill_the_folds_as_scikit_learns():
    rng = np.random.default_rng(0)
    groups = rng.choice(30, 400, p=(p := rng.random(30)) / p.sum())
    folds = Apart(np.zeros(400, int), groups).folds(4)
    each_row_once(folds, 400)
    for learn, judged in folds:
        assert not set(groups[learn]) & set(groups[judged])
    theirs = [len(judged) for _, judged in GroupKFold(4).split(groups, groups=groups)]
    assert np.ptp([len(judged) for _, judged in folds]) <= np.ptp(theirs) + 3


def test_groups_of_a_rare_class_are_dealt_out():
    groups = np.repeat(np.arange(40), 5)
    y = (groups >= 36).astype(int)  # 4 groups of the rare class, one for each fold
    for _, judged in Apart(y, groups).folds(4):
        assert np.bincount(y[judged]).tolist() == [45, 5]


def test_each_fold_has_a_group_where_one_is_nearly_everything():
    groups = np.array([0] * 90 + [1, 2])
    for learn, judged in Apart(np.zeros(92, int), groups).folds(3):
        assert min(len(learn), len(judged)) > 0


def test_time_runs_from_the_past_to_what_follows_as_in_scikit_learn():
    order = np.random.default_rng(0).permutation(53)
    folds = Apart(np.zeros(53, int), times=order.astype(float)).folds(4)
    for (learn, judged), (past, later) in zip(folds, TimeSeriesSplit(4).split(np.zeros(53)), strict=True):
        assert sorted(order[learn]) == past.tolist()
        assert sorted(order[judged]) == later.tolist()


def test_what_has_one_time_is_not_torn():
    times = np.repeat(np.arange(12.0), 5)
    folds = Apart(np.zeros(60, int), times=times).folds(3)
    assert len(folds) == 3
    for learn, judged in folds:
        assert times[learn].max() < times[judged].min()
    assert np.concatenate([judged for _, judged in folds]).tolist() == list(range(15, 60))


def test_rows_held_out_are_whole_groups_or_the_last():
    groups = np.repeat(np.arange(10), 10)
    learn, held = Apart(np.zeros(100, int), groups).hold_out(0.25, 0)
    assert not set(groups[learn]) & set(groups[held])
    assert 20 <= len(held) <= 30
    times = np.random.default_rng(0).permutation(100)
    learn, held = Apart(np.zeros(100, int), times=times).hold_out(0.25, 0)
    assert sorted(times[held]) == list(range(75, 100))
    assert len(Apart(Y).hold_out(0.2, 0)[1]) == 30
    assert len(Apart(Y, groups=Y).hold_out(0.0, 0)[1]) == 0


@pytest.mark.parametrize(
    ("apart", "call", "code", "named"),
    [
        (Apart(Y), {"count": 1}, "parameter", "cv"),
        (Apart(Y), {"count": 151}, "parameter", "150"),
        (Apart(Y, np.zeros(150, int)), {"count": 2}, "parameter", "1, the number of groups"),
        (Apart(Y, times=np.zeros(150)), {"count": 2}, "parameter", "1 different times"),
        (Apart(Y, times=np.arange(150.0)), {"count": 2, "repeats": 2}, "parameter", "repeats"),
        (Apart(Y, times=np.arange(150.0), labels=IRIS.classes), {"count": 3}, "class-unlearned", "versicolor"),
        (Apart(Y, groups=Y, labels=IRIS.classes), {"count": 3}, "class-unlearned", "no row"),
    ],
)
def test_rows_that_cannot_be_divided_are_refused(refused, apart, call, code, named):
    with refused(code, named):
        apart.folds(**call)


def test_a_cross_validation_is_what_one_does_by_hand():
    folds = Apart(Y).folds(4, repeats=2)
    train = pipeline("sigmoid")
    found = cross_validate(train, IRIS, folds, parts=4)
    by_hand = [accuracy_score(Y[judged], train(IRIS.part(learn)).model.positions(X[judged])) for learn, judged in folds]
    assert found.values("accuracy") == pytest.approx(by_hand, abs=1e-15)
    assert found.mean("accuracy") == pytest.approx(np.mean(by_hand))
    assert found.deviation("accuracy") == pytest.approx(np.std(by_hand, ddof=1))
    assert found.counts().sum() == 150  # each row once, though it was judged twice
    told = found.to_dict()
    assert [each["support"] for each in told["per_class"]] == [50, 50, 50]
    assert all(each.low is None for each in found.evaluations[0].measures)
    assert found.deviation("nothing") is None


def test_a_cross_validation_can_be_stopped():
    asked = []
    assert (
        cross_validate(pipeline("sigmoid"), IRIS, Apart(Y).folds(5), lambda done: asked.append(done) or done == 2)
        is None
    )
    assert asked == [0, 1, 2]


def scored(*values):
    evaluations = tuple(Evaluation(10, np.zeros(10), (Measure("accuracy", v, baseline=0.5),)) for v in values)
    return CrossValidation(("no", "yes"), evaluations, len(values))


def chosen(monkeypatch, scores, **more):
    """Choose among candidates whose folds score as given."""
    monkeypatch.setattr("glassneuron.pipelines.choice.cross_validate", lambda learn, *_: learn(None))
    among = tuple(each for each in OF_CLASSES if each.name in scores)

    def train(candidate, _):
        found = scores[candidate.name]
        if isinstance(found, Exception):
            raise found
        return found and scored(*found)

    return choose(train, IRIS, among, [], "accuracy", 4, **more)


def test_the_simplest_within_one_standard_error_of_the_best_is_chosen(monkeypatch):
    best = (0.9, 0.94, 0.92, 0.96)  # mean 0.93, standard error 0.02582 / 2 = 0.0129
    error = np.std(best, ddof=1) / 2
    close, far = [0.93 - error + 1e-6] * 4, [0.93 - error - 1e-6] * 4
    found = chosen(monkeypatch, {"network 32": best, "sigmoid": far, "averaged": close, "adaline": close})
    assert (found.best.name, found.chosen.name) == ("network 32", "averaged")
    assert found.error == pytest.approx(error)
    assert chosen(monkeypatch, {"network 32": best, "sigmoid": far}).chosen.name == "network 32"
    assert chosen(monkeypatch, {"network 32": close, "sigmoid": best}).chosen.name == "sigmoid"


def test_what_cannot_be_learned_or_tried_is_told(monkeypatch):
    scores = {"sigmoid": (0.5, 0.6), "adaline": (0.9, 0.9), "network 32": problem("one-class", name="y", value=1)}
    found = chosen(monkeypatch, scores)
    assert [each.name for each in found.failed] == ["network 32"]
    assert found.chosen.name == "adaline"
    found = chosen(monkeypatch, scores | {"averaged": None, "network 32": (0.7, 0.7)})  # stopped within it
    assert [each.name for each in found.not_tried] == ["averaged", "adaline"]
    assert found.chosen.name == "network 32"
    assert chosen(monkeypatch, {"sigmoid": None}) is None


def test_the_choice_is_the_same_each_time_and_the_held_out_rows_are_no_part_of_it():
    folds = Apart(Y).folds(3)
    among = [each for each in candidates(IRIS) if each.name in ("sigmoid", "averaged", "adaline")]

    def train(candidate, part):
        assert len(part.y) < 150
        return pipeline(candidate.model, epochs=30)(part)

    once, again = (choose(train, IRIS, among, folds, "accuracy", 3) for _ in range(2))
    assert once.to_dict() == again.to_dict()
    assert set(once.tried) == set(among)


def test_hidden_layers_that_were_said_are_those_that_are_tried():
    names = [each.name for each in candidates(IRIS, (4, 3))]
    assert "network 4,3" in names
    assert not {"network 8", "network 32"} & set(names)
    assert Candidate("network 4,3", "network", (4, 3)) in candidates(IRIS, (4, 3))
    numbers = Task(X, X[:, 0], None, tuple("wxyz"))
    assert candidates(numbers) == OF_NUMBERS
