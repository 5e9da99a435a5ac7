"""Every kind of model, with rows to ask it: what the tests of all targets share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial

import numpy as np
import pyarrow as pa

import glassneuron as gn
from glassneuron.data.bundled import TABLES, bundled
from glassneuron.data.encoding import Encoding
from glassneuron.data.reading import Reading
from glassneuron.data.table import read_table
from glassneuron.neurons.preparing import prepared
from glassneuron.pipelines.pipelines import pipeline
from glassneuron.pipelines.task import Task

ROWS = 1_000
FEW = 60
"""Rows that voters learn: each mistake leaves one."""
ACTIVATIONS = ("linear", "step", "sigmoid", "tanh", "relu")
COLOURS = ["rot", 'it\'s "blau"', "grün -- ü", "\\n"]
OTHER = "gelb"
LABELS = ['it\'s "ja"', "nein – ü??/", "c; DROP TABLE x --", "日本"]
SELECT, PRICE, COLOUR = "select", 'price "net"', "färbe's"


@dataclass(eq=False)
class Case:
    """A model, its rows as a table of features, and, of a table, as the table has them."""

    name: str
    build: Callable[[], object]
    X: np.ndarray
    records: list[dict] | None = field(default=None)

    @cached_property
    def model(self):
        return self.build()

    @property
    def value(self):
        """The plain value that answers."""
        many = getattr(self.model, "n_outputs_", 1) > 1 and not hasattr(self.model, "classes_")
        several = getattr(self.model, "_several", False)
        return self.model.network_ if many or several else getattr(self.model, "model_", self.model)

    @property
    def rows(self):
        return self.records if self.records is not None else self.X.tolist()

    @property
    def expected(self):
        """The labels, None without classes, and the numbers beside them, of shape (rows, numbers)."""
        value = self.value
        if not isinstance(value, gn.Model):
            return None, np.asarray(value.feedforward(self.X), float).reshape(len(self.X), -1)
        if value.classes is None:
            return None, value.outputs(self.X)
        sums = value.decision_function(self.X).reshape(len(self.X), -1)
        return value.predict(self.X), value.probabilities(self.X) if value.gives_probabilities else sums

    @property
    def rounded(self):
        """The same with rows as single precision holds them."""
        return Case(self.name, lambda: self.model, self.X.astype(np.float32).astype(np.float64), self.records)

    @property
    def clear(self):
        """Which rows are further from a tie than rounding in single precision."""
        value = self.value
        if not isinstance(value, gn.Model) or value.classes is None or len(value.classes) == 1:
            return np.ones(len(self.X), bool)
        sums = value.decision_function(self.X).reshape(len(self.X), -1)
        largest = np.sort(sums, axis=1)
        far = np.abs(sums[:, 0]) if sums.shape[1] == 1 else largest[:, -1] - largest[:, -2]
        return far > 1e-4 * (1 + np.abs(sums).max())


def random_rows(seed, features, rows=ROWS):
    return np.random.default_rng(seed).normal(size=(rows, features))


def awkward(seed=0, rows=ROWS, *, gaps=True):
    """Columns called like SQL words and with quotes, texts and labels likewise, and gaps."""
    rng = np.random.default_rng(seed)
    select, price = rng.normal(2000, 5, rows), rng.exponential(3, rows)
    colour = rng.integers(len(COLOURS), size=rows)
    score = (select - 2000) / 5 + price + colour
    label = np.digitize(score, np.quantile(score, [0.25, 0.5, 0.75]))
    records = [
        {SELECT: None if gaps and i % 9 == 4 else float(s), PRICE: float(p), COLOUR: COLOURS[c]}
        for i, (s, p, c) in enumerate(zip(select, price, colour, strict=True))
    ]
    return records, label, score


def frame_of(records):
    """Return rows as an Arrow table."""
    kinds = {COLOUR: pa.string()}
    return pa.table({n: pa.array([r[n] for r in records], kinds.get(n, pa.float64())) for n in (SELECT, PRICE, COLOUR)})


def trained(name, table, y, classes, **how):
    """Train one of the command's models."""
    about = {"target": 'the "answer"'}
    rows = slice(0, FEW if name == "voted" else None)
    task = Task(table.X[rows], y[rows], classes, table.names, table.encoding.to_dict(), about)
    return pipeline(name, **how)(task).model


def same(value):
    return value


def table_models():
    records, label, score = awkward()
    table = read_table(frame_of(records), missing="mean")
    columns = [replace(c, mean=None) if c.name == PRICE else c for c in table.encoding.columns]  # its gaps are refused
    table = replace(table, encoding=Encoding(tuple(columns)))
    asked, _, _ = awkward(1)
    X = read_table(frame_of(asked), encoding=table.encoding).X
    two = (label > 1).astype(np.int64)
    for name in ("perceptron", "averaged", "pocket", "voted", "adaline", "sigmoid", "network"):
        how = {"epochs": 5} if name != "sigmoid" else {}
        hidden = {"hidden": (5, 4)} if name == "network" else {}
        yield Case(f"table_{name}_2", partial(trained, name, table, two, tuple(LABELS[:2]), **how, **hidden), X, asked)
        yield Case(f"table_{name}_4", partial(trained, name, table, label, tuple(LABELS), **how, **hidden), X, asked)
    scaled = 1e5 + 300 * score
    yield Case("table_linear", partial(trained, "linear", table, scaled, None), X, asked)
    yield Case("table_number", partial(trained, "network", table, scaled, None, epochs=5, hidden=(6,)), X, asked)
    yield Case(
        "table_no_hidden", partial(trained, "network", table, label, tuple(LABELS), epochs=3, hidden=()), X, asked
    )


