"""Every way in which glassneuron says no.

::

    GlassneuronError
    ├── ParameterError (ValueError)      a setting outside its rule
    ├── ParameterTypeError (TypeError)   a setting of the wrong kind
    ├── DataError (ValueError)           rows, features or targets that cannot be used
    │   ├── ShapeError                   arrays that do not fit together
    │   └── TableError                   a file or frame that cannot be read as a table
    ├── ModelFileError (ValueError)      a saved model that cannot be read or written
    └── MissingExtraError (ImportError)  an optional library that is not installed

Each message has a code and a template in `MESSAGES`, so that the whole vocabulary can be read in one place. A
message gives the name, the rule, the value and the fix.
"""

from __future__ import annotations


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


class ModelFileError(GlassneuronError, ValueError):
    """A saved model that cannot be read or written."""


class MissingExtraError(GlassneuronError, ImportError):
    """An optional library that is not installed."""


MESSAGES: dict[str, tuple[type[GlassneuronError], str]] = {
    # settings
    "parameter": (ParameterError, "`{name}` must be {rule}; got {value!r}."),
    "parameter-type": (ParameterTypeError, "`{name}` must be {rule}; got {value!r}, a {kind}."),
    "extra": (MissingExtraError, "{purpose} needs {library}: pip install 'glassneuron[{extra}]'."),
    # rows and targets
    "numbers": (DataError, "`{name}` must hold numbers; got {value!r}. Turn text into numbers first."),
    "input": (DataError, "{text}"),
    "not-finite": (
        DataError,
        "`{name}` must hold finite numbers; got {value} at {where}. Remove the row or fill the gap.",
    ),
    "not-bits": (DataError, "a McCulloch-Pitts neuron reads inputs of 0 or 1; got {value!r} at {where}."),
    "empty": (DataError, "`{name}` has no {what}; at least one is needed."),
    "one-class": (
        DataError,
        "`{name}` holds one value only, {value!r}, so there is nothing to tell apart; two or more are needed.",
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
}


def problem(code: str, **values: object) -> GlassneuronError:
    """Build the error of a message code, ready to be raised.

    Examples
    --------
    >>> str(problem("parameter", name="learning_rate", rule="in (0, inf)", value=-0.1))
    '`learning_rate` must be in (0, inf); got -0.1.'
    """
    kind, template = MESSAGES[code]
    error = kind(template.format(**values))
    error.code = code
    return error
