"""What a diagnosis finds, on single neurons whose training is wrong in a known way, and where it finds nothing."""

import gc
import pickle
import warnings
import weakref

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import glassneuron as gn
from glassneuron.errors import TrainingWarning
from glassneuron.learning.diagnosis.table import Sample

pd = pytest.importorskip("pandas")

SQUARE = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
OR, XOR = [0, 1, 1, 1], [0, 1, 1, 0]
rng = np.random.default_rng(0)
CLOUD = rng.normal(size=(200, 3))
SIDE = (CLOUD[:, 0] + 0.5 * rng.normal(size=200) > 0).astype(int)
both = pytest.mark.parametrize("table", [np.asarray, sp.csr_array], ids=["dense", "csr"])


def found(estimator):
    return {finding.what: finding for finding in estimator.diagnose()}


def test_what_goes_well_has_nothing_wrong():
    assert gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False).fit(SQUARE, OR).diagnose() == []
    assert gn.Adaline().fit(CLOUD, SIDE).diagnose() == []
    assert gn.SigmoidNeuron().fit(CLOUD, SIDE).diagnose() == []
    assert gn.LinearNeuron().fit(CLOUD, CLOUD @ [1.0, 2.0, 3.0]).diagnose() == []


@both
@pytest.mark.parametrize(
    "estimator",
    [
        gn.Perceptron(max_epochs=20, standardise=False),
        gn.Adaline(solver="online", max_epochs=20, standardise=False),
        gn.SigmoidNeuron(solver="batch", max_epochs=20, standardise=False),
        gn.LinearNeuron(solver="online", max_epochs=20, standardise=False),
        gn.SigmoidNeuron(l2=0.1),
    ],
)
def test_features_on_different_scales(estimator, table):
    X = CLOUD * [1.0, 1e5, 1e-2]
    scales = found(estimator.fit(table(X), SIDE))["scales"]
    spread = CLOUD.std(axis=0) * [1.0, 1e5, 1e-2]
    assert f"feature 2 spreads by {spread[1]:.3g} and feature 3 by {spread[2]:.3g}" in scales.evidence
    assert "StandardScaler" in scales.fix
    assert "scales" not in found(estimator.fit(table(CLOUD), SIDE))


def test_columns_that_were_brought_to_one_scale_are_no_finding():
    assert "scales" not in found(gn.Perceptron(max_epochs=20).fit(CLOUD * [1.0, 1e5, 1e-2], SIDE))


def test_scales_do_not_matter_to_newton_without_a_penalty_nor_where_it_was_easy():
    X = CLOUD * [1.0, 1e5, 1e-2]
    assert "scales" not in found(gn.Adaline(solver="newton").fit(X, SIDE))
    assert "scales" not in found(gn.LinearNeuron().fit(X, SIDE))
    easy = gn.Perceptron().fit([[-1.0, -1e6], [1.0, 1e6]], [0, 1])
    assert easy.n_iter_ <= 10
    assert "scales" not in found(easy)


def test_features_are_called_by_their_names():
    frame = pd.DataFrame({"age": CLOUD[:, 0], "income": 1e6 * CLOUD[:, 1], "one": 1.0})
    seen = found(gn.Perceptron(max_epochs=5, standardise=False).fit(frame, SIDE))
    assert "feature 'income' spreads by" in seen["scales"].evidence
    assert "feature 'age' by" in seen["scales"].evidence
    assert seen["constant columns"].evidence == "feature 'one' has the same value 1 in every row"


def test_a_perceptron_that_cannot_is_told_so():
    plain = found(gn.Perceptron(max_epochs=40, tol=None).fit(SQUARE, XOR))["not converged"]
    assert "epoch 40, the last, still made" in plain.evidence
    assert "in the last 10 epochs there were" in plain.evidence
    assert "no neuron can: 4 rows" in plain.evidence
    assert "variant='pocket'" in plain.fix
    assert "variant='averaged'" in plain.fix
    for variant in ("pocket", "averaged", "voted"):
        other = found(gn.Perceptron(variant=variant, max_epochs=40, tol=None).fit(SQUARE, XOR))["not converged"]
        assert "variant" not in other.fix
        assert "MLPClassifier" in other.fix


