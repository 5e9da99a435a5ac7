"""What becomes of columns: dates, times, gaps, many texts, classes among numbers; what is left out or warned of."""

import datetime
import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassneuron as gn
from glassneuron.data.columns.leaks import leaks
from glassneuron.data.columns.overview import overview
from glassneuron.data.columns.useless import useless
from glassneuron.data.encoding import Encoding
from glassneuron.data.reading import Reading
from glassneuron.data.table import read_table
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling

SURVEY = Reading(keep=())


def refused(sentence, *args, **more):
    with pytest.raises(gn.GlassneuronError, match=sentence):
        read_table(*args, **more)


def kept(encoding):
    """The same encoding after it was written to JSON and read again."""
    again = Encoding.from_dict(json.loads(json.dumps(encoding.to_dict())))
    assert again == encoding
    return again


def answering(weights, table, encoding=None):
    """A model that answers with a weighted sum of a table's features."""
    about = (encoding or table.encoding).to_dict()
    return Model(Network([Layer([weights], [0.0], "linear")]), None, table.names, None, about, {}, Scaling.none(1))


# Dates


LAST, LATER = datetime.datetime(2024, 12, 31, 17, 30), datetime.datetime(2024, 11, 3, 5, 0)


@pytest.mark.parametrize(
    ("written", "order"),
    [
        ("%d.%m.%Y", "dmy"), ("%d.%m.%y", "dmy"), ("%d/%m/%Y", "dmy"), ("%m/%d/%Y", "mdy"), ("%m-%d-%Y", "mdy"),
        ("%Y/%m/%d", ""), ("%Y-%m-%d", ""), ("%d %B %Y", ""), ("%b %d, %Y", ""), ("%A, %d %b %Y", ""),
        ("%d.%m.%Y %H:%M", "dmy"), ("%m/%d/%Y %I:%M %p", "mdy"), ("%Y-%m-%dT%H:%M:%S", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["csv", "pandas"])
def test_dates_are_read_as_people_write_them(file, written, order, form):
    texts = [f"{moment:{written}}" for moment in (LAST, LATER)]
    if form == "csv":
        source = file("day,a\n" + "".join(f'"{text}",{k}\n' for k, text in enumerate(texts)))
    else:
        source = pd.DataFrame({"day": texts, "a": [0, 1]})
    table = read_table(source)
    apart = LAST - LATER if "%H" in written or "%I" in written else LAST.date() - LATER.date()
    assert table.X[0, 0] - table.X[1, 0] == pytest.approx(apart / datetime.timedelta(days=1), abs=1e-12)
    assert table.encoding.columns[0].order == order
    assert "days since 2024-11-03" in "; ".join(table.notes)


def test_an_ambiguous_date_is_refused_by_name_and_settled_by_one_word(file):
    path = file("day,a\n05/05/2024,1\n03/04/2024,2\n")
    refused(r"`day` is '03/04/2024' in row 2, which is 3 Apr 2024 or 4 Mar 2024: --date-order dmy or --date-order mdy "
            r"says which, --text day takes it for text", path)  # fmt: skip
    assert read_table(path, reading=Reading(date_order="dmy")).X[:, 0].tolist() == [32, 0]
    assert read_table(path, reading=Reading(date_order="mdy")).X[:, 0].tolist() == [62, 0]
    assert read_table(path, reading=Reading(text=["day"])).names == ("day=05/05/2024", "a")
    same = read_table(file("day,a\n05/05/2024,1\n06/06/2024,2\n", "same.csv"))  # it is no question here
    assert same.X[:, 0].tolist() == [0, 32]
    for value in ("ydm", 3):
        with pytest.raises(gn.GlassneuronError, match="`date_order` must be 'dmy', 'mdy' or 'ymd'"):
            Reading(date_order=value)


def test_a_model_remembers_in_which_order_dates_were_written(file):
    learned = read_table(file("day,a\n31.12.2024,1\n01/02/2024,2\n".replace("/", ".")))
    new = file("day,a\n03/04/2024,1\n", "new.csv")  # by itself it could be either
    day = (datetime.date(2024, 4, 3) - datetime.date(2024, 2, 1)).days
    assert read_table(new, encoding=kept(learned.encoding)).X.tolist() == [[day, 1]]
    iso = file("day,a\n2024-04-03,1\n", "iso.csv")
    assert read_table(iso, encoding=learned.encoding).X.tolist() == [[day, 1]]
    refused("the model knows `day` as dates", file("day,a\n12/31/2024,1\n", "us.csv"), encoding=learned.encoding)


@pytest.mark.parametrize("texts", [["1.2.3", "10.4.11"], ["31.12.2024", "soon"], ["30.02.2024"], ["2024"]])
def test_what_is_no_date_stays_what_it_was(file, texts):
    path = file("day,a\n" + "".join(f"{text},1\n" for text in texts))
    assert read_table(path).encoding.columns[0].kind in ("text", "number")


@settings(max_examples=15, deadline=None)
@given(st.lists(st.datetimes(datetime.datetime(1800, 1, 1), datetime.datetime(2200, 1, 1)), min_size=1, max_size=20))
def test_parts_of_dates_are_those_of_the_calendar(moments):
    moments = [moment.replace(microsecond=0) for moment in moments]
    table = read_table(pa.table({"at": moments}), reading=Reading(dates=["weekday,month", "hour"]))
    wanted = {
        "weekday": [("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[m.weekday()] for m in moments],
        "month": [f"{m:%b}" for m in moments],
        "hour": [str(m.hour) for m in moments],
    }
    names = list(table.names)
    assert names[0] == "at"
    assert len(names) == len(set(names))
    for part, values in wanted.items():
        for value in set(values) if len(set(values)) > 1 else ():
            is_it = table.X[:, names.index(f"at {part}={value}")]
            assert is_it.tolist() == [each == value for each in values]
    model = answering(np.arange(len(names)) + 1.0, table, kept(table.encoding))
    from_rows = model.predict(pl.DataFrame({"at": moments}))  # as other code asks it, with dates
    assert from_rows == pytest.approx(model.predict(table.X), rel=1e-12)


def test_times_of_day_are_no_unknown_texts():
    hours = ["9:30", "17:05", "08:00"] * 20
    learned = read_table(pa.table({"h": hours, "y": ["a", "b", "a"] * 20}), "y")
    new = pa.table({"h": ["9:30", "late", "10:00", "11:15", "7"]})
    found = read_table(new, encoding=learned.encoding, unknown="ignore", missing="drop")
    assert found.X.tolist() == [[9.5], [10.0], [11.25]]
    assert found.places.tolist() == [0, 2, 3]


def test_a_month_that_was_never_met_is_a_value_that_was_never_met():
    days = [datetime.date(2024, month, 1) for month in (1, 2, 2)]
    learned = read_table(pa.table({"day": days}), reading=Reading(dates=["month"]))
    assert learned.names == ("day", "day month=Jan", "day month=Feb")
    new = pa.table({"day": [datetime.date(2025, 2, 1), datetime.date(2025, 3, 1)]})
    refused(r"`day` is in Mar in row 2, and the model has seen no such month; it knows Jan, Feb. `predict --unknown",
            new, encoding=kept(learned.encoding))  # fmt: skip
    ignored = read_table(new, encoding=learned.encoding, unknown="ignore")
    assert ignored.X.tolist() == [[397, 0, 1], [425, 0, 0]]
    assert ignored.unmet == {1: ["day"]}
    gap = read_table(pa.table({"day": [None, *days]}), missing="fill", reading=Reading(dates=["month"]))
    assert gap.X[0].tolist() == [pytest.approx(62 / 3), 0, 0]  # the mean of 0, 31 and 31 days, and no month
    with pytest.raises(gn.GlassneuronError, match="`dates` must be 'month', 'weekday' or 'hour'"):
        Reading(dates=["year"])


def test_what_if_refuses_dates_with_parts_by_name():
    days = [datetime.date(2024, month, 1) for month in (1, 2)]
    table = read_table(pa.table({"day": days}), reading=Reading(dates=["month"]))
    model = Model([Neuron([1.0, 0.0, 0.0], -10.0)], ("no", "yes"), table.names, None, table.encoding.to_dict())
    with pytest.raises(gn.GlassneuronError, match="the month of `day` moves with its days"):
        gn.what_if(model, table.X[0])


def test_a_time_of_day_is_hours_since_midnight(file):
    table = read_table(file("at,a\n7:15,1\n12:30,2\n"))
    assert table.X[:, 0].tolist() == [7.25, 12.5]
    assert "`at`: hours since midnight" in table.notes
    new = pd.DataFrame({"at": [datetime.time(18, 45, 36)], "a": [0]})
    assert read_table(new, encoding=kept(table.encoding)).X.tolist() == [[18.76, 0]]
    assert read_table(file("at,a\n18:45:36,0\n", "new.csv"), encoding=table.encoding).X.tolist() == [[18.76, 0]]
    model = answering([1.0, 0.0], table)
    assert model.predict(new).tolist() == [18.76]


# Gaps


def gapped():
    return pa.table({
        "size": [1.0, None, 5.0, 100.0], "sex": ["m", "f", None, "m"], "tone": ["a", "b", "c", "a"],
        "whole": [1, 2, 3, 4], "y": ["p", "q", "p", None],
    })  # fmt: skip


def test_all_gaps_are_filled_and_said():
    table = read_table(gapped(), "y", missing="fill", reading=SURVEY)
    assert table.names == ("size", "sex=m", "tone=a", "tone=b", "tone=c", "whole")
    assert table.kinds == {"size": "number", "sex": "text", "tone": "text", "whole": "number"}
    assert table.X.tolist() == [[1, 1, 1, 0, 0, 1], [3, 0, 0, 1, 0, 2], [5, 0, 0, 0, 1, 3]]
    assert table.y.tolist() == ["p", "q", "p"]
    assert table.places.tolist() == [0, 1, 2]
    said = "; ".join(table.notes)
    for words in ("1 row without a value in `y`", "`size` (1) with the mean", "`sex` (1) with the commonest text"):
        assert words in said


def test_where_gaps_are_commoner_than_any_text_they_are_none_of_the_texts():
    frame = pa.table({"alley": ["gravel", "paved", "gravel", None, None, None], "a": range(6)})
    table = read_table(frame, missing="fill")
    assert table.names == ("alley=gravel", "alley=paved", "a")
    assert table.X[:, :2].tolist() == [[1, 0], [0, 1], [1, 0], [0, 0], [0, 0], [0, 0]]
    assert "`alley` (3) as none of the texts" in table.notes[0]
    encoding = kept(table.encoding)
    assert read_table(frame, encoding=encoding).X.tolist() == table.X.tolist()
    assert answering([1.0, 10.0, 0.0], table).predict(frame).tolist() == [1, 10, 1, 0, 0, 0]
    usual = read_table(frame.slice(0, 4), missing="fill")  # one gap, and gravel twice
    assert usual.X[:, 0].tolist() == [0, 1, 0, 0]
    assert answering([1.0, 0.0], usual).predict(frame).tolist() == [0, 1, 0, 0, 0, 0]


def test_a_gap_to_come_is_filled_where_there_were_some_and_refused_elsewhere():
    encoding = kept(read_table(gapped(), "y", missing="fill").encoding)
    rows = {"size": [None], "sex": [None], "tone": ["a"], "whole": [1]}
    known = pa.table(rows, schema=pa.schema([("size", pa.float64()), ("sex", pa.string()), ("tone", pa.string()),
                                             ("whole", pa.int64())]))  # fmt: skip
    assert read_table(known, encoding=encoding).X.tolist() == [[3, 0, 1, 0, 0, 1]]
    for name in ("tone", "whole"):
        new = known.set_column(known.column_names.index(name), name, pa.nulls(1, known.schema.field(name).type))
        refused(rf"values are missing in `{name}`", new, encoding=encoding)
    filled = read_table(new, encoding=encoding.with_means({"whole": 2.5}), missing="fill")
    assert filled.X.tolist() == [[3, 0, 1, 0, 0, 2.5]]


def test_features_with_a_mean_beside_a_yes_or_no_are_not_taken_for_rows_of_a_table():
    """As many columns as features, some means: 0 and 1 are what became of the texts, and days what became of dates."""
    day = datetime.date(2024, 1, 1)
    frame = pa.table({"size": [1.0, None], "sex": ["m", "f"], "day": [day, day + datetime.timedelta(3)]})
    table = read_table(frame, missing="mean")
    model = answering([1.0, 10.0, 100.0], table)
    assert model.predict(table.X).tolist() == [11.0, 301.0]
    assert model.predict(frame).tolist() == [11.0, 301.0]
    assert model.predict(np.array([[np.nan, 1.0, 3.0]])).tolist() == [311.0]


def test_a_text_in_a_column_of_numbers_can_be_ignored_like_any_value_that_was_never_met(file):
    learned = read_table(file("cylinders,a\n4,1\n6,2\n8,3\n"))
    new = file("cylinders,a\n4,5\nrotary,6\n", "new.csv")
    refused(
        "the model knows `cylinders` as numbers; this table holds 'rotary' in row 2", new, encoding=learned.encoding
    )
    ignoring = {"unknown": "ignore", "missing": "fill", "encoding": learned.encoding.with_means(learned.means)}
    table = read_table(new, **ignoring)
    assert table.X.tolist() == [[4, 5], [6, 6]]
    assert table.unmet == {1: ["cylinders"]}
    assert read_table(new, row=2, **ignoring).unmet == {0: ["cylinders"]}


# Texts, numbers and both


def test_the_commonest_of_very_many_texts_become_features():
    texts = [f"t{k % 40:02}" for k in range(400)] + [f"rare{k}" for k in range(40)]
    frame = pa.table({"t": texts, "a": range(440)})
    refused("`t` is text with 80 different values; at most 50", frame)
    table = read_table(frame, reading=SURVEY)
    counts = table.X[:, :-1].sum(axis=0)
    assert len(counts) == 50
    assert sorted(counts)[-40:] == [10.0] * 40  # the common ones
    assert (table.X[-1, :-1] == 0).all()  # one of the others, which are none of them
    assert "the commonest 50 of its 80 texts" in "; ".join(table.notes)
    new = read_table(pa.table({"t": ["never met"], "a": [1]}), encoding=kept(table.encoding))
    assert new.X[0, :-1].sum() == 0.0
    holes = frame.append_column("u", pa.array([None, *texts[1:]]))
    refused(r"values are missing in `u` \(1 of 440\)", holes, reading=SURVEY)
    assert len(read_table(holes, reading=SURVEY, missing="drop").X) == 439


@pytest.mark.parametrize(
    ("cells", "classes"),
    [
        (["4", "6", "8", "rotary"] * 10, True),  # few different values
        ([*"123456789", "10", "11", "12", "some", "some"] * 5, True),  # a text again and again
        ([*map(str, range(30)), "x"] * 6, True),
        ([*(["1", "2", "3"] * 3), "x"], False),  # too few rows to tell
        ([*map(str, range(200)), "x"], False),  # a slip of the pen
        ([*(list(map(str, range(20))) * 10), "x"], False),
    ],
)
def test_numbers_with_texts_among_them_are_classes_or_are_refused(file, cells, classes):
    path = file("c,a\n" + "".join(f"{cell},{k}\n" for k, cell in enumerate(cells)))
    if classes:
        table = read_table(path, reading=SURVEY)
        assert table.encoding.columns[0].kind == "text"
        assert "`c`: text, for " in "; ".join(table.notes)
    else:
        refused("`c` is a column of numbers with the text 'x' in row", path, reading=SURVEY)


def test_a_frame_says_what_is_text_but_numbers_with_units_and_dates_are_read():
    frame = pd.DataFrame({
        "code": ["1", "2", "1"], "price": ["$1,200.50", "$3.00", None], "share": ["5%", "7 %", "9%"],
        "day": ["31.12.2024", "30.12.2024", "29.12.2024"], "kind": pd.Categorical(["1%", "2%", "1%"]),
    })  # fmt: skip
    for source in (frame, pl.from_pandas(frame), pa.Table.from_pandas(frame)):
        table = read_table(source, missing="mean")
        assert table.names == ("code=2", "price", "share", "day", "kind=2%")
        assert table.X[0].tolist() == [0, 1200.5, 5, 2, 0]
        assert table.X[2, 1] == pytest.approx((1200.5 + 3) / 2)
        again = read_table(source.head(2) if hasattr(source, "head") else source[:2], encoding=kept(table.encoding))
        assert again.X.tolist() == table.X[:2].tolist()
        refused("`code` is '9' in row 1", pa.table(frame.iloc[:1].assign(code="9")), encoding=table.encoding)


@pytest.mark.parametrize(
    ("name", "cells", "why"),
    [
        ("id", [7, 5, 9, 6, 8, 14, 10, 11, 12, 13], "counts the rows"),  # some of the rows, in any order
        ("rownames", [*range(1, 11)], "counts the rows"),
        ("id", [7, 5, 9, 6, 8, 400, 10, 11, 12, 13], ""),  # there is more in it than a number of the row
        ("size", [7, 5, 9, 6, 8, 14, 10, 11, 12, 13], ""),
        ("t", [f"{k}" for k in range(8)] + [None] * 8, ""),  # too few known ones
        ("t", [f"n{k}" for k in range(5)], "has a value of its own in nearly every row"),
        ("t", [f"n{k}" for k in range(4)], ""),  # a lesson rather than a table
        ("t", [*(f"n{k}" for k in range(7)), "n0"], ""),  # of so few, each must differ
        ("t", ["red", "blue", "green"] * 3, ""),
        ("t", [f"n{k}" for k in range(9)] + [None] * 9, "has a value of its own in nearly every row"),
        ("id", [1, 2, 3, 4, 5, 6, 7, 8, 9], ""),
        ("t", [f"n{k}" for k in range(12)] + [None] * 30, "has a value of its own in nearly every row"),
        ("t", [f"n{k}" for k in range(60)] * 2 + ["n1"], ""),
        ("t", [f"n{k}" for k in range(70)] + ["n1"] * 40, "has very many texts, most of them in one row"),
        ("d", [datetime.date(2024, 1, 1)] * 9, "is 2024-01-01 in every row"),
        ("l", [[1], [2], [3]], "holds list<item: int64>, which is neither numbers nor text nor dates"),
    ],
)
def test_columns_of_no_use(name, cells, why):
    assert useless({name: pa.array(cells), "a": pa.array(np.arange(len(cells)) % 4)}).get(name, "") == why


# Leaks and the overview


def random_table(**more):
    random = np.random.default_rng(3)
    return {"a": random.normal(size=200), "t": random.choice(["x", "y", "z"], 200), **more}


@pytest.mark.parametrize("noise", [0, 1, 30])
def test_a_column_that_alone_tells_the_class_is_found(noise):
    y = np.repeat(["low", "mid", "high"], [60, 80, 60])
    grade = np.repeat([1.0, 2.0, 3.0], [60, 80, 60]) + np.linspace(0, 0.9, 200)
    grade[:noise] = grade[-1]  # as many rows that it tells wrongly
    word = np.where(y == "low", "bad", np.where(y == "mid", "so so", "good"))
    word[:noise] = "good"
    table = read_table(pa.table(random_table(grade=grade, word=word, y=y)), "y")
    found = leaks(table)
    assert set(found) == ({"grade", "word"} if noise <= 1 else set())
    if noise <= 1:
        assert list(found.values()) == pytest.approx([1 - noise / 120] * 2)  # of 120 mistakes of always saying mid


def test_a_column_that_goes_along_with_a_number_is_found():
    y = np.random.default_rng(0).normal(size=200)
    table = random_table(log=np.exp(y), near=y + np.random.default_rng(1).normal(size=200), y=y)
    assert leaks(read_table(pa.table(table), "y")) == {"log": pytest.approx(1.0)}
    few = {name: values[:19] for name, values in table.items()}
    assert leaks(read_table(pa.table(few), "y")) == {}


def test_the_overview_tells_what_is_in_each_column():
    frame = pd.DataFrame({
        "id": range(1, 41), "size": [*([-999] * 4), *range(36)],
        "day": [datetime.date(2024, 1, k % 20 + 1) for k in range(40)],
        "tone": ["red", None, "blue", "red"] * 10, "flag": [True, False] * 20, "odd": [[1]] * 40, "y": ["p", "q"] * 20,
    })  # fmt: skip
    seen = overview(frame, "y")
    by_name = {each.name: each for each in seen.columns}
    assert (seen.rows, seen.target_kind, seen.refusal) == (40, "classes", "")
    size, tone = by_name["size"], by_name["tone"]
    assert (size.kind, size.gaps, size.different, size.least, size.most) == ("number", 0, 37, -999.0, 35.0)
    assert size.mean == pytest.approx(frame["size"].mean())
    assert size.middle == frame["size"].median()
    assert sum(size.bins) == 40
    assert "-999 in 4 rows" in size.warning
    assert (tone.kind, tone.gaps, tone.common) == ("text", 10, (("red", 20), ("blue", 10)))
    assert tone.features == ("tone=red",)
    assert (by_name["day"].kind, by_name["day"].least, by_name["day"].most) == ("date", "2024-01-01", "2024-01-20")
    assert by_name["flag"].kind == "true or false"
    assert by_name["flag"].warning.startswith("`flag` tells `y` by itself in every row")
    assert by_name["id"].left_out == "counts the rows"
    assert "list" in by_name["odd"].left_out
    assert by_name["y"].target
    assert json.loads(json.dumps(seen.to_dict()))["rows"] == 40


def test_the_overview_says_what_has_to_be_mended(file):
    seen = overview(file("day,a\n03/04/2024,1\n05/06/2024,2\n"))
    assert "--date-order" in seen.refusal
    assert "--date-order" in seen.columns[0].warning
    assert seen.columns[1].kind == "number"
