"""A model as a fitted pipeline of scikit-learn's own estimators."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.interop.export.description import Description, describe

NAMES = {"linear": "identity", "sigmoid": "logistic", "tanh": "tanh", "relu": "relu"}
HALF = -(2.0**-52)
"""The label that scikit-learn compares with 1 to find the middle, such that an answer of exactly 0.5 lies above it."""


def to_sklearn(model: Any) -> Any:
    """Return a model as a fitted scikit-learn pipeline: columns, scale, and an estimator of its own.

    A model of a table reads frames with its columns, others read arrays; a neuron, a layer or a network without labels
    answers with the class 0 or 1 where its outputs are probabilities or steps, or with numbers. The pipeline can be
    cloned and fitted again.

    Parameters
    ----------
    model : Neuron, McCullochPitts, Layer, Network, Model, or a fitted estimator

    Returns
    -------
    sklearn.pipeline.Pipeline

    Raises
    ------
    ParameterError
        If scikit-learn has no estimator that answers so; the message names the part.
    """
    return scikit_pipeline(describe(model))


def scikit_pipeline(model: Description) -> Any:
    """Return a described model as a pipeline."""
    from sklearn.pipeline import Pipeline

    model.without_dates("scikit-learn", "none of its steps counts days")
    steps: list[tuple[str, Any]] = []
    if model.products:
        part = f"{model.names[-len(model.products)]!r}, a product of features"
        raise problem("cannot-hold", target="scikit-learn", part=part, why="its steps make all products, not some")
    if model.table:
        steps.append(("columns", _columns(model)))
    if model.scaling is not None:
        steps.append(("scale", _scale(model)))
    steps.append(("model", _estimator(model)))
    return Pipeline(steps)


def _columns(model: Description) -> Any:
    """Return what makes features of a table's columns, in their order."""
    try:
        import pandas
    except ImportError as error:
        purpose = "a pipeline that reads columns by name"
        raise problem("extra", purpose=purpose, library="pandas", extra="sklearn") from error
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    parts = []
    for n, column in enumerate(model.columns, 1):
        if column.values:
            unknown = "ignore" if column.others else "error"
            encoder = OneHotEncoder(categories=[list(column.values)], sparse_output=False, handle_unknown=unknown)
            if column.usual:
                encoder = make_pipeline(SimpleImputer(strategy="constant", fill_value=column.usual), encoder)
            if column.gaps:  # an empty text stands for a gap, and has no feature
                known = [["", *column.values]]
                encoder = OneHotEncoder(categories=known, drop=[""], sparse_output=False, handle_unknown="error")
                encoder = make_pipeline(SimpleImputer(strategy="constant", fill_value=""), encoder)
            parts.append((f"{n}", encoder, [column.name]))
        elif column.mean is not None:
            parts.append((f"{n}", SimpleImputer(strategy="mean"), [column.name]))
        else:
            parts.append((f"{n}", "passthrough", [column.name]))
    columns = ColumnTransformer(parts)
    most = max((len(column.values) for column in model.categories), default=1)
    columns.fit(
        pandas.DataFrame(
            {
                c.name: [c.values[i % len(c.values)] for i in range(most)] if c.values else [c.mean or 0.0] * most
                for c in model.columns
            }
        )
    )
    return columns


def _scale(model: Description) -> Any:
    from sklearn.preprocessing import StandardScaler

    assert model.scaling is not None
    scaler = StandardScaler()
    scaler.mean_, scaler.scale_ = model.scaling.means.astype(np.float64), model.scaling.deviations.astype(np.float64)
    scaler.var_, scaler.n_samples_seen_ = scaler.scale_**2, 1
    scaler.n_features_in_ = len(model.names)
    return scaler


def _estimator(model: Description) -> Any:
    if model.decide == "only":
        return _constant(model)
    last, one = model.activation, model.outputs == 1
    known = last == "softmax" or (last in ("step", "sigmoid") and one)
    if model.classes is None and not _is_number(model) and not known:
        part, why = f"{last} outputs without labels", "its estimators answer with labels or numbers"
        raise problem("cannot-hold", target="scikit-learn", part=part, why=why)
    return _neurons(model) if len(model.layers) == 1 else _network(model)


