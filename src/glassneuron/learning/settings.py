"""The settings of every training, each said once: its default, the rule that it follows and what it does."""

from __future__ import annotations

import math
import textwrap
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from functools import cache
from typing import Any, TypeVar

import numpy as np

from glassneuron import checks
from glassneuron.engine.losses import LOSSES
from glassneuron.engine.optimizers import OPTIMISERS
from glassneuron.errors import problem
from glassneuron.learning import schedules, standardise

T = TypeVar("T", bound=type)

AUTO = "auto"
VARIANTS = ("plain", "averaged", "pocket", "voted")
SOLVERS = ("online", "batch", "newton", "lbfgs", "auto")
BATCH, FEWEST = 200, 32
"""Rows for each step of a network if nobody says another number, and the fewest that are chosen."""
EPOCHS, EPOCHS_CHOSEN = 200, (10, 30)
"""Epochs of a network at a rate that somebody gave; and fewest and most where it is chosen."""
STEPS, MANY_STEPS, MUCH_WORK = 200, 3000, 2e10
"""Steps of a training whose rate is chosen: at least; and with how many steps, or multiply-adds by each weight and row,
the fewest epochs are enough."""
RATES = {"adam": 0.006, "sgd": 0.06, "momentum": 0.01, "nesterov": 0.01}
"""Where the rates of networks start that nobody gave; Adam's by measurement on some 40 tables, as what goes with it."""
PENALTY, ROOT_PENALTY = 0.001, 0.03
"""The penalty beside them, at most, and times the root of the number of rows."""


def setting(default: Any, rule: Any, doc: str) -> Any:
    """Declare a field of a settings class: its default, the rule that it follows, and what it does.

    A rule is "float (0, inf)" or "int [1, inf)", an interval; "bool"; the names to choose from; or a function that
    refuses what does not do. With " or None" behind it, None does too.
    """
    return field(default=default, metadata={"rule": rule, "doc": doc})


def replaced(settings: type, name: str, default: Any) -> Any:
    """Declare a field of another settings class once more, with another default."""
    meta = next(each.metadata for each in fields(settings) if each.name == name)
    return field(default=default, metadata=meta)


def check(name: str, value: object, rule: Any) -> None:
    """Refuse a value that does not follow the rule of its setting.

    Examples
    --------
    >>> check("learning_rate", -0.1, "float (0, inf) or None")
    Traceback (most recent call last):
    glassneuron.errors.ParameterError: `learning_rate` must be in (0, inf); got -0.1.
    """
    if callable(rule):
        rule(value)
    elif isinstance(rule, tuple):
        checks.choice(name, value, rule)
    elif not (rule.endswith(" or None") and value is None):
        kind, _, interval = rule.removesuffix(" or None").partition(" ")
        if kind == "bool":
            checks.boolean(name, value)
        else:
            (checks.integer if kind == "int" else checks.number)(name, value, interval)


def refuse_unseedable(value: object) -> None:
    """Refuse a `random_state` that is neither a whole number nor None nor can draw one."""
    if isinstance(value, checks.WHOLE):
        checks.integer("random_state", value, "[0, inf)")
    elif value is not None and not hasattr(value, "randint"):
        raise problem("parameter", name="random_state", rule="a whole number, a RandomState or None", value=value)


def seed_of(random_state: Any) -> int:
    """Return a seed: a whole number is one, None draws one from the system, a RandomState is asked to draw one."""
    refuse_unseedable(random_state)
    if random_state is None:
        return int(np.random.default_rng().integers(2**31))
    return int(random_state if isinstance(random_state, checks.WHOLE) else random_state.randint(2**31 - 1))


def refuse_other_than_a_tolerance(value: object) -> None:
    """Refuse a `tol` of perceptrons that is neither "auto" nor a number from 0 nor None."""
    if isinstance(value, str):
        if value != AUTO:
            raise problem("parameter", name="tol", rule="'auto', a number in [0, inf) or None", value=value)
    else:
        check("tol", value, "float [0, inf) or None")


class Checked:
    """Settings that can be checked. Constructors check nothing, as scikit-learn wants it."""

    def check(self) -> None:
        """Refuse the first setting that does not follow its rule."""
        for name, rule, default in rules(type(self)):  # type: ignore[arg-type]  # a cached function takes what hashes
            value = getattr(self, name)
            if value is not default:  # which follows its rule
                check(name, value, rule)


