"""JavaScript modules, and pages: run in node, equal to what the textbook answers."""

import json
import re
import subprocess

import pytest

import glassneuron as gn
from interop.tools import needed
from interop.zoo import agree, cases, dated, unpacked

RUN = """
import { readFileSync } from "node:fs";
const answers = {};
for (const [name, [path, rows]] of Object.entries(JSON.parse(readFileSync(process.argv[2], "utf-8")))) {
  const { predict } = await import(path);
  answers[name] = rows.map((row) => {
    const answer = predict(row);
    if (answer.label === undefined) return answer;
    return [answer.label, answer.sums ?? Object.values(answer.probabilities)];
  });
}
console.log(JSON.stringify(answers));
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    needed("node")
    folder = tmp_path_factory.mktemp("javascript")
    given = {}
    for name, case in {**cases(), "dated": dated()}.items():
        path = gn.export(case.model, folder / f"{name}.js")
        given[name] = (str(path.rename(path.with_suffix(".mjs"))), case.rows)
    (folder / "given.json").write_text(json.dumps(given))
    (folder / "run.mjs").write_text(RUN)
    call = ["node", str(folder / "run.mjs"), str(folder / "given.json")]
    return json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("name", cases())
def test_answers_in_node(answers, name):
    labels, numbers = unpacked(cases()[name], answers[name])
    agree(cases()[name], labels, numbers, 1e-12)


def test_dates(answers):
    labels, numbers = unpacked(dated(), answers["dated"])
    agree(dated(), labels, numbers, 1e-12)


def test_labels_that_no_number_of_javascript_holds_are_refused(refused):
    model = gn.Model((gn.Neuron([1.0]),), (1, 2**60), ("x",))
    with refused("cannot-hold", "JavaScript", 2**60):
        gn.export(model, "js")


def test_a_page_is_one_file_whose_texts_cannot_leave_their_place():
    case = cases()["table_sigmoid_4"]
    page = gn.export(case.model, "html")
    assert "http" not in re.sub(r"http-equiv", "", page)
    assert "</script" not in page.rsplit("</script>", 1)[0].split('<script type="module">')[1]
    model = gn.Model((gn.Neuron([1.0]),), ("</script><b>", "<!--"), ("<i></script>",))
    page = gn.export(model, "html")
    assert page.count("</script") == 1
    assert "<i>" not in page.partition("<script")[0]
    assert "<!--" not in page


def test_a_page_shows_no_probability_as_certain_where_it_is_not(tmp_path):
    needed("node")
    page = gn.export(gn.Model((gn.Neuron([1.0]),), ("no", "yes"), ("x",)), "html")
    share = "\n".join(re.findall(r"const (?:near|share) = .*", page))
    values = [0.5, 0.99983, 1 - 1e-9, 0.9995, 0.0002, 1e-9, 1.0, 0.0]
    (tmp_path / "run.mjs").write_text(f"{share}\nconsole.log(JSON.stringify({values}.map(share)));")
    done = subprocess.run(["node", str(tmp_path / "run.mjs")], capture_output=True, text=True, check=True)
    texts = json.loads(done.stdout)
    assert texts[:4] == ["0.5", "0.9998", "0.999999999", "0.9995"]
    assert [float(text) for text in texts] == pytest.approx(values, rel=1e-3)
    assert [float(text) in (0.0, 1.0) for text in texts] == [value in (0.0, 1.0) for value in values]
