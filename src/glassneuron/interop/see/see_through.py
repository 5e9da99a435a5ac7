"""A model that was trained elsewhere, as a value of this package."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from glassneuron.interop.see.answers import answer, checked_classes, checked_names, plain_columns
from glassneuron.interop.see.chain import Chain, unseen
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling

OWN = (Neuron, McCullochPitts, Layer, Network, Model)


def see_through(
    model: Any,
    feature_names: Sequence[str] | None = None,
    class_names: Sequence[Any] | None = None,
    *,
    activations: Sequence[str] | Mapping[str, str] | None = None,
    logits: bool = True,
) -> Any:
    """Turn a model that was trained elsewhere into one of this package, which explains, proves, saves and exports.

    Parameters
    ----------
    model : object, or the path of a file
        Of scikit-learn: a fitted linear model or network, alone or behind a pipeline of scalers, imputers, one-hot and
        ordinal encoders and polynomial features, which may end in an estimator of this package. Of PyTorch: an
        `nn.Sequential` as it answers in eval mode, or a state dict. Of Keras: a sequential model, or a functional one
        that is a chain. Of ONNX: a graph that is a chain. A file .onnx, .keras, .pt2, .pt or .safetensors.
    feature_names : sequence of str, optional
        What the features are called; x1, x2 and so on where the model does not know.
    class_names : sequence, optional
        The classes, in the order of the outputs. With them models of PyTorch, Keras and ONNX become a `Model`, which
        predicts; without, a `Network`, which answers as they do. Those of scikit-learn have classes of their own.
    activations : sequence of str, or dict of layer to str, optional
        For a state dict and a file of weights, which do not tell: the activation of each layer, in order.
    logits : bool, default True
        Whether the sums of a last layer without an activation are logits, so that with `class_names` a sigmoid or a
        softmax makes probabilities of them. With False they stay sums, and the same class wins.

    Returns
    -------
    Model or Network
        A model of scikit-learn with several outputs at once, numbers or labels, is a network. One whose PyTorch or
        Keras module ends in a log-softmax answers with the probabilities themselves. A model in float32 answers
        rows in float32 in float32.

    Raises
    ------
    ParameterTypeError
        If a part of the model cannot be seen through; it is named. Nothing is approximated.
    ModelFileError
        If the file cannot be read. No code in it runs, and no other file is read.

    Notes
    -----
    In scikit-learn a sum of exactly 0 is the first of two classes, and here a tie fires; a model that was seen through
    keeps its answer (`Model.tie_fires`). PyTorch, Keras and ONNX know no classes, so there a tie fires.

    Examples
    --------
    >>> from sklearn.linear_model import Perceptron
    >>> theirs = Perceptron().fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1])
    >>> ours = see_through(theirs, feature_names=["a", "b"])
    >>> ours.neurons[0]
    Neuron(weights=[2, 2], bias=-1, activation='step')
    >>> ours.predict([[0, 1], [0, 0]])
    array([1, 0])
    """
    if isinstance(model, OWN):
        return model
    ordered = True
    if isinstance(model, (str, os.PathLike)):
        from glassneuron.interop.see.files import read

        model, ordered = read(os.fspath(model)), not str(model).lower().endswith(".safetensors")
        if isinstance(model, tuple):
            model, told = model
            activations = told if activations is None else activations
    library = _library(model)
    if library == "glassneuron" and hasattr(model, "model_"):
        return model.model_
    if library == "sklearn":
        from glassneuron.interop.see.scikit import see

        return see(model, feature_names, class_names)
    about: dict[str, Any] = {"rule": type(model).__name__}
    if library == "onnx":
        return _of_onnx(model, feature_names, class_names, logits)
    if isinstance(model, Chain):
        chain, about = model, {"rule": "program", "library": "PyTorch"}
    elif isinstance(model, Mapping) and model and all(isinstance(key, str) for key in model):
        from glassneuron.interop.see.torch_modules import chain_of_state

        chain, about["rule"] = chain_of_state(model, activations, ordered=ordered), "state dict"
    elif library == "keras":
        from glassneuron.interop.see.keras_layers import chain_of as chain_of_keras

        chain, about["library"] = chain_of_keras(model), "Keras"
    elif library == "torch":
        from glassneuron.interop.see.torch_modules import chain_of

        chain, about["library"] = chain_of(model), "PyTorch"
    else:
        raise unseen(
            f"a {type(model).__name__}", "it is no model of scikit-learn, PyTorch, Keras or ONNX, nor a file of one"
        )
    return answer(chain, about, feature_names, class_names, logits)


def _library(model: Any) -> str:
    """Return the library that a model is of, which tells nothing but the names of its classes: nothing is imported."""
    for kind in type(model).__mro__:
        library = kind.__module__.partition(".")[0]
        if library in ("glassneuron", "sklearn", "torch", "keras", "onnx"):
            return library
    return ""


def _of_onnx(model: Any, names: Sequence[str] | None, classes: Sequence[Any] | None, logits: bool) -> Any:
    from glassneuron.interop.see.onnx_graph import Graph

    if not hasattr(model, "graph"):
        raise unseen(f"a {type(model).__name__}", "give the whole ModelProto")
    graph = Graph(model)
    about = {"rule": model.graph.name or "graph", "library": "ONNX", "producer": model.producer_name}
    names = graph.names if names is None else names
    if graph.labels is not None:
        return answer(graph.chain, about, names, checked_classes(classes, graph.labels), False, tie_fires=False)
    if graph.number and classes is None:
        network = graph.chain.network()
        features = checked_names(names, network.sizes[0])
        none = Scaling(np.zeros(1, graph.chain.dtype), np.ones(1, graph.chain.dtype))
        return Model(network, None, features, graph.chain.front, plain_columns(features), about, none)
    return answer(graph.chain, about, names, classes, logits)
