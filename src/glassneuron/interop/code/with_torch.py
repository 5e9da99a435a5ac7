"""Scripts that train with PyTorch."""

from __future__ import annotations

from glassneuron.interop.code.common import beginning, ending, order, rate, rates, start
from glassneuron.interop.code.plan import Plan

MODULES = {"sigmoid": "nn.Sigmoid()", "tanh": "nn.Tanh()", "relu": "nn.ReLU()", "linear": "nn.Identity()"}
LOSSES = {
    "sigmoid": 'F.binary_cross_entropy_with_logits(Z, Y, reduction="sum") / len(Y)',
    "softmax": "F.cross_entropy(Z, Y)",
    "linear": "0.5 * ((Z - Y) ** 2).sum() / len(Y)",
    "step": "(((Z.detach() >= 0).double() - Y) * Z).sum() / len(Y)  # its slope is what fires too much",
    "winner": "((F.one_hot(Z.detach().argmax(dim=1), Z.shape[1]) - Y) * Z).sum() / len(Y)",
}
SQUARED = {"sigmoid": "torch.sigmoid(Z)", "softmax": "torch.softmax(Z, dim=1)", "linear": "Z"}
OPTIMISERS = {
    "sgd": "torch.optim.SGD(groups, lr=0.1)",
    "momentum": "torch.optim.SGD(groups, lr=0.1, momentum={mu})",
    "nesterov": "torch.optim.SGD(groups, lr=0.1, momentum={mu}, nesterov=True)",
    "adam": "torch.optim.Adam(groups, lr=0.1, betas=({mu}, {beta2}), eps={epsilon})",
}
ARRAYS = [
    "W = [layer.weight.detach().numpy() for layer in linear]",
    "b = [layer.bias.detach().numpy() for layer in linear]",
]


def with_torch(plan: Plan) -> str:
    """Return the text of a script."""
    imports = ["import numpy as np", "import torch", "import torch.nn.functional as F", "from torch import nn"]
    optimum = plan.optimiser == "optimum"
    parts = [beginning(plan, "PyTorch", *imports), *([] if optimum else [order(plan)]), start(plan), _model(plan)]
    parts += [_to_the_optimum(plan) if optimum else _training(plan)]
    parts.append(
        "W = [layer.weight.detach().numpy() for layer in linear]\nb = [layer.bias.detach().numpy() for layer in linear]"
    )
    return "\n\n".join([*parts, ending(plan)]) + "\n"


def loss(plan: Plan) -> str:
    """Return the loss of sums Z, an expression."""
    if plan.loss == "squared_error" and plan.last in SQUARED:
        return f"0.5 * (({SQUARED[plan.last]} - Y) ** 2).sum() / len(Y)"
    return LOSSES[plan.last]


def _model(plan: Plan) -> str:
    layers = []
    for l, (inputs, neurons) in enumerate(zip(plan.sizes[:-1], plan.sizes[1:], strict=True)):
        layers.append(f"nn.Linear({inputs}, {neurons})")
        if l < len(plan.activations) - 1:
            layers.append(MODULES[plan.activations[l]])
    lines = [
        "torch.set_default_dtype(torch.float64)",
        f"model = nn.Sequential({', '.join(layers)})  # to the sums of the last layer; what follows is in the loss",
        "linear = [layer for layer in model if isinstance(layer, nn.Linear)]",
        "for layer, weights, biases in zip(linear, W, b):",
        "    layer.weight.data, layer.bias.data = torch.tensor(weights), torch.tensor(biases)",
        "X, Y = torch.tensor(X), torch.tensor(Y)",
        "",
        "",
        "def loss(Z, Y):",
        f"    return {loss(plan)}",
    ]
    return "\n".join(lines)


def _training(plan: Plan) -> str:
    how = {"mu": repr(plan.momentum), "beta2": repr(plan.beta2), "epsilon": repr(plan.epsilon)}
    groups = [f'{{"params": [layer.weight for layer in linear], "weight_decay": {plan.l2!r}}}']
    if plan.fixed_bias is None:
        groups.append('{"params": [layer.bias for layer in linear]}')
    lines = [
        "",
        *rates(plan),
        f"groups = [{', '.join(groups)}]",
        f"optimiser = {OPTIMISERS[plan.optimiser].format(**how)}",
        "taken = 0",
        f"for epoch in range({plan.epochs}):",
        "    visits = order(epoch)",
        f"    for first in range(0, len(visits), {plan.batch}):",
        f"        some = visits[first : first + {plan.batch}]",
        "        for group in optimiser.param_groups:",
        f'            group["lr"] = {rate(plan)}',
        "        optimiser.zero_grad()",
        "        loss(model(X[some]), Y[some]).backward()",
        "        optimiser.step()",
        "        taken += 1",
    ]
    return "\n".join(lines)


def _to_the_optimum(plan: Plan) -> str:
    penalty = f" + {plan.l2!r} / 2 * (linear[0].weight ** 2).sum()" if plan.l2 else ""
    what = "[linear[0].weight]" if plan.fixed_bias is not None else "model.parameters()"
    return f"""
optimiser = torch.optim.LBFGS(
    {what}, max_iter=10_000, max_eval=100_000, tolerance_grad=1e-10, tolerance_change=1e-15,
    line_search_fn="strong_wolfe",
)


def closure():
    optimiser.zero_grad()
    value = loss(model(X), Y){penalty}
    value.backward()
    return value


optimiser.step(closure)"""