def test_a_perceptron_that_has_not_yet_is_told_how_long():
    p = gn.Perceptron(max_epochs=2).fit(SQUARE, OR)
    finding = found(p)["not converged"]
    assert "it can: " in finding.evidence
    assert "at most 27 mistakes" in finding.evidence
    assert finding.fix == "Set max_epochs=20."
    assert "not converged" not in found(p.set_params(max_epochs=20).fit(SQUARE, OR))
    unknown = gn.Perceptron(max_epochs=2, prove=False).fit(SQUARE, OR)
    assert "prove=True" in found(unknown)["not converged"].fix
    competing = found(gn.Perceptron(multi_class="kesler", max_epochs=3).fit(CLOUD, rng.integers(0, 3, 200)))
    assert "variant='averaged'" in competing["not converged"].fix
    assert "pocket" not in competing["not converged"].fix
    for variant in ("averaged", "pocket"):
        other = gn.Perceptron(variant=variant, max_epochs=3).fit(CLOUD, rng.integers(0, 3, 200))
        assert "variant" not in found(other)["not converged"].fix
        assert "MLPClassifier" in found(other)["not converged"].fix


def test_the_trend_of_the_mistakes():
    p = gn.Perceptron(max_epochs=8, tol=None, prove=False, shuffle=False).fit(CLOUD, SIDE)
    m = p.history_.mistakes
    last, before = (m[-1] + m[-2]) / 2, (m[-3] + m[-4]) / 2
    evidence = found(p)["not converged"].evidence
    assert f"still made {m[-1]} mistake" in evidence
    assert f"in the last 2 epochs there were {last:.3g} an epoch" in evidence
    assert evidence.endswith(f"the {before:.3g} before")


@pytest.mark.parametrize("solver", ["online", "batch"])
def test_how_steep_a_loss_still_is(solver):
    neuron = gn.LinearNeuron(solver=solver, learning_rate=0.001, max_epochs=3, shuffle=False, tol=None)
    neuron.fit(CLOUD, CLOUD @ [1.0, 2.0, 3.0] + 1.0)
    y = CLOUD @ [1.0, 2.0, 3.0] + 1.0
    extended = np.column_stack([CLOUD, np.ones(200)])
    here = np.abs(extended.T @ (y - neuron.predict(CLOUD))).max()
    share = here / np.abs(extended.T @ y).max()
    finding = found(neuron)["not converged"]
    assert f"after 3 epochs the loss is {neuron.history_.losses[-1]:.4g} and fell by" in finding.evidence
    assert finding.evidence.endswith(f"its slope is {share:.2g} times that at weights of 0")
    assert "max_epochs=30" in finding.fix
    assert "solver='auto'" in finding.fix
    assert "not converged" not in found(
        neuron.set_params(solver="auto", learning_rate=None, max_epochs=30).fit(CLOUD, y)
    )


def test_a_step_too_few_on_the_way_to_the_optimum():
    finding = found(gn.SigmoidNeuron(max_epochs=1, tol=1e-12).fit(CLOUD, SIDE))["not converged"]
    assert finding.evidence.startswith("reached max_epochs=1; the gradient is")
    assert "max_epochs=10" in finding.fix


def test_stopping_early_is_not_a_failure():
    p = gn.Perceptron(early_stopping=True, patience=2).fit(CLOUD, SIDE)
    assert p.n_iter_ < 1000
    assert "not converged" not in found(p)


@pytest.mark.parametrize("solver", ["online", "batch"])
def test_divergence_comes_with_a_rate_that_works(solver):
    neuron = gn.Adaline(solver=solver, learning_rate=50.0)
    with pytest.warns(TrainingWarning, match="diverged"):
        neuron.fit(CLOUD, SIDE)
    finding = found(neuron)["divergence"]
    assert "learning_rate=50 is too large" in finding.evidence
    assert f"{finding.evidence}; {finding.fix[0].lower()}{finding.fix[1:]}" == f"{neuron.history_.why_stopped}."
    rate = float(finding.fix.removeprefix("Try ").split(",")[0])
    assert not found(neuron.set_params(learning_rate=rate).fit(CLOUD, SIDE)).keys() - {"not settled"}


