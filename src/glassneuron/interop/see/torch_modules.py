"""Modules of PyTorch, and the numbers of a state dict with the activations that it does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from glassneuron.errors import problem
from glassneuron.interop.see.chain import Chain, unseen

Activations = Sequence[str] | Mapping[str, str] | None

PLAIN = {
    "ReLU": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softmax": "softmax",
    "LogSoftmax": "softmax",
    "Step": "step",
}
OWN = "glassneuron.interop.export.libraries.torch_parts"
"""Where the modules are of which `to_torch` makes models."""
SILENT = ("Identity", "Dropout", "Dropout1d", "AlphaDropout", "FeatureAlphaDropout")
"""Without an effect once a model is trained."""


def chain_of(module: Any) -> Chain:
    """Follow the modules of a Sequential, as they answer in eval mode."""
    chain = Chain()
    for part, each in _modules(module, ""):
        _add(chain, part, each)
    return chain


def _modules(module: Any, path: str) -> Iterator[tuple[str, Any]]:
    kind = type(module)
    part = f"{path}, {kind.__name__}," if path else kind.__name__
    if not kind.__module__.startswith("torch.nn.modules.") and kind.__module__ != OWN:
        fix = "give an nn.Sequential, or a .pt2 file of torch.export"
        raise unseen(part, f"its forward is code of its own; {fix}")
    if any(getattr(module, hooks, None) for hooks in ("_forward_hooks", "_forward_pre_hooks")):
        raise unseen(part, "a hook may change what it answers")
    if kind.__name__ == "Sequential":
        for name, inner in module.named_children():
            yield from _modules(inner, f"{path}.{name}" if path else f"module {name}")
    else:
        yield part, module


def _add(chain: Chain, part: str, module: Any) -> None:
    kind = type(module).__name__
    if chain.logarithm and kind not in SILENT:
        raise unseen(part, "it reads logarithms")
    if kind == "Linear":
        chain.weigh(part, array(module.weight), None if module.bias is None else array(module.bias))
    elif kind in PLAIN:
        if kind.endswith("Softmax") and module.dim not in (1, -1, None):
            raise unseen(part, f"its dim is {module.dim}")
        chain.activate(part, PLAIN[kind])
        chain.logarithm = kind == "LogSoftmax"
    elif kind == "BatchNorm1d":
        if module.running_mean is None:
            raise unseen(part, "it has no running mean, and answers a row by the rows beside it")
        chain.normalise(part, array(module.running_mean), _deviation(module.running_var, module.eps))
        if module.weight is not None:
            chain.scale(part, array(module.weight), array(module.bias))
    elif kind == "Scale":
        chain.normalise(part, array(module.means), array(module.deviations))
    elif kind == "Rescale":
        chain.scale(part, array(module.deviation), array(module.mean))
    elif kind == "Flatten":
        if module.start_dim != 1 or module.end_dim != -1:
            raise unseen(part, "it keeps more than one dimension")
    elif kind not in SILENT:
        raise unseen(part, "it is none of the modules that can")


def _deviation(variance: Any, epsilon: float) -> Any:
    values = array(variance)
    return np.sqrt(values + values.dtype.type(epsilon))


def array(tensor: Any) -> Any:
    """Return a tensor's numbers, of an array too; those of half precision in float32."""
    if not hasattr(tensor, "detach"):
        return np.asarray(tensor)
    if getattr(tensor, "is_quantized", False) or str(tensor.layout) != "torch.strided":
        raise unseen("a tensor", "it is quantised or sparse")
    tensor = tensor.detach().cpu()
    return (tensor if str(tensor.dtype) in ("torch.float32", "torch.float64") else tensor.float()).numpy()


def chain_of_state(state: Mapping[str, Any], activations: Activations, *, ordered: bool = True) -> Chain:
    """Follow the weights of a state dict; what stands between them has to be told.

    `ordered` says whether the parts of the state stand in the order in which a row meets them; if not, the numbers in
    their names tell it.
    """
    layers: dict[str, dict[str, Any]] = {}
    for key, value in state.items():
        name, _, what = str(key).rpartition(".")
        layers.setdefault(name, {})[what] = value
    for name, parts in layers.items():
        if not {"weight"} <= parts.keys() <= {"weight", "bias"} or np.ndim(array(parts["weight"])) != 2:
            what = next(iter(parts.keys() - {"weight", "bias"}), "weight")
            raise unseen(f"{name}.{what}" if name else what, "weights of linear layers can, and their biases")
    if isinstance(activations, Mapping):
        order = list(activations)
        if set(order) != set(layers):
            raise _untold(f"an activation for each of {', '.join(layers)}, by name", activations)
        told = list(activations.values())
    else:
        order = list(layers) if ordered else _numbered(list(layers), activations)
        told = [] if activations is None or isinstance(activations, str) else list(activations)
        if len(told) != len(order):
            raise _untold(f"{len(order)}, one for each of the layers {', '.join(order)}", activations)
    chain = Chain()
    for name, activation in zip(order, told, strict=True):
        if activation not in ("linear", "step", *PLAIN.values()):
            raise _untold("made of linear, sigmoid, tanh, relu, softmax or step", activation)
        bias = layers[name].get("bias")
        chain.weigh(name or "weight", array(layers[name]["weight"]), None if bias is None else array(bias))
        chain.activate(name or "weight", activation)
    return chain


def _numbered(names: list[str], activations: Any) -> list[str]:
    found = {name: [int(n) for n in re.findall(r"\d+", name)] for name in names}
    alike = {re.sub(r"\d+", "#", name) for name in names}
    if len(names) > 1 and (len(alike) > 1 or "#" not in next(iter(alike))):
        raise _untold(f"a mapping of {', '.join(names)} to activations, in the order of the layers", activations)
    return sorted(names, key=found.__getitem__)


def _untold(rule: str, value: Any) -> Exception:
    return problem("parameter", name="activations", rule=rule, value=value)
