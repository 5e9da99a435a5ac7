import sys

import pytest

pytest.importorskip("matplotlib", reason="an extra, which need not be installed")


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    """No figure changes matplotlib's settings, and none stays in pyplot."""
    import matplotlib

    def settings():
        there = dict(dict.items(matplotlib.rcParams))  # as they stand: to look at the backend would load pyplot
        return {name: value for name, value in there.items() if name != "backend"}

    before = settings()
    yield
    assert settings() == before
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()
