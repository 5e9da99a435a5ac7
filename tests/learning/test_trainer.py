"""The one loop: a training that was interrupted anywhere goes on to the same bits, whatever the rule."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.errors import TrainingWarning
from glassneuron.learning.algorithms.registry import algorithm_for, network_algorithm
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import DeltaSettings, NetworkSettings, PerceptronSettings
from glassneuron.learning.trainer import Trainer
from glassneuron.proofs.attainable import Attainable

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


TARGETS = np.eye(3)[CODES]
NETWORKS = [
    {"optimiser": "adam", "batch_size": 5},
    {"optimiser": "nesterov", "batch_size": 7, "dropout": 0.3, "schedule": "cosine"},
    {"optimiser": "sgd", "learning_rate": 0.1, "clip": 0.1, "l2": 0.01},
    {"optimiser": "lbfgs"},
]
GO_ON = """
import sys
import numpy as np
import glassneuron as gn
from glassneuron.learning.algorithms.registry import algorithm_for, network_algorithm
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import NetworkSettings, PerceptronSettings
from glassneuron.learning.trainer import Trainer
kind, settings, folder = sys.argv[1], eval(sys.argv[2]), sys.argv[3]
rows = np.load(f"{folder}/rows.npz")
if kind == "network":
    start = gn.Network.random([3, 4, 3], "tanh", output="softmax", seed=1)
    algorithm = network_algorithm(Dataset(rows["X"], rows["Y"]), NetworkSettings(**settings), start)
else:
    algorithm = algorithm_for(Dataset(rows["X"], rows["codes"], 3), PerceptronSettings(**settings))
