"""`machines`: put threads, an executor or a cluster to use for what is computed with large tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from numbers import Integral
from typing import Any

from glassneuron import checks
from glassneuron.engine.parts import Machines, in_use
from glassneuron.errors import problem
from glassneuron.workers.threads import Threads

RULE = "a number of threads, an executor, a client of Dask or the address of its scheduler, as 'tcp://host:8786'"


@contextmanager
def machines(where: Any) -> Iterator[Machines]:
    """Let other threads, processes or machines compute with large tables, to the same bits.

    Parameters
    ----------
    where : int, Executor, Client or str
        A number of threads; an executor of `concurrent.futures`, or one that behaves alike, whose processes see the
        disks of this one; a client of Dask, or the address of its scheduler, as ``"tcp://host:8786"``.

    Notes
    -----
    A table that lies on a disk that all workers see, as `open_table` with a `cache` leaves it, is read by them from
    there. What lies in memory is written to a file for them if they see this machine's disk, or else sent.

    Raises
    ------
    MachinesError
        If machines cannot be reached, differ from this one in what decides on bits, or give up.

    Examples
    --------
    >>> import numpy as np
    >>> import glassneuron as gn
    >>> X = np.linspace(-1.0, 1.0, 9)[:, np.newaxis]
    >>> with gn.machines(2):
    ...     neuron = gn.SigmoidNeuron().fit(X, X[:, 0] > 0.0)
    >>> neuron.predict([[0.5]])
    array([ True])
    """
    with ExitStack() as stack:
        found = _found(where, stack)
        stack.enter_context(in_use(found))
        yield found


def _found(where: Any, stack: ExitStack) -> Machines:
    """Return the machines that somebody means; what is opened for them is closed with the stack."""
    if isinstance(where, Integral) and not isinstance(where, bool):
        threads = checks.integer("machines", where, "[1, inf)")
        return Threads(stack.enter_context(ThreadPoolExecutor(threads)))
    if isinstance(where, ThreadPoolExecutor):
        return Threads(where)
    if isinstance(where, Executor):
        from glassneuron.workers.executors import Executors

        executors = Executors(where)
        stack.callback(executors.close)
        return executors
    if isinstance(where, str) and not re.fullmatch(r"(tcp|tls|wss?|ucxx?)://.+:\d+|inproc://.+", where):
        raise problem("parameter", name="machines", rule=RULE, value=where)
    if isinstance(where, str) or type(where).__module__.partition(".")[0] == "distributed":
        from glassneuron.workers.cluster import Cluster
        from glassneuron.workers.connect import connected

        cluster = Cluster(stack.enter_context(connected(where)))
        stack.callback(cluster.close)
        return cluster
    raise problem("parameter-type", name="machines", rule=RULE, value=where, kind=type(where).__name__)
