"""What is finite and what is not, in small arrays and in large ones."""

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.engine.arrays import LONG, MANY, all_finite, as_numbers, ends_of_columns


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rows", [3, MANY])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_found_wherever_it_stands(dtype, rows, value):
    for place in (0, rows // 2, rows - 1):
        table = np.ones((rows, 2), dtype)
        table[place, 1] = value
        with pytest.raises(
            gn.GlassneuronError, match=rf"`X` must hold finite numbers; got {value} at row {place}, column 1"
        ):
            as_numbers(table, "X")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_numbers_are_finite_though_their_sum_is_not(dtype):
    table = np.full((MANY, 2), np.finfo(dtype).max, dtype)
    table[::2] *= -1
    assert as_numbers(table, "X") is table


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("speed", ["python", "compiled"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_table_is_refused_by_what_its_sums_tell(dtype, speed, value):
    neuron = gn.Neuron([0.0, 1.0], 4.0, "step")
    layer = gn.Layer([[0.0, 1.0], [0.0, 0.0]], activation="relu")  # which answers 0 to minus infinity, and to NaN
    network = gn.Network([layer, layer])
    table = np.ones((600, 2), dtype)
    for place in ((0, 0), (599, 1)):
        rows = table.copy()
        rows[place] = value
        for asked in (neuron, layer, network):
            with (
                gn.speed(speed),
                pytest.raises(gn.GlassneuronError, match=rf"got {value} at row {place[0]}, column {place[1]}"),
            ):
                asked.feedforward(rows)


@pytest.mark.parametrize("speed", ["python", "compiled"])
def test_sums_beyond_a_float_are_answered(speed):
    rows = np.full((600, 2), 1e200)
    with gn.speed(speed):
        assert (gn.Neuron([1e200, 1e200], 0.0, "step").feedforward(rows) == 1.0).all()
        assert (gn.Layer([[1e200, 1e200]], activation="sigmoid").feedforward(rows) == 1.0).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(0, 3), (3, 2), (5000, 7), (7, 5000)])
def test_all_finite_is_what_it_says_however_the_array_lies_in_memory(dtype, shape):
    for table in (np.ones(shape, dtype), np.ones(shape, dtype, order="F"), np.ones((*shape, 2), dtype)[:, :, 0]):
        assert all_finite(table)
        for place in range(0, table.size, max(1, table.size // 5)):
            other = table.copy(order="K")
            other.flat[place] = np.nan
            assert not all_finite(other)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("columns", [1, 3, 20, LONG // 2, LONG, 2 * LONG])
@pytest.mark.parametrize("rows", [1, 2, 100, 1025, 5000])
def test_the_ends_of_columns_are_those_of_all_rows_however_they_lie_in_memory(rows, columns, dtype):
    random = np.random.default_rng(0)
    table = random.normal(size=(rows, columns)).astype(dtype)
    table[-1, 0], table[0, -1] = -9.0, 9.0  # in rows that are left over, and in the first
    for X in (table, np.asfortranarray(table), np.repeat(table, 2, axis=1)[:, ::2]):
        low, high = ends_of_columns(X)
        assert low.dtype == high.dtype == dtype
        assert low.tolist() == table.min(axis=0).tolist()
        assert high.tolist() == table.max(axis=0).tolist()
