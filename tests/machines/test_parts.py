"""A table in parts: the tree over parts is the tree over leaves, whoever adds it up."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassneuron.engine.parts import in_use, machines_in_use, parts_of
from glassneuron.engine.sums import add_tree, leaf_rows, over_leaves, over_parts
from glassneuron.learning.dataset import Dataset


def beside(a, b):
    """Write down which sums were added, so that two trees are equal only if they have one shape."""
    return (f"({a[0]} {b[0]})",)


@given(leaves=st.integers(1, 200), together=st.sampled_from([1, 2, 4, 8, 16, 64]))
@settings(max_examples=60, deadline=None)
def test_trees_of_whole_runs_are_parts_of_the_one_tree(leaves, together):
    names = [(str(i),) for i in range(leaves)]
    runs = [add_tree(names[i : i + together], beside) for i in range(0, leaves, together)]
    assert add_tree(runs, beside) == add_tree(names, beside)


def test_a_tree_is_balanced_so_that_rounding_grows_with_its_height_alone():
    (tree,) = add_tree([(str(i),) for i in range(8)], beside)
    assert tree == "(((0 1) (2 3)) ((4 5) (6 7)))"


@pytest.mark.parametrize("rows", [1, 4095, 4096, 4097, 20_000, 8192 * 5 + 1])
def test_parts_cover_each_row_once_and_follow_from_the_shape_alone(rows):
    table = Dataset(np.zeros((rows, 3)), np.zeros(rows, int))
    parts = parts_of(table)
    ends = [(part.start, part.stop) for part in parts]
    assert ends[0][0] == 0
    assert ends[-1][1] == rows
    assert all(a[1] == b[0] for a, b in pairwise(ends))
    assert all(size & (size - 1) == 0 for size in {b - a for a, b in ends[:-1]})
    with in_use(Recording()):
        assert [(part.start, part.stop) for part in parts_of(table)] == ends


def test_parts_of_immense_tables_grow_so_that_they_stay_few():
    class Immense:
        shape = (20_000_000_000, 50)

    assert 1_000 < len(parts_of(Immense())) <= 4096


def test_a_leaf_is_a_power_of_two():
    assert [leaf_rows(n) for n in (1, 64, 100, 4096, 5000.5)] == [64, 64, 64, 4096, 4096]


class Recording:
    """Machines that do all themselves, and count."""

    def __init__(self, reaches=True):
        self.calls, self.reaches = 0, reaches

    def reach(self, table):
        return self.reaches

    def map(self, function, parts, weights):
        self.calls += 1
        return iter([function(part, *weights) for part in parts])


def total(table, start, stop):
    return (table[start:stop].sum(),)


def size(part):
    return part.stop - part.start


def test_machines_that_are_in_use_are_asked_and_only_then():
    table, machines = np.random.default_rng(0).normal(size=(30_000, 3)), Recording()
    alone = over_leaves(total, table, (), 90_000.0)
    assert machines_in_use() is None
    with in_use(machines):
        assert machines_in_use() is machines
        assert over_leaves(total, table, (), 90_000.0) == alone
        assert sum(over_parts(size, table, (), 90_000.0)) == 30_000
    assert machines.calls == 2
    over_leaves(total, table, (), 90_000.0)
    assert machines.calls == 2


def test_little_work_and_tables_out_of_reach_stay_here():
    table, machines = np.zeros((30_000, 3)), Recording(reaches=False)
    with in_use(machines):
        over_leaves(total, table, (), 90_000.0)
        over_leaves(total, table[:10], (), 30.0)
        over_parts(size, table, (), 90_000.0)
    assert machines.calls == 0
