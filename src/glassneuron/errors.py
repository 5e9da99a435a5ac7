"""Every way in which glassneuron says no.

::

    GlassneuronError
    ├── ParameterError (ValueError)      a setting outside its rule
    ├── ParameterTypeError (TypeError)   a setting of the wrong kind
    ├── DataError (ValueError)           rows, features or targets that cannot be used
    │   ├── ShapeError                   arrays that do not fit together
    │   └── TableError                   a file or frame that cannot be read as a table
    ├── DataTypeError (TypeError)        things in a table that could never be numbers
    ├── ModelFileError (ValueError)      a saved model that cannot be read or written
    └── MissingExtraError (ImportError)  an optional library that is not installed

    TrainingWarning (UserWarning)        a training that ran and is not to be trusted

Each message has a code and a template in `MESSAGES`, so that the whole vocabulary can be read in one place. A
message gives the name, the rule, the value and the fix.
"""

from __future__ import annotations

import sys
import warnings


class GlassneuronError(Exception):
    """Root of the tree; `code` names the message in `MESSAGES`."""

    code: str = ""


class ParameterError(GlassneuronError, ValueError):
    """A setting outside its rule."""


class ParameterTypeError(GlassneuronError, TypeError):
    """A setting of the wrong kind."""


class DataError(GlassneuronError, ValueError):
    """Rows, features or targets that cannot be used."""


class ShapeError(DataError):
    """Arrays that do not fit together."""


class TableError(DataError):
    """A file or frame that cannot be read as a table."""


class DataTypeError(GlassneuronError, TypeError):
    """Things in a table that could never be numbers."""


class ModelFileError(GlassneuronError, ValueError):
    """A saved model that cannot be read or written."""


class MissingExtraError(GlassneuronError, ImportError):
    """An optional library that is not installed."""


class TrainingWarning(UserWarning):
    """A training that ran and is not to be trusted: it exploded, or its neurons cannot become different."""


