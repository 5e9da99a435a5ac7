"""The report of a training: one page, nothing from elsewhere, every number the training's own."""

import base64
import io
import json
import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.cli.app import main
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table
from glassneuron.learning.split import split
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.views.report.plot import OUTLINES, mark, png, ticks
from glassneuron.views.text.judging.importance import points
from glassneuron.views.text.options import with_options
from glassneuron.views.text.tables import percent

VOID = {"meta", "path", "rect", "circle", "line", "image", "img", "br", "polyline", "polygon"}


class Page(HTMLParser):
    """A page as tables, texts and tags; whatever is opened has to be closed."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.ids, self.links, self.words = [], [], [], [], []
        self.tables, self.attributes = [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("th", "td"):
            self.tables[-1][-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)
        if self.open and self.open[-1] in ("th", "td"):
            self.tables[-1][-1][-1] += data

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def table(self, head):
        return next(table for table in self.tables if table[0][: len(head)] == head)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Train once for each call, and return the page and the facts as JSON."""
    kept = {}

    def make(*call, capsys):
        if call not in kept:
            folder = tmp_path_factory.mktemp("report")
            with pytest.raises(SystemExit) as left:
                main(["train", *map(str, call), "--json", "--report", str(folder / "r.html")])
            assert not left.value.code
            kept[call] = ((folder / "r.html").read_text(encoding="utf-8"), json.loads(capsys.readouterr().out))
        return kept[call]

    return make


CALLS = {
    "two classes, probabilities": (bundled("wisconsin"), "--target", "diagnosis", "--model", "sigmoid"),
    "three classes": (bundled("iris"), "--target", "species", "--model", "sigmoid"),
    "a network": (bundled("iris"), "--target", "species", "--model", "network", "--epochs", 5, "--validation", 0.2),
    "a perceptron, nothing held out": (bundled("iris"), "--target", "species", "--holdout", 0, "--epochs", 5),
    "voters": (bundled("iris"), "--target", "species", "--model", "voted", "--epochs", 3),
    "a number": (bundled("iris"), "--target", "petal width (cm)", "--model", "linear"),
}


@pytest.mark.parametrize("case", CALLS)
def test_it_is_one_whole_page_with_nothing_from_elsewhere(made, capsys, case):
    text, _ = made(*CALLS[case], capsys=capsys)
    page = Page(text)
    assert not re.search(r"https?:|//www", text)
    assert "script" not in page.tags
    assert not {"link", "iframe", "object", "embed", "form"} & set(page.tags)
    assert all(value.startswith("data:image/png;") for _, name, value in page.attributes if name in ("src", "href"))
    assert not [name for _, name, _ in page.attributes if name == "style" or name.startswith("on")]
    policy = next(value for tag, name, value in page.attributes if tag == "meta" and name == "content")
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(set(ids)) == len(ids)
    assert page.tags.count("h1") == 1
    assert all(cell for table in page.tables for cell in table[0])  # no column without a name
    assert "glassneuron 0." in page.text


@pytest.mark.parametrize("case", [case for case in CALLS if case != "a number"])
def test_accuracy_measures_and_confusion_are_those_of_the_training(made, capsys, case):
    text, told = made(*CALLS[case], capsys=capsys)
    page = Page(text)
    labels = {"training rows": "learned", "validation rows": "validation", "held-out rows": "held_out"}
    rows = page.table(["which rows", "right", "rows"])[1:]
    assert [labels[row[0]] for row in rows] == [name for name in labels.values() if told["rows"].get(name)]
    for label, right, count in rows:
        assert right == percent(told["accuracy"][labels[label]])
        assert count == f"{told['rows'][labels[label]]:,}"
    head, *measures = page.table(["class", "precision"])
    for row, each in zip(measures, told["per_class"], strict=True):
        cells = [cell for name, cell in zip(head, row, strict=True) if name != "95 % interval"]
        shares = ["-" if each[name] is None else percent(each[name]) for name in ("precision", "recall", "f1")]
        assert cells == [str(each["class"]), *shares, str(each["support"])]
    every = {row[0]: row[1:] for row in page.table(["measure", "value"])[1:]}
    assert len(every) == len(told["measures"])
    accuracy = told["measures"][0]
    assert every["accuracy"][0] == percent(accuracy["value"])
    if accuracy["low"] is not None:
        assert every["accuracy"][1] == f"{percent(accuracy['low'])[:-2]} to {percent(accuracy['high'])}"
    assert every["accuracy"][-1] == percent(accuracy["baseline"])
    table = page.table(["is \\ answered"])
    assert table[0][1:] == list(map(str, told["classes"]))
    assert [[int(cell) for cell in row[1:]] for row in table[1:]] == told["confusion"]
    counts = np.array(told["confusion"])
    for k, each in enumerate(told["per_class"]):  # and they follow from each other
        assert each["support"] == counts[k].sum()
        if each["recall"] is not None:
            assert each["recall"] == counts[k, k] / counts[k].sum()


