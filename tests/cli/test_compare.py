"""The comparison: learning from more and more rows, with a best that is known by the way the task is made."""

import json
import re
import signal
import statistics
import sys

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.data.bundled import bundled
from glassneuron.pipelines.compare import COMPETITORS, Score, compare
from glassneuron.pipelines.pipelines import Task
from glassneuron.pipelines.problems import TableProblem, TeacherNetwork
from glassneuron.views.figures.comparison import ComparisonDisplay, figure
from glassneuron.views.text.comparison import table_text


class Short(TeacherNetwork):
    sizes = (100, 1000)


def test_the_known_best_is_what_the_teacher_itself_reaches_on_flipped_labels():
    teacher = TeacherNetwork(noise=0.2)
    task, judge = teacher.draw(40_000, seed=3)
    right = np.mean(teacher.label(task.X) == task.y)  # binomial: four standard deviations are 0.008
    assert abs(right - 0.8) < 0.008
    assert judge(teacher.label) == teacher.best == 0.8
    assert judge(lambda X: 1 - teacher.label(X)) == pytest.approx(0.2, rel=1e-12)
    assert abs(judge(lambda X: np.zeros(len(X), dtype=int)) - 0.5) < 0.02  # it fires for half of the rows
    assert abs(np.mean(teacher.label(task.X)) - 0.5) < 0.02


