"""`Perceptron` in scikit-learn's world."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import glassneuron as gn
from glassneuron.estimators import perceptron as module

X_OR, Y_OR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]


@parametrize_with_checks([gn.Perceptron()])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_or_through_the_public_interface():
    p = gn.Perceptron(learning_rate=0.1, max_epochs=1000, fixed_bias=-1.0, shuffle=False).fit(X_OR, Y_OR)
    assert p.decision_function(X_OR).tolist() == [-1.0, 0.09999999999999987, 0.09999999999999987, 1.1999999999999997]
    assert p.predict(X_OR).tolist() == Y_OR
    assert p.history_.mistakes == [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    assert p.n_iter_ == 10
    assert np.round([*p.intercept_, *p.coef_[0]]).tolist() == [-1, 1, 1]
    assert p.neuron_.weights.tolist() == p.coef_[0].tolist()


@pytest.mark.parametrize(
    "labels", [(0, 1), (-1, 1), ("no", "yes"), (False, True), (2.0, 7.0)], ids=lambda pair: str(pair)
)
def test_any_two_labels(labels):
    y = [labels[v] for v in Y_OR]
    p = gn.Perceptron(random_state=1).fit(X_OR, y)
    assert p.predict(X_OR).tolist() == y
    assert p.classes_.tolist() == list(labels)


@pytest.mark.parametrize(("label", "fires"), [(0, 0), (1, 1), (-1, 0), (False, 0), (True, 1), ("yes", 1)])
def test_one_class_is_a_constant(label, fires):
    p = gn.Perceptron().fit(X_OR, [label] * 4)
    assert p.predict(X_OR).tolist() == [label] * 4
    assert p.neuron_.feedforward(X_OR).tolist() == [fires] * 4
    assert p.history_.converged


def test_many_classes_one_neuron_each():
    X, y = load_iris(return_X_y=True)
    p = gn.Perceptron(multi_class="one_vs_rest", random_state=0).fit(X, y)
    assert p.coef_.shape == (3, 4)
    assert p.decision_function(X).shape == (150, 3)
    setosa = y == 0
    assert ((p.neurons_[0].feedforward(X) == 1) == setosa).all()  # the one class that is separable from the rest
    assert p.score(X, y) >= 2 / 3  # telling setosa from one of the other two
    assert not hasattr(p, "neuron_")
    assert [n.activation for n in p.neurons_] == ["step"] * 3


def test_watch_on_the_estimator_leaves_it_unfitted():
    p = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    watched = list(gn.watch(p, X_OR, Y_OR))
    assert len(watched) == 40
    assert not hasattr(p, "classes_")
    p.fit(X_OR, Y_OR)
    assert watched[-1].weights_after.tolist() == p.coef_[0].tolist()


def test_names_of_the_features_come_along():
    frame = pd.DataFrame(X_OR, columns=["left", "right"], dtype=float)
    p = gn.Perceptron().fit(frame, Y_OR)
    assert p.neuron_.names == ("left", "right")
    assert "left" in str(p.explain([0.0, 1.0]))
    assert p.explain([0.0, 1.0]).to_dict()["answer"] == 1


def test_float32_stays_float32():
    p = gn.Perceptron().fit(np.array(X_OR, dtype=np.float32), Y_OR)
    assert p.coef_.dtype == p.intercept_.dtype == np.float32
    assert p.decision_function(np.array(X_OR, dtype=np.float32)).dtype == np.float32


def test_in_a_pipeline_a_grid_and_cross_validation():
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), gn.Perceptron(max_epochs=50))
    assert cross_val_score(pipeline, X, y).mean() > 0.8
    grid = GridSearchCV(pipeline, {"perceptron__max_epochs": [5, 20]}, n_jobs=2, cv=3).fit(X, y)
    assert grid.best_score_ > 0.8


def test_the_same_seed_gives_the_same_neuron():
    X, y = load_iris(return_X_y=True)
    a, b = (gn.Perceptron(max_epochs=20, random_state=7).fit(X, y) for _ in range(2))
    assert a.coef_.tolist() == b.coef_.tolist()


@pytest.mark.parametrize(
    ("X", "y", "sentence"),
    [
        ([[0, 0], [np.nan, 1]], [0, 1], "NaN"),
        ([[0, 0], [np.inf, 1]], [0, 1], "infinity"),
        ([[0, 0], ["a", 1]], [0, 1], "could not convert|numbers"),
        ([[0, 0], [1]], [0, 1], "inhomogeneous|equal length"),
        ([[0, 0], [1, 1]], [0, 1, 1], "inconsistent numbers of samples"),
        ([[0, 0], [1, 1]], [0.1, 0.7], "continuous"),
        ([[0, 0], [1, 1]], [None, "a"], "."),
        (np.empty((0, 2)), [], "0 sample"),
        (np.empty((2, 0)), [0, 1], "0 feature"),
    ],
)
def test_wrong_data_is_refused_with_the_packages_own_error(X, y, sentence):
    with pytest.raises(gn.GlassneuronError, match=sentence):
        gn.Perceptron().fit(X, y)


@pytest.mark.parametrize("speed", ["python", "compiled"])
def test_a_rate_that_explodes_is_said_so(speed, refused):
    with gn.speed(speed), refused("diverged", "1e+308"):
        gn.Perceptron(learning_rate=1e308).fit([[10.0], [-10.0]], [0, 1])


def test_before_fit_it_says_so():
    with pytest.raises(NotFittedError, match="not fitted"):
        gn.Perceptron().predict(X_OR)
    with pytest.raises(NotFittedError, match="not fitted"):
        gn.Perceptron().explain([0, 1])


CELLS = st.one_of(
    st.integers(-(10**12), 10**12), st.floats(), st.booleans(), st.none(), st.text(max_size=3), st.complex_numbers()
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(CELLS, max_size=3), max_size=5),
    st.lists(CELLS, max_size=5),
    st.sampled_from([list, lambda v: np.array(v, dtype=object)]),
)
@pytest.mark.filterwarnings("ignore")  # NumPy's own remarks on the strange casts that random cells ask for
def test_random_tables_meet_only_the_packages_own_errors(X, y, kind):
    try:
        X = kind(X)
    except ValueError:
        return  # not even NumPy can hold it
    p = gn.Perceptron(max_epochs=3)
    try:
        p.fit(X, y)
    except gn.GlassneuronError:
        return
    assert len(p.predict(X)) == len(y)


def test_what_did_not_converge_is_told_from_what_cannot():
    rows = [[0, 0], [0, 1], [1, 0], [1, 1]]
    stopped = gn.Perceptron(max_epochs=50).fit(rows, [0, 1, 1, 0]).history_.why_stopped
    assert "no neuron can: 4 rows" in stopped
    held = gn.Perceptron(max_epochs=50, fixed_bias=1.0).fit(rows, [0, 0, 0, 1]).history_.why_stopped  # 00 fires always
    assert "learns its bias can" in held
    assert held.endswith("held at 1")
    line, y = [[-2.0], [0.0], [0.1], [2.0]], [0, 1, 1, 2]  # the largest of three sums can be right on a line
    stopped = gn.Perceptron(max_epochs=1, multi_class="kesler").fit(line, y).history_.why_stopped
    assert "it can: " in stopped
    assert "largest sum" in stopped
    stopped = gn.Perceptron(max_epochs=1, shuffle=False).fit(rows, [0, 0, 0, 1]).history_.why_stopped
    assert "it can: " in stopped
    assert "at most 51 mistakes" in stopped
    held = gn.Perceptron(max_epochs=1, shuffle=False, fixed_bias=-1.0).fit(rows, [0, 0, 0, 1]).history_.why_stopped
    assert "learns its bias can" in held
    assert held.endswith("held at -1")
    three = gn.Perceptron(max_epochs=5, multi_class="one_vs_rest").fit([[0], [1], [2], [3]], ["a", "b", "a", "c"])
    three = three.history_.why_stopped
    assert "no neuron can tell a or b from the rest" in three


def test_the_proof_is_asked_for_left_out_or_left_to_the_size(refused):
    random = np.random.default_rng(0)
    X, y = random.normal(size=(400, 120)), random.random(400) < 0.5
    assert "undecided" in gn.Perceptron(max_epochs=2).fit(X, y).history_.why_stopped
    assert "rows prove" in gn.Perceptron(max_epochs=2, prove=True).fit(X, y).history_.why_stopped
    small = gn.Perceptron(max_epochs=2, prove=False).fit(X[:100], y[:100])
    assert "rows prove" not in small.history_.why_stopped
    with refused("parameter", "`prove`", "True, False or 'auto'", "got 'maybe'"):
        gn.Perceptron(prove="maybe").fit(X, y)


@pytest.mark.parametrize(("prove", "asked"), [("auto", 0), (True, 1)])
def test_what_a_training_has_proven_is_not_proven_once_more(monkeypatch, prove, asked):
    """Unless somebody wants the proof, with the bound on the mistakes that it gives."""
    X = np.random.default_rng(0).normal(size=(400, 2))
    proofs, proof = [], module.attainable
    monkeypatch.setattr(module, "attainable", lambda *a, **more: proofs.append(1) or proof(*a, **more))
    told = gn.Perceptron(variant="averaged", random_state=0, prove=prove).fit(X, X @ [1, 2] > 0.3).history_
    assert not told.converged
    assert "it can: there are weights that have every row right" in told.why_stopped
    assert ("after at most" in told.why_stopped) == bool(asked)
    assert len(proofs) == asked


# ---------------------------------------------------------------- when nothing is left to win


def overlapping(rows, features, share, seed=0, classes=2):
    """Draw rows that a neuron can tell apart, but for a share with labels drawn at random."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, features))
    y = (X @ rng.normal(size=(features, classes))).argmax(axis=1)
    return X, np.where(rng.random(rows) < share, rng.integers(0, classes, rows), y)