def test_errors_of_numbers_are_those_of_the_training(made, capsys):
    text, told = made(*CALLS["a number"], capsys=capsys)
    page = Page(text)
    for row, name in zip(page.table(["which rows", "R²"])[1:], ("learned", "held_out"), strict=True):
        found = [f"{told['r_squared'][name]:.3f}", format_short(told["mean_absolute_error"][name])]
        assert row[1:] == [*found, f"{told['rows'][name]:,}"]
    measures = {each["name"]: each for each in told["measures"]}
    mean = told["mean_absolute_error_of_the_mean"]["held_out"]
    assert measures["mean_absolute_error"]["baseline"] == pytest.approx(mean, rel=1e-12)
    assert page.table(["measure", "value"])[2][-1] == format_short(mean)
    dots = [attribute for attribute in page.attributes if attribute == ("circle", "fill-opacity", "0.55")]
    assert len(dots) == told["rows"]["held_out"]


def test_calibration_history_and_proof_are_told(made, capsys):
    text, told = made(*CALLS["two classes, probabilities"], capsys=capsys)
    page = Page(text)
    bins = told["calibration"]["bins"]
    assert told["calibration"]["of"] == "malignant"
    assert sum(each["rows"] for each in bins) == told["rows"]["held_out"]
    for each in bins:
        assert f"{percent(each['mean'])} given, {percent(each['share'])} came true" in page.text
    assert f"Stopped: {told['why_stopped']}." in page.text
    assert "one neuron has all 427 rows on the right side" in page.text
    assert "checked in exact arithmetic" in page.text
    assert "glassneuron train" in page.text
    neuron = told["neurons"][0]
    weights = re.search(r"weight per standard deviation\. (.*?); 18 more weigh less", page.text)[1].split("; ")
    deviations = {row[0]: row[4] for row in page.table(["feature", "least", "mean", "largest"])[1:]}
    for said in weights:
        name, value = said.rsplit(": ", 1)
        expected = neuron["weights"][name] * float(deviations[name])  # the table shows three digits of it
        assert float(value) == pytest.approx(expected, rel=0.2)


def test_what_would_change_an_answer_is_what_the_saved_model_says(command, tmp_path):
    iris = read_table(bundled("iris"), "species")
    call = ["train", bundled("iris"), "--target", "species", "--model", "sigmoid", "--save", tmp_path / "m.safetensors"]
    assert command(*call, "--report", tmp_path / "r.html")[0] == 0
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    row = int(re.search(r"Row (\d+) of the table, as an example", page.text)[1])
    told = str(gn.what_if(gn.load(tmp_path / "m.safetensors"), iris.X[row - 1]))
    assert " ".join(told.split()) in page.text


def test_what_matters_is_what_shuffling_the_held_out_rows_says(made, command, capsys, tmp_path):
    text, told = made(*CALLS["three classes"], capsys=capsys)
    words = re.search(r"how much accuracy falls where a column is shuffled\. (.*?)</desc>", text)[1].split("; ")
    assert command("train", *CALLS["three classes"], "--save", tmp_path / "m.safetensors")[0] == 0
    table = read_table(bundled("iris"), "species")
    held = split(np.unique(table.y, return_inverse=True)[1], 0.25, 0)[1]
    found = gn.permutation_importance(gn.load(tmp_path / "m.safetensors"), table.X[held], table.y[held], repeats=5)
    assert len(held) == told["rows"]["held_out"]
    expected = [f"{found.names[j]}: {points('accuracy', float(found.means[j]))}" for j in found.order]
    assert [word.split(" ±")[0] for word in words] == expected
    assert "What matters" not in made(*CALLS["a perceptron, nothing held out"], capsys=capsys)[0]


def test_findings_are_told(made, capsys):
    text, told = made(bundled("digits"), "--target", "digit", "--epochs", 2, capsys=capsys)
    assert told["findings"]
    page = Page(text)
    for finding in told["findings"]:
        assert with_options(f"{finding['what']}: {finding['evidence']}. {finding['fix']}") in page.text
    assert "With 61 features no plane shows what is answered where" in page.text
    assert "calibration" not in told  # steps give no probabilities
    assert "Calibration" not in page.text


