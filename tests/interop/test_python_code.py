"""Plain Python: run in a bare interpreter, equal to the last digit where the textbook adds up."""

import json
import re
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone

import pytest

import glassneuron as gn
from interop.zoo import COLOUR, PRICE, SELECT, agree, cases, dated, unpacked

RUN = """
import json, sys
given = json.load(open(sys.argv[1]))
answers = {}
for name, (path, rows) in given.items():
    space = {}
    exec(compile(open(path, encoding="utf-8").read(), path, "exec"), space)
    answers[name] = [space["predict"](row) for row in rows]
print(json.dumps(answers))
assert "site" not in sys.modules and not [m for m in sys.modules if m.startswith(("numpy", "glassneuron"))]
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("python")
    given = {}
    for name, case in cases().items():
        path = gn.export(case.model, folder / f"{name}.py")
        given[name] = (str(path), case.rows)
    (folder / "given.json").write_text(json.dumps(given))
    call = [sys.executable, "-S", "-I", "-c", RUN, str(folder / "given.json")]
    return json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("name", cases())
def test_answers_in_a_bare_interpreter(answers, name):
    case = cases()[name]
    labels, numbers = unpacked(case, answers[name])
    agree(case, labels, numbers, 1e-12)


def test_dates():
    case = dated()
    space = {}
    exec(gn.export(case.model, "py"), space)
    labels, numbers = unpacked(case, [space["predict"](row) for row in case.records])
    agree(case, labels, numbers, 1e-12)
    assert space["predict"]({"when": date(2024, 5, 1), "size": 0}) == space["predict"](
        {"when": "2024-05-01", "size": 0}
    )
    zoned = datetime(2024, 5, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert space["predict"]({"when": zoned, "size": 0}) == space["predict"]({"when": "2024-05-01", "size": 0})
    with pytest.raises(ValueError, match="'when' must be a date"):
        space["predict"]({"when": None, "size": 0})


def test_a_row_that_no_model_answers_is_refused():
    case = cases()["table_perceptron_2"]
    space = {}
    exec(gn.export(case.model, "py"), space)
    row = dict(case.records[0])
    for name, value in (
        (PRICE, None),
        (PRICE, float("inf")),
        (SELECT, float("-inf")),
        (COLOUR, "gelb"),
        (COLOUR, None),
    ):
        with pytest.raises(ValueError, match=re.escape(repr(name))):
            space["predict"]({**row, name: value})
    filled = {**row, SELECT: case.model.encoding["columns"][0]["mean"]}
    assert space["predict"]({**row, SELECT: None}) == space["predict"](filled)
    exec(gn.export(gn.McCullochPitts([1, 1], 2), "py"), space)
    assert [space["predict"](bits) for bits in ([0, 1], [1, 1])] == [0.0, 1.0]
    for wrong in ([0.5, 1], [1], [float("nan"), 1]):
        with pytest.raises(ValueError, match="zeros and ones"):
            space["predict"](wrong)