def test_a_rate_too_small_to_see():
    neuron = gn.Adaline(learning_rate=1e-9).fit(CLOUD, SIDE)
    finding = found(neuron)["rate too small"]
    assert "with a learning rate of 1e-09" in finding.evidence
    assert "learning_rate=None" in finding.fix
    assert "rate too small" not in found(gn.Adaline(learning_rate=0.01).fit(CLOUD, SIDE))


def test_a_rate_that_only_rescales():
    slow, plain = (gn.Perceptron(learning_rate=rate).fit(SQUARE, OR) for rate in (0.25, 1.0))
    assert "learning_rate=0.25 makes every sum 0.25 times as large" in found(slow)["rate only rescales"].evidence
    assert slow.coef_.tolist() == (0.25 * plain.coef_).tolist()  # which is what it says
    assert "rate only rescales" not in found(plain)
    for matters in ({"fixed_bias": -1.0}, {"schedule": "linear"}, {"tol": 1e-3}):
        assert "rate only rescales" not in found(gn.Perceptron(learning_rate=0.25, **matters).fit(SQUARE, OR))
    assert "rate only rescales" not in found(gn.Adaline(learning_rate=0.25).fit(SQUARE, OR))
    again = gn.Perceptron(learning_rate=0.25, warm_start=True).fit(SQUARE, OR)
    assert "rate only rescales" not in found(again.fit(SQUARE, XOR))


def test_rows_one_class_after_the_other():
    order = np.argsort(SIDE, kind="stable")
    labels = np.array(["no", "yes"])[SIDE]
    p = gn.Perceptron(shuffle=False, max_epochs=30).fit(CLOUD[order], labels[order])
    finding = found(p)["one-class blocks"]
    code, longest = ("yes", SIDE.sum()) if SIDE.sum() > 100 else ("no", 200 - SIDE.sum())
    assert f"in 2 runs of one class each, the longest of {longest} rows of class '{code}'" in finding.evidence
    assert "shuffle=True" in finding.fix
    assert "one-class blocks" not in found(p.set_params(shuffle=True).fit(CLOUD[order], labels[order]))
    assert "one-class blocks" not in found(p.set_params(shuffle=False).fit(CLOUD, labels))
    batch = gn.Adaline(solver="batch", shuffle=False, max_epochs=5)  # looks at all rows before it moves
    assert "one-class blocks" not in found(batch.fit(CLOUD[order], SIDE[order]))


def test_a_block_of_one_class():
    p = gn.Perceptron().partial_fit(CLOUD[SIDE == 1], SIDE[SIDE == 1], classes=[0, 1])
    (finding,) = p.diagnose()
    assert finding.evidence == f"all {SIDE.sum()} rows of the last call are of class 1"
    assert p.partial_fit(CLOUD, SIDE).diagnose() == []  # constant or rare within a block says nothing


@both
def test_ties(table):
    p = gn.Perceptron(shuffle=False).fit(table(SQUARE), OR)
    ties = int((p.decision_function(SQUARE) == 0.0).sum())
    assert ties > 0
    assert found(p)["ties"].evidence.startswith(f"{ties} of the 4 rows ha")
    assert "a tie fires" in found(p)["ties"].evidence
    held = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False).fit(table(SQUARE), OR)
    assert "ties" not in found(held)
    nothing = gn.Adaline(solver="newton").fit(table([[1.0], [1.0]]), [0, 1])
    assert "the sum of every row is exactly 0" in found(nothing)["ties"].evidence


@both
def test_classes_of_very_different_size(table):
    y = np.where(np.arange(200) % 20 == 0, "rare", "usual")
    finding = found(gn.SigmoidNeuron().fit(table(CLOUD), y))["imbalance"]
    assert "class 'rare' has 10 rows and class 'usual' 190" in finding.evidence
    assert "always answering 'usual' would be right for 95.0%" in finding.evidence
    assert "class_weight='balanced'" in finding.fix
    assert "imbalance" not in found(gn.SigmoidNeuron(class_weight="balanced").fit(table(CLOUD), y))
    assert "imbalance" not in found(gn.SigmoidNeuron().fit(table(CLOUD), SIDE))


