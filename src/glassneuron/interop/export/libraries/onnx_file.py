"""A model as ONNX: from the columns of a table to labels and probabilities, in operators that old runtimes have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from glassneuron import __version__
from glassneuron.data.encoding import Column
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.interop.export.description import Description
from glassneuron.neurons.layer import Layer

OPSET, ML_OPSET, IR_VERSION = 17, 3, 8
"""Of ONNX 1.12, of the year 2022."""
NODES = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu"}
BEYOND = 1 << 40  # no list of labels has such a place


class Graph:
    """A graph as it grows: each call adds a node and returns the name of what it computes."""

    def __init__(self, dtype: str, taken: Iterable[str], check_finite: bool) -> None:
        import onnx

        self.check_finite = check_finite
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


def onnx_bytes(
    model: Description, dtype: str = "float32", inputs: str | None = None, check_finite: bool = True
) -> bytes:
    """Return the content of an ONNX file.

    Parameters
    ----------
    model : Description
    dtype : {"float32", "float64"}
    inputs : {"columns", "tensor"}, optional
        One input for each column, of shape (rows, 1), as a model of a table has it by default; or one of shape
        (rows, columns) for all, called "rows".
    check_finite : bool, default True
        Whether a row that is not finite is refused, or has no answer; that takes two or three nodes.
    """
    try:
        import onnx
    except ImportError as error:
        raise problem("extra", purpose="exporting to ONNX", library="onnx", extra="onnx") from error
    model.without_dates("ONNX", "it has no calendar")
    model = model.in_single_precision() if dtype == "float32" else model
    inputs = inputs or ("columns" if model.table else "tensor")
    taken = [column.name for column in model.columns] if inputs == "columns" else ["rows"]
    graph = Graph(dtype, taken, check_finite)
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
    if model.categories:
        part = f"the column {model.categories[0].name!r}, of categories, in a tensor of numbers"
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
        if not column.values:
            given.append(_input(graph, column.name, 1))
            numbers.append(column.name)
            fills.append(fill)
            continue
        close()
        if column.kind == "number":
            given.append(_input(graph, column.name, 1))
            parts.append(_is_value(graph, column))
            continue
        given.append(_input(graph, column.name, 1, graph.onnx.TensorProto.STRING))
        missing = column.gaps or bool(column.usual)
        known = [*column.values, *[""] * missing]  # an empty text is a gap
        how: dict[str, Any] = {"cats_strings": known, "zeros": int(column.others)}
        encoded = graph.node("OneHotEncoder", column.name, domain="ai.onnx.ml", **how)
        flat = graph.node("Flatten", encoded, axis=1)
        if missing:
            counts_as = np.array([value == column.usual for value in column.values])
            matrix = np.vstack([np.eye(len(counts_as)), counts_as])
            flat = graph.node("MatMul", flat, graph.constant(matrix, f"texts of {column.name}", np.float32))
        parts.append(flat if graph.dtype == "float32" else graph.node("Cast", flat, to=graph.kind))
    close()
    return given, parts[0] if len(parts) == 1 else graph.node("Concat", *parts, axis=1)


def _is_value(graph: Graph, column: Column) -> str:
    """Return 1 for the value that a column of numbers has and 0 for its others; NaN where it has none of them."""
    values = graph.constant([column.values], graph.own(f"values of {column.name}"))
    found = graph.node("Cast", graph.node("Equal", column.name, values), to=graph.kind)
    return found if column.others else graph.node("Div", found, graph.node("ReduceMax", found, axes=[1]))


def _with_products(graph: Graph, x: str, model: Description) -> str:
    """Put products behind the features, those of one length at once."""
    places: list[int] = []
    parts = [x]
    for length in sorted({len(factors) for factors in model.products}):
        some = [n for n, factors in enumerate(model.products) if len(factors) == length]
        places += some
        made = ""
        for k in range(length):
            there, minus, by = zip(*(model.products[n][k] for n in some), strict=True)
            name = f"_{length}_{k + 1}"
            factor = graph.node("Gather", x, graph.constant(there, f"factors{name}", np.int64), axis=1)
            factor = graph.node("Sub", factor, graph.constant([minus], f"subtracted{name}"))
            factor = graph.node("Div", factor, graph.constant([by], f"divided{name}"))
            made = graph.node("Mul", made, factor) if made else factor
        if not length:  # the product of nothing
            one = graph.node(
                "Mul", graph.node("Gather", x, graph.constant([0], "first", np.int64), axis=1), _zero(graph)
            )
            made = graph.node("Add", one, graph.constant(np.ones((1, len(some))), "ones"))
        parts.append(made)
    joined = graph.node("Concat", *parts, axis=1)
    own = len(model.names) - len(places)
    order = [*range(own), *(own + places.index(n) for n in range(len(places)))]
    if places == sorted(places):
        return joined
    return graph.node("Gather", joined, graph.constant(order, "in_order", np.int64), axis=1)


def _filled(graph: Graph, x: str, fills: Array, name: str) -> str:
    """Put the means into gaps; where nothing fills a gap it stays one."""
    if np.isnan(fills).all():
        return x
    return graph.node("Where", graph.node("IsNaN", x), graph.constant(fills[np.newaxis], f"fills_{name}"), x)


def _answers(graph: Graph, model: Description, rows: str) -> list[Any]:
    """Add the layers and what follows from them; return the outputs."""
    rows = _with_products(graph, rows, model) if model.products else rows
    x, layers = rows, list(model.layers)
    if model.scaling is not None:
        centred = graph.node("Sub", x, graph.constant(model.scaling.means[np.newaxis], "means"))
        x = graph.node("Div", centred, graph.constant(model.scaling.deviations[np.newaxis], "deviations"))
    W, b = layers[-1].weights, layers[-1].biases
    if model.target is not None:
        W, b = W * model.target[0], b * model.target[0] + model.target[1]
    if model.probable == "pair":  # the sigmoid of -z is the first label's probability
        W, b = np.vstack([-W, W]), np.concatenate([-b, b])
    layers[-1] = Layer(W, b, model.activation)
    result = "answer" if model.classes is None else "probabilities" if model.probable else "sums"
    if not graph.check_finite and graph.dtype == "float32" and len(layers) == 1 and model.probable in ("pair", "layer"):
        return _classified(graph, model, x, layers[0])
    unchecked = not graph.check_finite or _needs_no_check(model)
    direct = unchecked if model.classes is None else model.probable not in ("shares", "one")
    z = x
    for n, layer in enumerate(layers, 1):
        name = result if direct and n == len(layers) else ""
        parts = graph.constant(layer.weights.T, f"W{n}"), graph.constant(layer.biases, f"b{n}")
        z = graph.node("Gemm", x, *parts, name=name if layer.activation == "linear" else "")
        x = _activated(graph, z, layer.activation, name)
    if model.classes is not None:
        return _labelled(graph, model, rows, z, x)
    if not direct:
        x = graph.node("Add", x, _spoilt_rows(graph, model, rows), name=result)
    return [graph.onnx.helper.make_tensor_value_info(x, graph.kind, [None, model.outputs])]


def _classified(graph: Graph, model: Description, x: str, layer: Layer) -> list[Any]:
    """Answer with one node, which takes the first of the largest sums: the label that wins ties comes first."""
    onnx, labels, (W, b) = graph.onnx, np.asarray(model.classes), (layer.weights, layer.biases)
    swapped = model.probable == "pair" and model.decide == "fires"
    if swapped:
        labels, W, b = labels[::-1], W[::-1], b[::-1]
    texts = labels.dtype.kind in "US"
    node = onnx.helper.make_node(
        "LinearClassifier", [x], [graph.own("label"), graph.own("shares" if swapped else "probabilities")],
        domain="ai.onnx.ml", coefficients=W.ravel().astype(np.float32), intercepts=b.astype(np.float32), multi_class=0,
        post_transform="LOGISTIC" if model.probable == "pair" else "SOFTMAX",
        **{"classlabels_strings" if texts else "classlabels_ints": labels.tolist()},
    )  # fmt: skip
    graph.nodes.append(node)
    if swapped:
        graph.node("Gather", node.output[1], graph.constant([1, 0], "swapped", np.int64), name="probabilities", axis=1)
    describe = onnx.helper.make_tensor_value_info
    kind = onnx.TensorProto.STRING if texts else onnx.TensorProto.INT64
    return [
        describe(node.output[0], kind, [None]),
        describe(graph.own("probabilities"), graph.kind, [None, len(labels)]),
    ]


def _activated(graph: Graph, z: str, activation: str, name: str) -> str:
    if activation == "linear":
        return z
    if activation == "step":
        return graph.node("Cast", graph.node("GreaterOrEqual", z, _zero(graph)), to=graph.kind, name=name)
    if activation == "softmax":
        return graph.node("Softmax", z, axis=1, name=name)
    return graph.node(NODES[activation], z, name=name)


def _needs_no_check(model: Description) -> bool:
    """Return whether a number that is not finite shows in the answer by itself."""
    return len(model.layers) == 1 and model.activation == "linear" and bool(model.layers[0].weights.all())


def _spoilt_rows(graph: Graph, model: Description, x: str) -> str:
    """Return 0 for each row, or NaN where one of its numbers is not finite: NaN and infinity, times 0, are NaN."""
    if model.bits:
        silent, fires = graph.node("Equal", x, _zero(graph)), graph.node("Equal", x, graph.constant([1.0], "one"))
        x = graph.node("Where", graph.node("Or", silent, fires), _zero(graph), graph.constant([np.nan], "nan"))
    return graph.node("MatMul", x, graph.constant(np.zeros((len(model.names), 1)), "zeros"))


def _spoilt(graph: Graph, model: Description, x: str, z: str, a: str) -> str:
    """Return whether any number of any row is not finite.

    Such a number spoils the sum of every neuron that has a weight for it, and there are fewer sums than numbers. The
    sums of a pair, z and -z, add up to 0 or to NaN; and softmax makes NaN of a sum that is not finite.
    """
    alone = len(model.layers) == 1 and bool(model.layers[0].weights.any(axis=0).all())
    if alone and model.probable in ("pair", "layer"):
        return graph.node("IsNaN", graph.node("ReduceSum", z if model.probable == "pair" else a, keepdims=0))
    total = graph.node("ReduceSum", z if alone else x, keepdims=0)
    return graph.node("IsNaN", graph.node("Mul", total, _zero(graph)))


def _zero(graph: Graph) -> str:
    known = any(each.name == graph.own("zero") for each in graph.constants)
    return graph.own("zero") if known else graph.constant(0.0, "zero")


def _labelled(graph: Graph, model: Description, x: str, z: str, a: str) -> list[Any]:
    """Choose labels. A row that is not finite asks for a label that is not there, which every runtime refuses."""
    onnx, labels = graph.onnx, np.asarray(model.classes)
    if model.decide == "largest":
        place = graph.node("ArgMax", z, axis=1, keepdims=0)
    elif model.probable == "pair":  # a sum of 0 fires, where ties do
        place = graph.node("ArgMax", z, axis=1, keepdims=0, select_last_index=int(model.decide == "fires"))
    else:
        fires = graph.node("Greater" if model.decide == "above" else "GreaterOrEqual", z, _zero(graph))
        none = fires if model.decide in ("fires", "above") else graph.node("IsNaN", graph.node("Mul", z, _zero(graph)))
        whole = graph.node("Cast", none, to=onnx.TensorProto.INT64)
        place = graph.node("Squeeze", whole, graph.constant([1], "axis", np.int64))
    if graph.check_finite:
        place = graph.node("Where", _spoilt(graph, model, x, z, a), graph.constant(BEYOND, "beyond", np.int64), place)
    chosen = graph.node("Gather", graph.constant(labels, "labels", labels.dtype), place, name="label", axis=0)
    kind = next(each.data_type for each in graph.constants if each.name == graph.own("labels"))
    describe = onnx.helper.make_tensor_value_info
    label = describe(chosen, kind, [None])
    name = "probabilities"
    if model.probable == "one":
        a = graph.node("Add", graph.node("Mul", z, _zero(graph)), graph.constant([1.0], "one"), name=name)
    elif model.probable == "shares":
        total = graph.node("ReduceSum", a, graph.constant([1], "axis", np.int64), keepdims=1)
        even, share = graph.constant([1.0 / model.outputs], "even"), graph.node("Div", a, total)
        a = graph.node("Where", graph.node("Greater", total, _zero(graph)), share, even, name=name)
    return [label, describe(a, graph.kind, [None, len(labels) if model.probable else model.outputs])]
