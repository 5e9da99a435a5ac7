"""Gates as something to learn: without hidden neurons exactly the threshold functions can be."""

import re

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.learning.diagnosis.network import constant_loss
from glassneuron.neurons.logic.truth_table import truth_table
from glassneuron.proofs.boolean.threshold_functions import smallest_neuron
from glassneuron.views.text.learned_gate import learned_gate, trained


@pytest.mark.parametrize("number", range(16))
def test_one_neuron_learns_exactly_what_one_neuron_can(number):
    table = truth_table(number, 2)
    _, ends = trained(table, 0, 2)
    assert [end.success for end in ends] == [smallest_neuron(table) is not None] * 2


def test_a_success_has_every_row_right_and_xor_takes_hidden_neurons():
    table = truth_table("xor")
    for hidden in (2, 4):
        networks, ends = trained(table, hidden, 5)
        for network, end in zip(networks, ends, strict=True):
            assert network.sizes == (2, hidden, 1)
            assert end.success == (network.feedforward(table.rows).round().tolist() == list(table.outputs))
        assert any(end.success for end in ends)
        assert min(end.loss for end in ends) < constant_loss(networks[0], table.targets[:, np.newaxis], "cross_entropy")


def test_the_command_counts_the_starts(command):
    code, out, err = command("gate", "a xor b", "--learn")
    assert (code, err) == (0, "")
    rates = dict(re.findall(r"^(none|\d)\s+(\d+) of 20$", out, re.MULTILINE))
    assert list(rates) == ["none", "2", "3", "4"]
    assert rates["none"] == "0"  # no line parts the rows
    assert int(rates["2"]) < int(rates["4"])
    assert out.index("no single neuron computes it") < out.index("trained on its 4 rows")
    assert "learned" not in command("gate", "xor")[1]


def test_a_stuck_network_shows_its_first_rows():
    text = learned_gate("xor", 4, starts=1)
    assert "and 8 more rows" in text
    assert text.count("should be") == 8


def test_a_network_that_did_not_learn_tells_its_steepest_slope():
    table = truth_table("xor")
    network = trained(table, 2, 1)[0][0]
    _, slopes = network.gradient(table.rows, table.targets, loss="cross_entropy")
    text = learned_gate("xor", starts=1)
    assert f"start 1 with 2 did not learn it; its largest gradient is down to about {abs(slopes).max():.1g}:" in text


def test_fewer_neurons_than_the_proof_asks_for_are_explained(command):
    page = command("gate", "xor", "--inputs", 3, "--learn")[1]
    assert "3 hidden neurons, whose outputs stand beside the rows above, and fewer will not do" in page
    assert re.search(r"^2 +[1-9]\d* of 20$", page, re.MULTILINE)
    assert "step neurons, which output only 0 and 1, need at least 3" in page
    for what, starts in (("xor", 5), ("and", 1)):  # nothing contradicts the proof of two, and no proof is needed
        assert "will not do" not in learned_gate(what, starts=starts)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gate", "a and", "--learn"], "it ends where a name should be"),
        (["gate", "xor", "--inputs", "0", "--learn"], "`--inputs` must be in [1, 16]; got 0."),
    ],
)
def test_what_is_wrong_is_said_in_one_line(command, arguments, sentence):
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert sentence in err


def test_a_gate_too_large_to_learn_is_shown_all_the_same(command):
    code, out, err = command("gate", "parity", "--inputs", "5", "--learn")
    assert (code, out) == (2, command("gate", "parity", "--inputs", "5")[1])
    assert err == (
        "glassneuron: `--learn` takes gates of at most 4 inputs, but 'parity' has 5; choose fewer with `--inputs`, or "
        "leave `--learn` out.\n"
    )


def test_no_starts_are_refused():
    with pytest.raises(gn.GlassneuronError, match=r"`starts` must be in \[1, inf\); got 0"):
        learned_gate("or", starts=0)
