"""The bench pages: they run, and they measure what they say."""

import time

import pandas as pd
import pytest
from benchmarks import page_defaults, page_real, page_tables
from benchmarks.grid import GRID
from benchmarks.harness import TooLong, at_most
from benchmarks.real_tables import coded


def test_the_page_of_defaults_tells_one_line_a_cell(capsys):
    page_defaults.main(["--cells", "OR", "--estimators", "Adaline", "averaged", "--no-load", "--one-thread"])
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("OR, 4 x 2")]
    assert [line.split("|")[0].split()[-1] for line in told] == ["averaged", "Adaline"]
    assert "RidgeClassifier" in told[1]


def test_the_page_of_real_tables_tells_one_line_a_table_and_view(capsys):
    page_real.main(["--tables", "diabetes", "--only", "LinearNeuron", "--one-thread"])
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("LinearNeuron")]
    assert ["raw" in line for line in told] == [False, True]
    assert all("+0.0000" in line or "-0.0000" in line for line in told)  # least squares is one answer, whoever finds it


def test_text_becomes_one_column_a_value_and_a_gap_the_median():
    data = pd.DataFrame({"size": [1.0, None, 3.0, 8.0], "colour": ["red", "blue", "red", None]})
    assert coded(data).tolist() == [[1, 0, 1], [3, 1, 0], [3, 0, 1], [8, 0, 0]]


def test_rows_to_be_judged_by_are_not_those_to_learn_from():
    X, X_test, y, y_test = next(cell for cell in GRID if cell.name == "3,000 x 60, coded").make()
    assert X.shape == X_test.shape == (3000, 60)
    assert (X.sum(axis=1) == 15).all()
    assert abs(y.mean() - 0.5) < 0.05
    assert (y != y_test).any()


def test_work_that_takes_too_long_is_cut_short():
    with pytest.raises(TooLong), at_most(0.01):
        time.sleep(10.0)
    with at_most(10.0):
        pass


def test_the_page_of_raw_tables_tells_one_line_a_table_and_refuses_none(capsys):
    page_tables.main(["--tables", "penguins", "--splits", "2", "--one-thread"])
    told = capsys.readouterr().out.splitlines()
    lines = [line for line in told if line.startswith("penguins")]
    assert [("R2" in line, "accuracy" in line) for line in lines] == [(False, True), (True, False)]
    assert "2 tables: " in told[-1]
    assert "0 refused" in told[-1]
