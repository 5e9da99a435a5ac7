"""`Perceptron`: Rosenblatt's rule as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sklearn.base import ClassifierMixin

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.estimators.neurons import NeuronClassifier
from glassneuron.learning import perceptron
from glassneuron.learning.course import Lesson, Memory
from glassneuron.learning.dataset import Examples
from glassneuron.learning.history import History, OnEpoch, Step
from glassneuron.learning.votes import votes_on
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.network_model import NetworkModel
from glassneuron.neurons.scaling import Scaling
from glassneuron.proofs.attainable import MOST_CELLS, outlook
from glassneuron.proofs.exact.rational import Rows


class Perceptron(ClassifierMixin, NeuronClassifier):  # type: ignore[misc]
    """A step neuron that finds its own weights; for more than two classes, one neuron a class.

    Parameters
    ----------
    learning_rate : float in (0, inf), default 1.0
        How far one mistake moves the weights. From a zero start with a learned bias it only rescales them.
    max_epochs : int, at least 1, default 1000
    fixed_bias : float, optional
        Hold the bias at this value; by default it is learned like a weight.
    shuffle : bool, default True
        Show the rows in a new order each epoch. For a table of up to 16,384 rows and a million numbers, that order does
        not depend on how the table is sorted.
    random_state : int, RandomState or None, default 0
        Of the orders, and of the rows held out.
    prove : bool or "auto", default "auto"
        Where training did not converge, decide whether any neuron can have every row right, and say so in
        `history_.why_stopped`. "auto" does it for small tables, where it takes no time to speak of.
    variant : {"plain", "averaged", "pocket", "voted"}, default "plain"
        What is kept of the neurons on the way: the last; their mean, each counted for as long as it stood; the best, of
        each that was tried (all of them up to 1,024 rows, else those after a longer run of right answers than the best
        so far); or all, with a vote for each row that they stood for.
    multi_class : {"one_vs_rest", "kesler"}, default "one_vs_rest"
        For more than two classes: each neuron learns on its own to fire for its class alone; or the neurons compete,
        and only a row that another class won is a mistake.
    schedule : {"constant", "linear", "cosine", "inverse"}, or a function from the epoch to a rate
    tol : float in [0, inf), or None, default None
        Stop when the loss, or that on held-out rows, has not fallen by more for `patience` epochs; None stops only
        after an epoch without a mistake.
    patience : int, at least 1, default 5
        Epochs in a row without a fall after which to stop, where `tol` or held-out rows are watched.
    early_stopping : bool, default False
        Hold rows out, watch the loss on them and keep the weights of the best epoch.
    validation_fraction : float in (0, 1), default 0.1
        Share of each class that is held out.
    class_weight : dict of class to weight, "balanced" or None
        How much the rows of a class count; "balanced" lets each class count the same.
    warm_start : bool, default False
        Start from what the last `fit` left, where classes and features are the same.
    verbose : bool, default False
        Show a progress bar, in a terminal.
    on_epoch : callable, optional
        Called with the history after each epoch; returning True stops.

    Attributes
    ----------
    neuron_ : Neuron
        For two classes; it fires for ``classes_[1]``.
    neurons_ : list of Neuron
        One a class; a list of one for two classes. Of a voted perceptron the last ones on the way.
    network_ : Network
        Of a voted perceptron: the neurons with a vote are its first layer, their votes the weights of its second.
    history_ : History
    classes_ : ndarray of shape (classes,)
    coef_ : ndarray of shape (1 or classes, features)
    intercept_ : ndarray of shape (1 or classes,)
    n_iter_ : int
        Epochs that were needed.
    model_ : Model, or NetworkModel for a voted perceptron
        The same as a plain value that can be saved.

    Notes
    -----
    A single class is a constant to learn: 0, False and -1 mean that the neuron has to stay silent, any other label
    that it has to fire.

    References
    ----------
    Rosenblatt (1958), Psychological Review 65(6):386-408; Freund & Schapire (1999), Machine Learning 37(3):277-296;
    Gallant (1990), IEEE Transactions on Neural Networks 1(2):179-191; Nilsson (1965), Learning Machines.

    Examples
    --------
    >>> p = Perceptron(learning_rate=0.1, max_epochs=1000, fixed_bias=-1.0, shuffle=False)
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> p.fit(X, [0, 1, 1, 1]).decision_function(X)
    array([-1. ,  0.1,  0.1,  1.2])
    >>> p.history_.mistakes
    [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    >>> print(p.history_.why_stopped)
    epoch 10 passed without a mistake: every row is answered right
    """

    network_: Network

    def __init__(
        self,
        learning_rate: float = 1.0,
        max_epochs: int = 1000,
        fixed_bias: float | None = None,
        shuffle: bool = True,
        random_state: Any = 0,
        prove: bool | str = "auto",
        *,
        variant: str = "plain",
        multi_class: str = "one_vs_rest",
        schedule: Any = "constant",
        tol: float | None = None,
        patience: int = 5,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        class_weight: Any = None,
        warm_start: bool = False,
        verbose: Any = False,
        on_epoch: OnEpoch | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.max_epochs = max_epochs
        self.fixed_bias = fixed_bias
        self.shuffle = shuffle
        self.random_state = random_state
        self.prove = prove
        self.variant = variant
        self.multi_class = multi_class
        self.schedule = schedule
        self.tol = tol
        self.patience = patience
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.verbose = verbose
        self.on_epoch = on_epoch

    def _rule(self) -> perceptron.PerceptronRule:
        if self.prove not in (True, False, "auto"):
            raise problem("parameter", name="prove", rule="True, False or 'auto'", value=self.prove)
        return perceptron.PerceptronRule(**self._common(), variant=self.variant, multi_class=self.multi_class)

    def _lesson(self, examples: Examples, memory: Memory | None, *, once: bool = False) -> Lesson:
        return perceptron.lesson_of(examples, self._once(self._rule()) if once else self._rule(), memory)

    def _teach(self, lesson: Any, on_epoch: OnEpoch | None, validation: Examples | None) -> History:
        return perceptron.teach(lesson, on_epoch, validation)

    def _outlook(self, examples: Examples) -> str:
        asked = self.prove is True or (self.prove == "auto" and examples.entries <= MOST_CELLS)
        if not asked or self.history_.converged or examples.sparse:
            return ""
        return self._proved(examples)

    def _proved(self, examples: Examples) -> str:
        classes = self.classes_.tolist()
        if len(classes) == 1:
            return "a single class can be had right by the bias alone"
        bounded = self.fixed_bias is None and self.multi_class == "one_vs_rest" and not len(examples.counts)
        seen = examples.X if bounded else None
        kesler = self.multi_class == "kesler"
        said = outlook(Rows(examples.X), examples.y, self._fires_for, classes, seen, largest_wins=kesler)
        if self.fixed_bias is not None and said.startswith("it can"):
            return f"a neuron that learns its bias can; this one has it held at {self.fixed_bias:g}"
        return said

    def _activation(self) -> str:
        return "step"

    def _steps(self, examples: Examples, validation: Examples | None) -> Iterator[Step]:
        return perceptron.steps(examples, self._rule(), validation)

    def _attributes(self, lesson: Any) -> dict[str, Any]:
        told = super()._attributes(lesson)
        if self.variant == "voted":
            told["network_"] = lesson.voters.network(*lesson.weights())
        return told

    def _sums(self, X: Any) -> Array:
        if self.variant != "voted":
            return super()._sums(X)
        X = self._rows(X)
        return votes_on(self.network_, X)

    @property
    def model_(self) -> Model | NetworkModel:
        """The trained neurons, classes and names as a plain value that can be saved."""
        if self.variant != "voted" or len(getattr(self, "classes_", ())) < 2:
            return self._model("perceptron")
        about = self._about("voted perceptron")
        none = Scaling.none(self.n_features_in_)
        return NetworkModel(self.network_, none, tuple(self.classes_.tolist()), self._names(), about=about)