@both
def test_constant_columns(table):
    X = np.column_stack([CLOUD, np.full(200, 7.0), np.zeros(200)])
    p = gn.LinearNeuron()
    assert found(p.fit(table(X[:, :4]), SIDE))["constant columns"].evidence == (
        "feature 4 has the same value 7 in every row"
    )
    two = found(p.fit(table(X), SIDE))["constant columns"]
    assert two.evidence == "features 4 and 5 have the same value in every row"
    assert "constant columns" not in found(p.fit(table(CLOUD), SIDE))
    held = gn.Perceptron(fixed_bias=0.0, max_epochs=5).fit(table(X), SIDE)  # a column of 7 serves as the bias
    assert found(held)["constant columns"].evidence.startswith("feature 5 has the same value 0")
    flat = found(gn.Perceptron(max_epochs=5).fit(table(np.ones((4, 2))), XOR))
    assert flat["constant columns"].evidence.startswith("every feature has the same value in every row")


@both
def test_copied_columns(table):
    X = np.column_stack([CLOUD, CLOUD[:, 1]])
    finding = found(gn.Adaline().fit(table(X), SIDE))["copied columns"]
    assert finding.evidence.startswith("feature 4 is the same as feature 2 in every row")
    X[:, 3] = -2.0 * CLOUD[:, 0]
    finding = found(gn.Adaline().fit(table(X), SIDE))["copied columns"]
    assert finding.evidence.startswith("feature 4 is -2 times each value of feature 1 in every row")
    X[:, 3] = 5.0 - 0.5 * CLOUD[:, 0]
    finding = found(gn.Adaline().fit(table(X), SIDE))["copied columns"]
    assert "feature 4 is -0.5 times each value plus a constant of feature 1" in finding.evidence
    X[17, 3] += 0.1
    assert "copied columns" not in found(gn.Adaline().fit(table(X), SIDE))


@both
def test_what_a_sample_cannot_tell_is_asked_of_every_row(table):
    X = rng.normal(size=(5000, 6))
    X[:, 1], X[:, 3] = 2.0, X[:, 2]
    X[:, 4], X[:, 5] = 0.0, -X[:, 0]
    looked_at = set(Sample.of(X).rows.tolist())
    unseen = next(i for i in range(5000) if i not in looked_at)
    assert 300 < len(looked_at) <= 500
    X[unseen, 4], X[unseen, 5] = 1.0, 9.0  # neither constant nor a copy, but for one row
    seen = found(gn.Perceptron(max_epochs=2).fit(table(X), X[:, 0] > 0.5))
    assert seen["constant columns"].evidence == "feature 2 has the same value 2 in every row"
    assert seen["copied columns"].evidence.startswith("feature 4 is the same as feature 3 in every row, so that")


@pytest.mark.filterwarnings("ignore::glassneuron.errors.TrainingWarning")
@both
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_copy_is_found_whatever_the_columns_are_like(table, data):
    r = np.random.default_rng(data.draw(st.integers(0, 1000)))
    rows, features = data.draw(st.integers(3, 700)), data.draw(st.integers(2, 8))
    kinds = [
        lambda: r.normal(size=rows), lambda: r.integers(2000, 2020, rows), lambda: 1.7e9 + r.integers(0, 3e6, rows),
        lambda: r.random(rows) < 0.02, lambda: 1e-200 * r.normal(size=rows), lambda: np.full(rows, 3.0),
    ]  # fmt: skip
    X = np.column_stack([data.draw(st.sampled_from(kinds))() for _ in range(features)]).astype(float)
    a, b = 0, features - 1
    X[:, a] = data.draw(st.sampled_from(kinds[:4]))()
    X[:, b] = X[:, a] if data.draw(st.booleans()) else -0.5 * X[:, a] + data.draw(st.sampled_from([0.0, 8.0]))
    y = r.random(rows) < 0.5
    fitted = gn.Perceptron(max_epochs=1, prove=False).fit(table(X), y)
    few = len(np.unique(np.column_stack([X, y]), axis=0)) < 3  # of which any column is a copy of any other
    assert "copied columns" in found(fitted) or few or len(np.unique(X[:, a])) == 1


