"""Graphs of ONNX that are a chain: each node reads what the one before it answers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from glassneuron.interop.see.chain import Chain, unseen
from glassneuron.neurons.scaling import Scaling

FLOATS = {1, 11}  # the numbers of float and double among ONNX's types
PLAIN = {"Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Softmax": "softmax", "LogSoftmax": "softmax"}
AFTER_ANSWERS = ("Normalizer", "ZipMap", "Cast", "Identity", "ArrayFeatureExtractor")
DOMAINS = ("", "ai.onnx", "ai.onnx.ml")


class Graph:
    """A graph as it is followed from its input to its answers.

    Attributes
    ----------
    chain : Chain
    names : tuple of str or None
        Of the features, where each has an input of its own.
    labels : tuple or None
        The classes that a classifier node knows.
    number : bool
        Whether a regressor node says that the answer is a number.
    """

    def __init__(self, model: Any) -> None:
        self.chain = Chain()
        self.names: tuple[str, ...] | None = None
        self.labels: tuple[Any, ...] | None = None
        self.number = False
        self._label = ""
        graph = model.graph
        self._known = {tensor.name: tensor for tensor in graph.initializer}
        self._constants: dict[str, Any] = {}
        if graph.sparse_initializer:
            raise unseen("the graph", "it has sparse initializers")
        nodes = []
        for position, node in enumerate(graph.node):
            if node.op_type == "Constant" and node.domain in DOMAINS:
                self._keep(node, _name(node, position))
            else:
                nodes.append((_name(node, position), node))
        self._follow(graph, nodes)

    def _keep(self, node: Any, part: str) -> None:
        for attribute in node.attribute:
            if attribute.name == "value" and len(node.output) == 1:
                self._known[node.output[0]] = attribute.t
            elif attribute.name in ("value_float", "value_floats", "value_int", "value_ints"):
                self._constants[node.output[0]] = np.array(_value(attribute))
            else:
                raise unseen(part, "it is no tensor of numbers")

    def _follow(self, graph: Any, nodes: list[tuple[str, Any]]) -> None:
        inputs = [entry.name for entry in graph.input if entry.name not in self._known]
        if not inputs or not nodes:
            raise unseen("the graph", "it has no input" if nodes else "it has no nodes")
        readers: dict[str, list[tuple[str, Any]]] = {}
        for part, node in nodes:
            for name in node.input:
                readers.setdefault(name, []).append((part, node))
        now, seen = self._first(inputs, readers, nodes), 1 if len(inputs) > 1 else 0
        done = False
        while readers.get(now):
            seen += self._labels_chosen(now, readers)
            if not readers[now]:
                break
            if len(readers[now]) > 1:
                others = ", ".join(part for part, _ in readers[now])
                raise unseen(others, f"all read {now!r}, which is no chain")
            part, node = readers[now][0]
            seen += 1
            if seen > len(nodes):
                raise unseen(part, "the graph goes in a circle")
            if done and node.op_type not in AFTER_ANSWERS:
                raise unseen(part, "it reads the answers of a classifier or regressor")
            now, done = (
                self._add(part, node, now, done),
                done or node.op_type in ("LinearClassifier", "LinearRegressor"),
            )
        seen += self._labels_passed(readers)
        if seen < len(nodes):
            passed = {id(node) for name in readers for _, node in readers[name]}
            left = next((part for part, node in nodes if id(node) not in passed), nodes[-1][0])
            raise unseen(left, "no chain leads from the input through every node")
        if now not in {entry.name for entry in graph.output}:
            raise unseen("the graph", f"its last result, {now!r}, is no output")

    def _labels_chosen(self, now: str, readers: dict[str, list[tuple[str, Any]]]) -> int:
        """Take the nodes that pick the label of the largest number off its readers, and return how many they are."""
        for part, node in readers[now] if self.labels is None else ():
            attributes = {attribute.name: _value(attribute) for attribute in node.attribute}
            follow = readers.get(node.output[0], [])
            if node.op_type != "ArgMax" or len(follow) != 1 or follow[0][1].op_type != "ArrayFeatureExtractor":
                continue
            picks = follow[0][1]
            if (
                attributes.get("axis", 0) not in (1, -1)
                or attributes.get("select_last_index")
                or picks.input[0] == picks.input[1]
            ):
                raise unseen(part, "it does not choose the first of the largest")
            labels = self._numbers(follow[0][0], picks.input[0]).ravel().tolist()
            self.labels = tuple(label.decode() if isinstance(label, bytes) else label for label in labels)
            self._label = str(picks.output[0])
            readers[now] = [reader for reader in readers[now] if reader[1] is not node]
            return 2
        return 0

    def _labels_passed(self, readers: dict[str, list[tuple[str, Any]]]) -> int:
        """Return how many nodes only pass on the labels of a classifier."""
        now, passed = self._label, 0
        while (
            len(readers.get(now, ())) == 1
            and readers[now][0][1].op_type in ("Cast", "Identity", "Reshape")
            and passed < 9
        ):
            now, passed = readers[now][0][1].output[0], passed + 1
        return passed

    def _first(self, inputs: list[str], readers: dict[str, list[tuple[str, Any]]], nodes: list[tuple[str, Any]]) -> str:
        """Return the tensor that is the row; several inputs have to be joined into one."""
        if len(inputs) == 1:
            return inputs[0]
        _, node = readers.get(inputs[0], nodes[:1])[0]
        if node.op_type != "Concat" or list(node.input) != inputs or any(len(readers[name]) != 1 for name in inputs):
            raise unseen(
                f"the inputs {', '.join(inputs)}", "a chain has one, or a Concat that joins one for each feature"
            )
        self.names = tuple(inputs)
        return str(node.output[0])

    def _add(self, part: str, node: Any, now: str, done: bool) -> str:
        """Add what a node does, and return the name of the tensor that it answers with."""
        kind, chain = node.op_type, self.chain
        attributes = {attribute.name: _value(attribute) for attribute in node.attribute}
        if node.domain not in DOMAINS:
            raise unseen(part, f"it is of the domain {node.domain!r}")
        if chain.logarithm and kind not in ("Identity", "Cast"):
            raise unseen(part, "it reads logarithms")
        others = [name for name in node.input if name != now]
        if kind == "LinearClassifier":
            return self._classifier(part, node, attributes)
        if kind == "Gemm" and node.input[0] == now and not attributes.get("transA"):
            W = self._numbers(part, others[0])
            W = W if attributes.get("transB") else W.T
            bias = self._numbers(part, others[1]) if len(others) > 1 else np.zeros(1, W.dtype)
            W, bias = _times(W, attributes.get("alpha", 1.0)), _times(bias, attributes.get("beta", 1.0))
            chain.weigh(part, W, np.broadcast_to(bias.ravel(), len(W)) if bias.size in (1, len(W)) else bias)
        elif kind == "MatMul" and node.input[0] == now and len(others) == 1:
            chain.weigh(part, self._numbers(part, others[0]).T)
        elif kind in ("Add", "Mul", "Sub", "Div") and len(others) == 1:
            self._arithmetic(part, kind, self._numbers(part, others[0]), first=node.input[0] == now)
        elif kind in PLAIN:
            if kind.endswith("Softmax") and attributes.get("axis", -1) not in (-1, 1):
                raise unseen(part, f"its axis is {attributes['axis']}")
            chain.activate(part, PLAIN[kind])
            chain.logarithm = kind == "LogSoftmax"
        elif kind == "BatchNormalization" and node.input[0] == now and len(others) == 4:
            if attributes.get("training_mode"):
                raise unseen(part, "it is in training mode")
            scale, offset, mean, variance = (self._numbers(part, name) for name in others)
            chain.normalise(part, mean, np.sqrt(variance + variance.dtype.type(attributes.get("epsilon", 1e-5))))
            chain.scale(part, scale, offset)
        elif kind == "Scaler":
            offset, scale = (
                np.array(attributes.get(name, [d]), np.float32) for name, d in (("offset", 0.0), ("scale", 1.0))
            )
            if not scale.all():
                raise unseen(part, "its scale is 0")
            width = max(len(offset), len(scale))
            if {len(offset), len(scale)} - {1, width}:
                raise unseen(part, f"it has {len(offset)} offsets and {len(scale)} scales")
            chain.normalise(part, np.broadcast_to(offset, width), np.float32(1.0) / np.broadcast_to(scale, width))
        elif kind == "LinearRegressor":
            self._regressor(part, attributes)
        else:
            self._without_effect(part, node, attributes, now, others, done)
        return str(node.output[0])

    def _arithmetic(self, part: str, kind: str, values: Any, *, first: bool) -> None:
        """Add a sum, difference, product or quotient with numbers of the graph."""
        if values.ndim > 1 and any(n != 1 for n in values.shape[:-1]):
            raise unseen(part, f"its numbers have the shape {values.shape}")
        values = values.ravel()
        one, nothing = np.ones_like(values), np.zeros_like(values)
        if kind == "Add":
            self.chain.scale(part, one, values)
        elif kind == "Sub":
            if first and self.chain.untouched and values.size > 1:
                self.chain.normalise(part, values, one)
            else:
                self.chain.scale(part, one if first else -one, -values if first else values)
        elif kind == "Mul":
            self.chain.scale(part, values, nothing)
        elif first and values.all():
            self._divide(part, values)
        else:
            raise unseen(part, "it divides by the row, or by 0")

    def _divide(self, part: str, values: Any) -> None:
        """Divide by numbers of the graph; what was just subtracted from the row is normalised by it."""
        chain, front = self.chain, self.chain.front
        alone = front is not None and chain.width == len(front.means) and (front.deviations == 1.0).all()
        if front is not None and alone and chain.fresh and (values > 0).all() and len(values) in (1, chain.width):
            chain.front = Scaling(front.means, np.broadcast_to(values.astype(np.float64), len(front.means)).copy())
        else:
            chain.scale(part, (1.0 / values.astype(np.float64)).astype(values.dtype), np.zeros_like(values))

    def _classifier(self, part: str, node: Any, attributes: dict[str, Any]) -> str:
        labels = attributes.get("classlabels_strings") or attributes.get("classlabels_ints") or []
        labels = [label.decode("utf-8", "replace") if isinstance(label, bytes) else int(label) for label in labels]
        after = attributes.get("post_transform", b"NONE").decode()
        W = np.array(attributes.get("coefficients", []), np.float32)
        b = np.array(attributes.get("intercepts", []), np.float32)
        rows = len(b) if len(b) else len(labels)
        if after not in ("NONE", "LOGISTIC", "SOFTMAX") or not rows or len(W) % rows or len(labels) < 2:
            raise unseen(part, f"its post_transform is {after}" if rows and len(labels) > 1 else "it has no classes")
        W, b = W.reshape(rows, -1), b if len(b) else np.zeros(rows, np.float32)
        if len(labels) == 2 and rows == 2 and after != "SOFTMAX" and (W[0] == -W[1]).all() and b[0] == -b[1]:
            W, b = W[1:], b[1:]  # the second neuron alone says all
        if len(W) != (len(labels) if len(W) > 1 else 2 * (len(labels) == 2)) // (1 if len(W) > 1 else 2):
            raise unseen(part, f"it has {len(W)} rows of weights for {len(labels)} classes")
        if len(W) == 1 and after == "SOFTMAX":
            raise unseen(part, "it has a softmax of one sum")
        self.chain.weigh(part, W, b)
        self.chain.activate(part, {"LOGISTIC": "sigmoid", "SOFTMAX": "softmax"}.get(after, "linear"))
        self.labels, self._label = tuple(labels), str(node.output[0])
        return str(node.output[1])

    def _regressor(self, part: str, attributes: dict[str, Any]) -> None:
        targets = int(attributes.get("targets", 1))
        W = np.array(attributes.get("coefficients", []), np.float32)
        if attributes.get("post_transform", b"NONE") != b"NONE" or targets < 1 or not W.size or W.size % targets:
            raise unseen(part, "it has a post_transform, or no weights")
        b = np.array(attributes.get("intercepts") or [0.0] * targets, np.float32)
        self.chain.weigh(part, W.reshape(targets, -1), b)
        self.number = targets == 1

    def _without_effect(
        self, part: str, node: Any, attributes: dict[str, Any], now: str, others: list[str], done: bool
    ) -> None:  # fmt: skip
        """Pass nodes that change no number of a row; refuse all others."""
        kind, labelled = node.op_type, self.labels is not None
        if kind in ("Identity", "Dropout") and node.input[0] == now:
            if len(others) > 2 and bool(self._numbers(part, others[1]).any()):
                raise unseen(part, "it is in training mode")
        elif kind == "Flatten":
            if attributes.get("axis", 1) != 1:
                raise unseen(part, f"its axis is {attributes['axis']}")
        elif kind == "Cast":
            if attributes.get("to") not in FLOATS:
                raise unseen(part, "it changes numbers into another kind")
        elif kind == "Reshape" and len(others) == 1:
            shape = self._numbers(part, others[0]).tolist()
            if len(shape) != 2 or shape[1] not in (-1, self.chain.width):
                raise unseen(part, f"it reshapes to {shape}")
        elif kind == "Normalizer" and labelled and attributes.get("norm") == b"L1":
            if not self.chain.squashed:  # sums, which are no shares yet
                raise unseen(part, "it divides sums by their size")
        elif kind == "ArrayFeatureExtractor" and labelled and self.chain.width == 1 and len(others) == 1:
            if self._numbers(part, others[0]).ravel().tolist() != [1]:
                raise unseen(part, "it takes another score than that of the second class")
        elif not (kind == "ZipMap" and labelled):
            raise unseen(part, "it is none of the operators that can")

    def _numbers(self, part: str, name: str) -> Any:
        """Return the numbers of an initializer or constant, of which none may be in another file."""
        if name in self._constants:
            return self._constants[name]
        if name not in self._known:
            raise unseen(part, f"it reads {name!r}, which is no number of the graph" if name else "an input is missing")
        tensor = self._known[name]
        if tensor.external_data or tensor.data_location:
            raise unseen(part, f"{name!r} is in another file; save the model with its numbers inside")
        from onnx import numpy_helper

        dims = list(tensor.dims)
        if any(n < 0 for n in dims) or math.prod(dims) > len(tensor.raw_data) + 8 * max(
            len(tensor.float_data),
            len(tensor.double_data),
            len(tensor.int32_data),
            len(tensor.int64_data),
            len(tensor.string_data),
        ):
            raise unseen(part, f"{name!r} has other numbers than its shape {dims} says")
        try:
            return numpy_helper.to_array(tensor)
        except (ValueError, TypeError, KeyError, NotImplementedError, OverflowError) as error:
            raise unseen(part, f"{name!r} has other numbers than its shape {dims} says") from error


def _name(node: Any, position: int) -> str:
    return f"node {node.name or position + 1!r}, {node.op_type},"


def _times(values: Any, factor: float) -> Any:
    return values if factor == 1.0 else values * values.dtype.type(factor)


def _value(attribute: Any) -> Any:
    """Return what an attribute holds: its type says in which field."""
    fields = {1: "f", 2: "i", 3: "s", 6: "floats", 7: "ints", 8: "strings"}
    field = fields.get(attribute.type)
    value = getattr(attribute, field) if field else None
    return list(value) if field in ("floats", "ints", "strings") and value is not None else value
