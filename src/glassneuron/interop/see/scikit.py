"""Estimators of scikit-learn, also behind a pipeline of the usual transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.interop.see.answers import checked_classes, checked_names
from glassneuron.interop.see.chain import unseen
from glassneuron.interop.see.scikit_columns import Features, prepared_by
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.scaling import Scaling

CLASSIFIERS = {
    "LogisticRegression": "sigmoid",
    "LogisticRegressionCV": "sigmoid",
    "Perceptron": "step",
    "SGDClassifier": "linear",
    "PassiveAggressiveClassifier": "linear",
    "LinearSVC": "linear",
    "RidgeClassifier": "linear",
    "RidgeClassifierCV": "linear",
}
"""The activation of one neuron of each; those of the linear ones give no probabilities."""

REGRESSORS = (
    "LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet", "ElasticNetCV", "Lars", "LarsCV",
    "LassoLars", "LassoLarsCV", "LassoLarsIC", "MultiTaskLasso", "MultiTaskLassoCV", "MultiTaskElasticNet",
    "MultiTaskElasticNetCV", "OrthogonalMatchingPursuit", "OrthogonalMatchingPursuitCV", "BayesianRidge",
    "ARDRegression", "HuberRegressor", "TheilSenRegressor", "QuantileRegressor", "SGDRegressor",
    "PassiveAggressiveRegressor", "LinearSVR",
)  # fmt: skip
NETWORKS = ("MLPClassifier", "MLPRegressor")
SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu", "softmax": "softmax"}


def see(model: Any, names: Sequence[str] | None, classes: Sequence[Any] | None) -> Network | Model:
    """Return a fitted estimator or pipeline as a model; one with several outputs and no classes as a network."""
    whole, model = model, _chosen(model)
    before, last = _steps(model)
    kind = _kind(last)
    target = None
    if kind == "TransformedTargetRegressor":
        target, last = _target(last), _chosen(_fitted(last, "regressor_"))
        more, last = _steps(last)
        before, kind = [*before, *more], _kind(last)
    ours = _kind(last).startswith("glassneuron.") and not target
    if not ours and kind not in (*CLASSIFIERS, *REGRESSORS, *NETWORKS, "OneVsRestClassifier"):
        raise unseen(f"{type(last).__name__}", "it is none of the linear models and networks that can be")
    if ours:
        layers, labels, target = _own(_fitted(last, "model_"))
    else:
        layers, labels = _network(last) if kind in NETWORKS else _linear(last, kind)
    first = before[0][1] if before else last
    count: int = getattr(first, "n_features_in_", None) or layers[0][0].shape[1]
    own = getattr(model, "feature_names_in_", getattr(first, "feature_names_in_", None))
    features = prepared_by(before, checked_names(own if names is None else names, count))
    if layers[0][0].shape[1] != len(features.made):
        raise unseen(
            type(last).__name__, f"it reads {layers[0][0].shape[1]} features and is given {len(features.made)}"
        )
    about = last.model_.about if ours else {"rule": kind, "library": "scikit-learn"} | _facts(last)
    if before:
        about = about | {"steps": [name for name, _ in before]}
    return _answer(features, layers, labels, classes, target, about, type(whole).__name__, tie_fires=ours)


def _answer(
    features: Features, layers: list[tuple[Array, Array, str]], labels: tuple[Any, ...] | None,
    classes: Sequence[Any] | None, target: Scaling | None, about: dict[str, Any], part: str, tie_fires: bool,
) -> Network | Model:  # fmt: skip
    (W, b, activation), *others = layers
    names, encoding, scaling, W = features.assembled(W)
    first = Layer(W, b, activation)
    network = Network([first, *(Layer(*layer) for layer in others)])
    if labels is None and network.sizes[-1] == 1:
        if classes is not None:
            raise problem(
                "parameter", name="class_names", rule="left out, for the model answers with a number", value=classes
            )
        alone = len(layers) == 1 and scaling is None and target is None
        return Model(
            first.neurons if alone else network,
            None,
            names,
            scaling,
            encoding,
            about,
            target or Scaling(np.zeros(1), np.ones(1)),
        )
    if labels is None or about.get("several"):
        if features.special:
            raise unseen(features.special, f"{part} has several outputs, and a network alone knows no columns")
        if target is not None:
            raise unseen("TransformedTargetRegressor", "it has several outputs")
        if scaling is not None:
            first = Layer(*scaling.folded(W, b), activation)
        return Network([first, *(Layer(*layer) for layer in others)], names=names)
    labels = checked_classes(classes, labels)
    if len(layers) == 1 and scaling is None and activation != "softmax":
        return Model(first.neurons, labels, names, None, encoding, about, tie_fires=tie_fires)
    return Model(network, labels, names, scaling, encoding, about, tie_fires=tie_fires)


def _own(
    model: Model,
) -> tuple[list[tuple[Array, Array, str]], tuple[Any, ...] | None, Scaling | None]:
    """Return the layers of a model of ours, which reads what the steps before it give, its classes and its scale."""
    first, *others = ((layer.weights, layer.biases, layer.activation) for layer in model.network.layers)
    if model.scaling is not None and not model.folded:
        first = (*model.scaling.folded(first[0], first[1]), first[2])
    return [first, *others], model.classes, model.target_scaling


def _kind(model: Any) -> str:
    """Return the name of a class of scikit-learn's own; one that was derived from it may answer in another way."""
    kind = type(model)
    return kind.__name__ if kind.__module__.partition(".")[0] == "sklearn" else f"{kind.__module__}.{kind.__name__}"


