"""A model as ONNX: from the columns of a table to labels and probabilities, in operators that old runtimes have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from glassneuron import __version__
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.interop.export.description import Description

OPSET, ML_OPSET, IR_VERSION = 17, 3, 8
"""Of ONNX 1.12, of the year 2022."""
NODES = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu"}
BEYOND = 1 << 40  # no list of labels has such a place


class Graph:
    """A graph as it grows: each call adds a node and returns the name of what it computes."""

    def __init__(self, dtype: str, taken: Iterable[str]) -> None:
        import onnx

        self.taken = set(taken)
        self.onnx, self.dtype = onnx, dtype
        self.kind = onnx.TensorProto.FLOAT if dtype == "float32" else onnx.TensorProto.DOUBLE
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def own(self, name: str) -> str:
        """Return a name that no column has."""
        while name in self.taken:
            name += "_"
        return name

    def node(self, operator: str, *inputs: str, name: str = "", domain: str = "", **attributes: Any) -> str:
        """Add a node."""
        output = self.own(name or f"t{len(self.nodes) + 1}")
        made = self.onnx.helper.make_node(operator, list(inputs), [output], domain=domain or None, **attributes)
        self.nodes.append(made)
        return output

    def constant(self, values: Any, name: str, dtype: Any = None) -> str:
        """Add a constant, of the graph's kind of float unless another is said."""
        array, name = np.asarray(values, dtype or self.dtype), self.own(name)
        if array.dtype.kind in "US":
            array = array.astype(object)
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name


def onnx_bytes(model: Description, dtype: str = "float32", inputs: str | None = None) -> bytes:
    """Return the content of an ONNX file.

    Parameters
    ----------
    model : Description
    dtype : {"float32", "float64"}
    inputs : {"columns", "tensor"}, optional
        One input for each column, of shape (rows, 1), as a model of a table has it by default; or one of shape
        (rows, columns) for all, called "rows".
    """
    try:
        import onnx
    except ImportError as error:
        raise problem("extra", purpose="exporting to ONNX", library="onnx", extra="onnx") from error
    model = model.in_single_precision() if dtype == "float32" else model
    inputs = inputs or ("columns" if model.table else "tensor")
    graph = Graph(dtype, [column.name for column in model.columns] if inputs == "columns" else ["rows"])
    given, x = _columns(graph, model) if inputs == "columns" else _tensor(graph, model)
    outputs = _answers(graph, model, x)
    what = model.said[0].partition(", exported")[0]
    made = onnx.helper.make_graph(graph.nodes, "glassneuron", given, outputs, graph.constants, what)
    opsets = [onnx.helper.make_opsetid("", OPSET)]
    if any(node.domain for node in graph.nodes):
        opsets.append(onnx.helper.make_opsetid("ai.onnx.ml", ML_OPSET))
    whole = onnx.helper.make_model(
        made, opset_imports=opsets, ir_version=IR_VERSION, producer_name="glassneuron", producer_version=__version__
    )
    onnx.checker.check_model(whole, full_check=True)
    return bytes(whole.SerializeToString())


def _input(graph: Graph, name: str, width: int, kind: Any = None) -> Any:
    return graph.onnx.helper.make_tensor_value_info(name, graph.kind if kind is None else kind, [None, width])


def _tensor(graph: Graph, model: Description) -> tuple[list[Any], str]:
    if model.texts:
        part = f"the column {model.texts[0].name!r}, which is text, in a tensor of numbers"
        raise problem("cannot-hold", target="ONNX", part=part, why="leave `inputs` out for one input a column")
    return [_input(graph, "rows", len(model.columns))], _filled(graph, "rows", model.fills, "all")


def _columns(graph: Graph, model: Description) -> tuple[list[Any], str]:
    given: list[Any] = []
    parts: list[str] = []
    numbers: list[str] = []
    fills: list[float] = []

    def close() -> None:
        """Join the columns of numbers so far, and fill their gaps at once."""
        if numbers:
            joined = numbers[0] if len(numbers) == 1 else graph.node("Concat", *numbers, axis=1)
            parts.append(_filled(graph, joined, np.array(fills), str(len(parts))))
            numbers.clear()
            fills.clear()

    for column, fill in zip(model.columns, model.fills, strict=True):
        if column.kind == "number":
            given.append(_input(graph, column.name, 1))
            numbers.append(column.name)
            fills.append(fill)
            continue
        close()
        given.append(_input(graph, column.name, 1, graph.onnx.TensorProto.STRING))
        encoded = graph.node(
            "OneHotEncoder", column.name, domain="ai.onnx.ml", cats_strings=list(column.values), zeros=0
        )
        flat = graph.node("Flatten", encoded, axis=1)
        parts.append(flat if graph.dtype == "float32" else graph.node("Cast", flat, to=graph.kind))
    close()
    return given, parts[0] if len(parts) == 1 else graph.node("Concat", *parts, axis=1)


def _filled(graph: Graph, x: str, fills: Array, name: str) -> str:
    """Put the means into gaps; where nothing fills a gap it stays one."""
    if np.isnan(fills).all():
        return x
    return graph.node("Where", graph.node("IsNaN", x), graph.constant(fills[np.newaxis], f"fills_{name}"), x)


