"""`glassneuron explain --what-if`: texts as a whole, locks and ranges, in the table's units; wrong wishes in a line."""

import json

import pytest

import glassneuron as gn
from glassneuron.data.encoding import Encoding
from glassneuron.data.table import read_table

TABLE = """age,colour,size,buys
20,red,1.5,no
30,red,2.5,no
25,blue,2,no
40,blue,3,yes
50,green,4,yes
60,green,3.5,yes
35,green,1.0,yes
45,red,2.2,no
28,blue,1.2,no
"""


@pytest.fixture(params=["sigmoid", "network"])
def trained(request, tmp_path, command):
    table, model = tmp_path / "t.csv", tmp_path / "m.safetensors"
    table.write_text(TABLE)
    call = ["train", table, "--target", "buys", "--model", request.param, "--holdout", 0, "--save", model]
    assert command(*call)[0] == 0
    return model, table


def test_it_says_what_moved_the_answer_and_what_flips_it(trained, command):
    code, out, err = command("explain", *trained, "--row", 2, "--what-if")
    assert (code, err) == (0, "")
    assert out.startswith("The answer is no: the sum is ")
    for title in ("What moved the sum", "The smallest change that flips it to yes", "One column alone"):
        assert title in out
    assert "colour=" not in out  # a text is told as the table has it
    assert "mean 37" in out  # the mean age, in years


def test_what_is_found_flips_the_saved_model_within_locks_and_ranges(trained, command):
    wishes = ["--lock", "size", "--range", "age=20:55", "--range", "colour=red,green", "--whole", "age", "--to", "yes"]
    code, out, _ = command("explain", *trained, "--row", 2, "--what-if", "--json", *wishes)
    assert code == 0
    told, model = json.loads(out), gn.load(trained[0])
    row = read_table(trained[1], encoding=Encoding.from_dict(model.encoding), row=2).X[0]
    assert told["row"] == row.tolist()
    flip = told["flip"]
    assert model.predict([flip["row"]])[0] == flip["answer_after"] == "yes" != told["answer"]
    changed = dict(zip(told["names"], flip["row"], strict=True))
    assert changed["size"] == 2.5
    assert 20 <= changed["age"] <= 55
    assert changed["age"] == round(changed["age"])
    assert sorted(changed[f"colour={text}"] for text in ("blue", "green", "red")) == [0, 0, 1]
    assert changed["colour=blue"] == 0
    assert {each["name"]: each["why_none"] for each in told["single"]}["size"] == "locked"


def test_a_number_is_brought_to_another_one_though_the_rest_of_the_table_is_spoilt(tmp_path, command):
    table, model = tmp_path / "t.csv", tmp_path / "m.safetensors"
    table.write_text("size,price\n1,3.5\n2,5.5\n3,7\n4,9.5\n")
    assert command("train", table, "--target", "price", "--model", "linear", "--holdout", 0, "--save", model)[0] == 0
    table.write_text("size,price\n1,3.5\n2,5.5\ninf,7\n")
    code, out, _ = command("explain", model, table, "--what-if", "--to", "8", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["answer"] < 8 <= told["flip"]["answer_after"] < 8.001


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        (["--lock", "agee"], "`locked` names 'agee', which is none of the features: age, colour, size."),
        (["--lock", "age,agee"], "`locked` names 'agee'"),
        (["--range", "age=30"], "`--range` must be a name and how far it may go"),
        (["--range", "age=x:3"], "`range of age` must be two numbers"),
        (["--range", "age=40:50"], "`range of age` must be one that holds the row's own value, 30"),
        (["--range", "colour=pink"], "`range of colour` must be a list of its texts, which are blue, green, red"),
        (["--to", "maybe"], "`to` names 'maybe', which is none of the classes: no, yes."),
        (["--to", "no"], "`--to` must be another class than the answer that it gives now; got 'no'."),
        (["--row", "99"], "`--row` must be at most 9"),
    ],
)
def test_wrong_wishes_are_one_line(trained, command, wishes, sentence):
    code, out, err = command("explain", *trained, "--row", 2, "--what-if", *wishes)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_wishes_without_what_if_are_refused(trained, command):
    code, _, err = command("explain", *trained, "--lock", "age")
    assert code == 2
    assert "`--lock` must be left out without --what-if" in err


@pytest.mark.parametrize("more", [[], ["--what-if"]])
def test_a_row_is_read_as_it_is_said_to_be_written(tmp_path, command, more):
    """In 1,234 a comma may stand before decimals or between thousands: the file alone does not tell."""
    (tmp_path / "t.csv").write_text(
        "size;sold\n" + "".join(f"{n},{n}{n}{n};{'yes' if n > 4 else 'no'}\n" for n in range(1, 9))
    )
    table, model = tmp_path / "t.csv", tmp_path / "m.safetensors"
    said = ["--decimal", ","]
    assert command("train", table, "--target", "sold", "--holdout", "0", *said, "--save", model)[0] == 0
    code, out, err = command("explain", model, table, "--row", 2, *said, *more)
    assert (code, err) == (0, "")
    assert "2.22" in out
    assert "2222" not in out
