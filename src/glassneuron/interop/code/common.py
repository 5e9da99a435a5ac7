"""What the scripts of all libraries begin and end with: rows, targets, scale, order, start; and the weights as told."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.interop.code.plan import Plan
from glassneuron.learning.sampler import BASE

INLINE = 500
"""Numbers in a table up to which it stands in the script."""

SCHEDULES = {
    "constant": "{rate}",
    "linear": "{rate} * (1 - taken / {steps})",
    "cosine": "{rate} * 0.5 * (1 + np.cos(np.pi * taken / {steps}))",
    "inverse": "{rate} / (1 + 9 * taken / {steps})",
}
SORTED = """\
# Before rows are shuffled they are put in an order that depends on their values, not on how they stand: by the first
# column where it tells them apart, and else by a hash of the whole row.
words = np.column_stack([X + 0.0, {codes}]).view(np.uint64)
first = words[:, 0].byteswap()
words ^= words >> np.uint64(32)
powers = np.multiply.accumulate(np.full(words.shape[1], {base:#x}, np.uint64))
_, rows, times = np.unique(words @ powers, return_index=True, return_counts=True)
if len(set(first[rows])) == len(rows):
    sort = first[rows].argsort()
    rows, times = rows[sort], times[sort]
every_visit = np.repeat(rows, times)


def order(epoch):
    bits = np.random.PCG64({seed})
    bits.advance(epoch << 64)
    return np.random.Generator(bits).permutation(every_visit)"""
SHUFFLED = """\
def order(epoch):
    bits = np.random.PCG64({seed})
    bits.advance(epoch << 64)
    return np.random.Generator(bits).permutation(len(X))"""
SCALED = "X = (X - mean) / deviation"
STANDING = """\
def order(epoch):
    return np.arange(len(X))"""


def written(values: Array) -> str:
    """Write an array as Python does, a row a line."""
    return repr(values.tolist()).replace("], [", "],\n    [")


def beginning(plan: Plan, library: str, *imports: str, targets: bool = True) -> str:
    """Return the head of a script: rows, targets as numbers where those are needed, scale."""
    lines = [f'"""{plan.noun}, trained with {library}.', "", f'{_what(plan)}"""', "", *imports, ""]
    if plan.X.size <= INLINE:
        lines += [f"X = np.array({written(plan.X)}, dtype=float)", f"y = np.array({written(plan.y)})"]
    else:
        lines += ['data = np.load("data.npz")  # which np.savez("data.npz", X=X, y=y) wrote']
        lines += ['X, y = data["X"].astype(float), data["y"]']
    if plan.scaled:
        lines += ["", "mean, deviation = X.mean(axis=0), X.std(axis=0)", "deviation[deviation == 0] = np.inf"]
    lines += ["", *_targets(plan)] if targets else []
    if plan.optimiser == "optimum" and plan.scaled:  # of others, rows are ordered as they are first
        lines += ["", SCALED]
    return "\n".join(lines)


def _what(plan: Plan) -> str:
    sizes = " - ".join(map(str, plan.sizes))
    how = {"optimum": "to the lowest loss"}.get(plan.optimiser, f"{plan.epochs} epochs, batches of {plan.batch}")
    return f"{sizes} ({', '.join(plan.activations)}); {how}.\n"


def _targets(plan: Plan) -> list[str]:
    if plan.classes is None:
        lines = [f"Y = y.reshape(len(y), {plan.sizes[-1]}).astype(float)"]
    elif plan.sizes[-1] == 1:
        lines = [f"classes = {plan.classes.tolist()!r}"]
        lines += [f"Y = np.where(y == classes[1], 1.0, {plan.silent!r})[:, np.newaxis]"]
    elif plan.y.ndim == 2:
        lines = ["Y = y.astype(float)"]
    else:
        lines = [f"classes = {plan.classes.tolist()!r}"]
        lines += [f"Y = np.where(np.equal.outer(y, classes), 1.0, {plan.silent!r})"]
    if plan.rescaled:
        lines += ["middle, spread = Y.mean(axis=0), Y.std(axis=0)", "Y = (Y - middle) / spread"]
    return lines


def order(plan: Plan) -> str:
    """Return the function that says in which order an epoch visits the rows, and the scaled rows behind it."""
    codes = "Y" if plan.sizes[-1] == 1 and plan.classes is None else "np.searchsorted(classes, y)"
    text = SORTED if plan.sorts else SHUFFLED if plan.shuffle else STANDING
    text = text.format(seed=plan.seed, codes=codes, base=BASE)
    text = f"# The order in which an epoch, the first being 0, visits the rows.\n{text}"
    return f"\n{text}\n\n\n{SCALED}" if plan.scaled else f"\n{text}\n"


def start(plan: Plan) -> str:
    """Return the lines that make W and b, a list of arrays each: one row of weights for each neuron of a layer."""
    shapes = [(neurons, inputs) for inputs, neurons in pairwise(plan.sizes)]
    bias = plan.fixed_bias or 0.0
    zero = [f"b = [{', '.join(f'np.full({neurons}, {bias!r})' for neurons, _ in shapes)}]"]
    kind, _, seed = plan.start.partition(" ")
    if kind == "zero":
        return "\n".join([f"W = [{', '.join(f'np.zeros({shape})' for shape in shapes)}]", *zero])
    lines = [f"random = np.random.default_rng({seed})", "W = ["]
    for (neurons, inputs), activation in zip(shapes, plan.activations, strict=True):
        he = kind == "he" or (kind == "auto" and activation == "relu")
        limit = math.sqrt(6.0 / (inputs if he else inputs + neurons))
        what = f"sqrt(6 / {inputs if he else f'({inputs} + {neurons})'})"
        lines.append(f"    random.uniform(-{limit!r}, {limit!r}, ({neurons}, {inputs})),  # {what}")
    return "\n".join([*lines, "]", *zero])


def rate(plan: Plan) -> str:
    """Return the expression for the rate of a step, from `epoch` or from the steps `taken` so far."""
    if isinstance(plan.rates, tuple):
        first, schedule, epochs = plan.rates
        steps = epochs * math.ceil(len(plan.X) / plan.batch)
        return SCHEDULES[schedule].format(rate=repr(float(first)), steps=steps)
    different = set(plan.rates)
    return repr(float(plan.rates[0])) if len(different) == 1 else "rates[epoch]"


def rates(plan: Plan) -> list[str]:
    """Return the line that lists the rates of the epochs, where they differ."""
    if rate(plan) != "rates[epoch]":
        return []
    runs: list[tuple[float, int]] = []
    for each in plan.rates:
        runs = [*runs[:-1], (each, runs[-1][1] + 1)] if runs and runs[-1][0] == each else [*runs, (each, 1)]
    if len(runs) > len(plan.rates) / 2:
        return [f"rates = {[float(each) for each in plan.rates]!r}"]
    return ["rates = " + " + ".join(f"[{float(each)!r}] * {times}" for each, times in runs)]


def ending(plan: Plan) -> str:
    """Return the lines that tell the weights in the units of the rows as they were given."""
    lines = []
    if plan.scaled:
        lines += ["W[0] = W[0] / deviation", "b[0] = b[0] - W[0] @ mean"]
    if plan.rescaled:
        lines += ["W[-1], b[-1] = W[-1] * spread[:, np.newaxis], b[-1] * spread + middle"]
    lines += ["parameters = np.concatenate([part.ravel() for pair in zip(W, b) for part in pair])"]
    return "\n".join([*lines, "for weights, biases in zip(W, b):", "    print(weights, biases)"])


def plainly(value: Any) -> str:
    """Write a number of any library's kind."""
    return repr(float(np.asarray(value)))