MESSAGES: dict[str, tuple[type[GlassneuronError], str]] = {
    # settings
    "parameter": (ParameterError, "`{name}` must be {rule}; got {value!r}."),
    "parameter-type": (ParameterTypeError, "`{name}` must be {rule}; got {value!r}, a {kind}."),
    "extra": (MissingExtraError, "{purpose} needs {library}: pip install 'glassneuron[{extra}]'."),
    # rows and targets
    "numbers": (DataError, "`{name}` must hold numbers; got {value!r}. Turn text into numbers first."),
    "input": (DataError, "{text}"),
    "input-type": (DataTypeError, "{text}"),
    "diverged": (
        DataError,
        "the weights grew beyond what a float can hold, with features up to {largest:.3g} and `learning_rate` "
        "{rate:.3g}; scale the features or choose a smaller rate.",
    ),
    "not-finite": (
        DataError,
        "`{name}` must hold finite numbers; got {value} at {where}. Remove the row or fill the gap.",
    ),
    "not-bits": (DataError, "a McCulloch-Pitts neuron reads inputs of 0 or 1; got {value!r} at {where}."),
    "empty": (DataError, "`{name}` has no {what}; at least one is needed."),
    "one-class": (
        DataError,
        "`{name}` holds one class only, {value!r}, so there is nothing to tell apart; two or more are needed.",
    ),
    "new-class": (DataError, "`y` holds {value!r}, which is none of the classes from the first rows: {known}."),
    "mixed-labels": (DataError, "`{name}` mixes labels that cannot be put in order; use texts only or numbers only."),
    "no-target": (DataError, "which column is to be predicted? Name it with --target; the table has: {columns}."),
    "not-classes": (
        DataError,
        "`{name}` is a measurement with {count} different values, and {model} tells classes apart; choose a column "
        "of classes{instead}.",
    ),
    "not-numbers": (
        DataError,
        "`{name}` holds classes ({classes}), and {model} answers with a number; choose a column of numbers{instead}.",
    ),
    "one-number": (
        DataError,
        "`{name}` is {value!r} in every row, so there is nothing to learn; choose another column.",
    ),
    "unmet-class": (DataError, "{place} names {value!r}, which is none of the classes to learn: {known}."),
    "many-classes": (
        DataError,
        "`{name}` holds {count} classes, and {most} at most can be told apart; group them, or choose another column.",
    ),
    "few-rows": (
        DataError,
        "the table has {rows} rows; to learn from some and be judged on others, {least} at least are needed, and two "
        "of a class.",
    ),
    "too-large": (
        DataError,
        "the {name} reach {largest:.3g}, too far to be brought to one scale; use a larger unit.",
    ),
    "features": (
        ShapeError,
        "the neuron has {expected} weights and the row has {got} numbers:\n"
        "    weights  ({expected},)\n"
        "    row      ({got},)\n"
        "Give one number for each weight.",
    ),
    "dimensions": (
        ShapeError,
        "`{name}` must be {rule}; got an array of shape {shape}. {fix}",
    ),
    "lengths": (ShapeError, "`X` has {rows} rows and `y` has {targets} targets; one target a row is needed."),
    "names": (ShapeError, "`names` has {names} names and `X` has {features} columns; give one name a column."),
    "sparse": (DataError, "`{name}` is a sparse matrix, and proofs read every cell; give `{name}.toarray()`."),
    # logic
    "formula": (ParameterError, "the formula {text!r} cannot be read: {why}. Write it like 'a and not (b or c)'."),
    "gate": (
        ParameterError,
        "there is no gate {name!r}. These have names: {known}; or write a formula, such as 'a and not b'.",
    ),
    # networks
    "biases": (
        ShapeError,
        "a layer needs one bias for each neuron:\n    weights  {weights}, a row a neuron\n    biases   {biases}\n"
        "Give {neurons} biases.",
    ),
    "layers": (
        ShapeError,
        "a layer reads {reads} inputs and the layer before it has {answers} neurons; give each neuron one weight for "
        "each of them.",
    ),
    "beyond-float": (
        DataError,
        "the loss is beyond what a {kind} can hold before the first step, with features up to {features:.3g} and "
        "targets up to {targets:.3g}; use larger units.",
    ),
    "inputs": (
        ShapeError,
        "the network reads {expected} inputs and the row has {got} numbers; give one number for each input.",
    ),
    "targets": (
        ShapeError,
        "for {rows} rows and {outputs} outputs the targets are a table of shape ({rows}, {outputs}); got an array of "
        "shape {shape}.",
    ),
    "shares": (
        DataError,
        "cross-entropy reads targets as {rule}; got {value} in row {row}. Use loss='squared_error', or other targets.",
    ),
    "slopeless": (
        ParameterError,
        "backpropagation follows slopes, and that of a step is 0 everywhere, so that nothing up to layer {layer} would "
        "learn; choose 'sigmoid', which is a step with a slope.",
    ),
    "no-probabilities": (
        ParameterError,
        "the last neurons are {activation} ones, which give no probabilities; `{call}` gives their {what}.",
    ),
    "loss": (
        ParameterError,
        "cross-entropy judges shares and probabilities, so the last layer has to be {activations}; it is "
        "{activation!r}. Use loss='squared_error', or change the last layer.",
    ),
    # tables
    "source": (
        TableError,
        "a table is a CSV or Parquet file or a frame that speaks Arrow (pandas, polars, duckdb, pyarrow); "
        "got a {kind}.",
    ),
    "frame": (TableError, "the frame cannot be read as a table: {why}."),
    "suffix": (TableError, "{path} is neither .csv, .tsv, .txt nor .parquet; save the table as one of these."),
    "folder": (TableError, "{path} is a folder; name the table file in it."),
    "no-file": (TableError, "there is no file {path}."),
    "unreadable": (TableError, "{path} cannot be read as a table: {why}."),
    "ragged": (
        TableError,
        "{path}: {where} has {got} cells where the header has {expected}; give every line as many.",
    ),
    "encoding": (TableError, "{path} is not UTF-8 text; save it as UTF-8."),
    "no-columns": (TableError, "{source} is empty; a table has a header and at least one row."),
    "no-rows": (TableError, "{source} has a header and no rows; at least one row is needed."),
    "same-name": (TableError, "two columns are called `{name}`; give each its own name."),
    "no-column": (TableError, "there is no column `{name}`. {hint}The table has: {columns}."),
    "no-feature": (TableError, "the table has no column but the target `{target}`; at least one feature is needed."),
    "column-kind": (
        TableError,
        "`{name}` holds {kind}, which is neither number nor text; turn it into numbers or leave the column out.",
    ),
    "many-values": (
        TableError,
        "`{name}` is text with {count} different values, {most} at most can become features; leave the column out "
        "or group its values.",
    ),
    "text-in-numbers": (
        TableError,
        "`{name}` is a column of numbers with the text {value!r} in row {row}; correct it or leave the cell empty.",
    ),
    "missing": (TableError, "values are missing in {columns}, first in row {row}; fill them in, or {fix}."),
    "validation-table": (TableError, "{path}, the table for validation: {why}"),
    "all-dropped": (TableError, "each of the {rows} rows has a gap, so dropping them leaves none."),
    "infinite": (TableError, "`{name}` is infinite in row {row}; numbers have to be finite."),
    "absent": (TableError, "the model reads columns that the table lacks: {columns}."),
    "not-the-kind": (TableError, "the model knows `{name}` as {wanted}; this table holds {kind} there."),
    "new-value": (
        TableError,
        "`{name}` is {value!r} in row {row}, which the model has not met; it knows {known}.",
    ),
    # model files
    "not-savable": (ModelFileError, "a {kind} cannot be saved; give a neuron, a model or a fitted estimator."),
    "unwritable": (ModelFileError, "{path} cannot be written: {why}."),
    "model-folder": (ModelFileError, "{path} is a folder; name the file in it."),
    "no-model": (ModelFileError, "there is no file {path}."),
    "not-a-model-file": (ModelFileError, "{path} is not a model file, or it is cut short; save the model again."),
    "foreign": (ModelFileError, "{path} is a safetensors file of another program; glassneuron did not write it."),
    "newer": (ModelFileError, "{path} was written by glassneuron {package}, which is newer; update to read it."),
    "damaged": (ModelFileError, "{path} is damaged: {why}"),
    # the command
    "learn-inputs": (
        ParameterError,
        "`--learn` takes gates of at most {most} inputs, and {what!r} has {count}; choose fewer with `--inputs`, or "
        "leave `--learn` out.",
    ),
    "unlearned": (DataError, "nothing was learned, and no model is saved: {why}."),
    "not-a-model": (ModelFileError, "{path} holds a {kind}, which knows no columns; give a file that `train` saved."),
}


def warn(sentence: str) -> None:
    """Warn of a training, at the line of whoever called the package."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith(f"{__package__}."):
        frame, level = frame.f_back, level + 1
    warnings.warn(sentence, TrainingWarning, stacklevel=level)


def problem(code: str, **values: object) -> GlassneuronError:
    """Build the error of a message code, ready to be raised.

    Examples
    --------
    >>> str(problem("parameter", name="learning_rate", rule="in (0, inf)", value=-0.1))
    '`learning_rate` must be in (0, inf); got -0.1.'
    """
    kind, template = MESSAGES[code]
    text = template.format(**values)
    if kind in (TableError, ModelFileError):  # names and paths come from outside and may hold anything
        text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    error = kind(text)
    error.code = code
    return error
