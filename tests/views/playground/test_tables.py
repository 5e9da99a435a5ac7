"""Tables that are sent, pasted or named: read as the package reads them, within the page's limits."""

import numpy as np
import pytest

from glassneuron.views.playground.lessons import TABS, lessons
from glassneuron.views.playground.runs import Run
from glassneuron.views.playground.specs import read_spec
from glassneuron.views.playground.tables import KEPT, Tables, from_csv, from_file


def read(text, target=None):
    return from_csv(text.encode(), target)


def test_a_table_comes_with_both_scales():
    table = read("size,weight,sold\n1,10,no\n2,30,yes\n3,20,yes\n", "sold")
    assert (table["names"], table["classes"], table["target"]) == (["size", "weight"], ["no", "yes"], "sold")
    assert table["y"].tolist() == [0, 1, 1]
    assert table["X"].tolist() == [[1, 10], [2, 30], [3, 20]]
    assert table["means"].tolist() == [2, 20]
    assert table["deviations"] == pytest.approx([(2 / 3) ** 0.5, (200 / 3) ** 0.5])
    assert table["scaled"].mean(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert table["scaled"].std(axis=0) == pytest.approx([1, 1])
    assert table["scaled"] * table["deviations"] + table["means"] == pytest.approx(table["X"])


def test_without_a_target_the_last_column_is_taken_and_that_is_said():
    table = read("a;b;c\n1,5;2;x\n2,5;3;y\n")
    assert table["target"] == "c"
    assert table["X"][:, 0].tolist() == [1.5, 2.5]
    assert any("last column, c" in note for note in table["notes"])


def test_rows_with_gaps_are_left_out_and_that_is_said():
    table = read("a,b,c\n1,2,x\n,3,y\n4,5,y\n6,,x\n")
    assert table["X"].tolist() == [[1, 2], [4, 5]]
    assert any(note.startswith("2 rows with gaps") for note in table["notes"])


def test_text_becomes_columns_and_labels_of_any_kind_are_classes():
    table = read("colour,n,label\nred,1,1.0\nblue,2,2.0\nred,3,1.0\n")
    assert table["names"] == ["colour=red", "n"]
    assert table["classes"] == ["1", "2"]
    assert read("a,y\n1,true\n2,false\n")["classes"] in (["False", "True"], ["false", "true"])


def test_a_constant_column_is_said_and_stays_finite():
    table = read("a,b,y\n1,5,p\n2,5,q\n")
    assert np.isfinite(table["scaled"]).all()
    assert any("same in every row: b" in note for note in table["notes"])


@pytest.mark.parametrize(
    ("text", "target", "named"),
    [
        ("", None, "empty"),
        ("a,b\n", None, "no rows"),
        ("a,b\n1,x\n2,y,z\n", None, "cells"),
        ("a,b\n1,x\n2,y\n", "c", "`c`"),
        ("b\nx\ny\n", None, "at least one feature"),
        ("a,b\n1,x\n2,x\n", None, "one class"),
        ("a,b\n" + "".join(f"{i},{i + 0.5}\n" for i in range(50)), None, "measurement"),
        ("a,b\n" + "".join(f"{i},c{i}\n" for i in range(30)), None, "30"),
        ("a,b\n" + "1,x\n2,y\n" * 2501, None, "5,002"),
        (",".join(f"f{i}" for i in range(52)) + "\n" + "1," * 51 + "x\n" + "2," * 51 + "y\n", None, "51"),
        ("a,b\n1e200,x\n2,y\n", None, "`a`"),
        ("a,b\ninf,x\n2,y\n", None, "infinite"),
        ("a,a\n1,x\n2,y\n", None, "`a`"),
        ("a,b\n1,x\n\0,y\n", None, "text"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_with_a_sentence(text, target, named):
    with pytest.raises(Exception, match=r"\.$") as caught:
        read(text, target)
    assert named in str(caught.value)
    assert "tmp" not in str(caught.value)


def test_parquet_is_read_too(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"a": [1.0, 2.0], "y": ["n", "p"]}), tmp_path / "t.parquet")
    assert from_file(tmp_path / "t.parquet", "y")["classes"] == ["n", "p"]


def test_the_last_tables_are_kept_and_the_older_ones_dropped(refused):
    tables = Tables()
    names = [tables.keep(read(f"a,y\n{i},n\n{i + 1},p\n"), pinned=i == 0)["id"] for i in range(KEPT + 2)]
    assert len(set(names)) == KEPT + 2
    assert tables.find(names[0])["X"].tolist() == [[-1], [1]]  # pinned: a lesson needs it
    assert tables.find(f"{names[0]}:units")["X"].tolist() == [[0], [1]]
    with refused("gone-table", names[1]):
        tables.find(names[1])
    assert tables.keep(read("a,y\n9,n\n10,p\n"))["id"] == names[9]  # the same rows, the same id


def test_lessons_can_all_be_trained():
    tables = Tables()
    found = {lesson["id"]: lesson for lesson in lessons(tables)}
    assert list(found) == list(TABS)
    for lesson in found.values():
        spec = read_spec(lesson["spec"], tables.find)
        assert Run(spec).frames(0, 2)[0]["theta"]
        assert len(spec.X) == len(lesson["spec"]["X"])
        assert (lesson["spec"]["X"] == spec.X).all()  # the same rows by id and in full


def last(lesson):
    run = Run(read_spec(lesson["spec"]))
    frames = []
    while run.length is None:
        frames += run.frames(run.place, 2000)
    return [f["mistakes"] for f in frames if f["ends"]], run


def test_lessons_show_what_they_say():
    found = {lesson["id"]: lesson for lesson in lessons(Tables())}
    assert last(found["or"])[0] == [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    assert last(found["and"])[0][-1] == 0
    assert min(last(found["xor"])[0]) > 0
    assert last(found["sigmoid"])[0][-1] == 0
    assert last(found["network"])[0][-1] == 0
    assert min(last(found["stuck"])[0]) > 0


def test_the_own_table_is_the_lesson_data():
    tables = Tables()
    own = read("a,b,y\n1,2,n\n2,1,p\n3,4,p\n", "y")
    data = next(lesson for lesson in lessons(tables, own) if lesson["id"] == "data")
    assert data["table"]["X"] == [[1, 2], [2, 1], [3, 4]]
    assert data["spec"]["X"] == data["table"]["scaled"]
    assert "predicting y" in data["text"]
