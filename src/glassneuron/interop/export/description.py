"""What is exported: one walk over a model, which every target reads, so that none can forget a part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassneuron import __version__
from glassneuron.data.encoding import Column, Encoding
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling

FORMULAS = {
    "linear": "a = z",
    "step": "a = 1 if z >= 0, else 0",
    "sigmoid": "a = 1 / (1 + e^-z)",
    "tanh": "a = tanh z",
    "relu": "a = max(0, z)",
    "softmax": "a_k = e^z_k / (e^z_1 + e^z_2 + ...)",
}

Factor = tuple[int, float, float]

FAR = 4.0
"""Size from which on a mean counts as far from 0."""


@dataclass(frozen=True, eq=False)
class Description:
    """A model in the parts that a target has to hold, in the order in which a row passes through them.

    Attributes
    ----------
    value : object
        The neuron, layer, network or model itself.
    columns : tuple of Column
        What a row consists of. Without a table, one number for each feature.
    table : bool
        Whether rows have columns with names, gaps and text, as those of a table have.
    names : tuple of str
        The features, in order: columns of text have one for each value.
    scaling : Scaling or None
        What is subtracted from the features, and what they are divided by.
    layers : tuple of Layer
        In double precision. Where only the sums of the last layer count, its activation is "linear".
    classes : tuple or None
        The labels; None where the answer is made of numbers.
    decide : {"fires", "above", "largest", "only", ""}
        How the label follows from the sums of the last layer: one neuron that fires, from 0 up, for the second label;
        or only above 0, as in scikit-learn; the first of the largest; the only label that there is.
    probable : {"pair", "shares", "layer", "one", ""}
        How probabilities follow from what the last layer answers: that is the second label's; each is a share in the
        sum of all; they are it; the only label's is 1.
    target : tuple of two floats, or None
        What the answer is multiplied by, and what is added.
    bits : bool
        Whether rows consist of zeros and ones, as a McCulloch-Pitts neuron's do.
    about : dict
        Plain facts on the training.
    products : tuple of tuples of (place, subtracted, divided)
        Features behind those of the columns, each the product of features, counted from 0, less a number, divided by
        another; in the order in which they are multiplied.
    """

    value: Any
    columns: tuple[Column, ...]
    table: bool
    names: tuple[str, ...]
    scaling: Scaling | None
    layers: tuple[Layer, ...]
    classes: tuple[Any, ...] | None = None
    decide: str = ""
    probable: str = ""
    target: tuple[float, float] | None = None
    bits: bool = False
    about: dict[str, Any] | None = None
    products: tuple[tuple[Factor, ...], ...] = ()

    def in_single_precision(self) -> Description:
        """Return what answers nearly as well where numbers have seven digits.

        Neurons in the units of the table are told to read differences from the means of the columns, where those are
        known and far from 0: else the digits that count would be lost in the sums.
        """
        means = self._means()
        if self.scaling is not None or (np.abs(means) <= FAR).all():
            return self
        first, *others = self.layers
        layer = Layer(first.weights, first.biases + first.weights @ means, first.activation)
        return replace(self, scaling=Scaling(means, np.ones_like(means)), layers=(layer, *others))

    def _means(self) -> Array:
        """Return the mean of each feature where that is known, 0 elsewhere."""
        trained = self.value.scaling if isinstance(self.value, Model) else None
        if trained is not None:
            return in_full(self.value, trained.means, 0.0)
        known = [[c.mean or 0.0, *[0.0] * (len(c.features) - 1)] for c in self.columns]
        return np.array([mean for means in known for mean in means] + [0.0] * len(self.products))

    def without_dates(self, target: str, why: str) -> None:
        """Refuse columns of dates, for a target that cannot hold them."""
        for column in self.columns:
            if column.kind == "date":
                raise problem("cannot-hold", target=target, part=f"{column.name!r}, a column of dates", why=why)

    @property
    def outputs(self) -> int:
        """How many neurons the last layer has."""
        return len(self.layers[-1].biases)

    @property
    def activation(self) -> str:
        """That of the last layer."""
        return self.layers[-1].activation

    @property
    def sizes(self) -> tuple[int, ...]:
        """Features, and the neurons of each layer."""
        return (len(self.names), *(len(layer.biases) for layer in self.layers))

    @property
    def fills(self) -> Array:
        """What stands in for a gap in each column, NaN where nothing does."""
        return np.array([np.nan if column.mean is None else column.mean for column in self.columns])

    @property
    def texts(self) -> tuple[Column, ...]:
        """The columns of text."""
        return tuple(column for column in self.columns if column.kind == "text")

    @property
    def categories(self) -> tuple[Column, ...]:
        """The columns that have one feature for each value, of text or of numbers."""
        return tuple(column for column in self.columns if column.values)

    @property
    def dates(self) -> dict[str, tuple[str, tuple[tuple[str, tuple[int, ...]], ...]]]:
        """The columns of dates, each with the day from which it counts, and the parts that are features."""
        return {c.name: (f"{c.start}", c.parts) for c in self.columns if c.kind == "date"}

    @property
    def said(self) -> list[str]:
        """What it is, what it reads and what it answers, in lines for the head of a file."""
        kinds = " - ".join(map(str, self.sizes))
        network = self.value.network if isinstance(self.value, Model) else None
        names = ", ".join([layer.activation for layer in self.layers] if network is None else network.activations)
        what = {Model: str((self.about or {}).get("rule", "model")), McCullochPitts: "McCulloch-Pitts neuron"}
        noun = what.get(type(self.value), type(self.value).__name__.lower())
        lines = [
            f"{noun}: {kinds} ({names}), exported by glassneuron {__version__}",
            f"Reads {_counted(self.columns)}.",
        ]
        if self.classes is None:
            lines.append(f"Answers with {'a number' if self.outputs == 1 else f'{self.outputs} numbers'}.")
        else:
            also = "and how probable each is" if self.probable else "and the sums that decide"
            lines.append(f"Answers with one of {len(self.classes)} labels, {also}.")
        if "target" in (self.about or {}):
            lines[-1] = f"{lines[-1][:-1]}: {(self.about or {})['target']}."
        return [one_line(line) for line in lines]


def describe(model: Any) -> Description:
    """Take a neuron, a layer, a network, a model, or a fitted estimator of the package, apart.

    A `MLPClassifier` of several labels a row, and a `MLPRegressor` of several outputs, are their networks, which answer
    with the probability of each label, or with each number.

    Raises
    ------
    ModelFileError
        If it is none of these, or not fitted.

    Examples
    --------
    >>> described = describe(Model((Neuron([1, -1], 0, "step"),), classes=("left", "right"), names=("a", "b")))
    >>> described.decide, described.layers[0].weights.tolist()
    ('fires', [[1.0, -1.0]])
    """
    if isinstance(model, Model):
        return _of_model(model)
    if isinstance(model, Neuron):
        return _plain(model, _layer_of(model), names=model.names)
    if isinstance(model, McCullochPitts):
        return _plain(model, _layer_of(model.neuron), bits=True)
    if isinstance(model, Layer):
        return _plain(model, model)
    if isinstance(model, Network):
        return _plain(model, *model.layers, names=model.names)
    if hasattr(model, "fit") and hasattr(type(model), "model_"):
        many = getattr(model, "n_outputs_", 1) > 1 and (
            getattr(model, "_several", False) or not hasattr(model, "classes_")
        )
        return describe(model.network_ if many else model.model_)
    raise problem("not-exportable", kind=type(model).__name__)


def _plain(value: Any, *layers: Layer, names: Any = None, bits: bool = False) -> Description:
    names = names or tuple(f"x{j + 1}" for j in range(layers[0].weights.shape[1]))
    columns = tuple(Column(name, "number") for name in names)
    return Description(value, columns, False, tuple(names), None, tuple(map(_exact, layers)), bits=bits)


def _of_model(model: Model) -> Description:
    encoding = None if model.encoding is None else Encoding.from_dict(model.encoding)
    columns = tuple(Column(name, "number") for name in model.names) if encoding is None else encoding.columns
    columns, made = (tuple(c for c in columns if c.features and (c.kind == "product") is n) for n in (False, True))
    layers, scaling, target = [_exact(layer) for layer in model.network.layers], None, None
    if model.scaling is not None and model.scaling.changes and not model.folded:
        scaling, layers[0] = _finite(model.scaling, layers[0])
    if model.target_scaling is not None and model.target_scaling.changes:
        target = float(model.target_scaling.deviations[0]), float(model.target_scaling.means[0])
    decide = probable = ""
    if model.classes is not None:
        count, last = len(model.classes), layers[-1]
        alone = len(last.biases) == 1
        decide = "only" if count == 1 else "largest" if not alone else "fires" if model.tie_fires else "above"
        if model.gives_probabilities:
            each = "layer" if last.activation == "softmax" else "shares"
            probable = "one" if count == 1 else "pair" if alone else each
        else:
            layers[-1] = Layer(last.weights, last.biases, "linear")
    if any(column.single for column in columns):
        first = layers[0]
        layers[0] = Layer(in_full(model, first.weights, 0.0), first.biases, first.activation)
        if scaling is not None:
            scaling = Scaling(in_full(model, scaling.means, 0.0), in_full(model, scaling.deviations, 1.0))
        columns = tuple(replace(column, single=False) for column in columns)
    names = model.names if encoding is None else tuple(name for column in columns for name in column.features)
    places = {name: place for place, name in enumerate(names)}
    products = tuple(tuple((places[name], s, d) for name, s, d in reversed(column.factors)) for column in made)
    names += tuple(column.name for column in made)
    return Description(
        model, columns, encoding is not None, names, scaling, tuple(layers), model.classes, decide, probable,
        target, about=model.about, products=products,
    )  # fmt: skip


def in_full(model: Model, numbers: Array, filling: float) -> Array:
    """Give columns with one feature for two texts a place for the other text, too, which weighs nothing."""
    encoding = None if model.encoding is None else Encoding.from_dict(model.encoding)
    places, place = [], 0
    for column in () if encoding is None else encoding.columns:
        if column.single:
            places.append(place)
        place += len(column.features)
    return np.insert(numbers, places, filling, axis=-1)


def _layer_of(neuron: Neuron) -> Layer:
    return Layer(neuron.weights[np.newaxis].astype(np.float64), [neuron.bias], neuron.activation)


def _exact(layer: Layer) -> Layer:
    return Layer(layer.weights.astype(np.float64), layer.biases.astype(np.float64), layer.activation)


def _finite(scaling: Scaling, layer: Layer) -> tuple[Scaling, Layer]:
    """Write a column without spread, whose deviation is infinite, with numbers that every language can write."""
    flat = ~np.isfinite(scaling.deviations)
    if not flat.any():
        return scaling, layer
    weights = np.where(flat, 0.0, layer.weights)
    return Scaling(scaling.means, np.where(flat, 1.0, scaling.deviations)), Layer(
        weights, layer.biases, layer.activation
    )


def named_columns(model: Description) -> list[tuple[str, str, Any]]:
    """Return what some columns allow or are: a name for a constant, what it means, and the columns; none is empty."""
    columns = [
        (
            "OTHERS",
            "columns in which a value that is none of theirs counts as none",
            [c for c in model.columns if c.others],
        ),
        ("GAPS", "columns in which a gap counts as none of their values", [c for c in model.columns if c.gaps]),
    ]
    named: list[tuple[str, str, Any]] = [(name, what, [c.name for c in some]) for name, what, some in columns if some]
    usual = {c.name: c.usual for c in model.columns if c.usual}
    if usual:
        named.append(("USUAL", "the text as which a gap counts", usual))
    if model.dates:
        what = "dates, as ISO 8601 writes them: the day from which days count, and parts that are features"
        named.append(("DATES", what, model.dates))
    return named


def _counted(columns: tuple[Column, ...]) -> str:
    names = [column.name for column in columns]
    return ", ".join(names) if len(names) <= 12 else f"{len(names)} columns, {names[0]} to {names[-1]}"


def one_line(text: str) -> str:
    """Return text that cannot leave a comment: without line breaks, control characters and ends of comments."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain.replace("*/", "* /").replace("/*", "/ *").replace('"""', "'''").replace("\\", "/").replace("??", "? ?")
