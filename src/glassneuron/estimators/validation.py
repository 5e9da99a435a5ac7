"""What every estimator of the package shares: checked input, class labels, explanations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from numbers import Real
from typing import Any, TypeVar

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from glassneuron.data.pieces.chunks import as_array, comes_in_chunks
from glassneuron.data.wrong_cells import wrong_cell, wrong_target
from glassneuron.engine.arrays import Array, all_finite
from glassneuron.engine.on_disk import map_of, room, row_by_row
from glassneuron.errors import GlassneuronError, problem
from glassneuron.estimators.scikit import BaseEstimator
from glassneuron.learning.measures.classes import how_many
from glassneuron.neurons.columns import names_in

F = TypeVar("F", bound=Callable[..., Any])


def checked(
    estimator: BaseEstimator, X: Any, y: Any = None, *, fitting: bool, reset: bool | None = None,
    order: str | None = "C", **more: Any,
) -> tuple[Array, Any]:  # fmt: skip
    """Check rows (and targets) as scikit-learn does; what it refuses is refused with the package's own error.

    `fitting` says whether there are targets, and `reset` whether the features are noted, as they are by default if
    there are; `order` and `more` are options of scikit-learn's `validate_data`. Returns X of shape (rows, features),
    float32 or float64, and y of shape (rows,) or None.
    """
    if comes_in_chunks(X):
        X = as_array(X, "X")
    if comes_in_chunks(y):
        y = as_array(y, "y")
    reset = fitting if reset is None else reset
    if plain(estimator, X, reset) and (not fitting or _one_a_row(X, y)):
        rows = np.ascontiguousarray(X, None if X.dtype.kind == "f" else np.float64) if order else X
        if all_finite(rows):
            if reset:
                vars(estimator).pop("feature_names_in_", None)
                vars(estimator)["n_features_in_"] = X.shape[1]
            return rows, np.ascontiguousarray(y) if fitting else None
    options: dict[str, Any] = {"dtype": (np.float64, np.float32), "order": order, "reset": reset, **more}
    try:
        if not fitting:
            return validate_data(estimator, X, **options), None
        rows, targets = validate_data(estimator, X, y, **options)
        return rows, targets
    except (ValueError, TypeError, OverflowError) as error:
        raise explained(error, X, y) from error


def refused(error: Exception) -> GlassneuronError:
    """Return the package's own error for one of scikit-learn's, with the same words and the same kind."""
    return problem("input-type" if isinstance(error, TypeError) else "input", text=str(error))


def explained(error: Exception, X: Any, y: Any = None) -> GlassneuronError:
    """Return the error that names a gap, an infinite number or a text, if that is what was refused."""
    told = str(error)
    if not any(word in told for word in ("NaN", "infinity", "convert", "too large")):
        return refused(error)
    try:
        return wrong_cell(X) or wrong_target(y) or refused(error)
    except (TypeError, ValueError, AttributeError):  # of something that is no table
        return refused(error)


def plain(estimator: BaseEstimator, X: Any, reset: bool = False) -> bool:
    """Return whether rows are an array of ordinary numbers, as wide as wanted: only their values can be wrong.

    scikit-learn's checks also ask whether they are a frame of one of ten libraries: that takes longer than many a fit.
    """
    if type(X) is not np.ndarray or X.ndim != 2 or 0 in X.shape:
        return False
    if X.dtype not in (np.float64, np.float32) and X.dtype.kind not in "biu":
        return False
    known = vars(estimator)
    return reset or ("feature_names_in_" not in known and known.get("n_features_in_") == X.shape[1])


def _one_a_row(X: Array, y: Any) -> bool:
    """Return whether targets are an array of ordinary, finite numbers, one for each row."""
    if type(y) is not np.ndarray or y.shape != X.shape[:1]:
        return False
    return y.dtype.kind in "biu" or (y.dtype in (np.float64, np.float32) and all_finite(y))


TEXTS = {str}
"""The kinds of values where all labels are texts."""
MOST_LABELS = 1000
"""How far apart whole numbers may lie to be told apart by counting."""


def labels(y: Any) -> tuple[Array, Array]:
    """Find the classes, sorted, and each row's position among them."""
    y = plain_labels(y)
    if y.dtype.kind in "bui" and y.size:
        first, last = y.min(), y.max()
        if int(last) - int(first) < MOST_LABELS:
            return _numbered(y, first, last)
    if y.dtype.kind in "OU" and y.ndim == 1 and map_of(y) is None:
        values = y.tolist()
        if set(map(type, values)) == TEXTS:
            return _named(values, y.dtype)
    try:
        check_classification_targets(y)
        classes = np.unique(y)
        return classes, positions(classes, y)
    except (ValueError, TypeError) as error:
        raise refused(error) from error