def _chosen(model: Any) -> Any:
    """Return what a search for settings has found."""
    return _fitted(model, "best_estimator_") if _kind(model) in SEARCHES else model


def _steps(model: Any) -> tuple[list[tuple[str, Any]], Any]:
    """Return the transformers before an estimator, by name, and the estimator."""
    if _kind(model) != "Pipeline":
        return [], model
    steps = [step for step in model.steps if step[1] is not None and step[1] != "passthrough"]
    if not steps:
        raise unseen("Pipeline", "it has no steps")
    more, last = _steps(_chosen(steps[-1][1]))
    return [*steps[:-1], *more], last


def _fitted(model: Any, name: str) -> Any:
    if not hasattr(model, name):
        raise unseen(type(model).__name__, f"it has no {name}, as if it were not fitted yet; call `fit` first")
    return getattr(model, name)


def _target(model: Any) -> Scaling | None:
    transformer = _fitted(model, "transformer_")
    if _kind(transformer) == "FunctionTransformer" and transformer.func is None:
        return None
    if (
        _kind(transformer) != "StandardScaler"
        or np.size(transformer.scale_ if transformer.scale_ is not None else 1) != 1
    ):
        raise unseen(
            f"TransformedTargetRegressor with {type(transformer).__name__}", "only a StandardScaler of one target can"
        )
    return Scaling(_or(transformer.mean_, 0.0), _or(transformer.scale_, 1.0))


def _or(values: Any, instead: float) -> Array:
    return np.full(1, instead) if values is None else np.asarray(values, dtype=np.float64).reshape(1)


def _linear(model: Any, kind: str) -> tuple[list[tuple[Array, Array, str]], tuple[Any, ...] | None]:
    """Return weights, biases and activation of one layer, and the classes."""
    if kind == "OneVsRestClassifier":
        return _one_vs_rest(model)
    W = _fitted(model, "coef_")
    W = np.atleast_2d(W.toarray() if hasattr(W, "toarray") else np.asarray(W))
    b = np.broadcast_to(np.asarray(getattr(model, "intercept_", 0.0), dtype=W.dtype).ravel(), len(W))
    if kind in REGRESSORS:
        return [(W, b, "linear")], None
    activation = CLASSIFIERS[kind]
    if kind == "SGDClassifier":
        activation = {"log_loss": "sigmoid", "perceptron": "step"}.get(model.loss, "linear")
    labels = tuple(np.asarray(model.classes_).tolist())
    if len(W) != (len(labels) if len(labels) > 2 else 1):
        raise unseen(kind, f"it has {len(W)} rows of weights for {len(labels)} classes")
    if activation == "sigmoid" and len(W) > 1 and kind != "SGDClassifier" and not _each_alone(model):
        activation = "softmax"
    return [(W, b, activation)], labels


def _each_alone(model: Any) -> bool:
    """Return whether a logistic regression has learned each class against the rest, as older versions could."""
    way = getattr(model, "multi_class", "deprecated")
    return way == "ovr" or (way in ("auto", "deprecated", "warn") and model.solver == "liblinear")


def _one_vs_rest(model: Any) -> tuple[list[tuple[Array, Array, str]], tuple[Any, ...]]:
    several = model.label_binarizer_.y_type_.startswith("multilabel") if hasattr(model, "label_binarizer_") else False
    parts = [
        (_linear(part, _kind(part)) if _kind(part) in CLASSIFIERS else None) for part in _fitted(model, "estimators_")
    ]
    for part, found in zip(model.estimators_, parts, strict=True):
        if found is None or several:
            why = "it has several labels a row" if several else f"its {type(part).__name__} cannot"
            raise unseen("OneVsRestClassifier", why)
    layers = [found[0][0] for found in parts if found is not None]
    if len({activation for _, _, activation in layers}) != 1:
        raise unseen("OneVsRestClassifier", "its estimators are of different kinds")
    W, b = (np.concatenate([layer[k] for layer in layers]) for k in (0, 1))
    return [(W, b, layers[0][2])], tuple(np.asarray(model.classes_).tolist())


def _network(model: Any) -> tuple[list[tuple[Array, Array, str]], tuple[Any, ...] | None]:
    coefficients, last = _fitted(model, "coefs_"), model.out_activation_
    names = [model.activation] * (len(coefficients) - 1) + [last]
    for name in names:
        if name not in ACTIVATIONS:
            raise unseen(f"the activation {name!r} of {type(model).__name__}", "this package does not have it")
    layers = [(W.T, b, ACTIVATIONS[n]) for W, b, n in zip(coefficients, model.intercepts_, names, strict=True)]
    return layers, tuple(np.asarray(model.classes_).tolist()) if hasattr(model, "classes_") else None


def _facts(model: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    epochs = getattr(model, "n_iter_", None)
    if epochs is not None:
        facts["epochs"] = int(np.max(epochs))
    binarizer = getattr(model, "_label_binarizer", None)
    if binarizer is not None and str(getattr(binarizer, "y_type_", "")).startswith("multilabel"):
        facts["several"] = True
    return facts
