"""Scripts that train with JAX."""

from __future__ import annotations

from glassneuron.interop.code.common import beginning, ending, order, rate, rates, start
from glassneuron.interop.code.plan import Plan

FUNCTIONS = {"sigmoid": "jax.nn.sigmoid", "tanh": "jnp.tanh", "relu": "jax.nn.relu", "linear": "(lambda Z: Z)"}
LOSSES = {
    "sigmoid": "(jnp.logaddexp(0, Z) - Y * Z).sum() / len(Y)",
    "softmax": "(jax.nn.logsumexp(Z, axis=1) - (Y * Z).sum(axis=1)).mean()",
    "linear": "0.5 * ((Z - Y) ** 2).sum() / len(Y)",
    "step": "(((jax.lax.stop_gradient(Z) >= 0) - Y) * Z).sum() / len(Y)  # its slope is what fires too much",
    "winner": "((jax.nn.one_hot(jax.lax.stop_gradient(Z).argmax(axis=1), Z.shape[1]) - Y) * Z).sum() / len(Y)",
}
SQUARED = {"sigmoid": "jax.nn.sigmoid(Z)", "softmax": "jax.nn.softmax(Z)", "linear": "Z"}
UPDATES = {
    "sgd": ["return jax.tree.map(lambda p, g: p - rate * g, parameters, g), memory"],
    "momentum": [
        "m = jax.tree.map(lambda m, g: {mu} * m + g, memory[0], g)",
        "return jax.tree.map(lambda p, m: p - rate * m, parameters, m), (m, memory[1])",
    ],
    "nesterov": [
        "m = jax.tree.map(lambda m, g: {mu} * m + g, memory[0], g)",
        "return jax.tree.map(lambda p, g, m: p - rate * (g + {mu} * m), parameters, g, m), (m, memory[1])",
    ],
    "adam": [
        "m = jax.tree.map(lambda m, g: {mu} * m + (1 - {mu}) * g, memory[0], g)",
        "v = jax.tree.map(lambda v, g: {beta2} * v + (1 - {beta2}) * g**2, memory[1], g)",
        "pace, grow = rate / (1 - {mu}**taken), 1 - {beta2}**taken",
        "moved = jax.tree.map(lambda p, m, v: p - pace * m / (jnp.sqrt(v / grow) + {epsilon}), parameters, m, v)",
        "return moved, (m, v)",
    ],
}


def with_jax(plan: Plan) -> str:
    """Return the text of a script."""
    optimum = plan.optimiser == "optimum"
    imports = ["import jax", "import jax.numpy as jnp", "import numpy as np"]
    imports += ["from scipy.optimize import minimize"] * optimum + ["", 'jax.config.update("jax_enable_x64", True)']
    parts = [beginning(plan, "JAX", *imports), *([] if optimum else [order(plan)]), start(plan), _loss(plan)]
    parts += [_to_the_optimum(plan) if optimum else _training(plan), ending(plan)]
    return "\n\n".join(parts) + "\n"


def _loss(plan: Plan) -> str:
    lines = ["", "def sums(parameters, A):", '    """Return the sums of the last layer."""']
    for l, name in enumerate(plan.activations[:-1]):
        lines.append(f"    A = {FUNCTIONS[name]}(A @ parameters[{l}][0].T + parameters[{l}][1])")
    lines.append("    return A @ parameters[-1][0].T + parameters[-1][1]")
    value = LOSSES[plan.last]
    if plan.loss == "squared_error" and plan.last in SQUARED:
        value = f"0.5 * (({SQUARED[plan.last]} - Y) ** 2).sum() / len(Y)"
    value, mark, why = value.partition("  # ")
    if plan.l2:
        value += f" + {plan.l2!r} / 2 * sum((weights**2).sum() for weights, _ in parameters)"
    lines += ["", "", "def loss(parameters, A, Y):", "    Z = sums(parameters, A)", f"    return {value}{mark}{why}"]
    return "\n".join(lines)


def _training(plan: Plan) -> str:
    how = {"mu": repr(plan.momentum), "beta2": repr(plan.beta2), "epsilon": repr(plan.epsilon)}
    held = ["g = [(weights, 0 * biases) for weights, biases in g]"] if plan.fixed_bias is not None else []
    body = ["g = jax.grad(loss)(parameters, A, Y)", *held, *(line.format(**how) for line in UPDATES[plan.optimiser])]
    lines = [
        "",
        "@jax.jit",
        "def update(parameters, memory, A, Y, rate, taken):",
        *(f"    {line}" for line in body),
        "",
        "",
        *rates(plan),
        "parameters = [(jnp.array(weights), jnp.array(biases)) for weights, biases in zip(W, b)]",
        "memory = jax.tree.map(jnp.zeros_like, (parameters, parameters))",
        "taken = 0",
        f"for epoch in range({plan.epochs}):",
        "    visits = order(epoch)",
        f"    for first in range(0, len(visits), {plan.batch}):",
        f"        some = visits[first : first + {plan.batch}]",
        f"        rate = {rate(plan)}",
        "        taken += 1",
        "        parameters, memory = update(parameters, memory, X[some], Y[some], rate, taken)",
        "W, b = ([np.asarray(part) for part in parts] for parts in zip(*parameters))",
    ]
    return "\n".join(lines)


def _to_the_optimum(plan: Plan) -> str:
    inputs, neurons = plan.sizes
    bias = "    slope[:, -1] = 0\n" if plan.fixed_bias is not None else ""
    return f"""
@jax.jit
@jax.value_and_grad
def value_and_slope(T):
    return loss([(T[:, :-1], T[:, -1])], X, Y)


def flat(theta):
    value, slope = value_and_slope(theta.reshape({neurons}, {inputs} + 1))
    slope = np.array(slope)
{bias}    return float(value), slope.ravel()


how = {{"maxiter": 10_000, "maxfun": 100_000, "ftol": 1e-15, "gtol": 1e-10}}
theta = minimize(flat, np.column_stack([W[0], b[0]]).ravel(), jac=True, method="L-BFGS-B", options=how).x
T = theta.reshape({neurons}, {inputs} + 1)
W, b = [T[:, :-1]], [T[:, -1]]"""
