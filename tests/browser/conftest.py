"""The browser of these tests: Debian's Chromium, headless, with nothing kept and nothing asked of the network."""

import os
import shutil
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    """A running Chromium; each context of it is as fresh as a new profile."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        sentence = "no Chromium is installed, so nothing was tried in a browser (Debian: apt install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def page_of_modules(browser):
    """A page whose address serves the page's own modules and the translated textbook, and nothing else."""
    from glassneuron.engine.javascript import module
    from glassneuron.views.playground.app import PAGE

    def answer(route):
        name = route.request.url.rpartition("/")[2]
        text = module() if name == "kernels.js" else "" if not name else (PAGE / name).read_text(encoding="utf-8")
        route.fulfill(body=text, content_type="text/javascript" if name else "text/html")

    context = browser.new_context()
    context.route("http://modules.test/**", answer)
    page = context.new_page()
    page.goto("http://modules.test/")
    yield page
    context.close()


@pytest.fixture(scope="session")
def modules(browser):
    """A page in which the page's modules can be imported."""
    with page_of_modules(browser) as page:
        yield page
