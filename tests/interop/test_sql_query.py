"""One SELECT, asked of DuckDB and SQLite on the table itself."""

import sqlite3

import numpy as np
import pyarrow as pa
import pytest

import glassneuron as gn
from interop.tools import library
from interop.zoo import COLOUR, PRICE, SELECT, agree, cases

KEY = 'no "1"'


def table_of(case):
    """Return a case's rows as an Arrow table, with a key."""
    if case.records is not None:
        names = list(case.records[0])
        columns = {name: [record[name] for record in case.records] for name in names}
    else:
        names = (
            case.value.names or [f"x{j + 1}" for j in range(case.X.shape[1])] if hasattr(case.value, "names") else None
        )
        names = names or [f"x{j + 1}" for j in range(case.X.shape[1])]
        columns = {name: case.X[:, j].tolist() for j, name in enumerate(names)}
    return pa.table({KEY: list(range(len(case.X))), **columns})


def in_duckdb(query, table):
    duckdb = library("duckdb")

    with duckdb.connect() as base:
        base.register("the table", table)
        return base.execute(query).fetchall()


def in_sqlite(query, table):
    with sqlite3.connect(":memory:") as base:
        kinds = ["TEXT" if pa.types.is_string(field.type) else "REAL" for field in table.schema]
        columns = ", ".join(
            '"' + name.replace('"', '""') + f'" {kind}' for name, kind in zip(table.column_names, kinds, strict=True)
        )
        base.execute(f'CREATE TABLE "the table" ({columns})')
        marks = ", ".join("?" * table.num_columns)
        base.executemany(f'INSERT INTO "the table" VALUES ({marks})', zip(*table.to_pydict().values(), strict=True))
        return base.execute(query).fetchall()


DATABASES = {"duckdb": in_duckdb, "sqlite": in_sqlite}


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("name", cases())
def test_answers_of_a_database(name, database):
    case = cases()[name]
    query = gn.export(case.model, "sql", table="the table", keep=[KEY])
    rows = sorted(DATABASES[database](query, table_of(case)))
    assert [row[0] for row in rows] == list(range(len(case.X)))
    if case.expected[0] is None:
        agree(case, None, [row[1:] for row in rows], 1e-12)
    else:
        kind = np.asarray(case.value.classes).dtype.kind
        labels = [bool(row[1]) for row in rows] if kind == "b" else [row[1] for row in rows]
        agree(case, labels, [row[2:] for row in rows], 1e-12)


@pytest.mark.parametrize("database", DATABASES)
def test_a_row_that_no_model_answers_gets_null(database):
    case = cases()["table_sigmoid_4"]
    changes = [
        (PRICE, None),
        (PRICE, float("inf")),
        (SELECT, float("-inf")),
        (COLOUR, "gelb"),
        (COLOUR, None),
        (SELECT, None),
    ]
    records = [{**case.records[0], name: value} for name, value in changes]
    table = pa.table({KEY: range(len(records)), **{n: [r[n] for r in records] for n in records[0]}})
    rows = sorted(DATABASES[database](gn.export(case.model, "sql", table="the table", keep=[KEY]), table))
    assert [all(each is None for each in row[1:]) for row in rows] == [True] * 5 + [False]
    assert rows[5][1] in case.model.classes  # the mean fills this gap


def test_what_a_query_cannot_hold_is_named(refused):
    with refused("cannot-hold", "SQL", "901"):
        gn.export(gn.Neuron(np.ones(901)), "sql")
    with refused("cannot-hold", "SQL", "zero byte"):
        gn.export(gn.Neuron([1.0], names=["a\0b"]), "sql")