trainer = Trainer(algorithm).restore(dict(np.load(f"{folder}/state.npz")))
list(trainer.steps(every=5))
np.savez(f"{folder}/end.npz", **trainer.state())
"""


def of_network(settings):
    start = gn.Network.random([3, 4, 3], "tanh", output="softmax", seed=1)
    return Trainer(network_algorithm(Dataset(X, TARGETS), NetworkSettings(max_epochs=4, tol=None, **settings), start))


@pytest.mark.parametrize("settings", NETWORKS, ids=lambda settings: settings["optimiser"])
def test_a_network_goes_on_from_any_frame_to_the_same_bits(settings):
    whole = of_network(settings)
    states = [whole.state() for _ in whole.steps(every=1)]
    at_once = of_network(settings)
    at_once.fit()
    for state in (*states, at_once.state()):
        again = of_network(settings).restore(state)
        again.fit()
        assert again.algorithm.theta.tolist() == whole.algorithm.theta.tolist()
        assert again.history.losses == pytest.approx(whole.history.losses, rel=1e-14)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("network", {"max_epochs": 4, "batch_size": 5, "dropout": 0.3, "random_state": 3}),
        ("neurons", {"max_epochs": 4, "variant": "pocket", "random_state": 3}),
    ],
)
def test_a_checkpoint_goes_on_in_another_process_to_the_same_bits(kind, settings, tmp_path):
    if kind == "network":
        start = gn.Network.random([3, 4, 3], "tanh", output="softmax", seed=1)
        trainer = Trainer(network_algorithm(Dataset(X, TARGETS), NetworkSettings(**settings), start))
    else:
        trainer = Trainer(algorithm_for(Dataset(X, CODES, 3), PerceptronSettings(**settings)))
    steps = trainer.steps(every=5)
    for _ in range(9):  # into the second epoch
        next(steps)
    np.savez(tmp_path / "rows.npz", X=X, Y=TARGETS, codes=CODES)
    np.savez(tmp_path / "state.npz", **trainer.state())
    subprocess.run([sys.executable, "-c", GO_ON, kind, repr(settings), str(tmp_path)], check=True)
    end = dict(np.load(tmp_path / "end.npz"))
    list(steps)
    here = trainer.state()
    assert end.keys() == here.keys()
    for name in here:
        if name != "history.seconds":
            assert end[name].tolist() == here[name].tolist(), name


@pytest.mark.parametrize(
    "new",
    [
        lambda: gn.Perceptron(random_state=0),
        lambda: gn.SigmoidNeuron(),
        lambda: gn.SigmoidNeuron(solver="lbfgs", max_epochs=3),
        lambda: gn.MLPClassifier(3, optimiser="lbfgs", max_epochs=5, random_state=0),
    ],
    ids=["perceptron", "steps", "steps that end early", "network"],
)
@pytest.mark.parametrize("rows", [300, 70_000])
def test_a_training_that_nobody_looks_at_has_the_same_history(new, rows):
    random = np.random.default_rng(0)
    table = random.normal(size=(rows, 3))
    y = table @ [1.0, 2.0, 3.0] + random.normal(size=rows) > 0.0
    alone, seen = (new().set_params(on_epoch=look).fit(table, y) for look in (None, lambda _: False))
    for column in ("losses", "mistakes", "norms", "learning_rates", "batch_losses", "why_stopped", "converged"):
        assert getattr(alone.history_, column) == getattr(seen.history_, column)


def test_a_row_of_huge_weight_is_visited_in_pieces_between_which_an_interrupt_is_heard():
    data = Dataset(X[:2], np.array([0, 1]), sample_weight=np.array([1e6, 1.0]))
    frames = [f for f in Trainer(algorithm_for(data, DeltaSettings(max_epochs=1), "sigmoid")).steps() if f.stop]
    assert sum(frame.stop - frame.start for frame in frames) == 1_000_001
    assert max(frame.stop - frame.start for frame in frames) <= 65_536


@pytest.mark.parametrize("kind", ["to_pandas", "to_arrow"])
def test_the_history_is_a_table_with_a_row_per_epoch(kind):
    history = Trainer(algorithm_for(LABELLED, PerceptronSettings(max_epochs=3))).fit()
    table = getattr(history, kind)()
    columns = list(table.columns) if kind == "to_pandas" else table.column_names
    assert columns == ["epoch", "mistakes", "loss", "learning_rate", "norm", "seconds"]
    assert len(table) == 3
    assert [int(v) for v in np.asarray(table["mistakes"])] == history.mistakes


def test_what_was_decided_survives_a_checkpoint():
    """A proof that a neuron can is asked for once; a training that goes on from a later frame does not ask again."""
    y = (X[:, 0] + 0.02 * X[:, 1] > 0.0).astype(int)
    far = Dataset(np.column_stack([X, 100.0 + X[:, 2]]), y)  # a small margin: many epochs
    asked = []

    def can(work, wrong, near, hope, mistakes):
        asked.append(work)
        return Attainable(True, "it can")

    def trainer(decide):
        return Trainer(algorithm_for(far, PerceptronSettings(random_state=1, max_epochs=60)), decide=decide)

    whole = trainer(can)
    seen = [(len(asked), whole.state()) for frame in whole.steps() if frame.ends_epoch]
    assert len(asked) == 1
    assert whole.history.epochs == 60
    later = next(state for calls, state in seen[:-1] if calls == 1)
    again = trainer(lambda *question: pytest.fail("asked again")).restore(later)
    again.fit()
    assert again.history.mistakes == whole.history.mistakes
    assert again.algorithm.params()[0].tolist() == whole.algorithm.params()[0].tolist()


@pytest.mark.parametrize("variant", ["plain", "pocket"])
def test_weights_that_a_search_finds_are_taken_over_once(variant):
    """The boundary between the classes is known here."""
    random = np.random.default_rng(0)
    rows, line, asked = random.normal(size=(600, 6)), np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.5]]), []
    y = (rows @ line[0, :-1] + line[0, -1] > 0.0).astype(int)
    settings = {"random_state": 0, "max_epochs": 300, "variant": variant, "standardise": False}

    def found(work, wrong, near, hope, mistakes):
        asked.append(near)
        return Attainable(True, "it can", weights=line)

    def trainer(**more):
        return Trainer(algorithm_for(Dataset(rows, y), PerceptronSettings(**settings | more)), decide=found)

    taking = trainer()
    frames = [(taking.prospects.taken, taking.state()) for frame in taking.steps() if frame.ends_epoch]
    history, taken = taking.history, taking.prospects.taken
    assert len(asked) == 1
    assert asked[0].shape == line.shape  # the weights so far, which the search begins near
    assert history.mistakes[taken - 1] > 0
    assert history.converged
    assert history.epochs == taken + 1
    assert history.why_stopped.endswith(
        f"; after epoch {taken} it took over weights that a search for a proof had found"
    )
    W, b = taking.algorithm.params()
    scale = b[0] / line[0, -1]
    assert (np.append(W[0], b) == scale * line[0]).all()
    assert np.frexp(scale)[0] == 0.5  # a power of two, about as long as what was learned
    before = next(state for epoch, state in frames if epoch == taken)
    again = trainer().restore(before)
    assert again.fit().why_stopped == history.why_stopped
    assert all((a == b).all() for a, b in zip(again.algorithm.params(), (W, b), strict=True))
    held = trainer(fixed_bias=-1.0).fit()
    assert "took over" not in held.why_stopped


def test_tables_that_may_be_gone_through_by_hand_are_left_to_the_rule():
    random = np.random.default_rng(0)
    for rows, left in ((49, True), (50, False)):
        inputs = random.normal(size=(rows, 2)) + 1e3
        found = Attainable(True, "it can", weights=np.array([[1.0, 1.0, -2e3]]))
        data = Dataset(inputs, (inputs.sum(axis=1) > 2e3).astype(int))
        settings = PerceptronSettings(standardise=False, max_epochs=100)
        trainer = Trainer(algorithm_for(data, settings), decide=lambda *question, found=found: found)
        trainer.fit()
        assert trainer.prospects.outlook is found
        assert trainer.history.converged is not left
        assert (trainer.prospects.taken == 0) is left


def test_weights_that_do_not_hold_are_not_taken_over():
    random = np.random.default_rng(0)
    rows = random.normal(size=(300, 3))
    y = (rows @ [1.0, 2.0, 3.0] > 0.0).astype(int)
    wrong_way, nearly = np.array([[-1.0, -2.0, -3.0, 0.0]]), np.array([[1.0, 2.0, 3.1, 0.0]])
    settings = PerceptronSettings(random_state=0, max_epochs=200)
    alone = Trainer(algorithm_for(Dataset(rows, y), settings)).fit()
    for weights in (wrong_way, nearly, np.full((1, 4), np.nan), np.zeros((1, 4))):
        found = Attainable(True, "it can", weights=weights)
        trainer = Trainer(algorithm_for(Dataset(rows, y), settings), decide=lambda *question, found=found: found)
        history = trainer.fit()
        assert trainer.prospects.outlook is not None
        assert not trainer.prospects.taken
        assert history.mistakes[: alone.epochs] == alone.mistakes
        assert "took over" not in history.why_stopped


def test_proofs_together_may_take_no_more_than_the_training():
    asked = []

    def undecided(work, wrong, near, hope, mistakes):
        asked.append(work)
        return Attainable(None, "undecided")

    trainer = Trainer(algorithm_for(Dataset(X, (CODES > 0).astype(int)), PerceptronSettings()), decide=undecided)
    history = trainer.fit()
    assert history.epochs < 1000
    assert "undecided" in history.why_stopped
    assert len(asked) > 1
    assert sum(asked) <= trainer.algorithm.work_of(history.epochs)
    assert all(later >= earlier for earlier, later in pairwise(asked[1:]))  # it asks when the training has doubled


@pytest.mark.parametrize("variant", ["plain", "averaged", "pocket", "voted"])
def test_weights_are_looked_for_beside_those_that_are_nearly_right_and_can_be_taken_over(variant):
    random, told = np.random.default_rng(0), []

    def undecided(work, wrong, near, hope, mistakes):
        told.append(hope)
        assert 0.0 < mistakes < 300.0
        return Attainable(None, "undecided")

    rows = random.normal(size=(600, 3))
    clean = rows @ [1.0, 2.0, 3.0] > 0.0
    few, many = clean ^ (random.random(600) < 0.01), clean ^ (random.random(600) < 0.3)
    for y, plain, pocket in ((clean, 1.0, 1.0), (few, 0.3, 0.0), (many, 0.0, 0.0)):
        told.clear()
        settings = PerceptronSettings(random_state=0, variant=variant)
        Trainer(algorithm_for(Dataset(rows, y.astype(int)), settings), decide=undecided).fit()
        assert set(told) == {{"plain": plain, "pocket": pocket}.get(variant, 0.0)}