@cache
def rules(kind: Any) -> tuple[tuple[str, Any, Any], ...]:
    """Return the names of settings, the rules that they follow, and their defaults."""
    return tuple((each.name, each.metadata["rule"], each.default) for each in fields(kind) if "rule" in each.metadata)


@dataclass(eq=False, repr=False)
class TrainerSettings(Checked):
    """What the loop of every training looks at."""

    _: KW_ONLY
    schedule: schedules.Schedule = setting(
        "constant",
        schedules.checked,
        "How the learning rate falls; a function takes the epoch, from 1, and returns a rate.",
    )
    tol: float | str | None = setting(
        None, "float [0, inf) or None",
        "Stop when the loss, or that on held-out rows, has not fallen by more for `patience` epochs; None never does.",
    )  # fmt: skip
    patience: int = setting(5, "int [1, inf)", "Epochs in a row without a fall after which to stop.")


@dataclass(eq=False, repr=False)
class NeuronSettings(TrainerSettings):
    """What every rule of single neurons has in common."""

    learning_rate: float | None = setting(None, "float (0, inf) or None", "How far one move goes.")
    max_epochs: int = setting(1000, "int [1, inf)", "Epochs at most.")
    fixed_bias: float | None = setting(
        None, "float (-inf, inf) or None", "Hold the bias at this value; by default it is learned like a weight."
    )
    shuffle: bool = setting(
        True, "bool",
        "Visit the rows in a new order each epoch. For a table of up to 16,384 rows and a million numbers, that order "
        "does not depend on how the table is sorted.",
    )  # fmt: skip
    random_state: Any = setting(0, refuse_unseedable, "Seed of the orders, and of the rows held out.")
    _: KW_ONLY
    standardise: bool | str = setting(
        AUTO, standardise.checked,
        "Where steps depend on the scale of the columns, learn on columns of mean 0 and deviation 1, and rewrite the "
        "neurons for the rows as they are. 'auto' does so for dense tables of 50 rows or more in which a column is "
        "larger than 20, smaller than 0.05, or on one side of 0 and further from it than twice its spread. A bias that "
        "is held keeps the columns as they are, and so does `partial_fit`.",
    )  # fmt: skip


@dataclass(eq=False, repr=False)
class PerceptronSettings(NeuronSettings):
    """How perceptrons learn."""

    learning_rate: float = setting(
        1.0, "float (0, inf)", "How far one mistake moves the weights. From a zero start it only rescales them."
    )
    _: KW_ONLY
    variant: str = setting(
        "plain", VARIANTS,
        "Which neuron answers: the last; the mean of all on the way, each weighted by how long it stood; the best that "
        "was tried (all up to 64 rows, else those after a longer run of right answers than the best so far); or "
        "all, with a vote for each row that they survived (of too many, those at every second, fourth, ... row).",
    )  # fmt: skip
    multi_class: str = setting(
        AUTO, (AUTO, "one_vs_rest", "kesler"),
        "For more than two classes: each neuron learns on its own to fire for its class alone; or the neurons compete, "
        "and only a row that another class won is a mistake, which answers more rows right. 'auto' lets them compete "
        "but for the variant 'voted'. In a pocket, those that compete are one layer.",
    )  # fmt: skip
    shards: int = setting(
        1, "int [1, inf)",
        "Into how many shards the rows are dealt. In each epoch all of them learn from the common weights, and the "
        "mean of where they lead is common to the next: so machines can share the work. Their number decides what is "
        "learned; who computes does not.",
    )  # fmt: skip
    tol: float | str | None = setting(
        AUTO, refuse_other_than_a_tolerance,
        "'auto' stops when the mistakes (of a pocket: those of what is in it, by two percent) have not become "
        "fewer for `patience` epochs, unless it is proven that a neuron can have every row right, or so few are "
        "missed that it may. Where the search for that proof finds weights that have every row right, 'plain' goes on "
        "from them and a pocket keeps them, in tables of 50 rows or more; `history_.why_stopped` says so. A "
        "number: stop when the loss has not fallen by more. None never stops for that, and leaves all to the rule.",
    )  # fmt: skip

    @property
    def competing(self) -> bool:
        """Whether the neurons of more than two classes compete."""
        return self.multi_class == "kesler" or (self.multi_class == AUTO and self.variant != "voted")

    def check(self) -> None:
        """Refuse the first setting that does not follow its rule."""
        super().check()
        if self.multi_class == "kesler" and self.variant == "voted":
            rule = "'plain', 'averaged' or 'pocket' where neurons compete (multi_class='kesler')"
            raise problem("parameter", name="variant", rule=rule, value=self.variant)
        if self.shards > 1 and self.variant == "voted":
            rule = (
                "1 for variant='voted', each of whose neurons goes on from the one before; 'averaged' comes near to it"
            )
            raise problem("parameter", name="shards", rule=rule, value=self.shards)


