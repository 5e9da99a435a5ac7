"""`--diagram`: the row that is explained, and the gate that is shown, as a picture."""

from xml.etree import ElementTree

import glassneuron as gn
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table


def described(path):
    return ElementTree.parse(path).getroot()[1].text


def test_explain_draws_the_row_that_it_explains(command, tmp_path):
    model, picture = tmp_path / "model.safetensors", tmp_path / "row.svg"
    command("train", bundled("iris"), "--target", "species", "--save", model)
    code, out, err = command("explain", model, bundled("iris"), "--row", 60, "--diagram", picture)
    assert code == 0
    assert out == command("explain", model, bundled("iris"), "--row", 60)[1]
    assert str(picture) in err
    row = read_table(bundled("iris"), "species").X[59]
    assert described(picture) == gn.diagram(gn.load(model), row).text


def test_gate_draws_a_neuron_or_two_layers(command, tmp_path):
    picture = tmp_path / "gate.svg"
    code, out, _ = command("gate", "sun and not rain", "--diagram", picture)
    assert code == 0
    assert out == command("gate", "sun and not rain")[1]
    neuron = gn.smallest_neuron(gn.TruthTable.of("sun and not rain")).neuron
    assert described(picture) == gn.diagram(neuron, names=["rain", "sun"]).text
    assert command("gate", "xor", "--diagram", picture)[0] == 0
    network = gn.two_layers(gn.TruthTable.of("xor")).network
    assert described(picture) == gn.diagram(network, names=["a", "b"]).text


def test_a_file_that_cannot_be_drawn_to_is_refused_first(command, tmp_path):
    for what in (["gate", "and"], ["explain", tmp_path / "model.safetensors", tmp_path / "table.csv"]):
        code, out, err = command(*what, "--diagram", tmp_path / "picture.png")
        assert (code, out) == (2, "")
        assert "`--diagram` must be the name of a file that ends in .svg" in err
        code, out, err = command(*what, "--diagram", tmp_path / "nowhere" / "picture.svg")
        assert (code, out) == (2, "")
        assert "folder does not exist" in err


def test_a_gate_without_a_network_says_so(command, tmp_path, monkeypatch):
    monkeypatch.setattr("glassneuron.views.diagrams.gate.two_layers", lambda table: None)
    code, _, err = command("gate", "xor", "--diagram", tmp_path / "gate.svg")
    assert code == 2
    assert "'xor'" in err
    assert "leave `--diagram` out" in err
    assert not (tmp_path / "gate.svg").exists()