def test_it_stops_where_no_neuron_can_with_the_proof():
    xor = gn.Perceptron().fit(X_OR, [0, 1, 1, 0]).history_
    assert xor.epochs < 100
    assert not xor.converged
    assert "no neuron can: 4 rows prove" in xor.why_stopped
    X, y = overlapping(4000, 5, 0.3)
    history = gn.Perceptron().fit(X, y).history_
    assert history.epochs < 100
    assert "7 rows prove" in history.why_stopped  # features + 2, by Kirchberger's theorem, where rows are in no plane


@pytest.mark.parametrize("variant", ["plain", "averaged", "pocket", "voted"])
@pytest.mark.parametrize("classes", [2, 4])
def test_no_variant_goes_on_while_nothing_improves(variant, classes):
    X, y = overlapping(600, 8, 0.3, classes=classes)
    history = gn.Perceptron(variant=variant).fit(X, y).history_
    assert history.epochs < 200
    what = "in the pocket has hardly had more rows right" if variant == "pocket" else "mistakes have not become fewer"
    assert f"{what} for 5 epochs" in history.why_stopped
    assert len(gn.Perceptron(variant=variant, tol=None, max_epochs=210).fit(X, y).history_.mistakes) == 210


@pytest.mark.parametrize("way", ["proof", "no proof", "sparse"])
def test_what_all_epochs_would_learn_is_mostly_learned_still(way):
    """Tables with small margins, whole numbers and columns of very different sizes among them."""
    learned, all_epochs = 0, 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(int(rng.integers(40, 400)), int(rng.integers(2, 13))))
        X = np.sign(X) if seed % 3 == 1 else X
        z = X @ rng.normal(size=X.shape[1])
        keep = np.abs(z - np.median(z)) > 10.0 ** rng.uniform(-3.0, -0.5)
        X, y = X[keep], (z > np.median(z))[keep].astype(int)
        if seed % 3 == 2 and way != "sparse":
            X = X * 10.0 ** rng.uniform(-3.0, 3.0, X.shape[1])
        rows = csr_array(X) if way == "sparse" else X
        if len(set(y.tolist())) == 2 and gn.Perceptron(tol=None, prove=False).fit(rows, y).history_.converged:
            all_epochs += 1
            learned += gn.Perceptron(prove="auto" if way == "proof" else False).fit(rows, y).history_.converged
    assert all_epochs > 40
    assert learned >= 0.95 * all_epochs