def plain_labels(y: Any) -> Array:
    """Return labels as an array of texts or numbers; refuse gaps, mixtures and dates, which no model file can hold.

    Examples
    --------
    >>> plain_labels(np.array([1, 2], dtype=object))
    array([1, 2])
    """
    labels: Array = np.asarray(y)
    if labels.dtype.kind in "Mm":
        raise problem("date-labels", name="y", value=str(labels.flat[0]) if labels.size else str(labels.dtype))
    if labels.dtype != object or labels.ndim != 1:
        return labels
    values = labels.tolist()
    kinds = set(map(type, values))
    if kinds == TEXTS:
        return labels
    gaps = [row for row, value in enumerate(values) if value is None or value != value]
    if gaps:
        raise problem("no-label", name="y", value=values[gaps[0]], row=gaps[0], count=len(gaps))
    if any(issubclass(kind, (date, timedelta)) for kind in kinds):
        raise problem("date-labels", name="y", value=str(values[0]))
    numbers = [issubclass(kind, Real) for kind in kinds]
    if any(numbers) and not all(numbers):
        raise problem("mixed-labels", name="y")
    return np.array(values) if all(numbers) and values else labels


def number_targets(y: Any) -> Any:
    """Refuse targets that are no numbers, with the first of them; all else stays as it is."""
    array = y if issparse(y) else np.asarray(y)
    if array.dtype.kind in "USMm" and array.size:
        raise problem("numbers", name="y", value=str(array.flat[0]))
    if array.dtype == object and array.ndim:
        bad = next((value for value in array.flat if not isinstance(value, Real)), 0)
        if not isinstance(bad, Real):
            raise problem("numbers", name="y", value=bad)
    return y


def _numbered(y: Array, first: Any, last: Any) -> tuple[Array, Array]:
    """Find classes that are whole numbers close together by counting, and without sorting."""
    if int(last) - int(first) == 1:
        return np.array([first, last]), row_by_row(lambda y: (y == last).astype(np.int32), y)
    wide = np.int16 if y.dtype.itemsize == 1 else y.dtype
    offsets = row_by_row(lambda y: np.subtract(y, first, dtype=wide).astype(np.int32), y)
    there = how_many(offsets, int(last) - int(first) + 1) > 0
    if there.all():
        return np.arange(len(there)).astype(y.dtype) + first, offsets
    place = (there.cumsum() - 1).astype(np.int32)
    codes = row_by_row(lambda offsets: place[offsets], offsets)
    return there.nonzero()[0].astype(y.dtype) + first, codes


def _named(values: list[str], dtype: Any) -> tuple[Array, Array]:
    """Find classes that are texts, of which there are mostly few, without sorting the rows."""
    names = sorted(set(values))
    place = {name: k for k, name in enumerate(names)}
    return np.array(names, dtype), np.fromiter(map(place.__getitem__, values), np.int32, len(values))


def positions(classes: Array, y: Array) -> Array:
    """Return each label's position among the classes, a piece at a time, so that a large table needs little room."""
    y = np.asarray(y)
    codes = room((len(y),), np.int32, y)
    for start in range(0, len(y), 1 << 16):
        codes[start : start + (1 << 16)] = np.searchsorted(classes, y[start : start + (1 << 16)])
    return codes