@dataclass(eq=False, repr=False)
class DeltaSettings(NeuronSettings):
    """How neurons learn by the gradient of their loss."""

    learning_rate: float | None = setting(
        None, "float (0, inf) or None",
        "How far one move goes, in units of the error. By default it follows from the lengths of the rows, so that no "
        "move overshoots, and row by row it is divided by four each time the loss no longer falls. Solvers that go to "
        "the optimum need none.",
    )  # fmt: skip
    _: KW_ONLY
    solver: str = setting(
        "online", SOLVERS,
        "Move after each row; move once an epoch, along the gradient of all rows; or go to the lowest loss: by "
        "Newton's method, by L-BFGS, or, with 'auto', by L-BFGS with as much of Newton's method as pays. 'auto' moves "
        "after each row where a learning rate of yours says how far.",
    )  # fmt: skip
    l2: float | None = setting(
        0.0, "float [0, inf) or None",
        "Penalty l2 / 2 times the sum of the squared weights, beside the mean loss; None for one by the sum of the "
        "sample weights, 1 / rows, or 0.01 if that is less: for linear neurons only on the way to the lowest loss, "
        "where there are fewer than ten rows for each column, and fifty at least. Of other neurons on that way, "
        "standardise='auto' brings columns to one scale where one that is smaller than 0.05 is less than a thousandth "
        "of the size of another: one penalty for all weights would silence it.",
    )  # fmt: skip
    tol: float | None = setting(
        1e-6, "float [0, inf) or None",
        "Stop when the loss, or that on held-out rows, has not fallen by more for `patience` epochs; on the way to the "
        "lowest loss, when less than this fraction of it is left to win and the gradient is this fraction of its first "
        "size (with solver='auto', where steps are dear, ten times as much, and of the gradient its root; or when less "
        "than a hundred times this fraction of the log loss of guessing can be left). None never stops for that.",
    )  # fmt: skip

    @property
    def way(self) -> str:
        """The solver that is taken."""
        return "online" if self.solver == "auto" and self.learning_rate is not None else self.solver


