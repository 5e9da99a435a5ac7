"""Tables on disk for tests, and a place of their own for what is kept of them."""

import numpy as np
import pyarrow as pa
import pytest


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """Keep caches in a folder of this test alone."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("GLASSNEURON_CACHE", str(folder))
    return folder


def frame(rows=300, seed=0, classes=2):
    """Return a table of numbers, whole numbers, truth values and text, with a target of classes."""
    random = np.random.default_rng(seed)
    a, b = random.normal(size=rows), random.integers(0, 9, rows)
    colour = random.integers(0, 3, rows)
    place = a + 0.3 * b + colour + random.normal(size=rows) * 0.5
    kind = np.searchsorted(np.quantile(place, np.arange(1, classes) / classes), place)
    return pa.table(
        {
            "a": a,
            "b": b,
            "big": 1e6 * random.random(rows),
            "old": random.random(rows) < 0.4,
            "colour": np.array(["red", "green", "blue"])[colour],
            "kind": np.array(["no", "yes", "perhaps", "never"])[kind],
        }
    )