def known(classes: Array, y: Array) -> Array:
    """Return each label's position among classes that are known already; refuse others."""
    y = plain_labels(y)
    new = np.setdiff1d(y, classes)
    if len(new):
        raise problem("new-class", value=new[0].item(), known=", ".join(repr(label) for label in classes.tolist()))
    return positions(classes, y)


def weights_of(X: Any, sample_weight: Any) -> Array | None:
    """Check how much each row counts; None where that was not said."""
    if sample_weight is None:
        return None
    try:
        counts = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
    except (ValueError, TypeError, OverflowError) as error:
        raise refused(error) from error
    return _within_reach("sample_weight", sample_weight, counts, X.dtype)


def _within_reach(name: str, given: Any, counts: Array, dtype: Any) -> Array:
    """Refuse weights of which none is above 0, or whose sum is beyond a float, once they are of the rows' own kind."""
    with np.errstate(over="ignore"):
        own = counts if counts.dtype == dtype else counts.astype(dtype)
        whole = own.sum()
    if not own.any():
        raise problem("parameter", name=name, rule=f"above 0 for at least one row, as a {own.dtype}", value=given)
    if not np.isfinite(whole):
        raise problem("parameter", name=name, rule=f"small enough for their sum to be a {own.dtype}", value=given)
    return counts


def weights_with_classes(
    class_weight: Any, classes: Array, codes: Array, counts: Array | None, dtype: Any = np.float64
) -> Array | None:
    """Multiply the weight of each row, if there is one, by that of its class.

    `class_weight` is a dict of class to weight, "balanced" (each class counts the same) or None; `codes` are positions
    in the classes; the sum has to be within reach of `dtype`.
    """
    if class_weight is None:
        return counts
    if isinstance(class_weight, str) and class_weight == "balanced":
        there = how_many(codes, len(classes)) if counts is None else np.bincount(codes, counts, len(classes))
        of_class = np.divide(there.sum(), len(classes) * there, out=np.ones_like(there, float), where=there > 0.0)
    else:
        try:
            of_class = compute_class_weight(class_weight, classes=classes, y=classes)
        except (ValueError, TypeError, OverflowError) as error:
            raise refused(error) from error
    if not (np.isfinite(of_class).all() and (of_class >= 0.0).all()):
        raise problem("parameter", name="class_weight", rule="finite and from 0 up for each class", value=class_weight)
    with np.errstate(over="ignore"):
        each = row_by_row(lambda codes: of_class[codes], codes)
        all_counts = each if counts is None else row_by_row(np.multiply, each, counts)
    return _within_reach("class_weight", class_weight, all_counts, dtype)


def fitted(estimator: BaseEstimator) -> None:
    """Refuse an estimator that has not been fitted."""
    if "history_" not in vars(estimator):
        check_is_fitted(estimator)


def as_pair(validation: Any) -> tuple[Any, Any]:
    """Take validation rows and their targets apart."""
    try:
        X, y = validation
    except (TypeError, ValueError):
        raise problem("parameter", name="validation", rule="a pair of rows and targets", value=validation) from None
    return X, y


def transactional(method: F) -> F:
    """Let a method that does not come to its end, for whatever reason, leave the estimator as it was."""

    @wraps(method)
    def whole(estimator: BaseEstimator, *arguments: Any, **more: Any) -> Any:
        before = dict(vars(estimator))
        try:
            return method(estimator, *arguments, **more)
        except BaseException:
            vars(estimator).clear()
            vars(estimator).update(before)
            raise

    return whole  # type: ignore[return-value]


def one_row(estimator: BaseEstimator, row: Any) -> Any:
    """Return a row as plain numbers; one whose columns have names has to have those of the features, in their order."""
    if hasattr(row, "to_frame") and all(isinstance(name, str) for name in row.index):
        row = row.to_frame().T  # a row of a frame
    if names_in(row) is not None:
        row, _ = checked(estimator, row, fitting=False)
    return row.toarray()[0] if issparse(row) else row
