"""The option `--machines` of the command."""

import json

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import glassneuron as gn


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    random = np.random.default_rng(0)
    X = random.normal(size=(20_000, 3))
    path = tmp_path_factory.mktemp("tables") / "t.parquet"
    y = np.where(X.sum(axis=1) > 0.2, "yes", "no")
    parquet.write_table(pa.table({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2], "y": y}), path)
    return path


def test_training_proving_and_predicting_say_the_same(table, tmp_path, command, client):
    answers = []
    for k, option in enumerate(([], ["--machines", "2"], ["--machines", client.scheduler.address])):
        model, out = tmp_path / f"{k}.safetensors", tmp_path / f"{k}.csv"
        common = [table, "--target", "y", "--json", "--cache", tmp_path / "cache", *option]
        code, trained, _ = command("train", *common, "--model", "sigmoid", "--save", model)
        assert code == 0
        told = {name: value for name, value in json.loads(trained).items() if name not in ("saved", "seconds")}
        code, proven, _ = command("prove", *common)
        assert code == 0
        assert command("predict", model, table, "--out", out, *option)[0] == 0
        answers.append((gn.load(model).network.parameters.tobytes(), told, proven, out.read_bytes()))
    assert answers[0] == answers[1] == answers[2]


def test_perceptrons_need_shards(table, command):
    code, _, err = command("train", table, "--target", "y", "--machines", "2")
    assert code == 2
    assert "--shards 16" in err
    few = ["--epochs", "4", "--json"]
    alone = json.loads(command("train", table, "--target", "y", "--shards", "4", *few)[1])
    shared = json.loads(command("train", table, "--target", "y", "--shards", "4", "--machines", "2", *few)[1])
    assert alone["accuracy"] == shared["accuracy"]


@pytest.mark.parametrize("value", ["four", "0", "-1", "1.5", "http://host", "tcp://"])
def test_a_wrong_number_or_address_is_one_sentence(value, table, command):
    code, _, err = command("train", table, "--target", "y", "--model", "sigmoid", "--machines", value)
    assert code == 2
    assert err.startswith("glassneuron: `--machines` must be ")
    assert value in err
    assert err.count("\n") == 1


def test_shards_are_for_perceptrons(table, command):
    code, _, err = command("train", table, "--target", "y", "--model", "sigmoid", "--shards", "2")
    assert code == 2
    assert "`--shards` must be left out" in err
