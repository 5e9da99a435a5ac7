"""Where figures are drawn: their own, those of pyplot, those that are given; files and notebooks."""

import subprocess
import sys

import pytest
from matplotlib.figure import Figure

import glassneuron as gn
from glassneuron.learning.history import History
from glassneuron.views.figures.canvas import plain

HISTORY = History(mistakes=[2, 0], losses=[0.5, 0.0], why_stopped="an epoch without a mistake")


def test_importing_the_package_imports_no_matplotlib_and_drawing_no_pyplot():
    code = (
        "import sys, glassneuron as gn; assert 'matplotlib' not in sys.modules; gn.plot_activation; "
        "assert 'matplotlib' not in sys.modules; gn.plot_activation('tanh')._repr_png_(); "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_without_matplotlib_a_sentence_says_what_to_install(monkeypatch, refused):
    for name in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    with refused("extra", "a figure needs matplotlib: pip install 'glassneuron[plot]'"):
        gn.plot_activation("sigmoid")


def test_who_uses_pyplot_gets_a_figure_of_pyplot():
    import matplotlib.pyplot as plt

    try:
        drawn = gn.plot_history(HISTORY, which="loss")
        assert plt.fignum_exists(drawn.figure_.number)
        assert drawn._repr_png_() is None  # else a notebook would show it twice
        plt.close(drawn.figure_)
        assert drawn._repr_png_().startswith(b"\x89PNG")
    finally:
        plt.close("all")
        for name in [name for name in sys.modules if name.startswith("matplotlib.pyplot")]:
            del sys.modules[name]


@pytest.mark.parametrize(("name", "first"), [("a.png", b"\x89PNG"), ("a.SVG", b"<?xml"), ("a.pdf", b"%PDF")])
def test_a_figure_is_saved_the_same_each_time(tmp_path, name, first):
    for k in "12":
        gn.plot_activation("relu").save(tmp_path / f"{k}{name}")
    one, two = ((tmp_path / f"{k}{name}").read_bytes() for k in "12")
    assert one.startswith(first)
    assert one == two


def test_the_text_of_an_svg_is_text(tmp_path):
    gn.plot_activation("sigmoid").save(tmp_path / "a.svg")
    assert "weighted sum z" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_a_file_of_another_kind_is_refused(tmp_path, refused):
    with refused("parameter", "`path` must be a file that ends in .png, .svg or .pdf", "a.bmp"):
        gn.plot_activation("sigmoid").save(tmp_path / "a.bmp")


def test_names_are_shown_as_they_are():
    assert plain("_private").strip() == "_private"  # matplotlib hides what begins so from a legend
    assert plain("two\nlines") == "two lines"
    assert plain("x" * 50 + "1") != plain("x" * 50 + "2")  # the ends tell long names apart
    drawn = gn.plot_regions(gn.Neuron([1.0, 1.0]), [[0, 0], [1, 1]], ["_a $x$", "$"], names=["a_b^c $", "$"])
    drawn.figure_.draw_without_rendering()
    assert [text.get_text() for text in drawn.legend_.get_texts()][:2] == [r"\$", r" _a \$x\$"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: gn.plot_activation("step", ax=ax),
        lambda ax: gn.plot_history(HISTORY, ax=ax),
        lambda ax: gn.plot_line(gn.Neuron([1, 2], 3), ax=ax),
        lambda ax: gn.plot_weights(gn.Perceptron(), [[0, 0], [1, 1]], [0, 1], ax=ax),
        lambda ax: gn.plot_proof([[0.0, 0], [1, 1]], [0, 1], ax=ax),
        lambda ax: gn.plot_calibration(gn.Neuron([1.0]), [[0.0], [1.0]], [0, 1], ax=ax),
    ],
)
def test_figures_are_drawn_on_axes_that_are_given(draw):
    figure = Figure(figsize=(4, 3))
    first, second = figure.subplots(1, 2)
    assert draw(second).ax_ is second
    assert not first.lines
    figure.draw_without_rendering()
