"""A notebook in a real JupyterLab: values show themselves, and a neuron is played with in a cell."""

import ast
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

import glassneuron as gn
from glassneuron.neurons.explain.numbers import format_short

pytest.importorskip("jupyterlab")
pytest.importorskip("anywidget")
sync_api = pytest.importorskip("playwright.sync_api")

X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]
PERCEPTRON = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
TOKEN = "a-token-for-this-test"
QUIET = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
CELLS = [
    "import glassneuron as gn\nX, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]\n"
    "p = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)\ngn.Neuron([0, 1], 4)",
    "p.fit(X, y).history_",
    "gn.play(p, X, y)",
    "s = gn.SigmoidNeuron(max_epochs=60, solver='online', learning_rate=0.5)\ngn.play(s, X, y, live=True)",
    "print([*s.fit(X, y).neuron_.weights.tolist(), s.neuron_.bias])",
    "gn.play(gn.Neuron([0, 1], 4), static=True)",
]


@contextmanager
def jupyterlab(folder):
    """Run JupyterLab with nothing of this user's, and yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "config"
    (config / "labconfig").mkdir(parents=True)
    (config / "labconfig" / "page_config.json").write_text(json.dumps(QUIET))
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    own |= {"IPYTHONDIR": str(folder / "ipython"), "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
               f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder / 'work'}",
               "--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"]  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log, cwd=folder)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < until, (folder / "log").read_text()
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="module")
def notebook(browser, tmp_path_factory):
    """The notebook, opened and run."""
    folder = tmp_path_factory.mktemp("jupyter")
    (folder / "work").mkdir()
    cells = [
        {"cell_type": "code", "id": f"c{n}", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
        for n, text in enumerate(CELLS)
    ]
    book = {"cells": cells, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "work" / "demo.ipynb").write_text(json.dumps(book))
    with jupyterlab(folder) as address:
        context = browser.new_context(viewport={"width": 1400, "height": 1500})
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(f"{address}/lab/tree/demo.ipynb?token={TOKEN}")
        page.locator(".jp-Cell").nth(len(CELLS) - 1).wait_for(state="attached")
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(state="attached")
        run(page)
        yield page
        context.close()


def run(page):
    """Run all cells, and wait for the last one; where the kernel is idle but not yet connected, a try can be lost."""
    done = page.locator(".jp-OutputArea-output iframe")
    for tries in range(3):
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")  # its end may not come
        try:
            done.wait_for(state="attached", timeout=30_000)
            return
        except sync_api.TimeoutError:
            if tries == 2:
                raise


def cell(page, number):
    """A cell by its number; what is far below the screen is drawn once it is looked at."""
    found = page.locator(".jp-Cell").nth(number)
    found.scroll_into_view_if_needed()
    return found


def test_values_show_their_pictures(notebook):
    neuron = cell(notebook, 0).locator("img")
    assert neuron.get_attribute("alt") == gn.diagram(gn.Neuron([0, 1], 4)).text
    assert neuron.evaluate("image => image.complete && image.naturalWidth > 100")
    assert "10 epochs" in cell(notebook, 1).locator("img").get_attribute("alt")
    assert not notebook.get_by_text("Traceback").count()


def test_the_widget_steps_through_a_training(notebook):
    played = cell(notebook, 2)
    forward = played.get_by_role("button", name="one step forward")
    right, missed = list(gn.watch(PERCEPTRON, X, Y))[:2]
    assert (right.error, missed.error) == (0.0, 1.0)
    forward.click()
    played.get_by_text("step 1 of").wait_for()
    forward.click()
    for line in str(missed).split("\n")[1:]:
        name, _, arithmetic = line.strip().partition("  ")
        row = played.locator("[data-part=arithmetic] tr").filter(has_text=name)
        row.filter(has_text=arithmetic.strip()).first.wait_for()
    assert notebook.locator("[data-lm-suppress-shortcuts]").count() >= 2
    assert played.get_by_label("moment of the training").input_value() == "2"
    notebook.keyboard.press("ArrowLeft")  # the key belongs to the page, and the notebook does not take it
    played.get_by_text("step 1 of").wait_for()


def test_a_running_fit_is_followed(notebook):
    learned = ast.literal_eval(cell(notebook, 4).locator(".jp-OutputArea-output pre").inner_text())
    followed = cell(notebook, 3)
    followed.locator("[data-part=sentence]").filter(has_text="It stopped: reached max_epochs=60").wait_for()
    for place, number in zip(("0", "1", "bias"), learned, strict=True):
        followed.locator(f"[data-weight='{place}']").filter(has_text=format_short(number)).wait_for()


def test_a_page_in_a_frame_computes(notebook):
    frame = cell(notebook, 5).frame_locator("iframe")
    frame.locator("[data-weight-box='0']").fill("2")
    frame.locator("[data-weight-box='0']").press("Enter")
    total = gn.Neuron([2, 1], 4).weighted_sum([1, 1])
    frame.locator("[data-part=written-sum]").filter(has_text=f"= {format_short(total)}").wait_for()


def test_nothing_went_wrong_in_the_page(notebook):
    assert notebook.problems == []
