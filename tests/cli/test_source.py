"""`glassneuron source`: what is printed is what runs."""

import inspect
import subprocess
import sys

import pytest

from glassneuron.engine import javascript, kernels


def test_a_kernel_is_printed_as_it_stands_in_the_textbook(command):
    code, out, err = command("source", "perceptron_update")
    assert (code, err) == (0, "")
    assert out == inspect.getsource(kernels.perceptron_update)


def test_a_kernel_is_printed_as_it_runs_in_the_page(command):
    code, out, _ = command("source", "perceptron_update", "--javascript")
    assert code == 0
    assert out.strip() in javascript.module()
    assert "export function perceptron_update(" in out


def test_all_kernels_are_listed_by_section_with_what_they_do(command):
    code, out, _ = command("source")
    assert code == 0
    place = 0
    for name, source in javascript.sources().items():  # in the order of the textbook
        place = out.index(f"  {name} ", place)
        assert out.splitlines()[out[:place].count("\n")].endswith(source.summary)
        assert out[:place].count(source.section) == 1


@pytest.mark.parametrize(
    ("typed", "near"),
    [("perceptron_updat", "perceptron_update"), ("Sigmoid", "sigmoid"), ("epoch", "perceptron_epoch")],
)
def test_a_name_that_is_not_there_is_told_what_is_near(command, typed, near):
    code, out, err = command("source", typed)
    assert (code, out) == (2, "")
    assert typed in err
    assert near in err
    assert "glassneuron source" in err


def test_a_name_near_nothing_is_told_where_the_names_are(command):
    code, _, err = command("source", "zzz")
    assert code == 2
    assert "Near" not in err
    assert "glassneuron source" in err


def test_source_imports_nothing_heavy():
    script = (
        "import sys\nfrom glassneuron.cli.app import main\n"
        "try: main(['source', 'softmax'])\nexcept SystemExit: print(sorted({'numpy', 'numba'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
