import sys

import pytest

pytest.importorskip("matplotlib", reason="an extra, which need not be installed")


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    """No figure changes matplotlib's settings, and none stays in pyplot."""
    import matplotlib

    before = dict(matplotlib.rcParams)
    yield
    assert dict(matplotlib.rcParams) == before
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()