def test_the_teacher_is_the_same_each_time_and_the_rows_are_others():
    (first, _), (again, _), (other, _) = (TeacherNetwork().draw(50, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.X, again.X)
    np.testing.assert_array_equal(first.y, again.y)
    assert not np.isin(first.X, other.X).any()


def test_no_competitor_beats_the_best_and_each_has_each_size():
    scores = list(compare(Short(), [0, 1]))
    assert [(s.seed, s.rows, s.competitor) for s in scores] == [
        (seed, rows, c.name) for seed in (0, 1) for rows in Short.sizes for c in COMPETITORS
    ]
    assert all(0.4 < s.accuracy <= 0.9 for s in scores)
    assert scores[:8] == list(compare(Short(), [0]))


def test_more_data_helps_who_can_hold_it():
    """No straight cut follows the teacher, and a network with hidden layers can come as close as it has rows for."""

    class Growing(TeacherNetwork):
        sizes = (300, 3000, 30_000)

    scores = {(s.competitor, s.rows): s.accuracy for s in compare(Growing(), [0])}
    single, deep = ([scores[name, n] for n in Growing.sizes] for name in ("sigmoid neuron", "two hidden layers"))
    assert abs(single[-1] - single[1]) < 0.02
    assert deep[0] < deep[1] < deep[2]
    assert deep[-1] - single[-1] > 0.05
    assert Growing().best - deep[-1] < 0.05


def test_rows_held_out_are_never_learned_from():
    y = np.repeat([0, 1], 40)
    problem = TableProblem(Task(np.arange(80.0)[:, np.newaxis], y, ("a", "b"), ("x",)), "t")
    assert problem.sizes == (30, 60)
    for size in problem.sizes:
        task, judge = problem.draw(size, seed=4)
        judged = []
        assert judge(lambda X, judged=judged: judged.extend(X[:, 0]) or (X[:, 0] >= 40).astype(int)) == 1.0
        assert len(task.X) == size
        assert set(task.y) == {0, 1}  # not the first rows, which are all of one class
        assert len(judged) == 20
        assert not set(judged) & set(task.X[:, 0])


def test_an_interrupt_leaves_out_what_is_unfinished():
    asked = []
    scores = list(compare(Short(), [0], lambda: asked.append(1) or len(asked) > 500))
    assert 0 < len(scores) < 8


def scores_of(accuracies):
    return [
        Score(name, rows, seed, accuracy)
        for (name, rows), values in accuracies.items()
        for seed, accuracy in enumerate(values)
    ]


SCORES = scores_of(
    {
        ("one", 100): (0.5, 0.7, 0.6),
        ("one", 1000): (0.8, 0.8, 0.8),
        ("two", 100): (0.4, 0.5, 0.4),
        ("two", 1000): (0.9, 0.7, 0.9),
    }
)


def test_the_table_holds_medians_and_ranges():
    lines = table_text(Short(), SCORES).splitlines()
    assert re.split(r"\s{2,}", lines[1]) == ["100", "60.0 (50.0-70.0)", "40.0 (40.0-50.0)"]
    assert re.split(r"\s{2,}", lines[2]) == ["1,000", "80.0 (80.0-80.0)", "90.0 (70.0-90.0)"]
    assert lines[3] == "best possible: 90.0"
    assert "3 seeds" in lines[5]
    assert lines[6:] == ["ahead:", "  one with 100 rows", "  two with 1,000 rows"]
    cut_short = table_text(Short(), SCORES[:-3]).splitlines()
    assert re.split(r"\s{2,}", cut_short[2]) == ["1,000", "80.0 (80.0-80.0)", "-"]  # what is not there yet
    assert cut_short[6:] == ["ahead:", "  one with 100 rows"]  # nor is anybody ahead there


def test_the_seeds_of_a_median_are_those_that_have_run():
    assert "\nthe median of 3 seeds, with" in table_text(Short(), SCORES)
    assert "\nthe median of 2 to 3 seeds, with" in table_text(Short(), SCORES[:-1])


def test_the_table_fits_a_terminal_of_80_columns():
    accuracies = {(c.name, n): (0.98765, 1.0, 0.90123) for c in COMPETITORS for n in TeacherNetwork.sizes}
    table = table_text(TeacherNetwork(), scores_of(accuracies))
    assert "98.8 (90.1-100)" in table
    assert max(map(len, table.split("\nahead:")[0].splitlines())) <= 80


def test_the_command_compares_on_a_table(command):
    code, out, err = command("compare", bundled("wisconsin"), "--target", "diagnosis", "--seeds", 2)
    assert (code, err) == (0, "")
    assert "wisconsin.csv: diagnosis" in out
    assert "two hidden layers" in out
    assert "the median of 2 seeds" in out
    assert "best possible" not in out
    assert max(map(len, out.splitlines())) <= 80
    options = [bundled("wisconsin"), "--target", "diagnosis", "--seeds", 2, "--json"]
    (result,) = json.loads(command("compare", *options)[1])
    assert result["best"] is None
    sizes = sorted({score["rows"] for score in result["scores"]})
    assert sizes[-1] == 427  # three quarters of 569
    of = [s["accuracy"] for s in result["scores"] if (s["contender"], s["rows"]) == ("sigmoid neuron", 427)]
    row = next(line for line in out.splitlines() if line.startswith("427"))
    assert f"{100 * statistics.median(of):.1f} ({100 * min(of):.1f}-{100 * max(of):.1f})" in row


def test_ctrl_c_keeps_what_is_there(command, monkeypatch):
    def interrupted_after_five(*arguments):
        for number, score in enumerate(compare(*arguments), 1):
            yield score
            if number == 5:
                signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("glassneuron.cli.models.compare.compare", interrupted_after_five)
    code, out, err = command("compare")
    assert (code, err) == (0, "")
    assert "labels of a random network" in out
    assert "digits" not in out
    assert "stopped after 5 of 260 trainings" in out  # 5 seeds, 4 contenders, 7 and 6 numbers of rows


def test_ctrl_c_before_anything_is_there(command, monkeypatch):
    def interrupted_at_once(*arguments):
        if not arguments[2]():
            signal.raise_signal(signal.SIGINT)
        yield from compare(*arguments)

    monkeypatch.setattr("glassneuron.cli.models.compare.compare", interrupted_at_once)
    code, out, err = command("compare")
    assert (code, out, err) == (130, "", "glassneuron: interrupted; nothing was written.\n")


FEW = "a,y\n" + "".join(f"{i},{i % 2}\n" for i in range(19))
ALONE = "a,y\n" + "".join(f"{i},c{i}\n" for i in range(30))
NUMBERS = "a,y\n" + "".join(f"{i},{i / 7}\n" for i in range(30))
WRONG = {
    "no seeds": ([], ["--seeds", "0"], "`--seeds` must be in [1, inf); got 0."),
    "no such table": ([], ["no.csv", "--target", "y"], "there is no file no.csv."),
    "no target": (FEW, [], "name the column to predict with --target"),
    "few rows": (
        FEW,
        ["--target", "y"],
        "the table has 19 rows, too few for a train/test split: at least 20 are needed",
    ),
    "one row a class": (ALONE, ["--target", "y"], "the table has 30 rows, too few for a train/test split"),
    "a measurement": (NUMBERS, ["--target", "y"], "predicts classes; choose a column of classes."),
    "no such digit": ([], ["--target", "digits"], "Did you mean `digit`?"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(command, monkeypatch, tmp_path, case):
    monkeypatch.chdir(tmp_path)
    text, options, sentence = WRONG[case]
    if text:
        (tmp_path / "t.csv").write_text(text)
        options = ["t.csv", *options]
    code, out, err = command("compare", *options)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert sentence in err


def test_a_figure_without_matplotlib_is_refused_before_the_work(command, monkeypatch, tmp_path):
    for name in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    code, out, err = command("compare", "--figure", tmp_path / "f.png")
    assert (code, out) == (2, "")
    assert "a figure needs matplotlib: pip install 'glassneuron[plot]'." in err
    with pytest.raises(gn.errors.MissingExtraError):
        figure([], "png")


@pytest.mark.parametrize(("ending", "first"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_a_figure_is_drawn(command, tmp_path, ending, first):
    pytest.importorskip("matplotlib", reason="an extra, which need not be installed")
    path = tmp_path / f"f.{ending}"
    options = [bundled("iris"), "--target", "species", "--seeds", 1, "--figure", path]
    code, out, err = command("compare", *options)
    assert (code, err) == (0, "")
    assert f"figure saved to {path}" in out
    assert path.read_bytes().startswith(first)


def test_a_figure_is_not_drawn_over_the_table(command, monkeypatch, tmp_path):
    pytest.importorskip("matplotlib", reason="an extra, which need not be installed")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(FEW)
    (tmp_path / "f.png").symlink_to("t.csv")
    code, out, err = command("compare", "t.csv", "--target", "y", "--figure", "f.png")
    assert (code, out) == (2, "")
    assert "`--figure` must be another file than t.csv, which is read and would be lost; got 'f.png'." in err
    assert (tmp_path / "t.csv").read_text() == FEW


def test_lines_are_medians_and_bands_reach_from_the_least_to_the_most():
    pytest.importorskip("matplotlib", reason="an extra, which need not be installed")
    from matplotlib.figure import Figure

    panel = Figure().subplots()
    ComparisonDisplay(Short(), SCORES).plot(ax=panel)
    one, two, best = panel.lines
    assert one.get_xydata().tolist() == [[100, 0.6], [1000, 0.8]]
    assert two.get_xydata().tolist() == [[100, 0.4], [1000, 0.9]]
    assert best.get_ydata() == [0.9, 0.9]
    assert [note.get_text() for note in panel.texts] == ["best possible: 90.0 %"]
    assert [panel.xaxis.get_major_formatter()(n, 0) for n in panel.get_xticks()] == ["100", "1,000"]
    panel.set_yticks([0.725, 0.75, 0.775])
    assert [panel.yaxis.get_major_formatter()(share, 0) for share in panel.get_yticks()] == ["72.5 %", "75 %", "77.5 %"]
    assert len({line.get_color() for line in (one, two)}) == len({line.get_marker() for line in (one, two)}) == 2
    band = panel.collections[0].get_paths()[0].vertices
    assert {tuple(corner) for corner in band.tolist()} == {(100, 0.5), (100, 0.7), (1000, 0.8)}


def test_the_figure_of_an_interrupted_comparison_counts_the_seeds_of_each_panel():
    pytest.importorskip("matplotlib", reason="an extra, which need not be installed")
    one_seed = [score for score in SCORES if score.seed == 0]
    drawn = figure([(Short(), SCORES), (Short(), one_seed)], "svg").decode()
    assert "median of 1 to 3 seeds" in drawn


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("f.raw", "`--figure` must be a file that ends in .png, .svg or .pdf; got 'f.raw'."), ("no/f.png", "folder")],
)
def test_a_figure_that_cannot_be_written_is_refused(command, monkeypatch, tmp_path, name, sentence):
    pytest.importorskip("matplotlib", reason="an extra, which need not be installed")
    monkeypatch.chdir(tmp_path)
    code, out, err = command("compare", "--figure", name)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert sentence in err
