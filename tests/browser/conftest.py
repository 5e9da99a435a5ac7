"""The browser of these tests: Debian's Chromium, headless, with nothing kept and nothing asked of the network."""

import os
import shutil

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
