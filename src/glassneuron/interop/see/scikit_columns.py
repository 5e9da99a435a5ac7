"""Transformers of scikit-learn, as what each feature is made of: a column, a value of one, or a product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.interop.see.chain import unseen
from glassneuron.neurons.preparing import feature_names
from glassneuron.neurons.scaling import Scaling


@dataclass(frozen=True)
class Number:
    """A column of numbers, of which `subtracted` is taken away before it is divided by `divided`."""

    column: str
    fill: float | None = None
    subtracted: float = 0.0
    divided: float = 1.0


@dataclass(frozen=True)
class Value:
    """1 where a column has this value."""

    column: str
    value: Any
    values: tuple[Any, ...]
    others: bool
    subtracted: float = 0.0
    divided: float = 1.0


@dataclass(frozen=True)
class Code:
    """A number for each value of a column."""

    column: str
    values: tuple[Any, ...]
    numbers: tuple[float, ...]


@dataclass(frozen=True)
class Product:
    """A product of features; of none, it is 1."""

    factors: tuple[Number | Value, ...]
    name: str
    subtracted: float = 0.0
    divided: float = 1.0


Feature = Number | Value | Code | Product


def prepared_by(steps: Sequence[tuple[str, Any]], names: Sequence[str]) -> Features:
    """Follow the columns through transformers."""
    made: list[Feature] = [Number(name) for name in names]
    special = ""
    for name, step in steps:
        made = _through(name, step, made)
        if any(not isinstance(f, Number) or f.fill is not None for f in made):
            special = special or name
    return Features(tuple(names), tuple(made), special)


@dataclass(frozen=True)
class Features:
    """What comes out of transformers: the columns they read, and the features they make, in order.

    `special` is the first step whose work is more than a scale.
    """

    names: tuple[str, ...]
    made: tuple[Feature, ...]
    special: str

    def assembled(self, W: Array) -> tuple[tuple[str, ...], dict[str, Any], Scaling | None, Array]:
        """Return the names of features, the encoding of columns, the scaling, and weights for these features."""
        slots: dict[Any, tuple[str, float, float, Array]] = {}  # name, subtracted, divided, weights
        columns: list[dict[str, Any]] = []
        parts: dict[str, list[Number | Value | Code]] = {name: [] for name in self.names}
        for feature in self.made:
            for part in _parts(feature):
                parts[part.column].append(part)
        for name in self.names:
            column = _column(name, parts[name])
            columns.append(column)
            for slot, value in zip(feature_names(column), column["values"] or (None,), strict=False):
                slots[name, value] = (slot, 0.0, 1.0, np.zeros(len(W), W.dtype))
        used: set[Any] = set()
        for w, feature in zip(W.T, self.made, strict=True):
            for key, factor in self._places(feature):
                if key not in slots or (key in used and slots[key][1:3] != _scale(feature)):
                    product = _product_of(feature, f"{key[0]} ({len(columns)})" if key in slots else key[0])
                    columns.append(product)
                    slots[product["name"], None] = (product["name"], *_scale_of(feature, product), w.copy())
                    continue
                there = slots[key]
                slots[key] = (there[0], *_scale(feature), there[3] + w * W.dtype.type(factor))
                used.add(key)
        names = tuple(slot[0] for slot in slots.values())
        if len(set(names)) < len(names):
            name = Counter(names).most_common(1)[0][0]
            raise unseen(f"the feature {name!r}", "two of its name would come out")
        scaling = Scaling(*(np.array([slot[k] for slot in slots.values()]) for k in (1, 2)))
        weights = np.stack([slot[3] for slot in slots.values()], axis=1)
        return names, {"columns": columns}, scaling if scaling.changes else None, weights

    def _places(self, feature: Feature) -> Iterator[tuple[Any, float]]:
        """Yield the places of a feature among those that columns have, each with what it counts there."""
        if isinstance(feature, Code):
            for value, number in zip(feature.values, feature.numbers, strict=True):
                yield (feature.column, value), number
        elif isinstance(feature, Value):
            yield (feature.column, feature.value), 1.0
        elif isinstance(feature, Number):
            yield (feature.column, None), 1.0
        else:
            yield (feature.name, "product"), 1.0


def _column(name: str, parts: Sequence[Number | Value | Code]) -> dict[str, Any]:
    """Return how a column is read, by all features that are made of it."""
    if not parts:
        return {"name": name, "kind": "text", "values": (), "mean": None, "others": True}
    fills = {part.fill if isinstance(part, Number) else None for part in parts}
    sets = {part.values if not isinstance(part, Number) else () for part in parts}
    others = {isinstance(part, Value) and part.others for part in parts}
    if len(fills) > 1 or len(sets) > 1 or len(others) > 1:
        raise unseen(f"the column {name!r}", "it is read in two ways, with other values or other fillings")
    values, mean = sets.pop(), fills.pop()
    kind = "text" if values and isinstance(values[0], str) else "number"
    column = {"name": name, "kind": kind, "values": values, "mean": mean}
    return {**column, "others": True} if others.pop() else column


def _parts(feature: Feature) -> tuple[Number | Value | Code, ...]:
    return feature.factors if isinstance(feature, Product) else (feature,)


def _scale(feature: Feature) -> tuple[float, float]:
    return (0.0, 1.0) if isinstance(feature, Code) else (feature.subtracted, feature.divided)


def _feature_name(part: Number | Value) -> str:
    if isinstance(part, Number):
        return part.column
    kind = "text" if isinstance(part.value, str) else "number"
    return feature_names({"name": part.column, "kind": kind, "values": (part.value,)})[0]


def _product_of(feature: Feature, name: str) -> dict[str, Any]:
    """Return the column that holds a product, or once more a feature whose place is taken with another scale."""
    if isinstance(feature, Code):
        raise unseen(f"the column {feature.column!r}", "it is both one feature and one for each value")
    parts = feature.factors if isinstance(feature, Product) else (feature,)
    factors = tuple((_feature_name(part), part.subtracted, part.divided) for part in parts)
    return {"name": name, "kind": "product", "values": (), "mean": None, "factors": factors}


def _scale_of(feature: Feature, product: dict[str, Any]) -> tuple[float, float]:
    return (feature.subtracted, feature.divided) if isinstance(feature, Product) else (0.0, 1.0)


def _through(name: str, step: Any, made: list[Feature]) -> list[Feature]:
    """Return what a transformer makes of features."""
    if step is None or step == "passthrough":
        return made
    kind = type(step).__name__
    if type(step).__module__.partition(".")[0] != "sklearn" or kind not in STEPS:
        raise unseen(f"the step {name!r}, {kind},", "it is none of the transformers that can")
    wanted = getattr(step, "n_features_in_", None)
    if wanted is None and kind not in ("FunctionTransformer", "Pipeline", "FeatureUnion"):
        raise unseen(f"the step {name!r}, {kind},", "it is not fitted; call `fit` first")
    if wanted is not None and kind != "FunctionTransformer" and wanted != len(made):
        raise unseen(f"the step {name!r}, {kind},", f"it reads {wanted} features and is given {len(made)}")
    return STEPS[kind](f"the step {name!r}, {kind},", step, made)


def _pipeline(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    for name, inner in step.steps:
        made = _through(name, inner, made)
    return made


def _union(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    if step.transformer_weights:
        raise unseen(part, "it has transformer_weights")
    kept = [(name, inner) for name, inner in step.transformer_list if inner != "drop"]
    return [feature for name, inner in kept for feature in _through(name, inner, made)]


def _columns(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    if step.transformer_weights:
        raise unseen(part, "it has transformer_weights")
    places = step._transformer_to_input_indices
    out: list[Feature] = []
    for name, inner, _ in step.transformers_:
        chosen = [made[j] for j in places[name]]
        if chosen and not (isinstance(inner, str) and inner == "drop"):
            out += _through(name, inner, chosen)
    return out


def _function(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    if step.func is not None:
        raise unseen(part, "its function is code")
    return made


def _imputer(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    if step.strategy not in ("mean", "median") or step.add_indicator:
        why = "it adds a feature for each gap" if step.add_indicator else f"its strategy is {step.strategy!r}"
        raise unseen(part, f"{why}; a mean or a median can be kept")
    missing = step.missing_values
    if not (isinstance(missing, float) and missing != missing) and type(missing).__name__ != "NAType":
        raise unseen(part, f"it fills in for {missing!r}; gaps can be kept")
    statistics = np.asarray(step.statistics_, dtype=np.float64)
    if not np.isfinite(statistics).all():
        raise unseen(part, "a column of it has gaps alone")
    out: list[Feature] = []
    for feature, fill in zip(made, statistics.tolist(), strict=True):
        if not isinstance(feature, Number) or _scale(feature) != (0.0, 1.0):
            raise unseen(part, "it fills gaps of what was changed before; let it come first")
        out.append(feature if feature.fill is not None else replace(feature, fill=fill))
    return out


def _scaled(part: str, made: list[Feature], subtracted: Any, divided: Any) -> list[Feature]:
    zeros, ones = np.zeros(len(made)), np.ones(len(made))
    means = zeros if subtracted is None else np.asarray(subtracted, dtype=np.float64)
    deviations = ones if divided is None else np.asarray(divided, dtype=np.float64)
    out: list[Feature] = []
    for feature, mean, deviation in zip(made, means.tolist(), deviations.tolist(), strict=True):
        if not deviation > 0 or not np.isfinite([mean, deviation]).all():
            raise unseen(part, f"it divides by {deviation}")
        if isinstance(feature, Code):
            numbers = ((np.array(feature.numbers) - mean) / deviation).tolist()
            out.append(replace(feature, numbers=tuple(numbers)))
        else:
            before, by = feature.subtracted, feature.divided
            out.append(replace(feature, subtracted=before + mean * by, divided=by * deviation))
    return out


def _standard(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    mean = step.mean_ if step.with_mean else None
    return _scaled(part, made, mean, step.scale_ if step.with_std else None)


def _min_max(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    if step.clip:
        raise unseen(part, "it clips")
    return _scaled(part, made, -step.min_ / step.scale_, 1.0 / step.scale_)


def _max_abs(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    if getattr(step, "clip", False):
        raise unseen(part, "it clips")
    return _scaled(part, made, None, step.scale_)


def _robust(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    return _scaled(part, made, step.center_, step.scale_)


def _categories(part: str, step: Any, made: list[Feature]) -> Iterator[tuple[Number, tuple[Any, ...]]]:
    """Yield each column with its values, as plain Python ones."""
    if getattr(step, "_infrequent_enabled", False):
        raise unseen(part, "it groups rare values")
    for feature, categories in zip(made, step.categories_, strict=True):
        if not isinstance(feature, Number) or feature.fill is not None or _scale(feature) != (0.0, 1.0):
            raise unseen(part, "it reads what was changed before; let it come first")
        values = tuple(np.asarray(categories).tolist())
        texts = all(isinstance(value, str) for value in values)
        if not texts and not all(isinstance(value, (int, float)) and value == value for value in values):
            raise unseen(part, "a gap, or something other than texts and numbers, is one of its values")
        yield feature, values if texts else tuple(float(value) for value in values)


def _one_hot(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    others = step.handle_unknown in ("ignore", "infrequent_if_exist", "warn")
    dropped = [None] * len(made) if step.drop_idx_ is None else list(step.drop_idx_)
    out: list[Feature] = []
    for (feature, values), drop in zip(_categories(part, step, made), dropped, strict=True):
        out += [Value(feature.column, v, values, others) for place, v in enumerate(values) if place != drop]
    return out


def _ordinal(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    if step.handle_unknown != "error":
        raise unseen(part, "it has a number for values that it does not know")
    return [
        Code(feature.column, values, tuple(float(place) for place in range(len(values))))
        for feature, values in _categories(part, step, made)
    ]


def _polynomial(part: str, step: Any, made: list[Feature]) -> list[Feature]:
    out: list[Feature] = []
    for powers in step.powers_.tolist():
        if sum(powers) == 1:
            out.append(made[powers.index(1)])
            continue
        factors: list[Number | Value] = []
        words: list[str] = []
        for feature, power in zip(made, powers, strict=True):
            if power and not isinstance(feature, (Number, Value)):
                raise unseen(part, "it multiplies what is a product or a code already")
            if power and isinstance(feature, (Number, Value)):
                factors += [feature] * power
                words.append(_feature_name(feature) + (f"^{power}" if power > 1 else ""))
        out.append(Product(tuple(factors), " ".join(words) or "1"))
    return out


STEPS = {
    "Pipeline": _pipeline,
    "FeatureUnion": _union,
    "ColumnTransformer": _columns,
    "FunctionTransformer": _function,
    "SimpleImputer": _imputer,
    "StandardScaler": _standard,
    "MinMaxScaler": _min_max,
    "MaxAbsScaler": _max_abs,
    "RobustScaler": _robust,
    "OneHotEncoder": _one_hot,
    "OrdinalEncoder": _ordinal,
    "PolynomialFeatures": _polynomial,
}
