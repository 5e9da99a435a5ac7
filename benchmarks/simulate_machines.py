"""From 1 to 1,000 workers on a table of 10^12 numbers, event by event, at rates that are measured on this machine.

`python -m benchmarks.simulate_machines`. What is simulated is what `workers.cluster` does in one look at all rows: the
driver hands in one task a part, the scheduler passes them on one by one, workers read a part and add it up, and the
driver fetches the results and adds them up. Each of driver and scheduler does one thing at a time.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.page_machines import cluster
from glassneuron.engine.parts import parts_of
from glassneuron.engine.sums import add_tree, of_part, plus
from glassneuron.learning.algorithms.whole_batch.evaluation import evaluate_leaf
from glassneuron.learning.dataset import Dataset
from glassneuron.workers.cluster import Cluster

ROWS, FEATURES = 20_000_000_000, 50
DISK = 2e9
"""Numbers a second that one disk or file server feeds to all workers together: 16 GB/s, a good one."""
MEMORY = 64e9 / 8
"""Numbers that one worker keeps in its memory, of 64 GB: what fits there is read once only."""


@dataclass(frozen=True)
class Rates:
    """Seconds.

    `number` to add up one number on one core; `message` of driver and scheduler for one task, there and back;
    `addition` to add one result to the tree; `start` from a task's arrival to its first row.
    """

    number: float
    message: float
    addition: float
    start: float = 0.003


class Immense:
    """A table that is too large to be made."""

    shape = (ROWS, FEATURES)


def measured() -> Rates:
    """Measure the rates on this machine."""
    random = np.random.default_rng(0)
    X = random.normal(size=(1 << 17, FEATURES))
    table, W, b = Dataset(X, (X[:, 0] > 0.0).astype(int)), np.zeros((1, FEATURES)), np.zeros(1)
    job = partial(of_part, evaluate_leaf, 4096, plus)
    (part,) = parts_of(table)
    looks = []
    for _ in range(9):
        start = time.process_time()
        result = job(part, 0, W, b)
        looks.append(time.process_time() - start)
    start = time.process_time()
    add_tree([result] * 4096)
    addition = (time.process_time() - start) / 4096
    with cluster(2) as (_, client):
        machines = Cluster(client)
        small = Dataset(X[:4096], table.y[:4096])
        many = [type(part)(small, 0, 4096)] * 500
        messages = []
        for _ in range(3):
            start = time.process_time()
            list(machines.map(_nothing, many, ()))
            messages.append((time.process_time() - start) / len(many))
        machines.close()
    return Rates(min(looks) / X.size, min(messages), addition)


def _nothing(_: object) -> int:
    return 0


def look(workers: int, sizes: list[float], rates: Rates, first: bool) -> float:
    """Return the seconds of one look at all rows, the first one from the disk."""
    keeps = first is False and sum(sizes) / workers <= MEMORY
    feed = 0.0 if keeps else 1.0 / DISK  # seconds for a number, of all workers one after the other
    free = [(0.0, worker) for worker in range(workers)]
    heapq.heapify(free)
    scheduler = disk = 0.0
    ends = []
    for size in sizes:
        at, worker = heapq.heappop(free)
        scheduler = max(scheduler, at) + rates.message
        begin = scheduler + rates.start
        if feed:
            disk = max(disk, begin) + feed * size
            end = max(disk, begin + rates.number * size)
        else:
            end = begin + rates.number * size
        ends.append(end)
        heapq.heappush(free, (end, worker))
    driver = 0.0
    for end in ends:  # results are fetched in order
        driver = max(driver, end) + rates.addition
    return driver


def main() -> None:
    rates = measured()
    print(
        f"measured here: {1e-6 / rates.number:,.0f} million numbers a second and core, {1e6 * rates.message:,.0f} us a "
        f"task of driver and scheduler, {1e6 * rates.addition:,.1f} us an addition"
    )
    parts = parts_of(Immense())
    sizes = [float((part.stop - part.start) * FEATURES) for part in parts]
    print(f"{ROWS:,} x {FEATURES}: {ROWS * FEATURES:.0e} numbers, {len(parts):,} parts of {sizes[0]:,.0f} numbers\n")
    print(f"{'workers':>7}  {'first look':>12}  {'next looks':>12}  {'times one':>9}  {'of ideal':>8}")
    alone = look(1, sizes, rates, first=False)
    for workers in (1, 2, 5, 10, 20, 50, 100, 125, 200, 500, 1000):
        first, then = (look(workers, sizes, rates, first=each) for each in (True, False))
        print(
            f"{workers:>7}  {first:>10,.0f} s  {then:>10,.1f} s  {alone / then:>8,.1f}x  {alone / then / workers:>8.0%}"
        )
    bound, fit, numbers = rates.message * len(parts), ROWS * FEATURES / MEMORY, ROWS * FEATURES
    print(
        f"\nWhere it stops: until the table fits into the memory of the workers ({fit:,.0f} of them) each look waits "
        f"for the disk, {numbers / DISK:,.0f} s. Beyond that the scheduler is the limit, which needs {bound:.1f} s for "
        f"{len(parts):,} tasks; and with {len(parts) / 1000:.1f} parts for each of 1,000 workers the last round is not "
        "full. What the driver does alone comes on top, once a fit: it goes through the labels and holds them, "
        f"{ROWS * 4 / 1e9:,.0f} GB, so that a table of that size needs a driver with as much memory."
    )


if __name__ == "__main__":
    main()
