"""The one loop: a training that was interrupted anywhere goes on to the same bits, whatever the rule."""

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.errors import TrainingWarning
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import DeltaSettings, PerceptronSettings
from glassneuron.learning.trainer import Trainer

rng = np.random.default_rng(0)
X = rng.normal(size=(24, 3))
CODES = np.digitize(X[:, 0] + 0.7 * rng.normal(size=24), [-0.5, 0.5])  # overlapping: no epoch is without a mistake
WEIGHTS = rng.choice([0.0, 0.5, 1.0, 2.5], size=24)
LABELLED, WEIGHED = Dataset(X, CODES, 3), Dataset(X, CODES, 3, sample_weight=WEIGHTS)
NUMBERS = Dataset(X, X @ [1.0, -2.0, 0.5] + rng.normal(size=24))
FEW = {"max_epochs": 3, "random_state": 7}
RULES = [
    *[(WEIGHED, PerceptronSettings(variant=v, **FEW), "step") for v in ("plain", "averaged", "pocket", "voted")],
    (LABELLED, PerceptronSettings(multi_class="kesler", variant="averaged", **FEW), "step"),
    (WEIGHED, DeltaSettings(l2=0.1, schedule="linear", **FEW), "sigmoid"),
    (WEIGHED, DeltaSettings(l2=0.1, **FEW), "softmax"),
    (NUMBERS, DeltaSettings(fixed_bias=0.5, **FEW), "linear"),
    (WEIGHED, DeltaSettings(solver="batch", **FEW), "sigmoid"),
    (WEIGHED, DeltaSettings(solver="newton", l2=0.1), "softmax"),
    (WEIGHED, DeltaSettings(solver="lbfgs", l2=0.1), "sigmoid"),
]


@pytest.mark.parametrize("speed", ["python", "compiled"])
@pytest.mark.parametrize("held_out", [False, True], ids=["all rows", "rows held out"])
@pytest.mark.parametrize(("data", "settings", "activation"), RULES)
def test_a_training_goes_on_from_any_frame_to_the_same_bits(data, settings, activation, held_out, speed):
    validation = data.subset(np.arange(0, 24, 3)) if held_out else None

    def trainer():
        return Trainer(algorithm_for(data, settings, activation), validation)

    with gn.speed(speed):
        whole = trainer()
        seen = [(frame, whole.state()) for frame in whole.steps(every=10)]
        for n, (_, state) in enumerate(seen, 1):
            again = trainer().restore(state)
            assert list(again.steps(every=10)) == [frame for frame, _ in seen[n:]]
            for one, other in zip(whole.algorithm.params(), again.algorithm.params(), strict=True):
                assert one.tolist() == other.tolist()
            for column in ("losses", "mistakes", "validation_losses", "learning_rates", "norms"):
                assert getattr(whole.history, column) == getattr(again.history, column)


@pytest.mark.parametrize("rate", [0.6, 0.8, 50.0])
def test_a_training_that_explodes_does_so_from_any_frame(rate):
    def trainer():
        return Trainer(algorithm_for(Dataset(X, CODES, 3, -1.0), DeltaSettings(rate, random_state=0), "linear"))

    whole = trainer()
    with pytest.warns(TrainingWarning, match="diverged"):
        states = [whole.state() for _ in whole.steps(every=10)]
    for state in states:
        again = trainer().restore(state)
        with pytest.warns(TrainingWarning, match="diverged"):
            list(again.steps(every=10))
        assert again.algorithm.params()[0].tolist() == whole.algorithm.params()[0].tolist()
        assert again.history.losses == whole.history.losses
        assert again.history.why_stopped == whole.history.why_stopped


@pytest.mark.parametrize(("data", "settings", "activation"), RULES)
def test_frames_do_not_change_what_is_learned(data, settings, activation):
    ended, followed = (Trainer(algorithm_for(data, settings, activation)) for _ in range(2))
    history = ended.fit()
    visits = [frame.stop - frame.start for frame in followed.steps(every=1) if not frame.ends_epoch]
    assert set(visits) == {1}
    assert len(visits) == history.epochs * (len(followed.algorithm.epoch) or 1)
    for one, other in zip(ended.algorithm.params(), followed.algorithm.params(), strict=True):
        assert one.tolist() == other.tolist()
    assert followed.history.mistakes == history.mistakes
    assert followed.history.why_stopped == history.why_stopped
