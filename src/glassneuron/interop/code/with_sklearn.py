"""Scripts that train with scikit-learn."""

from __future__ import annotations

from glassneuron.errors import problem
from glassneuron.interop.code.common import beginning, ending, order, rate, rates, start
from glassneuron.interop.code.plan import Plan

ELSEWHERE = "# It adds epsilon before the correction for the first steps, which may show in the fifth digit."
NAMES = {"linear": "identity", "sigmoid": "logistic", "tanh": "tanh", "relu": "relu"}


def with_sklearn(plan: Plan) -> str:
    """Return the text of a script."""
    if plan.last in ("step", "winner"):
        part, why = "a perceptron for which a sum of 0 fires", "its own one takes every sum of 0 for a mistake"
        raise problem("cannot-hold", target="scikit-learn", part=part, why=why)
    if plan.fixed_bias is not None:
        part, why = "a bias that is held", "its estimators learn it, or have none"
        raise problem("cannot-hold", target="scikit-learn", part=part, why=why)
    if plan.optimiser == "optimum":
        return _to_the_optimum(plan)
    return _steps_of_neurons(plan) if len(plan.sizes) == 2 and plan.start == "zero" else _steps_of_a_network(plan)


def _to_the_optimum(plan: Plan) -> str:
    n = len(plan.X)
    if plan.last == "linear":
        kind = f"Ridge(alpha={plan.l2 * n!r}, tol=1e-12)" if plan.l2 else "LinearRegression()"
        imports, fit = kind.partition("(")[0], f"model = {kind}.fit(X, Y)"
        ends = "W, b = [np.atleast_2d(model.coef_)], [np.atleast_1d(model.intercept_)]"
    else:
        C = repr(1.0 / (plan.l2 * n)) if plan.l2 else "np.inf"
        kind, imports = f"LogisticRegression(C={C}, tol=1e-12, max_iter=10_000)", "LogisticRegression"
        fit = f"model = {kind}.fit(X, y)"
        ends = "W, b = [model.coef_], [model.intercept_]"
        if plan.last == "sigmoid" and plan.sizes[-1] > 1:
            fit = f"models = [{kind}.fit(X, column) for column in (Y > 0).T]"
            ends = "W = [np.vstack([model.coef_ for model in models])]\n"
            ends += "b = [np.concatenate([model.intercept_ for model in models])]"
    uses = ["import numpy as np", f"from sklearn.linear_model import {imports}"]
    head = beginning(plan, "scikit-learn", *uses, targets="(X, y)" not in fit)
    return "\n\n".join([head, fit, ends, ending(plan)]) + "\n"


def _steps_of_neurons(plan: Plan) -> str:
    if plan.last == "softmax" or plan.batch > 1:
        part = "softmax neurons that move after each row" if plan.batch == 1 else "a move for all rows at once"
        raise problem("cannot-hold", target="scikit-learn", part=part, why="it moves one neuron after each row")
    loss = "log_loss" if plan.last == "sigmoid" else "squared_error"
    kind = "SGDClassifier" if plan.last == "sigmoid" else "SGDRegressor"
    how = f'loss="{loss}", penalty={"l2" if plan.l2 else None!r}, alpha={plan.l2 or 0.0001!r}, learning_rate="constant"'
    call = "partial_fit(X[visits], Y[visits, k] > 0, classes=[False, True])"
    if kind == "SGDRegressor":
        call = "partial_fit(X[visits], Y[visits, k])"
    lines = [
        "",
        *rates(plan),
        f"models = [{kind}({how}, shuffle=False) for _ in range({plan.sizes[-1]})]",
        f"for epoch in range({plan.epochs}):",
        "    visits = order(epoch)",
        "    for k, model in enumerate(models):",
        f"        model.set_params(eta0={rate(plan)})",
        f"        model.{call}",
        "W = [np.vstack([model.coef_ for model in models])]",
        "b = [np.concatenate([model.intercept_ for model in models])]",
    ]
    head = beginning(plan, "scikit-learn", "import numpy as np", f"from sklearn.linear_model import {kind}")
    return "\n\n".join([head, order(plan), "\n".join(lines), ending(plan)]) + "\n"


def _steps_of_a_network(plan: Plan) -> str:
    hidden = set(plan.activations[:-1])
    if len(hidden) > 1:
        part, why = "hidden layers of different activations", "its networks have one for all"
        raise problem("cannot-hold", target="scikit-learn", part=part, why=why)
    if plan.loss == "squared_error" and plan.last != "linear":
        part, why = "squared errors behind a sigmoid", "its networks of classes learn by cross-entropy"
        raise problem("cannot-hold", target="scikit-learn", part=part, why=why)
    falls = isinstance(plan.rates, tuple) and plan.rates[1] != "constant"
    if plan.optimiser in ("momentum", "nesterov") and falls:
        part, why = f"{plan.optimiser} with a rate that falls", "its momentum keeps the rates of the steps before"
        raise problem("cannot-hold", target="scikit-learn", part=part, why=why)
    kind = "MLPRegressor" if plan.classes is None else "MLPClassifier"
    momentum = 0.0 if plan.optimiser == "sgd" else plan.momentum
    how = f'solver="sgd", momentum={momentum!r}, nesterovs_momentum={plan.optimiser == "nesterov"}'
    if plan.optimiser == "adam":
        how = f'solver="adam", beta_1={plan.momentum!r}, beta_2={plan.beta2!r}, epsilon={plan.epsilon!r}'
    activation = f', activation="{NAMES[hidden.pop()]}"' if hidden else ""
    classes = ", classes=classes" if plan.classes is not None and plan.y.ndim == 1 else ""
    classes = ", classes=range(Y.shape[1])" if plan.y.ndim == 2 and plan.classes is not None else classes
    target = "y" if plan.classes is not None else "Y.ravel()" if plan.sizes[-1] == 1 else "Y"
    lines = [
        *([ELSEWHERE] if plan.optimiser == "adam" else []),
        f"targets = {target}",
        f"model = {kind}(hidden_layer_sizes={plan.sizes[1:-1]}{activation}, {how}, shuffle=False, batch_size=1)",
        f"model.partial_fit(X[:1], targets[:1]{classes})  # makes its arrays, into which the start goes",
        "for mine, theirs in zip([w.T for w in W] + b, model.coefs_ + model.intercepts_):",
        "    theirs[...] = mine",
        "del model._optimizer  # it begins anew",
        "",
        "taken = 0",
        f"for epoch in range({plan.epochs}):",
        "    visits = order(epoch)",
        f"    for first in range(0, len(visits), {plan.batch}):",
        f"        some = visits[first : first + {plan.batch}]",
        f"        model.set_params(alpha={plan.l2!r} * len(some), batch_size=len(some))  # of a mean, as the loss is",
        f"        model.set_params(learning_rate_init={rate(plan)})",
        '        if hasattr(model, "_optimizer"):',
        "            model._optimizer.learning_rate_init = model._optimizer.learning_rate = model.learning_rate_init",
        "        model.partial_fit(X[some], targets[some])",
        "        taken += 1",
        "W, b = [w.T for w in model.coefs_], model.intercepts_",
    ]
    head = beginning(plan, "scikit-learn", "import numpy as np", f"from sklearn.neural_network import {kind}")
    return "\n\n".join([head, order(plan), start(plan), "\n".join(lines), ending(plan)]) + "\n"