def elsewhere():
    """Models of scikit-learn's pipelines, seen through: texts and codes with others, and products of features."""
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler

    records, label, score = awkward(2, gaps=False)
    floors = np.array([0.0, 1.0, 2.5])[np.arange(ROWS) % 3]
    records = [record | {"floor": float(floor)} for record, floor in zip(records, floors, strict=True)]
    frame = frame_of(records).append_column("floor", pa.array(floors)).to_pandas()
    for name, handle in (("known", "error"), ("others", "ignore")):
        asked, asked_frame = records, frame
        if handle == "ignore":
            asked = [r | ({COLOUR: OTHER, "floor": 7.0} if i % 10 == 3 else {}) for i, r in enumerate(records)]
            asked_frame = frame.assign(**{n: [r[n] for r in asked] for n in (COLOUR, "floor")})
        coded = OneHotEncoder(handle_unknown=handle, sparse_output=False)
        for kind, estimator, y, degree in (
            ("products", LogisticRegression(max_iter=300), np.array(LABELS)[label], 3),
            ("label", LogisticRegression(max_iter=300), np.array(LABELS[:2])[label // 2], 1),
            ("number", LinearRegression(), score, 2),
        ):
            numbers = make_pipeline(StandardScaler(), PolynomialFeatures(degree)) if degree > 1 else StandardScaler()
            parts = ColumnTransformer([("codes", coded, [COLOUR, "floor"]), ("numbers", numbers, [SELECT, PRICE])])
            model = gn.see_through(make_pipeline(parts, estimator).fit(frame, y))
            X = prepared(model.encoding["columns"], asked_frame)
            yield Case(f"sklearn_{name}_{kind}", partial(same, model), X, asked)


def of_gaps():
    """Models that take a missing text for none of the texts they know, or for the commonest."""
    for name, every, values in (("none", 2, len(COLOURS)), ("usual", 9, len(COLOURS)), ("usual_of_two", 9, 2)):
        records, label, _ = awkward(4)
        records = [r | {COLOUR: None if i % every == 1 else COLOURS[i % values]} for i, r in enumerate(records)]
        table = read_table(frame_of(records), missing="fill")
        column = table.encoding.columns[2]
        assert column.gaps is (name == "none")
        assert bool(column.usual) is (name != "none")
        yield Case(f"table_gap_{name}", partial(trained, "sigmoid", table, label, tuple(LABELS)), table.X, records)


def dated():
    """A model of dates, months, weekdays and hours, which only some targets can hold."""
    rng = np.random.default_rng(8)
    when = np.datetime64("2024-02-27T05:00:30", "us") + rng.integers(0, 90_000_000, ROWS) * np.timedelta64(1, "s")
    frame = pa.table({"when": pa.array(when), "size": rng.normal(size=ROWS)})
    y = (rng.normal(size=ROWS) + (when.astype("M8[M]").astype(int) % 2) > 0.5).astype(np.int64)
    how = Reading(dates=("month", "weekday", "hour"))
    table = read_table(frame.append_column("y", pa.array(y)), "y", reading=how)
    texts = [str(each).replace("T", " ") if i % 2 else str(each) for i, each in enumerate(when)]
    records = [{"when": t, "size": s} for t, s in zip(texts, frame["size"].to_pylist(), strict=True)]
    return Case("dated", partial(trained, "sigmoid", table, y, ("no", "yes")), table.X, records)


def plain_values():
    rng = np.random.default_rng(5)
    X = random_rows(5, 4)
    for name in ACTIVATIONS:
        yield Case(f"neuron_{name}", partial(same, gn.Neuron(rng.normal(size=4), rng.normal(), name)), X)
        shape = gn.Network.random([4, 6, 5, 3, 2], name, seed=3)
        theta = shape.parameters + 0.3 * rng.normal(size=len(shape.parameters))
        yield Case(f"network_{name}", partial(same, shape.with_parameters(theta)), X)
    yield Case("layer_softmax", partial(same, gn.Layer(rng.normal(size=(3, 4)), rng.normal(size=3), "softmax")), X)
    yield Case("network_softmax", partial(same, gn.Network.random([4, 5, 3], "tanh", output="softmax", seed=1)), X)
    bits = rng.integers(2, size=(ROWS, 3)).astype(float)
    yield Case("gate", partial(same, gn.McCullochPitts([2, -1, 1], 1)), bits)
    ties = rng.integers(-2, 3, size=(ROWS, 2)).astype(float)  # of a neuron that is often at exactly 0
    yield Case("neuron_ties", partial(same, gn.Neuron([1, -1], 0, "step")), ties)
    names = ("x", "y")
    sigmoid = gn.Model((gn.Neuron([1, -1], 0),), ("no", "yes"), names)
    yield Case("sigmoid_ties", partial(same, sigmoid), ties)
    layers = [gn.Layer([[1, -1], [2, 1]], [0, -1], "relu"), gn.Layer([[1, -1]], [0])]  # often no hidden neuron fires
    yield Case("network_ties", partial(same, gn.Model(gn.Network(layers), (1.5, -0.5), names)), ties)


def estimators():
    rng = np.random.default_rng(6)
    X = np.round(rng.normal(0, 2, size=(ROWS, 3)))  # whole numbers: sums of exactly 0 are common
    two, four = (X @ [1, -2, 1] > 0).astype(int), rng.permuted((X[:, 0] > 0) * 2 + (X[:, 1] > 0))
    few = {"max_epochs": 4, "tol": None}
    for variant in ("plain", "averaged", "pocket", "voted"):
        some = slice(0, FEW if variant == "voted" else None)
        for name, y in (("2", np.array(LABELS)[two]), ("4", four)):
            yield Case(
                f"perceptron_{variant}_{name}",
                lambda v=variant, y=y, some=some: gn.Perceptron(variant=v, **few).fit(X[some], y[some]),
                X,
            )
    yield Case("perceptron_fixed", lambda: gn.Perceptron(fixed_bias=-1.0, shuffle=False, **few).fit(X, two == 1), X)
    yield Case("perceptron_1", lambda: gn.Perceptron().fit(X, ["all"] * len(X)), X)
    yield Case("adaline_2", lambda: gn.Adaline(max_epochs=4).fit(X, two * 2.0), X)
    yield Case("adaline_4", lambda: gn.Adaline(max_epochs=4).fit(X, four), X)
    yield Case("sigmoid_2", lambda: gn.SigmoidNeuron().fit(X, two), X)
    yield Case("sigmoid_4", lambda: gn.SigmoidNeuron().fit(X, np.array(LABELS)[four]), X)
    yield Case("sigmoid_rest", lambda: gn.SigmoidNeuron(multi_class="one_vs_rest").fit(X, four), X)
    yield Case("linear", lambda: gn.LinearNeuron().fit(X, X @ [1, 2, 3] + 4), X)
    small = {"max_epochs": 3}
    yield Case("mlp_2", lambda: gn.MLPClassifier((6,), "relu", **small).fit(X, two), X)
    yield Case("mlp_4", lambda: gn.MLPClassifier((6, 5), "tanh", **small).fit(X, np.array(LABELS)[four]), X)
    yield Case("mlp_several", lambda: gn.MLPClassifier((6,), "sigmoid", **small).fit(X, (X > 0).astype(int)), X)
    yield Case("mlp_mixed", lambda: gn.MLPClassifier((4, 3), ("relu", "tanh"), **small).fit(X, two), X)
    yield Case("mlp_number", lambda: gn.MLPRegressor((6,), **small).fit(X, 1000 + 50 * X[:, 0]), X)
    yield Case("mlp_numbers", lambda: gn.MLPRegressor((6,), **small).fit(X, X[:, :2]), X)
    X32 = X.astype(np.float32)
    yield Case("mlp_float32", lambda: gn.MLPClassifier((6,), "tanh", **small).fit(X32, four), X)


def bundled_models():
    """Models of the bundled tables, with the tables' own rows."""
    for name, target in TABLES.items():
        table = read_table(bundled(name), target)
        classes, y = np.unique(table.y, return_inverse=True)
        plain = tuple(classes.tolist())
        columns = [column.name for column in table.encoding.columns]
        records = [dict(zip(columns, row, strict=True)) for row in table.X.tolist()]
        for kind, how in (("perceptron", {"epochs": 5}), ("sigmoid", {}), ("network", {"epochs": 4, "hidden": (32,)})):
            yield Case(f"{name}_{kind}", partial(trained, kind, table, y, plain, **how), table.X, records)


@cache
def cases():
    """Return every case, by name."""
    made = [*plain_values(), *estimators(), *table_models(), *elsewhere(), *of_gaps(), *bundled_models()]
    return {case.name: case for case in made}


def agree(case, labels, numbers, tolerance, *, exact=True):
    """Compare what a target answered with what the model answers; not exactly, labels only away from ties."""
    wanted, right = case.expected
    if wanted is not None:
        rows = slice(None) if exact else case.clear
        assert [str(w) for w in wanted[rows]] == [str(g) for g in np.asarray(labels, wanted.dtype)[rows]]
    got = np.asarray(numbers, float).reshape(right.shape)
    scale = max(1.0, float(np.abs(right).max()))
    np.testing.assert_allclose(got, right, rtol=tolerance, atol=tolerance * scale)


def unpacked(case, given):
    if case.expected[0] is None:
        return None, given
    numbers = [list(each.values()) if isinstance(each, dict) else each for _, each in given]
    return [label for label, _ in given], numbers
