"""A model as a `torch.nn.Sequential`."""

from __future__ import annotations

from typing import Any

from glassneuron.errors import problem
from glassneuron.interop.export.description import Description, describe


def to_torch(model: Any, dtype: str = "float64") -> Any:
    """Return a model as a PyTorch module, in evaluation mode.

    Its first layer brings features to the scale of the training, where the model does that. It answers with what comes
    out: the probability of the second class for two classes, of each class for more; the sums that decide, where the
    model gives no probabilities; the number, in the target's units; or what the last layer answers. The labels and the
    features stand beside: `module.classes` and `module.features`. Columns of text and gaps are for the caller to
    encode; `module.features` says how.

    Parameters
    ----------
    model : Neuron, McCullochPitts, Layer, Network, Model, or a fitted estimator
    dtype : {"float64", "float32"}

    Returns
    -------
    torch.nn.Sequential

    Raises
    ------
    MissingExtraError
        If PyTorch is not installed.
    """
    return torch_module(describe(model), dtype)


def torch_module(model: Description, dtype: str) -> Any:
    """Return a described model as a module."""
    try:
        import torch
    except ImportError as error:
        raise problem("extra", purpose="`to_torch`", library="PyTorch", extra="torch") from error
    from glassneuron.interop.export.libraries import torch_parts as parts

    model = model.in_single_precision() if dtype == "float32" else model
    kind = getattr(torch, dtype)
    known: dict[str, Any] = {
        "step": parts.Step, "sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU,
        "softmax": lambda: torch.nn.Softmax(dim=-1),
    }  # fmt: skip
    modules: list[Any] = []
    if model.products:
        modules.append(parts.Products(model.products))
    if model.scaling is not None:
        modules.append(
            parts.Scale(*(torch.tensor(p, dtype=kind) for p in (model.scaling.means, model.scaling.deviations)))
        )
    for layer in model.layers:
        neurons, inputs = layer.weights.shape
        linear = torch.nn.Linear(inputs, neurons, dtype=kind)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(layer.weights))
            linear.bias.copy_(torch.tensor(layer.biases))
        modules.append(linear)
        if layer.activation in known:
            modules.append(known[layer.activation]())
    if model.probable == "shares":
        modules.append(parts.Shares())
    if model.target is not None:
        modules.append(parts.Rescale(*(torch.tensor(number, dtype=kind) for number in model.target)))
    module = torch.nn.Sequential(*modules).eval()
    module.classes, module.features = model.classes, model.names[: len(model.names) - len(model.products)]
    return module
