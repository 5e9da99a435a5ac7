"""`TableEncoder`: the columns of a table, as people have them, become numbers; a scikit-learn transformer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from glassneuron import checks
from glassneuron.data.files import of_array
from glassneuron.data.reading import Reading
from glassneuron.data.table import UNKNOWN, read_table
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.estimators.scikit import BaseEstimator, TransformerMixin
from glassneuron.estimators.validation import refused, transactional

if TYPE_CHECKING:
    from glassneuron.data.table import Table

GAPS = ("fill", "refuse")


class TableEncoder(TransformerMixin, BaseEstimator):
    r"""Make numbers of a table as people have it: what the command does with a file, for frames in Python.

    Numbers stay what they are; each text becomes a feature of 0 and 1, of two texts one; dates become days since the
    first, and "25 %", "$2,522.70" or "31.12.2024" are read as what they mean. Gaps are filled, columns that tell a
    model nothing are left out, and `notes_` say all of it.

    Parameters
    ----------
    drop, only : sequence of str
        Columns to leave out, or the only ones to take.
    keep : sequence of str or "all"
        Columns to keep of those that would be left out: of one value, copies, names and numbers of rows.
    text, numeric : sequence of str
        Columns that are text, or numbers, whatever they look like.
    dates : sequence of {"month", "weekday", "hour"}
        What of dates becomes features, one for each month, beside the days.
    date_order : {"dmy", "mdy", "ymd"}, optional
        How dates are written, where that cannot be recognised.
    decimal, thousands : str, optional
        The marks in numbers that are written as text.
    missing : {"fill", "refuse"}
        What to do with a gap: the mean of numbers and dates, and of a text no feature; or an error with column and row.
    unknown : {"refuse", "ignore"}
        What to do with a text that was not met in `fit`: an error with column and row, or features of 0.

    Attributes
    ----------
    encoding_ : Encoding
        The columns that are read, and what they become; a model file holds the same.
    notes_ : tuple of str
        What was recognised, filled and left out, in sentences.
    feature_names_in_ : ndarray of str
        The columns of the frame.
    n_features_in_ : int

    Raises
    ------
    TableError
        With the column, the row and what helps.

    Examples
    --------
    >>> import pyarrow as pa
    >>> frame = pa.table({"size": [1.5, None, 2.5], "colour": ["red", "blue", "green"], "year": [2024] * 3})
    >>> encoder = TableEncoder()
    >>> encoder.fit_transform(frame)
    array([[1.5, 0. , 0. , 1. ],
           [2. , 1. , 0. , 0. ],
           [2.5, 0. , 1. , 0. ]])
    >>> encoder.get_feature_names_out().tolist()
    ['size', 'colour=blue', 'colour=green', 'colour=red']
    >>> print(*encoder.notes_, sep="\n")
    `year`: left out, for it is 2024 in every row (`keep` takes it in)
    gaps filled: `size` (1) with the mean; of 3 rows
    """

    n_features_in_: int

    def __init__(
        self,
        *,
        drop: Sequence[str] = (),
        only: Sequence[str] = (),
        keep: Sequence[str] | str = (),
        text: Sequence[str] = (),
        numeric: Sequence[str] = (),
        dates: Sequence[str] = (),
        date_order: str | None = None,
        decimal: str | None = None,
        thousands: str | None = None,
        missing: str = "fill",
        unknown: str = "refuse",
    ) -> None:
        self.drop = drop
        self.only = only
        self.keep = keep
        self.text = text
        self.numeric = numeric
        self.dates = dates
        self.date_order = date_order
        self.decimal = decimal
        self.thousands = thousands
        self.missing = missing
        self.unknown = unknown

    @transactional
    def fit(self, X: Any, y: Any = None) -> TableEncoder:
        """Learn what the columns of a frame become; `y` is not looked at."""
        self._read(X)
        return self

    @transactional
    def fit_transform(self, X: Any, y: Any = None, **more: Any) -> Array:
        """Learn what the columns of a frame become, and return them: an ndarray of shape (rows, features)."""
        return self._read(X).X

    def transform(self, X: Any) -> Array:
        """Return the features of a frame with the columns that were met in `fit`.

        Returns
        -------
        X : ndarray of shape (rows, features), float64
        """
        check_is_fitted(self)
        checks.choice("missing", self.missing, GAPS)
        frame = _framed(self, X, fitting=False)
        means = getattr(self, "_means", {}) if self.missing == "fill" else {}
        table = read_table(
            frame, encoding=self.encoding_.with_means(means), reading=self._reading().marks, missing=self.missing,
            unknown=checks.choice("unknown", self.unknown, UNKNOWN),
        )  # fmt: skip
        return table.X

    def get_feature_names_out(self, input_features: Any = None) -> Array:
        """Return the names of the features: ``size``, ``colour=blue``."""
        check_is_fitted(self)
        known = list(getattr(self, "feature_names_in_", [f"x{j}" for j in range(self.n_features_in_)]))
        if input_features is not None and list(input_features) != known:
            raise problem("parameter", name="input_features", rule="the columns met in `fit`", value=input_features)
        return np.array(self.encoding_.names, dtype=object)

    def _reading(self) -> Reading:
        def names(given: Sequence[str] | str) -> tuple[str, ...]:
            return (given,) if isinstance(given, str) else tuple(given)

        return Reading(
            drop=names(self.drop), only=names(self.only), keep=None if self.keep == "all" else names(self.keep),
            text=names(self.text), numeric=names(self.numeric), dates=names(self.dates), date_order=self.date_order,
            decimal=self.decimal, thousands=self.thousands,
        )  # fmt: skip

    def _read(self, X: Any) -> Table:
        checks.choice("missing", self.missing, GAPS)
        checks.choice("unknown", self.unknown, UNKNOWN)
        reading = self._reading()
        table = read_table(_framed(self, X, fitting=True), missing=self.missing, reading=reading)
        self.encoding_ = table.encoding
        self.notes_ = tuple(note.replace("--keep", "`keep`") for note in table.notes)
        self._means = table.means
        return table

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.missing == "fill"
        tags.input_tags.string = tags.input_tags.categorical = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def _framed(encoder: TableEncoder, X: Any, *, fitting: bool) -> Any:
    """Return what can be read as a table, once the columns are those that were met; arrays are given their names."""
    try:
        if hasattr(X, "__arrow_c_stream__") or hasattr(X, "iloc"):
            validate_data(encoder, X, reset=fitting, skip_check_array=True)
            return X
        options: dict[str, Any] = {"dtype": None, "ensure_all_finite": False}
        values = validate_data(encoder, X, reset=fitting, **options)
    except (ValueError, TypeError, OverflowError) as error:
        raise refused(error) from error
    if np.iscomplexobj(values):
        raise problem("input", text="Complex data not supported")
    names = getattr(encoder, "feature_names_in_", None)
    return of_array(values, names)