def _answers(graph: Graph, model: Description, x: str) -> list[Any]:
    """Add the layers and what follows from them; return the outputs."""
    rows = x
    if model.scaling is not None:
        centred = graph.node("Sub", x, graph.constant(model.scaling.means[np.newaxis], "means"))
        x = graph.node("Div", centred, graph.constant(model.scaling.deviations[np.newaxis], "deviations"))
    z = x
    for n, layer in enumerate(model.layers, 1):
        W, b = graph.constant(layer.weights.T, f"W{n}"), graph.constant(layer.biases, f"b{n}")
        z = graph.node("Gemm", x, W, b, name=f"z{n}")
        x = z
        if layer.activation == "step":
            fires = graph.node("GreaterOrEqual", z, _zero(graph))
            x = graph.node("Cast", fires, to=graph.kind)
        elif layer.activation == "softmax":
            x = graph.node("Softmax", z, axis=1)
        elif layer.activation in NODES:
            x = graph.node(NODES[layer.activation], z)
    nothing = _spoilt(graph, model, rows)
    describe = graph.onnx.helper.make_tensor_value_info
    if model.classes is None:
        if model.target is not None:
            deviation, mean = (graph.constant([number], name) for number, name in zip(model.target, "sm", strict=True))
            x = graph.node("Add", graph.node("Mul", x, deviation), mean)
        answer = graph.node("Add", x, nothing, name="answer")
        return [describe(answer, graph.kind, [None, model.outputs])]
    return _labelled(graph, model, z, x, nothing)


def _spoilt(graph: Graph, model: Description, x: str) -> str:
    """Return 0 for each row, or NaN where one of its numbers is not finite: NaN and infinity, times 0, are NaN.

    Such a number spoils the sum of every neuron that has a weight for it, and there are fewer sums than numbers.
    """
    first = model.layers[0].weights
    if model.bits:
        silent, fires = graph.node("Equal", x, _zero(graph)), graph.node("Equal", x, graph.constant([1.0], "one"))
        bit = graph.node("Or", silent, fires)
        x, width = graph.node("Where", bit, _zero(graph), graph.constant([np.nan], "nan")), first.shape[1]
    elif first.any(axis=0).all():
        x, width = graph.own("z1"), len(first)
    else:
        width = first.shape[1]
    return graph.node("Mul", x, _zero(graph)) if width == 1 else graph.node("MatMul", x, _zeros(graph, width))


def _zeros(graph: Graph, width: int) -> str:
    return graph.constant(np.zeros((width, 1)), "zeros")


def _zero(graph: Graph) -> str:
    known = any(each.name == graph.own("zero") for each in graph.constants)
    return graph.own("zero") if known else graph.constant([0.0], "zero")


def _labelled(graph: Graph, model: Description, z: str, a: str, nothing: str) -> list[Any]:
    """Choose labels. A row that is not finite asks for a label that is not there, which every runtime refuses."""
    onnx, labels = graph.onnx, np.asarray(model.classes)
    axis = graph.constant([1], "axis", np.int64)
    if model.decide == "largest":
        place = graph.node("ArgMax", z, axis=1, keepdims=0)
    elif model.decide in ("fires", "above"):
        fires = graph.node("GreaterOrEqual" if model.decide == "fires" else "Greater", z, _zero(graph))
        place = graph.node("Squeeze", graph.node("Cast", fires, to=onnx.TensorProto.INT64), axis)
    else:
        none = graph.node("Cast", graph.node("IsNaN", nothing), to=onnx.TensorProto.INT64)
        place = graph.node("Squeeze", none, axis)
    spoilt = graph.node("Squeeze", graph.node("IsNaN", nothing), axis)
    safe = graph.node("Where", spoilt, graph.constant([BEYOND], "beyond", np.int64), place)
    chosen = graph.node("Gather", graph.constant(labels, "labels", labels.dtype), safe, name="label", axis=0)
    kind = next(each.data_type for each in graph.constants if each.name == graph.own("labels"))
    describe = onnx.helper.make_tensor_value_info
    label = describe(chosen, kind, [None])
    if not model.probable:
        sums = graph.node("Identity", z, name="sums")
        return [label, describe(sums, graph.kind, [None, model.outputs])]
    name = "probabilities"
    if model.probable == "pair":
        shares = graph.node("Concat", graph.node("Sub", graph.constant([1.0], "one"), a), a, name=name, axis=1)
    elif model.probable == "layer":
        shares = graph.node("Identity", a, name=name)
    elif model.probable == "one":
        shares = graph.node("Add", nothing, graph.constant([1.0], "one"), name=name)
    else:
        total = graph.node("ReduceSum", a, axis, keepdims=1)
        even, share = graph.constant([1.0 / model.outputs], "even"), graph.node("Div", a, total)
        shares = graph.node("Where", graph.node("Greater", total, _zero(graph)), share, even, name=name)
    return [label, describe(shares, graph.kind, [None, len(labels)])]
