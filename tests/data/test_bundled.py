"""The bundled tables are scikit-learn's copies, number by number."""

import csv

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_iris

import glassneuron as gn
from glassneuron.data.bundled import TABLES, bundled
from glassneuron.data.table import read_table


@pytest.mark.parametrize(
    ("name", "origin"), [("wisconsin", load_breast_cancer()), ("iris", load_iris()), ("digits", load_digits())]
)
def test_the_numbers_are_those_of_scikit_learn(name, origin):
    table = read_table(bundled(name), TABLES[name])
    np.testing.assert_array_equal(table.X, origin.data)
    assert table.names == tuple(str(feature) for feature in origin.feature_names)
    assert table.y.tolist() == origin.target_names[origin.target].tolist()
    assert (table.target, table.target_kind) == (TABLES[name], "classes")
    with bundled(name).open(encoding="utf-8", newline="") as file:  # without pyarrow, too
        rows = list(csv.reader(file))
    assert [[float(cell) for cell in row[:-1]] for row in rows[1:]] == origin.data.tolist()


def test_every_table_has_its_source_beside_it():
    sources = bundled("iris").with_name("SOURCES.md").read_text(encoding="utf-8")
    for name in TABLES:
        assert f"`{bundled(name).name}`" in sources
    for words in (
        "10.24432/C5DW2B",
        "10.24432/C56C76",
        "10.24432/C50P49",
        "CC BY 4.0",
        "BSD-3-Clause",
        "Fisher",
        "Wolberg",
        "Alpaydin",
    ):
        assert words in sources


@pytest.mark.parametrize("name", ["boston", "../iris", "", None, 3])
def test_another_table_is_refused(name):
    with pytest.raises(gn.GlassneuronError, match=r"`table` must be 'wisconsin', 'iris' or 'digits'; got"):
        bundled(name)
