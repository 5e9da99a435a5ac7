"""Models of scikit-learn, seen through: the same answers as theirs, ties included."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_regressor
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    Lasso,
    LinearRegression,
    LogisticRegression,
    Perceptron,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC, LinearSVC

import glassneuron as gn
from glassneuron.data.encoding import Encoding
from glassneuron.data.table import read_table

RNG = np.random.default_rng(0)
X2 = RNG.normal(size=(300, 4)) * [1, 10, 0.1, 3] + [0, 5, 0, -2]
Y2 = np.where(X2 @ [1, 0.1, 5, -0.3] + RNG.normal(size=300) > 0.5, "yes", "no")
X3, Y3 = load_iris(return_X_y=True)
Y3 = np.array(["setosa", "versicolor", "virginica"])[Y3]
MANY = RNG.normal(size=(10_000, 4)) * [2, 20, 0.2, 6] + [0, 5, 0, -2]


def fitted(model, X, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(X, y)


CLASSIFIERS = [
    Perceptron(random_state=0),
    LogisticRegression(max_iter=1000),
    LogisticRegression(fit_intercept=False, max_iter=1000),
    OneVsRestClassifier(LogisticRegression(max_iter=1000)),
    OneVsRestClassifier(Perceptron(random_state=0)),
    SGDClassifier(loss="log_loss", random_state=0),
    SGDClassifier(loss="hinge", random_state=0),
    SGDClassifier(loss="modified_huber", random_state=0),
    SGDClassifier(loss="perceptron", random_state=0),
    LinearSVC(random_state=0),
    RidgeClassifier(),
    *(
        MLPClassifier((5, 3), activation=a, max_iter=30, random_state=0)
        for a in ("identity", "logistic", "tanh", "relu")
    ),
    GridSearchCV(LogisticRegression(max_iter=1000), {"C": [0.1, 1]}, cv=2),
]


@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda m: f"{type(m).__name__}-{getattr(m, 'loss', '')}")
@pytest.mark.parametrize(("X", "y"), [(X2, Y2), (X3, Y3), (X3, (Y3 == "setosa") * 3)], ids=["two", "three", "numbers"])
def test_classifiers_answer_the_same(model, X, y, tmp_path):
    theirs = fitted(model, X, y)
    ours = gn.see_through(theirs)
    assert ours.classes == tuple(theirs.classes_.tolist())
    gn.save(ours, tmp_path / "m.safetensors")
    for each in (ours, gn.load(tmp_path / "m.safetensors")):
        answers = each.predict(MANY)
        assert answers.dtype.kind == theirs.classes_.dtype.kind
        assert np.array_equal(answers, theirs.predict(MANY))
    has = hasattr(theirs, "predict_proba") and getattr(theirs, "loss", "") != "modified_huber"
    assert ours.gives_probabilities == has
    if has:
        assert np.allclose(ours.probabilities(MANY), theirs.predict_proba(MANY), rtol=1e-12, atol=1e-15)
    if hasattr(theirs, "decision_function"):
        assert np.allclose(ours.decision_function(MANY), theirs.decision_function(MANY), rtol=1e-10, atol=1e-12)
    assert str(theirs.predict(X[:1])[0]) in str(ours.explain(X[0]))


TIES = np.array([[a, b] for a in range(-50, 50) for b in range(-50, 50)], dtype=float)  # whole numbers: sums are exact


@pytest.mark.parametrize(
    "model",
    [Perceptron(), LogisticRegression(), LinearSVC(), RidgeClassifier(), SGDClassifier(random_state=0)],
    ids=str,
)
@pytest.mark.parametrize("scaled", [False, True])
def test_a_tie_is_the_first_class_as_it_is_there(model, scaled, tmp_path):
    theirs = fitted(make_pipeline(StandardScaler(), model) if scaled else model, TIES, np.arange(10_000) % 7 > 3)
    last = theirs[-1] if scaled else theirs
    last.coef_, last.intercept_ = np.array([[1.0, -1.0]]), np.array([0.0])
    sums = theirs.decision_function(TIES)
    assert (sums == 0).sum() >= 90
    ours = gn.see_through(theirs)
    assert np.array_equal(ours.predict(TIES), theirs.predict(TIES))
    assert not ours.predict(TIES[sums == 0]).any()
    tie = TIES[sums == 0][0]
    assert "a sum of exactly 0 does not fire here" in str(ours.explain(tie))
    gn.save(ours, tmp_path / "m.safetensors")
    assert np.array_equal(gn.load(tmp_path / "m.safetensors").predict(TIES), theirs.predict(TIES))
    told = gn.what_if(ours, tie)
    assert "The answer is False: the sum is 0: a tie does not fire here." in str(told)
    assert theirs.predict([told.flip.row])[0]
    back = gn.what_if(ours, told.flip.row).flip.row
    assert not theirs.predict([back])[0]


def test_a_network_ties_at_a_half_as_it_does_there():
    theirs = fitted(MLPClassifier((2,), activation="relu", max_iter=2), TIES, np.arange(10_000) % 2)
    theirs.coefs_ = [np.eye(2), np.array([[1.0], [-1.0]])]
    theirs.intercepts_ = [np.zeros(2), np.zeros(1)]
    ours = gn.see_through(theirs)
    ties = ours.decision_function(TIES) == 0
    assert 2500 < ties.sum() < 2700  # both not positive, or equal
    assert np.array_equal(ours.predict(TIES), theirs.predict(TIES))
    assert not theirs.predict(TIES[ties]).any()


def test_classes_that_tie_give_the_first_of_them():
    theirs = fitted(LogisticRegression(), TIES, np.arange(10_000) % 3)
    theirs.coef_, theirs.intercept_ = np.array([[1.0, 0], [1.0, 0], [0, 1.0]]), np.zeros(3)
    assert np.array_equal(gn.see_through(theirs).predict(TIES), theirs.predict(TIES))
    rest = fitted(OneVsRestClassifier(LogisticRegression()), TIES, np.arange(10_000) % 3)
    for part, coef in zip(rest.estimators_, theirs.coef_, strict=True):
        part.coef_, part.intercept_ = coef[np.newaxis], np.zeros(1)
    assert np.array_equal(gn.see_through(rest).predict(TIES), rest.predict(TIES))


REGRESSORS = [
    LinearRegression(),
    LinearRegression(fit_intercept=False),
    Ridge(),
    Lasso(alpha=0.01),
    SGDRegressor(random_state=0),
    *(
        MLPRegressor(hidden_layer_sizes=(4,), activation=a, max_iter=20, random_state=0)
        for a in ("identity", "logistic", "tanh", "relu")
    ),
    TransformedTargetRegressor(Ridge(), transformer=StandardScaler()),
    TransformedTargetRegressor(Ridge()),
]


@pytest.mark.parametrize("model", REGRESSORS, ids=str)
@pytest.mark.parametrize("scaled", [False, True])
def test_regressors_answer_the_same(model, scaled):
    X = StandardScaler().fit_transform(X2)
    theirs = fitted(make_pipeline(StandardScaler(), model) if scaled else model, X, X @ [1, 2, 3, 4] + 100)
    ours = gn.see_through(theirs)
    assert np.allclose(ours.predict(MANY), theirs.predict(MANY), rtol=1e-11)
    assert "so the answer" in str(ours.explain(X[0]))


@pytest.mark.parametrize(
    "model", [LinearRegression(), MLPRegressor(hidden_layer_sizes=(3,), max_iter=10, random_state=0)], ids=str
)
def test_several_numbers_are_a_network(model):
    Y = X2[:, :2] @ [[1.0, 2, 3], [4, 5, 6]]
    for each in (model, make_pipeline(StandardScaler(), model)):
        theirs = fitted(each, X2, Y)
        ours = gn.see_through(theirs)
        assert isinstance(ours, gn.Network)
        assert np.allclose(ours.feedforward(MANY), theirs.predict(MANY), rtol=1e-9)


def test_several_labels_are_a_network_of_probabilities():
    Y = (X2[:, :3] > [0, 5, 0]).astype(int)
    theirs = fitted(MLPClassifier((6,), max_iter=50, random_state=0), X2, Y)
    ours = gn.see_through(theirs, feature_names=list("abcd"))
    assert ours.names == tuple("abcd")
    assert np.allclose(ours.feedforward(MANY), theirs.predict_proba(MANY), rtol=1e-12)
    assert np.array_equal(ours.feedforward(MANY) > 0.5, theirs.predict(MANY))


def test_float32_stays_float32():
    X, many = X2.astype(np.float32), MANY.astype(np.float32)
    for model in (LogisticRegression(), MLPClassifier((4,), max_iter=20, random_state=0)):
        theirs = fitted(model, X, Y2)
        ours = gn.see_through(theirs)
        assert ours.network.parameters.dtype == np.float32
        assert ours.probabilities(many).dtype == np.float32
        assert np.array_equal(ours.predict(many), theirs.predict(many))
        assert np.allclose(ours.probabilities(many), theirs.predict_proba(many), atol=1e-6)


FRAME = pd.DataFrame(
    {
        "age": RNG.integers(18, 80, 400).astype(float),
        "colour": RNG.choice(["red", "green", "blué 'x'"], 400),
        "size": RNG.choice(["S", "M", "L"], 400),
        "floor": RNG.choice([1, 2, 3.5], 400),
        "weight": RNG.normal(70, 10, 400),
        "unread": RNG.normal(size=400),
    }
)
SOLD = ((FRAME.age > 40) ^ (FRAME.colour == "red")) | (FRAME["size"] == "L")
GAPS = FRAME.assign(age=FRAME.age.where(FRAME.index % 5 != 0), weight=FRAME.weight.where(FRAME.index % 7 != 0))
NUMBERS = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())


def columns(**more):
    return ColumnTransformer(
        [
            ("numbers", NUMBERS, ["weight", "age"]),
            ("colour", OneHotEncoder(**more), ["colour", "floor"]),
            ("size", make_pipeline(OrdinalEncoder(categories=[["S", "M", "L"]]), StandardScaler()), ["size"]),
        ]
    )


PIPELINES = {
    "columns": columns(),
    "dropped": columns(drop="first"),
    "ignoring": columns(handle_unknown="ignore"),
    "drop pairs": columns(drop="if_binary", handle_unknown="ignore"),
    "one-hot, scaled": ColumnTransformer(
        [
            ("c", make_pipeline(OneHotEncoder(sparse_output=False), StandardScaler()), ["colour"]),
            ("a", MinMaxScaler(), ["weight"]),
        ]
    ),
    "twice": ColumnTransformer(
        [
            ("a", StandardScaler(), ["weight", "floor"]),
            ("b", "passthrough", ["floor"]),
            ("c", MinMaxScaler((-1, 1)), ["floor"]),
        ]
    ),
    "products": ColumnTransformer(
        [("p", make_pipeline(StandardScaler(), PolynomialFeatures(3), RobustScaler()), ["weight", "floor"])],
        remainder="drop",
    ),
    "products of one-hot": ColumnTransformer(
        [
            (
                "p",
                make_pipeline(OneHotEncoder(sparse_output=False), PolynomialFeatures(2, interaction_only=True)),
                ["colour", "size"],
            )
        ]
    ),
    "union": ColumnTransformer(
        [
            (
                "u",
                FeatureUnion([("s", StandardScaler()), ("p", PolynomialFeatures(2, include_bias=False))]),
                ["weight", "floor"],
            )
        ]
    ),
}


@pytest.mark.parametrize("name", PIPELINES)
@pytest.mark.parametrize(
    "model", [LogisticRegression(max_iter=3000), MLPClassifier((4,), max_iter=15, random_state=0)], ids=str
)
def test_columns_become_part_of_the_model(name, model, tmp_path):
    frame = GAPS if "numbers" in str(PIPELINES[name]) else FRAME
    theirs = fitted(make_pipeline(PIPELINES[name], model), frame, SOLD)
    ours = gn.see_through(theirs)
    gn.save(ours, tmp_path / "m.safetensors")
    frame.to_parquet(tmp_path / "t.parquet")
    loaded = gn.load(tmp_path / "m.safetensors")
    table = read_table(tmp_path / "t.parquet", encoding=Encoding.from_dict(loaded.encoding))
    assert table.names == ours.names
    for answers in (ours.predict(frame), loaded.predict(frame), loaded.predict(table.X)):
        assert np.array_equal(answers, theirs.predict(frame))
    assert np.allclose(ours.probabilities(frame), theirs.predict_proba(frame), rtol=1e-9, atol=1e-12)
    assert f"so the answer is {theirs.predict(frame[:1])[0]}" in str(ours.explain(frame.iloc[0]))
    assert str(ours.explain(frame.iloc[0])) == str(loaded.explain(table.X[0]))


def test_arrays_and_other_frames_are_rows_too():
    polars = pytest.importorskip("polars")
    transformer = ColumnTransformer([("n", NUMBERS, [0, 4]), ("c", OneHotEncoder(handle_unknown="ignore"), [1, 2])])
    theirs = fitted(make_pipeline(transformer, LogisticRegression()), GAPS.to_numpy(), SOLD)
    ours = gn.see_through(theirs)
    assert np.array_equal(ours.predict(GAPS.to_numpy()), theirs.predict(GAPS.to_numpy()))
    assert ours.predict([[40.0, "purple", "L", 1, 70.0, 0.0]])[0] in (True, False)
    named = gn.see_through(theirs, feature_names=list(GAPS.columns))
    assert np.array_equal(named.predict(polars.from_pandas(GAPS)), ours.predict(GAPS.to_numpy()))
    with pytest.raises(gn.GlassneuronError, match=r"`colour` is 'purple' in row 1, .* it knows blué 'x', green, red"):
        gn.see_through(fitted(make_pipeline(columns(), LogisticRegression()), GAPS, SOLD)).predict(
            GAPS[:1].assign(colour="purple")
        )


def test_what_cannot_be_seen_through_is_refused_by_its_name():
    class Mine(LogisticRegression):
        pass

    cases = [
        (fitted(SVC(), X2, Y2), "SVC"),
        (LogisticRegression(), r"LogisticRegression .*coef_.*fit"),
        (MLPClassifier(), r"MLPClassifier .*coefs_"),
        (fitted(Mine(), X2, Y2), "Mine"),
        (fitted(make_pipeline(FunctionTransformer(np.abs), Ridge()), X2, X2[:, 0]), "'functiontransformer', .* code"),
        (
            fitted(make_pipeline(SimpleImputer(strategy="constant", fill_value=0), Ridge()), X2, X2[:, 0]),
            "'simpleimputer'",
        ),
        (fitted(make_pipeline(SimpleImputer(add_indicator=True), Ridge()), X2, X2[:, 0]), "'simpleimputer'"),
        (fitted(make_pipeline(MinMaxScaler(clip=True), Ridge()), X2, X2[:, 0]), "'minmaxscaler', .* clips"),
        (
            fitted(make_pipeline(StandardScaler(), SimpleImputer(), Ridge()), X2, X2[:, 0]),
            "'simpleimputer'.* come first",
        ),
        (
            fitted(make_pipeline(OneHotEncoder(min_frequency=2), Ridge()), X3[:, :1].round(), X3[:, 1]),
            "'onehotencoder'.* rare",
        ),
        (
            fitted(make_pipeline(PolynomialFeatures(2), PolynomialFeatures(2), Ridge()), X2, X2[:, 0]),
            "'polynomialfeatures",
        ),
        (
            fitted(MLPRegressor(hidden_layer_sizes=(3,), loss="poisson", max_iter=5), X2, np.abs(X2[:, 0])),
            "'exp' of MLPRegressor",
        ),
        (fitted(OneVsRestClassifier(SVC()), X2, Y2), "OneVsRestClassifier.* SVC"),
        (object(), "a object cannot be seen through: it is no model"),
    ]
    for model, sentence in cases:
        with pytest.raises(gn.GlassneuronError, match=sentence) as caught:
            gn.see_through(model)
        assert caught.value.code == "unseen"


def test_names_are_checked_and_own_values_come_back():
    theirs = fitted(LogisticRegression(), X2, Y2)
    assert gn.see_through(theirs, list("abcd"), ["N", "Y"]).predict(X2[:1])[0] in ("N", "Y")
    for wrong in (["a"], list("aacd"), "abcd"):
        with pytest.raises(gn.GlassneuronError, match="`feature_names` must be 4 different names"):
            gn.see_through(theirs, wrong)
    with pytest.raises(gn.GlassneuronError, match="`class_names` must be 2 different labels"):
        gn.see_through(theirs, None, ["a", "b", "c"])
    neuron = gn.Neuron([1, 2])
    assert gn.see_through(neuron) is neuron
    mine = gn.Perceptron().fit(X2, Y2)
    assert np.array_equal(gn.see_through(mine).predict(X2), mine.predict(X2))


def test_questions_to_models_that_were_seen_through():
    theirs = fitted(make_pipeline(StandardScaler(), LogisticRegression()), X2, Y2)
    ours = gn.see_through(theirs, feature_names=list("abcd"))
    for row in X2[:5]:
        told = gn.what_if(ours, row)
        beyond = row + (told.flip.row - row) * (1 + 1e-9)  # theirs adds up in another order
        assert told.answer == theirs.predict([row])[0] != theirs.predict([beyond])[0]
    assert gn.separability(X2, ours.predict(X2)).separable
    products = gn.see_through(fitted(make_pipeline(PolynomialFeatures(2), LogisticRegression(max_iter=5000)), X2, Y2))
    with pytest.raises(gn.GlassneuronError, match="is a product of others"):
        gn.what_if(products, products.names and X2[0])


@pytest.mark.parametrize(
    "own",
    [
        gn.Perceptron(),
        gn.Perceptron(variant="voted"),
        gn.SigmoidNeuron(),
        gn.Adaline(),
        gn.MLPClassifier(4, max_epochs=5),
        gn.LinearNeuron(),
        gn.MLPRegressor(4, max_epochs=5),
    ],
    ids=lambda own: f"{type(own).__name__} {getattr(own, 'variant', '')}".strip(),
)
def test_an_estimator_of_ours_behind_their_transformers_answers_as_the_pipeline_does(own):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3)) * [1, 100, 0.01] + [0, 5, 1]
    y = X[:, 1] ** 2 / 1e4 + X[:, 0]
    y = y if is_regressor(own) else np.where(y > 1, "large", "small")
    pipeline = make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False), own).fit(X, y)
    seen = gn.see_through(pipeline, feature_names=["a", "b", "c"])
    answers = seen.predict(X)
    if y.dtype.kind == "f":
        np.testing.assert_allclose(answers, pipeline.predict(X), rtol=1e-9)
    else:
        assert (answers == pipeline.predict(X)).all()
    assert seen.about["steps"] == ["standardscaler", "polynomialfeatures"]
