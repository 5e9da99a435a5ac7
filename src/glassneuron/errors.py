"""Every error that glassneuron raises.

::

    GlassneuronError
    ├── ParameterError (ValueError)      a setting outside its rule
    ├── ParameterTypeError (TypeError)   a setting of the wrong kind
    ├── DataError (ValueError)           rows, features or targets that cannot be used
    │   ├── ShapeError                   arrays that do not fit together
    │   └── TableError                   a file or frame that cannot be read as a table
    ├── DataTypeError (TypeError)        things in a table that could never be numbers
    ├── ModelFileError (ValueError)      a saved model that cannot be read or written
    │   └── OtherFileError               a file of another program that cannot be seen through
    ├── MachinesError (RuntimeError)     machines that cannot be reached, differ, or gave up
    └── MissingExtraError (ImportError)  an optional library that is not installed

    TrainingWarning (UserWarning)        a training that ran but cannot be trusted

Each message has a code and a template in `MESSAGES`, so that all of them can be read in one place. A message gives the
name, the rule, the value and the fix; an error carries them as attributes too, as far as its message has them.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from types import MappingProxyType


class GlassneuronError(Exception):
    """Root of the tree.

    Attributes
    ----------
    code : str
        The message in `MESSAGES`.
    name : str or None
        The setting, array or column that the message is about.
    rule : str or None
        What its value must be, as words that follow "must be".
    value : object
        What it was instead; None where the message has no value.
    fields : dict of str to object
        All that the message was made from.
    """

    fields: Mapping[str, object] = MappingProxyType({})
    code: str = ""
    name: str | None = None
    rule: str | None = None
    value: object = None


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


class OtherFileError(ModelFileError):
    """A file of another program that cannot be seen through."""


class MachinesError(GlassneuronError, RuntimeError):
    """Machines that cannot be reached, differ, or gave up."""


class MissingExtraError(GlassneuronError, ImportError):
    """An optional library that is not installed."""


class TrainingWarning(UserWarning):
    """A training that ran but cannot be trusted: it diverged, or its neurons cannot become different."""


_TEMPLATES: dict[type[GlassneuronError], dict[str, str]] = {
    ParameterError: {
        "parameter": "`{name}` must be {rule}; got {value!r}.",
        "not-shared": "machines cannot share out what learns {how}. Choose {instead}, or leave the machines out.",
        "formula": "the formula {text!r} cannot be read: {why}. Write it like 'a and not (b or c)'.",
        "gate": "there is no gate {name!r}. These have names: {known}; or write a formula, such as 'a and not b'.",
        "lesson": "{path}: {why}.",
        "export-what": "say what to export: MODEL FILE writes a trained model, `--live lesson.html` the page as one "
        "file.",
        "export-format": "{value!r} names no format to export to; these are known: {known}.",
        "no-training": "a {kind} holds no training to write down; give an estimator, such as `Perceptron`, with rows "
        "and targets.",
        "cannot-hold": "{target} cannot hold {part}: {why}.",
        "kernel": "the textbook has no kernel {value!r}. {hint}`glassneuron source` lists all of them.",
        "unmet-feature": "{place} names {value!r}, which is none of the features: {known}.",
        "slopeless": "the step function has zero gradient, so no layer up to layer {layer} would learn; choose "
        "'sigmoid', which is a smooth step.",
        "no-probabilities": "{activation} neurons in the last layer give no probabilities; `{call}` gives their "
        "{what}.",
        "what-if-products": "what-if changes one column at a time, but `{name}` is a product of others; it cannot "
        "ask a model with products.",
        "what-if-dates": "what-if changes one feature of a column at a time, but the {part} of `{name}` moves with its "
        "days; train without --dates to ask it.",
        "loss": "cross-entropy needs probabilities, so the last layer must be {activations}; got {activation!r}. Use "
        "loss='squared_error', or change the last layer.",
        "no-layers": "no neuron computes {what!r} and no two layers were found, so there is nothing to draw; leave "
        "`--diagram` out.",
        "port": "port {value} cannot be listened at: {why}. Choose another with --port, or leave it out for a free "
        "one.",
        "learn-inputs": "`--learn` takes gates of at most {most} inputs, but {what!r} has {count}; choose fewer with "
        "`--inputs`, or leave `--learn` out.",
    },
    ParameterTypeError: {
        "parameter-type": "`{name}` must be {rule}; got {value!r}, a {kind}.",
        "not-playable": "a {kind} cannot be trained on the page; give a step or sigmoid neuron, a network with sigmoid "
        "or softmax outputs, or a Perceptron, SigmoidNeuron or MLPClassifier. `diagram` draws the others.",
        "no-rows-to-play": "to play with a {kind}, give rows and their classes too: play(model, X, y).",
        "not-drawable": "a {kind} cannot be drawn; give a neuron, a gate, a layer, a network, a model or a fitted "
        "estimator of this package{last}.",
        "not-exportable": "a {kind} cannot be exported; give a neuron, a layer, a network, a model or a fitted "
        "estimator.",
        "unseen": "{part} cannot be seen through: {why}.",
    },
    DataError: {
        "numbers": "`{name}` must hold numbers; got {value!r}. Turn text into numbers first.",
        "input": "{text}",
        "diverged": "the weights overflowed, with features up to {largest:.3g} and `learning_rate` {rate:.3g}; scale "
        "the features or choose a smaller rate.",
        "not-finite": "`{name}` must hold finite numbers; got {value} at {where}. Remove the row or fill the gap.",
        "not-bits": "a McCulloch-Pitts neuron reads inputs of 0 or 1; got {value!r} at {where}.",
        "empty": "`{name}` has no {what}; at least one is needed.",
        "one-class": "`{name}` holds one class only, {value!r}; at least two are needed.",
        "new-class": "`y` holds {value!r}, which is none of the classes of the first rows: {known}.",
        "gaps": "`{name}` has NaN, a gap, in {column} ({count} of {rows} rows, first in row {row}){more}; fill the "
        "gaps, as `gn.TableEncoder()` does, or leave the column or these rows out.",
        "infinite-cell": "`{name}` holds infinity in {column}, row {row}; numbers have to be finite.",
        "text-column": "`{name}` holds text in {column}, {value!r} in row {row}; `gn.TableEncoder()` makes "
        "numbers of it, one column of 0 and 1 for each value; or leave the column out.",
        "no-label": "`{name}` has no label in row {row}, but {value!r}, and so in {count} rows; leave these rows out.",
        "date-labels": "`{name}` holds dates, such as {value}; turn them into texts, with `astype(str)`, or "
        "into numbers.",
        "mixed-labels": "`{name}` mixes labels that cannot be sorted; use only texts or only numbers.",
        "no-target": "no target: name the column to predict with --target; the table has: {columns}.",
        "not-classes": "`{name}` is a measurement with {count} different values, but {model} predicts classes; "
        "choose a column of classes{instead}.",
        "not-numbers": "`{name}` holds classes ({classes}), but {model} predicts a number; choose a column of "
        "numbers{instead}.",
        "one-number": "`{name}` is {value!r} in every row, so there is nothing to learn; choose another column.",
        "unmet-class": "{place} names {value!r}, which is none of the classes: {known}.",
        "many-classes": "`{name}` holds {count} classes; at most {most} are possible. Group them, or choose another "
        "column.",
        "few-rows": "the table has {rows} rows, too few for a train/test split: at least {least} are needed, and two "
        "per class.",
        "class-unlearned": "of the class {label!r} no row is left to learn from in one of the parts; "
        "take fewer folds or another column, or leave these rows out.",
        "nothing-to-learn": "no row is left to learn from, for all of them belong together; take another column.",
        "too-large": "{name} up to {largest:.3g} overflow when standardised; use a larger unit.",
        "sparse": "`{name}` is a sparse matrix, but proofs read every cell; pass `{name}.toarray()`.",
        "beyond-float": "the loss overflows {kind} before the first step, with features up to {features:.3g} and "
        "targets up to {targets:.3g}; use larger units.",
        "shares": "cross-entropy needs targets that are {rule}; got {value} in row {row}. Use loss='squared_error', "
        "or other targets.",
        "unknown-field": "`{name}` is no field of {what}; its fields are {known}.",
        "absent-field": "`{name}` is missing from {what}; it must be {rule}.",
        "too-many": "`{name}` has {value:,} {what}; the page takes at most {most:,}. Take fewer.",
        "ragged-rows": "row {row} of `{name}` has {got} numbers and the first row {expected}; give every row as many.",
        "beyond": "`{name}` must hold numbers of at most {most:g} either way; got {value} at {where}.",
        "too-large-file": "what was sent is larger than {most:,} bytes, the most that the page takes; send less of it.",
        "gone-table": "the table {value!r} is no longer here; load it once more.",
        "next-apart": "the libraries came to other numbers, {apart:.2g} apart; please report it with their versions.",
        "unlearned": "nothing was learned, and no model is saved: {why}.",
    },
    ShapeError: {
        "features": "the neuron has {expected} weights and the row has {got} numbers:\n"
        "    weights  ({expected},)\n"
        "    row      ({got},)\n"
        "Pass one number for each weight.",
        "dimensions": "`{name}` must be {rule}; got an array of shape {shape}. {fix}",
        "lengths": "`X` has {rows} rows and `y` has {targets} targets; pass one target per row.",
        "names": "`names` has {names} names and `X` has {features} columns; pass one name per column.",
        "biases": "a layer needs one bias for each neuron:\n"
        "    weights  {weights}, one row per neuron\n"
        "    biases   {biases}\n"
        "Give {neurons} biases.",
        "layers": "a layer reads {reads} inputs and the layer before it has {answers} neurons; each neuron needs one "
        "weight for each of them.",
        "inputs": "the network reads {expected} inputs and the row has {got} numbers; pass one number for each input.",
        "targets": "the targets of {rows} rows and {outputs} outputs must have shape ({rows}, {outputs}); got shape "
        "{shape}.",
    },
    TableError: {
        "source": "a table must be a CSV or Parquet file, or a frame of pandas, polars, duckdb or pyarrow; got a "
        "{kind}.",
        "frame": "the frame cannot be read as a table: {why}.",
        "mixed-column": "`{name}` mixes kinds, {value!r} in row {row} and {other!r} in row {other_row}; make all its "
        "cells texts, or all numbers.",
        "chunked-frame": "`{name}` is a frame that is computed piece by piece; open it with "
        "`table = open_table(frame, target=...)`, and pass `table.X` and `table.y`.",
        "suffix": "{path} is neither .csv, .tsv, .txt, .parquet, .feather, .jsonl nor .xlsx; save the table "
        "as one of these.",
        "folder": "{path} is a folder; name the table file in it, or open all of them with `open_table`.",
        "no-file": "there is no file {path}.",
        "unreadable": "{path} cannot be read as a table: {why}.",
        "ragged": "{path}: {where} has {got} cells where the header has {expected}; {fix}.",
        "encoding": "{path} is not UTF-8 text; save it as UTF-8.",
        "no-match": "no table file is called {pattern}; check the pattern, or put it in quotes.",
        "empty-folder": "there is no table in the folder {path}; name one with files of CSV, "
        "Parquet, Arrow, JSON lines or Excel.",
        "columns-differ": "{path}: the column `{name}` is not in both this file and {first}; give all files of a table "
        "the same columns.",
        "kinds-differ": "{path}: `{name}` holds {kind} here and {wanted} in {first}; give a column one kind.",
        "in-file": "{path}: {why}",
        "changed": "{path} was changed while it was read; begin again when it is whole.",
        "disk-full": "the disk is full, or files may not be so large, in {path}; make room, name another folder with "
        "--cache, or halve what it takes with --float32.",
        "no-room": "the table takes about {wanted} GB on the disk, and {path} has {free} GB free; make room, name "
        "another folder with --cache, or halve it with --float32.",
        "no-columns": "{source} is empty; a table has a header and at least one row.",
        "no-rows": "{source} has a header and no rows; at least one row is needed.",
        "same-name": "two columns are called `{name}`; give each its own name.",
        "no-column": "there is no column `{name}`. {hint}The table has: {columns}.",
        "no-feature": "the table has no column but the target `{target}`; at least one feature is needed.",
        "column-kind": "`{name}` holds {kind}, not numbers or text; turn it into numbers, or leave it out "
        "with --drop {name}.",
        "many-values": "`{name}` is text with {count} different values; at most {most} can become features. Leave "
        "it out with --drop {name}, or group its values.",
        "text-in-numbers": "`{name}` is a column of numbers with the text {value!r} in row {row}; correct it or "
        "leave the cell empty, or say --text {name} if they are codes.",
        "ambiguous": "`{name}` is {value!r} in row {row}, which is {one} or {other}: --decimal . or --decimal , "
        "settles it.",
        "missing": "values are missing in {columns}, first in row {row}; fill them in, or {fix}.",
        "gap-words": "{why}. Without quotes, {words} stands for a gap; if it is a value, write it in quotes, or say "
        "which words are gaps with --gaps.",
        "validation-table": "{path}, the table for validation: {why}",
        "all-dropped": "each of the {rows} rows has a gap, so dropping them leaves none.",
        "infinite": "`{name}` is infinite in row {row}; numbers have to be finite.",
        "absent": "the model reads columns that the table lacks: {columns}.",
        "not-the-kind": "the model knows `{name}` as {wanted}; this table holds {kind} there.",
        "new-value": "`{name}` is {value!r} in row {row}, which the model has not seen; it knows {known}. "
        "`predict --unknown ignore` answers without it.",
        "new-part": "`{name}` is {value} in row {row}, and the model has seen no such {part}; it knows {known}. "
        "`predict --unknown ignore` answers without it.",
        "ambiguous-date": "`{name}` is {value!r} in row {row}, which is {one} or {other}: --date-order {first} or "
        "--date-order {second} says which, --text {name} takes it for text.",
    },
    DataTypeError: {"input-type": "{text}"},
    ModelFileError: {
        "not-savable": "a {kind} cannot be saved; give a neuron, a model or a fitted estimator.",
        "unwritable": "{path} cannot be written: {why}.",
        "model-folder": "{path} is a folder; name the file in it.",
        "no-model": "there is no file {path}.",
        "not-a-model-file": "{path} is not a model file, or it is cut short; save the model again.",
        "foreign": "{path} is a safetensors file of another program; glassneuron did not write it.",
        "newer": "{path} was written by glassneuron {package}, which is newer; update to read it.",
        "damaged": "{path} is damaged: {why}",
        "not-a-checkpoint": "{path} is no checkpoint of a training, or it is cut short; begin the training anew.",
        "other-checkpoint": "{path} was written by another glassneuron ({package}; this is {now}); go on with that "
        "one, or begin the training anew.",
        "another-training": "{path} is the checkpoint of another training: {what} was {was} and is {now}. Go on with "
        "what it began with, or name another file.",
        "checkpoint-there": "{path} is there already; say `--resume {path}` to go on from it, or remove it.",
        "not-a-model": "{path} holds a {kind}, which knows no columns; use a file that `train` saved.",
    },
    OtherFileError: {
        "see-suffix": "{path} is none of the files that can be seen through: {known}.",
        "see-table": "{path} has {count} columns and the model reads {wanted}; name its features with --features, in "
        "order.",
        "see-file": "{path} cannot be seen through: {why}.",
    },
    MachinesError: {
        "no-scheduler": "no scheduler of Dask answers at {value}: {why}. Start one with `dask scheduler`, or correct "
        "the address.",
        "scheduler-gone": "the scheduler at {value} has gone ({why}). Call `fit` again with other machines, or none: "
        "with a `checkpoint` it goes on from its last state.",
        "client-closed": "the client of the machines was closed; put others to use with `machines`, or none.",
        "deadly-part": "rows {first:,} to {last:,} of the table killed {deaths} workers one after the other, most "
        "likely for want of memory; give workers more of it, or look at these rows.",
        "broken-executor": "a process of the executor has ended, and it takes no more tasks ({why}); call `fit` again "
        "with another one: with a `checkpoint` it goes on from its last state.",
        "unseen-file": "a worker does not see {path} as it is here: {why}. Keep the table on a disk that all machines "
        "see, or leave that worker out.",
        "other-package": "workers differ from this process in {what}: here {here}, there {there}. Install the same on "
        "all machines.",
    },
    MissingExtraError: {"extra": "{purpose} needs {library}: pip install 'glassneuron[{extra}]'."},
}
MESSAGES = {code: (kind, text) for kind, texts in _TEMPLATES.items() for code, text in texts.items()}
"""The error and the template of each message code."""


def warn(sentence: str, kind: type[Warning] = TrainingWarning) -> None:
    """Warn, usually about a training, at the line of the caller outside the package."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith(f"{__package__}."):
        frame, level = frame.f_back, level + 1
    warnings.warn(sentence, kind, stacklevel=level)


def problem(code: str, **fields: object) -> GlassneuronError:
    """Return the error of a message code, ready to be raised."""
    kind, template = MESSAGES[code]
    text = template.format(**fields)
    if issubclass(kind, (TableError, ModelFileError)):  # names and paths come from outside and may hold anything
        text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    error = kind(text)
    error.code = code
    error.fields = fields
    vars(error).update({field: fields[field] for field in ("name", "rule", "value") if field in fields})
    return error