def test_everything_is_escaped(command, tmp_path):
    rng = np.random.default_rng(0)
    names = ["<script>alert(1)</script>", '"quoted" & more', "</svg><b>x", "it's"]
    X = rng.normal(size=(40, 4))
    labels = np.where(X[:, 0] > 0, "<img src=x onerror=alert(2)>", "</style>&amp;")
    lines = [",".join('"' + name.replace('"', '""') + '"' for name in [*names, "<target>"])]
    lines += [f"{','.join(map(str, row))},{label}" for row, label in zip(X.tolist(), labels, strict=True)]
    path = tmp_path / "a<b>&.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    for model in ("sigmoid", "network"):
        call = ["train", path, "--target", "<target>", "--model", model, "--save", tmp_path / "<m>.safetensors"]
        assert command(*call, "--report", tmp_path / "r.html")[0] == 0
        text = (tmp_path / "r.html").read_text(encoding="utf-8")
        page = Page(text)
        assert "script" not in page.tags
        assert "img" not in page.tags
        assert "<b>x" not in text
        assert text.count("</style>") == 1
        for name in (*names, "<target>", "</style>&amp;"):
            assert name in unescape(text)


def test_it_stays_small_whatever_the_table(command, tmp_path):
    rng = np.random.default_rng(0)
    X, k = rng.normal(size=(200, 1000)).round(3), np.arange(200) % 20
    X[np.arange(200), k] += 4
    head = ",".join(f'"{cell}"' for cell in [*(f"a long name of a feature, number {j}" for j in range(1000)), "class"])
    rows = [",".join([*map(str, row), f"class number {c}"]) for row, c in zip(X.tolist(), k.tolist(), strict=True)]
    (tmp_path / "wide.csv").write_text("\n".join([head, *rows]))
    for model in (["sigmoid"], ["network", "--epochs", "3"]):
        call = ["train", tmp_path / "wide.csv", "--target", "class", "--model", *model]
        assert command(*call, "--report", tmp_path / "r.html")[0] == 0
        assert (tmp_path / "r.html").stat().st_size < 1_000_000
        Page((tmp_path / "r.html").read_text(encoding="utf-8"))


def test_a_report_says_how_to_use_the_model_and_where_it_is(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = command(
        "train", "--model", "sigmoid", "--save", "m.safetensors", "--report", "r.html", "--seed", 3
    )
    assert (code, err) == (0, "")
    assert "Report\n------\nr.html" in out
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    code = re.search(r"(import glassneuron as gn .*?) print\(", page.text)[1]
    assert "model = gn.load('m.safetensors')" in code
    assert "glassneuron train --model sigmoid --seed 3 --save m.safetensors --report r.html" in page.text
    again = (tmp_path / "r.html").read_bytes()
    command("train", "--model", "sigmoid", "--save", "m.safetensors", "--report", "r.html", "--seed", 3)
    assert (tmp_path / "r.html").read_bytes() == again  # the same command, the same page


def test_a_report_needs_no_matplotlib(tmp_path):
    code = (
        "import sys\nfor name in ('matplotlib', 'matplotlib.figure', 'PIL'): sys.modules[name] = None\n"
        "from glassneuron.cli.app import main\nmain()"
    )
    call = [sys.executable, "-W", "error", "-c", code, "train", "--report", str(tmp_path / "r.html")]
    subprocess.run(call, check=True, capture_output=True)
    assert (tmp_path / "r.html").exists()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("r.pdf", "`--report` must be a file that ends in .html; got 'r.pdf'."),
        ("no/r.html", "folder"),
        ("t.html", "another file than t.csv, which is read and would be lost"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_before_the_work(command, monkeypatch, tmp_path, name, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("a,y\n1,no\n2,yes\n3,no\n4,yes\n")
    if name == "t.html":
        (tmp_path / "t.html").symlink_to("t.csv")
    code, out, err = command("train", "t.csv", "--target", "y", "--report", name)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert sentence in err


def test_marks_differ_in_shape_as_classes_do():
    drawn = {re.sub(r"#\w+", "", mark(0.0, 0.0, k, 4.0)) for k in range(8)}
    assert len(drawn) == 8
    assert len({mark(0.0, 0.0, k, 4.0) for k in range(16)}) == 16
    assert set(OUTLINES) == {"square", "triangle", "diamond", "star", "plus", "cross", "pentagon"}


def test_ticks_are_round_and_inside():
    for low, high in [(-1.3, 7.9), (0.0, 1e-6), (1e6, 1e6 + 3), (-5e12, 9e12), (0.1, 0.100001)]:
        found = ticks(low, high)
        assert 2 <= len(found) <= 8
        span = high - low
        assert all(low - 1e-6 * span <= tick <= high + 1e-6 * span for tick in found)
    assert ticks(1.0, 1.0) == []


def test_the_image_is_a_png_of_these_colours():
    image = pytest.importorskip("PIL.Image")
    colours = np.random.default_rng(0).random((5, 7, 3))
    data = base64.b64decode(png(colours).removeprefix("data:image/png;base64,"))
    with image.open(io.BytesIO(data)) as read:
        np.testing.assert_array_equal(np.asarray(read), np.round(255 * colours).astype(np.uint8))