def test_the_clock_alone_goes_on_once_the_neuron_is_right():
    """The mean, and the vote, follow at once, as if the epochs that they need had passed."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    y = (X @ [1.0, -1.0, 0.5] > 0.1).astype(int)
    plain = gn.Perceptron(prove=False).fit(X, y)
    for variant in ("averaged", "voted"):
        p = gn.Perceptron(variant=variant, prove=False).fit(X, y)
        assert p.n_iter_ == plain.n_iter_
        assert (p.predict(X) == y).all()
        short = gn.Perceptron(variant=variant, prove=False, max_epochs=p.n_iter_).fit(X, y)
        assert short.history_.converged == (short.predict(X) == y).all()  # where no epoch is left for the clock


@pytest.mark.parametrize("sparse", [False, True])
def test_a_mean_is_not_wrong_about_all_rows_that_its_neurons_have_right_by_a_tie(sparse):
    """Of zeros and ones, (0, 0) is of class 1 and all others are not, but for four rows in 733."""
    counts = {(0, 0, 1): 122, (0, 1, 0): 455, (0, 1, 1): 2, (1, 0, 0): 27, (1, 1, 0): 125, (1, 1, 1): 2}
    X, y = (np.repeat(part, list(counts.values()), axis=0) for part in np.split(np.array(list(counts)), [2], axis=1))
    rows, y = csr_array(X.astype(float)) if sparse else X, y.ravel()
    for seed in range(5):
        averaged = gn.Perceptron(variant="averaged", random_state=seed).fit(rows, y)
        assert averaged.score(rows, y) == pytest.approx(1 - 4 / 733)
    held = gn.Perceptron(variant="averaged", fixed_bias=-1.0, max_epochs=3).fit(rows, y)
    assert held.intercept_.tolist() == [-1.0]


def test_where_the_mean_begins_does_not_depend_on_the_order_of_the_rows():
    """Nineteen rows of twenty are of whole numbers, and one is not, wherever it stands."""
    rng = np.random.default_rng(0)
    X = rng.integers(-3, 4, (60, 2)).astype(float)
    X[rng.permutation(60)[:3]] += 0.5
    y = (X.sum(axis=1) + rng.normal(size=60) > 0.0).astype(int)
    orders = [np.argsort(X[:, 0] % 1.0, kind="stable"), np.argsort(-(X[:, 0] % 1.0), kind="stable")]
    first, last = (gn.Perceptron(variant="averaged").fit(X[order], y[order]) for order in orders)
    np.testing.assert_array_equal(first.coef_, last.coef_)
    assert first.intercept_ == last.intercept_


@pytest.mark.parametrize(("variant", "shards", "rows"), [("averaged", 4, 60), ("averaged", 1, 49), ("plain", 1, 60)])
def test_all_others_begin_at_0_and_alone_are_told_how_many_mistakes_they_make_at_most(variant, shards, rows):
    X = np.arange(2 * rows).reshape(rows, 2) % 7
    y = (X[:, 0] > 3).astype(int)
    settings = {"variant": variant, "max_epochs": 1, "prove": True, "standardise": False}
    if shards == 1:
        assert next(iter(gn.watch(gn.Perceptron(**settings), X, y))).bias_before == 0.0
    told = gn.Perceptron(**settings, shards=shards).fit(X, y).history_.why_stopped
    assert "found after at most" in told
    mean = (
        gn.Perceptron(**settings | {"variant": "averaged"}).fit(np.tile(X, (2, 1)), np.tile(y, 2)).history_.why_stopped
    )
    assert "there are weights that have every row right" in mean
    assert "at most" not in mean


def test_sparse_rows_are_left_undecided_and_end_too():
    X, y = overlapping(500, 6, 0.3)
    sparse = gn.Perceptron().fit(csr_array(X), y)
    assert sparse.n_iter_ < 200
    assert "neuron can" not in sparse.history_.why_stopped


@pytest.mark.parametrize("classes", [2, 4])
def test_it_names_what_does_better_with_figures_that_can_be_checked(classes):
    X, y = overlapping(900, 6, 0.25, classes=classes)
    p = gn.Perceptron().fit(X, y)
    figures = r"variant='averaged' .* has ([\d.]+)% of the rows right, the last weights ([\d.]+)%"
    better, own = map(float, re.search(figures, p.history_.why_stopped).groups())
    assert own == pytest.approx(100 * p.score(X, y), abs=0.06)
    assert better > own
    (finding,) = [f for f in p.diagnose() if f.what == "not converged"]
    assert re.search(figures, finding.evidence).groups() == re.search(figures, p.history_.why_stopped).groups()
    goes_on = gn.Perceptron(tol=None, prove=False, max_epochs=p.n_iter_).fit(X, y)
    np.testing.assert_array_equal(goes_on.coef_, p.coef_)  # the neuron itself stays the plain one
    averaged = gn.Perceptron(variant="averaged").fit(X, y)
    assert averaged.score(X, y) > p.score(X, y)
    assert "averaged" not in averaged.history_.why_stopped


def test_many_classes_compete_where_the_variant_can():
    X, y = load_iris(return_X_y=True)
    for variant in ("plain", "averaged", "pocket", "voted"):
        rule = "one_vs_rest" if variant == "voted" else "kesler"
        auto, said = (gn.Perceptron(variant=variant, multi_class=m).fit(X, y) for m in ("auto", rule))
        np.testing.assert_array_equal(auto.coef_, said.coef_)


def test_where_two_of_many_classes_cannot_be_told_apart_more_epochs_are_not_advised():
    X, y = load_iris(return_X_y=True)
    p = gn.Perceptron().fit(X, y)
    assert "no weights tell 1 from 2" in p.history_.why_stopped
    (finding,) = [f for f in p.diagnose() if f.what == "not converged"]
    assert "no weights tell 1 from 2" in finding.evidence
    assert "max_epochs" not in finding.fix
    assert "variant='pocket'" in finding.fix


def test_watch_stops_where_fit_stops():
    y = [0, 1, 1, 0]
    assert max(step.epoch for step in gn.watch(gn.Perceptron(), X_OR, y)) == gn.Perceptron().fit(X_OR, y).n_iter_


@pytest.mark.parametrize(("tol", "code"), [("never", "parameter"), (-1.0, "parameter"), ([], "parameter-type")])
def test_a_tolerance_is_auto_a_number_or_none(tol, code, refused):
    with refused(code, "`tol`"):
        gn.Perceptron(tol=tol).fit(X_OR, Y_OR)


def test_voters_answer_as_one_by_one():
    X, y = overlapping(700, 5, 0.3, classes=3)
    voted = gn.Perceptron(variant="voted", max_epochs=6).fit(X, y)
    voters, votes = voted.network_.layers
    assert len(voters.biases) > 2 * 256  # more than one tile
    by_hand = np.array([votes.weights @ (voters.weights @ x + voters.biases >= 0) + votes.biases for x in X])
    np.testing.assert_array_equal(voted.decision_function(X), by_hand)
    np.testing.assert_array_equal(voted.decision_function(csr_array(X)), by_hand)


@pytest.mark.parametrize("variant", ["plain", "averaged", "pocket", "voted"])
@pytest.mark.parametrize("classes", [2, 3])
def test_a_training_is_the_same_whether_anybody_looks_on_or_not(variant, classes):
    """Epochs that nobody looks at are gone through without asking what each of them decides."""
    for seed, share in [(0, 0.0), (1, 0.2), (2, 0.4)]:
        X, y = overlapping(90, 4, share, seed, classes)
        fits = [gn.Perceptron(variant=variant, random_state=seed, on_epoch=look).fit(X, y) for look in (None, len_of)]
        alone, seen = (vars(fit.history_) | {"seconds": 0} for fit in fits)
        assert alone == seen
        assert (fits[0].coef_ == fits[1].coef_).all()
        assert (fits[0].intercept_ == fits[1].intercept_).all()


def len_of(history):
    return history.epochs < 0


def test_it_stops_where_rows_that_weigh_very_unequally_contradict_each_other():
    X, y = np.repeat([[0.0], [1.0], [1.0]], [300, 400, 2], axis=0), np.repeat([0, 1, 0], [300, 400, 2])
    history = gn.Perceptron().fit(X, y).history_
    assert history.epochs < 100
    assert "no neuron can" in history.why_stopped