def _is_number(model: Description) -> bool:
    return model.classes is None and model.activation == "linear"


def _labels(model: Description) -> Array:
    return np.arange(max(2, model.outputs)) if model.classes is None else np.asarray(model.classes)


def _constant(model: Description) -> Any:
    from sklearn.dummy import DummyClassifier

    dummy = DummyClassifier(strategy="most_frequent")
    return dummy.fit(np.zeros((1, len(model.names))), _labels(model))


def _neurons(model: Description) -> Any:
    from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron, SGDClassifier

    layer, one = model.layers[0], model.outputs == 1
    if _is_number(model):
        deviation, mean = model.target or (1.0, 0.0)
        weights, biases = layer.weights * deviation, layer.biases * deviation + mean
        return _with(
            LinearRegression(), model, coef_=weights[0] if one else weights, intercept_=biases[0] if one else biases
        )
    rule = (model.about or {}).get("rule")
    if model.probable == "shares":
        estimator = SGDClassifier(loss="log_loss")
    elif model.probable or layer.activation in ("sigmoid", "softmax"):
        estimator = LogisticRegression()
    else:
        estimator = SGDClassifier(loss="squared_error") if rule == "adaline" else Perceptron()
    biases = layer.biases.copy()
    if one and model.decide != "above":
        biases[0] = math.nextafter(biases[0], math.inf)  # the next number: z > 0 holds then where z >= 0 held before
    if isinstance(estimator, SGDClassifier | Perceptron):
        estimator.t_ = 1.0
    return _with(
        estimator, model, coef_=layer.weights.copy(), intercept_=biases, classes_=_labels(model),
        n_iter_=np.array([1], np.int32) if isinstance(estimator, LogisticRegression) else 1,
    )  # fmt: skip


def _network(model: Description) -> Any:
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import LabelBinarizer

    hidden = {layer.activation for layer in model.layers[:-1]}
    if len(hidden) > 1 or not hidden <= NAMES.keys():
        part = f"hidden layers of {', '.join(sorted(hidden))} neurons"
        why = "its networks have one activation for all hidden layers, and no steps"
        raise problem("cannot-hold", target="scikit-learn", part=part, why=why)
    how = {"hidden_layer_sizes": model.sizes[1:-1], "activation": NAMES[hidden.pop()]}
    W = [np.ascontiguousarray(layer.weights.T) for layer in model.layers]
    b = [layer.biases.copy() for layer in model.layers]
    if _is_number(model):
        deviation, mean = model.target or (1.0, 0.0)
        W[-1], b[-1] = W[-1] * deviation, b[-1] * deviation + mean
        return _with(MLPRegressor(**how), model, **_fitted_network(W, b, "identity"))
    if model.activation not in ("sigmoid", "softmax"):
        part = "a network whose last layer gives no probabilities"
        raise problem("cannot-hold", target="scikit-learn", part=part, why="its networks of classes all do")
    if model.probable == "shares":
        part = "sigmoid outputs that share out the probability"
        raise problem("cannot-hold", target="scikit-learn", part=part, why="its networks have a softmax there")
    labels = _labels(model)
    binarizer = LabelBinarizer().fit(range(len(labels)))
    binarizer.classes_ = labels  # of any kind, in the model's own order
    if model.outputs == 1 and model.decide != "above":
        binarizer.neg_label = HALF
    last = "logistic" if model.activation == "sigmoid" else "softmax"
    return _with(
        MLPClassifier(**how), model, classes_=labels, _label_binarizer=binarizer, **_fitted_network(W, b, last)
    )


def _fitted_network(W: Sequence[Array], b: Sequence[Array], last: str) -> dict[str, Any]:
    return {
        "coefs_": list(W), "intercepts_": list(b), "n_layers_": len(W) + 1, "n_outputs_": len(b[-1]),
        "out_activation_": last, "n_iter_": 1, "t_": 0, "loss_curve_": [], "best_loss_": None, "loss_": np.nan,
    }  # fmt: skip


def _with(estimator: Any, model: Description, **attributes: Any) -> Any:
    """Return an estimator as if it had been fitted."""
    vars(estimator).update(attributes, n_features_in_=len(model.names))
    return estimator