def test_the_table_is_let_go_and_what_is_kept_is_small():
    X, y = rng.normal(size=(4000, 300)), rng.integers(0, 2, 4000)
    X[:, 7] = 3.0
    fits = [gn.Perceptron(max_epochs=2).fit(X, y), gn.Adaline(max_epochs=2).fit(X, y)]
    at_once = gn.Perceptron(max_epochs=2).fit(X, y).diagnose()
    table, X = weakref.ref(X), None
    gc.collect()
    assert table() is None
    pickled = pickle.dumps(fits)
    assert len(pickled) < 100_000  # the rows that are looked at are 500 x 300 x 8 bytes
    assert [f.diagnose() for f in pickle.loads(pickled)] == [f.diagnose() for f in fits]
    assert fits[0].diagnose() == at_once


def test_rows_may_change_before_the_findings_are_asked_for():
    X = np.column_stack([CLOUD, np.full(200, 7.0)])
    before, fitted = gn.Perceptron(max_epochs=3).fit(X, SIDE).diagnose(), gn.Perceptron(max_epochs=3).fit(X, SIDE)
    X[:] = 0.0
    assert fitted.diagnose() == before


def test_of_a_wide_table_a_part_is_looked_at():
    wide = Sample.of(np.zeros((2000, 50_000), np.float32))
    assert wide.table.size <= 1 << 20
    assert len(wide.rows) == 50
    sparse = sp.random_array((2000, 50_000), density=1e-3, format="csr", rng=0)
    sparse = sp.csr_array(sp.hstack([sparse, np.ones((2000, 1))]))
    part = Sample.of(sparse)
    assert part.table.size <= 1 << 20
    assert 50_000 in part.columns  # the fullest


def test_saturated_sigmoids_and_weights_without_end():
    apart = np.concatenate([CLOUD - 5.0, CLOUD + 5.0])
    y = np.repeat([0, 1], 200)
    free = found(gn.SigmoidNeuron(l2=0).fit(apart, y))
    assert "400 of the 400 rows lie at the end of the range" in free["saturation"].evidence
    assert "l2=0.0001" in free["saturation"].fix
    assert "every row is answered right" in free["weights without end"].evidence
    assert "l2=1e-4" in free["weights without end"].fix
    held = found(gn.SigmoidNeuron(l2=1e-4).fit(apart, y))
    assert "saturation" not in held
    assert "weights without end" not in held
    assert "weights without end" not in found(gn.SigmoidNeuron(l2=0).fit(CLOUD, SIDE))
    # least squares has a lowest point even where the classes are apart
    assert "weights without end" not in found(gn.Adaline().fit(apart, y))


def test_one_neuron_of_three_grows_without_end():
    X, y = np.concatenate([CLOUD, CLOUD - 9.0]), np.concatenate([SIDE, np.full(200, 2)])
    seen = found(gn.SigmoidNeuron(l2=0, multi_class="one_vs_rest").fit(X, y))
    assert "1 of 3 neurons answer every row right" in seen["weights without end"].evidence


def test_sigmoids_stuck_at_the_end_of_their_range():
    seen = found(
        gn.SigmoidNeuron(solver="online", l2=0, learning_rate=0.01, max_epochs=3, standardise=False).fit(
            CLOUD * 1000, SIDE
        )
    )
    assert "the sums reach" in seen["saturation"].evidence
    assert "smaller learning_rate" in seen["saturation"].fix


ODD = st.sampled_from([0.0, 1.0, -1.0, 2.0, 0.1, 1e-320, 1e-30, 1e30, 1e150, 1e300, -1e300, 1.7e308])