@dataclass(eq=False, repr=False)
class NetworkSettings(TrainerSettings):
    """How networks learn by backpropagation."""

    _: KW_ONLY
    loss: str = setting("cross_entropy", tuple(LOSSES), "What is made small.")
    optimiser: str = setting("adam", (*OPTIMISERS, "lbfgs"), "How a gradient becomes a step.")
    learning_rate: float | None = setting(
        None, "float (0, inf) or None",
        "How long a step is. Left out, the training settles by itself: the rate starts where it suits the optimiser "
        "and falls to nothing, and batches, epochs and the penalty are chosen to go with it.",
    )  # fmt: skip
    schedule: Any = setting(
        None, schedules.checked_or_none,
        "How the learning rate falls; a function takes the epoch, from 1, and returns a rate. By default a rate of "
        "yours stays as it is, and one that is chosen falls in a straight line.",
    )  # fmt: skip
    batch_size: int | None = setting(
        None, "int [1, inf) or None",
        f"Rows for each step; by default {BATCH}, beside a rate that is chosen the root of the number of rows, from "
        f"{FEWEST} to {BATCH}; or all if there are fewer.",
    )  # fmt: skip
    max_epochs: int | None = setting(
        None, "int [1, inf) or None",
        f"Epochs at most; {EPOCHS} by default, fewer where the rate is chosen: 10 to 30, and {STEPS} steps at least.",
    )  # fmt: skip
    momentum: float = setting(0.9, "float [0, 1)", "Of momentum and Nesterov; beta1 of Adam.")
    beta2: float = setting(0.999, "float [0, 1)", "Of Adam.")
    epsilon: float = setting(1e-8, "float (0, inf)", "Of Adam.")
    l2: float | None = setting(
        None, "float [0, inf) or None",
        "Penalty l2 / 2 times the sum of the squared weights, beside the mean loss; by default none, beside a rate "
        f"that is chosen {ROOT_PENALTY} over the root of the number of rows, or {PENALTY} if that is less.",
    )  # fmt: skip
    dropout: float = setting(
        0.0, "float [0, 1)",
        "Fraction of the hidden neurons that is switched off at random in each step (Srivastava et al. 2014, JMLR "
        "15:1929).",
    )  # fmt: skip
    clip: float | None = setting(None, "float (0, inf) or None", "Shorten gradients that are longer than this.")
    tol: float | None = setting(
        1e-4, "float [0, inf) or None",
        "Stop when the loss, or that on held-out rows, has not fallen by more for `patience` epochs; None never does, "
        "and the loss of a rate that falls by itself is not waited for.",
    )  # fmt: skip
    patience: int = setting(10, "int [1, inf)", "Epochs in a row without a fall after which to stop.")
    shuffle: bool = setting(True, "bool", "Visit the rows in a new order each epoch.")
    random_state: Any = setting(0, refuse_unseedable, "Seed of the start, the orders, dropout and the rows held out.")
    each_batch: bool = setting(False, "bool", "Keep the loss of each batch in the history.")

    @property
    def chosen(self) -> bool:
        """Whether the learning rate is left to be chosen."""
        return self.learning_rate is None and not callable(self.schedule) and self.optimiser != "lbfgs"

    def for_table(self, rows: int, parameters: int = 0) -> NetworkSettings:
        """Return these settings with a number for each that was left out, for a table of so many rows.

        Where a network has very many parameters, fewer epochs are chosen.

        Examples
        --------
        >>> chosen = NetworkSettings().for_table(2500)
        >>> chosen.learning_rate, chosen.schedule, chosen.batch_size, chosen.max_epochs, chosen.l2
        (0.006, 'linear', 50, 30, 0.0006)
        >>> yours = NetworkSettings(learning_rate=0.1).for_table(2500)
        >>> yours.learning_rate, yours.schedule, yours.batch_size, yours.max_epochs, yours.l2
        (0.1, 'constant', 200, 200, 0.0)
        """
        rate, schedule, batch, epochs, l2 = self.learning_rate, "constant", BATCH, EPOCHS, 0.0
        if self.chosen:
            rate, schedule, root = RATES[self.optimiser], "linear", math.sqrt(rows)
            batch = min(max(round(root), FEWEST), BATCH)
            steps = math.ceil(rows / min(rows, self.batch_size or batch))  # of an epoch
            many = min(MANY_STEPS // steps, int(MUCH_WORK / (rows * max(parameters, 1))))
            epochs = max(math.ceil(STEPS / steps), min(max(many, EPOCHS_CHOSEN[0]), EPOCHS_CHOSEN[1]))
            l2 = min(PENALTY, ROOT_PENALTY / root)
        return replace(
            self, learning_rate=rate or RATES["adam"], schedule=self.schedule or schedule,
            batch_size=min(rows, self.batch_size or batch), max_epochs=self.max_epochs or epochs,
            l2=l2 if self.l2 is None else self.l2,
        )  # fmt: skip


def documented(cls: T) -> T:
    """Write the parameters of a settings class into its docstring, above its attributes."""
    table = ["Parameters", "----------"]
    for each in sorted(fields(cls), key=lambda each: bool(each.kw_only)):
        if each.init:
            table += [f"{each.name} : {_kind(each.metadata.get('rule'))}default {each.default!r}"]
            table += [f"    {line}" for line in textwrap.wrap(each.metadata.get("doc", ""), 108)]
    before, mark, after = (cls.__doc__ or "").partition("    Attributes\n")
    cls.__doc__ = before + "".join(f"    {line}".rstrip() + "\n" for line in table) + "\n" + mark + after
    return cls


def _kind(rule: Any) -> str:
    if isinstance(rule, tuple):
        return "{" + ", ".join(map(repr, rule)) + "}, "
    if not isinstance(rule, str):
        return ""
    return rule.replace(" ", " in ", 1) + ", " if rule != "bool" else "bool, "
