"""What the rules of single neurons have in common: weights and biases at either speed, orders, rates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from glassneuron.engine import backend, exact
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, taken
from glassneuron.engine.threads import THREADS, shared
from glassneuron.learning import schedules
from glassneuron.learning.algorithms.base import Algorithm, State
from glassneuron.learning.algorithms.evaluate import evaluate
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.sampler import Epoch, Sampler, distinct_rows
from glassneuron.learning.settings import NeuronSettings, seed_of
from glassneuron.learning.standardise import scaled, scaling_for
from glassneuron.neurons.scaling import Scaling

SHARED_FROM = 5_000_000
"""Multiply-adds of an epoch from which neurons that do not look at each other learn on two cores."""
ARRAYS = 4.0
"""How many times as long interpreted kernels take where numbers have to stay in arrays, those in single precision."""
BY_HAND = 50
"""Rows under which a table may be gone through by hand, with its own numbers: it is not scaled unasked."""
NO_TABLE: Array = np.empty((0, 0))
NO_POCKET = NO_TABLE, NO_TABLE, NO_TABLE, (np.empty(0), 0.0, 1.0), False
"""What the kernel of neurons that compete takes for an average, and a pocket, that nobody wants."""


class NeuronAlgorithm(Algorithm):
    """Neurons at work, in the form that suits the speed of the kernels.

    Attributes
    ----------
    code : int
        The activation, by which the neurons are evaluated.
    in_turn : bool
        Whether rows are visited one after the other, so that their order matters.
    better : str
        What does better on these rows, with figures, where that was measured.
    columns_apart : ndarray of shape (features,), optional
        Which columns learning has shown to be neither constant nor copies of others.
    compile_from : float
        Multiply-adds from which the kernels are compiled.
    epoch_kernel : str
        The kernel that goes through the rows, where it is known to give the same bits interpreted and compiled exactly.
    scaling : Scaling, optional
        How the columns were brought to one scale, where they were; then the rows are `seen` so, and weights, biases
        and everything in a state are those for such rows.
    layers : tuple of pairs of names
        What a state holds of weights and biases.
    rows : ndarray of row numbers
        Those that are visited.
    weight : ndarray of shape (rows of the table,), or empty if each row counts once
    rate : float
        The learning rate of the first epoch.
    seed : int
    work : float
        Multiply-adds so far, earlier blocks of a stream among them: they decide when kernels are compiled.
    fresh : bool
        Whether the neurons started at 0, not from a state.
    either : bool
        Whether interpreted and exact kernels may take turns: they lead to the same bits.
    """

    code: int
    W: Any
    b: Any
    slots: tuple[str, ...] = ()
    layers: tuple[tuple[str, str], ...] = (("W", "b"),)
    better = ""
    columns_apart: Array | None = None
    in_turn = True
    either = False
    compile_from: float = backend.COMPILE_TRAINING_FROM
    epoch_kernel = ""
    settings: NeuronSettings

    def __init__(self, data: Dataset, settings: NeuronSettings, state: State | None = None) -> None:
        self.data, self.settings, self.dtype = data, settings, data.X.dtype
        self.scaling = self._scaling()
        self.seen = data if self.scaling is None else replace(data, X=scaled(self.scaling, data.X))
        self.rows, self.weight = distinct_rows(data, settings.shuffle and self.in_turn)
        self.total = float(taken(self.weight, self.rows).sum()) if len(self.weight) else float(len(self.rows))
        self.fresh = state is None
        self.epoch_work = float(data.entries) * data.neurons * max(1.0, self.total / len(data.y))
        before = 0.0 if state is None else float(state["work"][0])
        self.work = before + self.epoch_work * self.expected_epochs() * self.cost_per_row()
        self.load_kernels()
        self.bias_moves = 0.0 if settings.fixed_bias is not None else 1.0
        self.eta, self.epoch = 0.0, Epoch(self.rows[:0], self.weight[:0])
        self.rate = 1.0
        self.restore(self.first_state() if state is None else self.adopted(state))
        if state is None or settings.learning_rate is not None:
            self.rate = settings.learning_rate or self.suitable_rate()

    def _scaling(self) -> Scaling | None:
        """Choose how rows are scaled for a training whose steps depend on that."""
        data, settings = self.data, self.settings
        if data.sparse or settings.fixed_bias is not None:
            return None
        if settings.standardise == "auto" and len(data.y) < BY_HAND:
            return None
        return scaling_for(data.X, data.sample_weight, settings.standardise)

    def load_kernels(self) -> None:
        """Load the kernels at the speed that suits the work, and hand them the rows."""
        slower = 1.0 if self.dtype == np.float64 else ARRAYS
        self.kernels = backend.kernels(slower * self.work, self.compile_from)
        small = backend.interpreted(self.kernels) and backend.chosen == "auto"
        self.either = small and bool(self.epoch_kernel) and self.dtype == np.float64
        if self.either:
            self.kernels = exact.kernels_with(self.epoch_kernel)
        self.hand_over_rows()

    def hand_over_rows(self) -> None:
        """Hand the rows to the kernels, in the form that suits their speed."""
        self.X = backend.table(self.kernels, self.seen.X)
        self.y, self.kernel_weight = backend.inputs(self.kernels, self.data.y, self.weight)

    @property
    def first_bias(self) -> float:
        """The bias that neurons begin with."""
        return self.settings.fixed_bias or 0.0

    def first_state(self) -> State:
        """Return the state before anything is learned: weights of 0."""
        neurons, features = self.data.neurons, self.data.shape[1]
        return {
            "W": np.zeros((neurons, features), self.dtype),
            "b": np.full((neurons, 1), self.first_bias, self.dtype),
            "rate": np.ones(1),
            "seed": np.array([seed_of(self.settings.random_state)]),
        }

    def adopted(self, state: State) -> State:
        """Return the state to go on from with other rows, or after a training by another rule.

        It holds weights for rows as they are, as `carried` gives it.
        """
        return self.first_state() | self.rewritten(state, inside=True)

    def carried(self) -> State:
        """Return the state with weights for rows as they are, from where a training on other rows can go on."""
        return self.rewritten(self.state(), inside=False)

    def rewritten(self, state: State, *, inside: bool) -> State:
        """Rewrite a state for the rows as they are `seen`, or for rows as they are."""
        if self.scaling is None:
            return state
        fold = self.scaling.unfolded if inside else self.scaling.folded
        for W, b in self.layers:
            if W in state:
                weights, bias = fold(state[W], state[b][:, 0])
                state = state | {W: weights.astype(state[W].dtype), b: bias[:, np.newaxis].astype(state[b].dtype)}
        return state

    def outside(self, W: Array, b: Array) -> tuple[Array, Array]:
        """Return the weights and biases of neurons for rows as they are."""
        if self.scaling is None:
            return W, b
        W, b = self.scaling.folded(W, b)
        return W.astype(self.dtype), b.astype(self.dtype)

    def state(self) -> State:
        return self.noted(self.slots)

    def noted(self, slots: tuple[str, ...]) -> State:
        """Return copies of the weights, of what every training has beside them, and of some slots."""
        state = {name: np.array(getattr(self, name)) for name in slots}
        for name in ("W", "b"):
            state[name] = np.array(getattr(self, name), self.dtype)
        return state | {"rate": np.array([self.rate]), "seed": np.array([self.seed]), "work": np.array([self.work])}

    def restore(self, state: State) -> None:
        for name in ("W", "b"):
            setattr(self, name, self.kernel_form(state[name].astype(self.dtype)))
        for name in self.slots:
            setattr(self, name, self.kernel_form(state[name].copy()))
        self.rate, self.seed = float(state["rate"][0]), int(state["seed"][0])
        self.sampler = Sampler(self.rows, self.settings.shuffle, self.seed, self.weight)

    def kernel_form(self, array: Array) -> Any:
        """Hand an array to the kernels in the form that suits their speed."""
        return backend.inputs(self.kernels, array)[0]

    def cost_per_row(self) -> float:
        """Return how many looks at a row it takes to learn from one."""
        return 1.0

    def expected_epochs(self) -> int:
        """Return how many epochs it takes, at a guess: by that the speed of the kernels is chosen."""
        return self.settings.max_epochs

    def suitable_rate(self) -> float:
        """Return a learning rate that suits the rows."""
        return 1.0

    def begin_epoch(self, epoch: int) -> int:
        if self.either and backend.interpreted(self.kernels):
            self._interpret_or_not()
        self.eta = self.rate_in(epoch)
        self.epoch = self.sampler.epoch(epoch)
        return len(self.epoch)

    def _interpret_or_not(self) -> None:
        """Note what an interpreted epoch costs, or go on with exact kernels where such epochs have cost enough."""
        visits = exact.VISIT * self.total * self.data.neurons
        exact.spend((self.epoch_work + visits) * self.cost_per_row())
        kernels = exact.kernels_with(self.epoch_kernel)
        if not backend.interpreted(kernels):
            state = self.state()
            self.kernels = kernels
            self.hand_over_rows()
            self.restore(state)

    def rate_in(self, epoch: int) -> float:
        """Return the learning rate of an epoch."""
        settings = self.settings
        if settings.schedule == "constant":
            return self.rate
        return float(schedules.rates(settings.schedule, self.rate, np.array([float(epoch)]), settings.max_epochs)[0])

    def visits(self, start: int, stop: int) -> tuple[Any, Any]:
        """Return some visits of the epoch as the kernels take them."""
        order, share = self.epoch.visits(start, stop)
        if backend.interpreted(self.kernels) and self.dtype == np.float64:
            return order.tolist(), share.tolist()
        return order, share

    def rates(self) -> tuple[float, float, float]:
        """Return the learning rates of weights and biases, and the penalty."""
        return self.eta, self.eta * self.bias_moves, 0.0

    def compete(self, visits: Any, scale: Any, average: Any, pocket: Any = NO_POCKET) -> tuple[int, float]:
        """Let neurons of which the largest sum wins learn from some visits, with what average and pocket need."""
        neurons, rows = (self.W, self.b), (self.X, self.y)
        return self.kernels.multiclass_epoch(  # type: ignore[no-any-return]  # a module loaded by name
            self.code, neurons, rows, visits, self.rates(), scale, average, pocket
        )

    def shared(self, learn: Any) -> tuple[int, float]:
        """Let neurons that do not look at each other learn on two cores, and add up their mistakes and losses.

        Parameters
        ----------
        learn : callable
            Takes a slice of the neurons and the targets of the rows for them.
        """
        neurons = self.data.neurons
        if self.threads == 1:
            return learn(slice(0, neurons), self.y)  # type: ignore[no-any-return]
        half = -(-neurons // THREADS)
        done = shared(lambda part: learn(*part), self._halves(half))
        return sum(mistakes for mistakes, _ in done), sum(loss for _, loss in done)

    @property
    def threads(self) -> int:
        """On how many cores neurons learn that do not look at each other."""
        alone = self.data.neurons == 1 or backend.interpreted(self.kernels) or self.epoch_work < SHARED_FROM
        return 1 if alone else THREADS

    def _halves(self, half: int) -> list[tuple[slice, Array]]:
        """Return slices of the neurons, each with the targets as neurons of their own would read them."""
        parts = []
        for start in range(0, self.data.neurons, half):
            own = row_by_row(lambda y, start=start: y - np.int32(start), self.y)
            if self.data.neurons - start == 1:  # a lone neuron reads its target
                own = row_by_row(lambda y: np.where(y == 0, 1, int(self.data.silent)).astype(np.int32), own)
            parts.append((slice(start, start + half), own))
        return parts

    @property
    def weights(self) -> tuple[Array, Array]:
        """The neurons that learn, as arrays of shape (neurons, features) and (neurons,)."""
        return np.array(self.W, dtype=self.dtype), np.array(self.b, dtype=self.dtype)[:, 0]

    def answering(self) -> tuple[Array, Array]:
        """Return the neurons that would answer now, for rows as they are seen."""
        return self.weights

    def params(self) -> tuple[Array, Array]:
        """Return the neurons that would answer now."""
        return self.outside(*self.answering())

    def boundaries(self) -> Array:
        return np.column_stack(self.params())

    def is_sound(self, loss: float) -> bool:
        W, b = self.weights
        return bool(np.isfinite(loss) and np.isfinite(W).all() and np.isfinite(b).all())

    def facts(self) -> dict[str, float]:
        return {"learning_rate": self.eta, "norm": float(np.linalg.norm(self.answering()[0]))}

    def remaining_weight(self, share: float) -> float:
        """Return the factor by which a penalty shrinks the weights in one step."""
        return 1.0

    def evaluate(self, data: Dataset) -> tuple[float, float]:
        """Return the fraction of wrong answers, over rows and neurons that do not compete, and the mean loss."""
        return evaluate(self.code, *self.params(), data)