@settings(max_examples=150, deadline=None)
@given(
    st.data(),
    st.integers(1, 20),
    st.integers(1, 5),
    st.sampled_from([np.float64, np.float32]),
    st.booleans(),
    st.sampled_from(["perceptron", "averaged", "kesler", "voted", "adaline", "batch", "sigmoid", "online", "linear"]),
)
def test_no_table_makes_it_raise_or_warn(data, rows, features, dtype, sparse, kind):
    X = data.draw(hnp.arrays(np.float64, (rows, features), elements=ODD))
    X = np.clip(X, np.finfo(dtype).min / 2, np.finfo(dtype).max / 2).astype(dtype)
    y = data.draw(hnp.arrays(np.int64, rows, elements=st.integers(0, 2)))
    estimator = {
        "perceptron": gn.Perceptron(max_epochs=3, shuffle=False, learning_rate=0.5, prove=False),
        "averaged": gn.Perceptron(max_epochs=3, variant="averaged", prove=False),
        "kesler": gn.Perceptron(max_epochs=3, multi_class="kesler", prove=False),
        "voted": gn.Perceptron(max_epochs=3, variant="voted", prove=False),
        "adaline": gn.Adaline(max_epochs=3, learning_rate=0.1),
        "batch": gn.Adaline(max_epochs=3, solver="batch"),
        "sigmoid": gn.SigmoidNeuron(max_epochs=3, l2=0),
        "online": gn.SigmoidNeuron(max_epochs=3, solver="online", multi_class="one_vs_rest"),
        "linear": gn.LinearNeuron(max_epochs=3, solver="online"),
    }[kind]
    from glassneuron.estimators import neurons as neuron_base

    kept = neuron_base.examine

    def examine(*arguments, **more):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return kept(*arguments, **more)

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # training may say what it has to say
        patch.setattr(neuron_base, "examine", examine)
        try:
            estimator.fit(sp.csr_array(X) if sparse else X, y)
        except (gn.GlassneuronError, np.linalg.LinAlgError, OverflowError):
            return  # what cannot be learned from is refused before
    seen = estimator.diagnose()
    for finding in seen:
        assert finding.fix.endswith(".")
        assert "nan" not in finding.evidence


def quasi(case, random):
    """Rows of which some are told without an exception, and others not at all."""
    X = random.normal(size=(200, 4))
    y = random.random(200) < 0.5
    if case == "a rare mark":  # only rows of the second class have it
        X[:, 1] = 0.0
        X[np.flatnonzero(y)[:12], 1] = 1.0
    elif case == "a rare mark of the others":
        X[:, 1] = 5.0
        X[np.flatnonzero(~y)[:12], 1] = 7.0
    elif case == "two columns together":  # x1 + x3 is 0, or tells
        X[:, 3] = -X[:, 1]
        X[np.flatnonzero(y)[:12], 3] += 2.0
        X[np.flatnonzero(~y)[:12], 3] -= 3.0
    return X, y


@pytest.mark.parametrize("solver", ["auto", "newton", "lbfgs"])
@pytest.mark.parametrize(
    ("case", "named"),
    [("a rare mark", "the weight of feature 2"), ("a rare mark of the others", "the weight of feature 2"),
     ("two columns together", "the weights of features 2 and 4"), ("nothing", None)],
)  # fmt: skip
def test_weights_that_grow_without_end_though_rows_are_wrong_are_named(case, named, solver):
    X, y = quasi(case, np.random.default_rng(0))
    fitted = gn.SigmoidNeuron(solver=solver, l2=0.0, max_epochs=200).fit(X, y)
    evidence = found(fitted)["weights without end"].evidence if named else ""
    assert ("weights without end" in found(fitted)) == bool(named)
    if named:
        rows = 24 if case == "two columns together" else 12
        assert evidence.startswith(
            f"quasi-complete separation: {named} can grow for ever, which brings {rows} of the 200"
        )
        longer = gn.SigmoidNeuron(solver=solver, l2=1e-6, max_epochs=500).fit(X, y)  # and so they do
        shorter = gn.SigmoidNeuron(solver=solver, l2=1e-3, max_epochs=500).fit(X, y)
        assert np.abs(longer.coef_[0, 1]) > 1.5 * np.abs(shorter.coef_[0, 1])
    assert "weights without end" not in found(gn.SigmoidNeuron(solver=solver).fit(X, y))  # there is a penalty


def test_of_three_classes_the_one_is_named_whose_weights_grow():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(300, 3)), random.integers(0, 3, 300)
    X[:, 2] = 0.0
    X[np.flatnonzero(y == 2)[:9], 2] = 1.0
    evidence = found(gn.SigmoidNeuron(l2=0.0, max_epochs=300).fit(X, np.array(["a", "b", "c"])[y]))[
        "weights without end"
    ].evidence
    assert "the weight of feature 3 of class 'c' can grow for ever, which brings 9 of the 300 rows" in evidence
