"""The client of a cluster, and whether its workers are like this process."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import glassneuron
from glassneuron.errors import problem, warn

PATIENCE = 10.0
"""Seconds in which a scheduler has to answer."""


@contextmanager
def connected(where: Any) -> Iterator[Any]:
    """Open a client where there is none yet, and look at the workers."""
    try:
        from distributed import Client
    except ImportError:
        raise problem("extra", purpose="computing on a cluster", library="distributed", extra="dask") from None
    own = None
    if not isinstance(where, Client):  # an address, or a cluster
        try:
            where = own = Client(where, timeout=PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise problem("no-scheduler", value=where, why=_first_line(error)) from error
    try:
        if where.asynchronous:
            rule = "a client that waits for its results (asynchronous=False)"
            raise problem("parameter", name="machines", rule=rule, value=where)
        if where.status == "closed":
            raise problem("client-closed")
        compare(about(), asked(where, about))
        yield where
    finally:
        if own is not None:
            own.close()


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def asked(client: Any, question: Callable[..., Any], *about: Any) -> list[Any]:
    """Return the answers of all workers to a question; one that dies over it has none."""
    answers = client.run(question, *about, on_error="return").values()
    return [answer for answer in answers if not isinstance(answer, BaseException)]


def about() -> dict[str, str]:
    """Return what results depend on to the last bit, in this process."""
    import numpy as np

    from glassneuron.engine.threads import libraries

    blas = {f"{each.internal_api} {getattr(each, 'architecture', '')}".strip() for each in libraries()}
    return {
        "glassneuron": glassneuron.__version__,
        "NumPy": np.__version__,
        "processor": f"{platform.machine()} {', '.join(sorted(blas))}",
    }


def compare(here: dict[str, str], workers: list[dict[str, str]]) -> None:
    """Refuse workers with another version of the package; say where others differ, as then last digits may."""
    for what, mine in here.items():
        others = sorted({worker[what] for worker in workers} - {mine})
        if not others:
            continue
        if what == "glassneuron":
            raise problem("other-package", what=what, here=mine, there=", ".join(others))
        warn(
            f"workers differ from this process in {what} (here {mine}, there {', '.join(others)}): the last digits of "
            "what is learned may depend on which of them computes what"
        )
