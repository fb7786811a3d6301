"""Hand partitions to the workers of Dask: a local cluster, or one that is there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import distributed

from audits import errors
from audits.nation import judging

WORKER_DIED = errors.ProblemKind(
    "NATION-007", "The process that judged it ended again and again. Allow more memory, or write smaller partitions."
)
NO_SCHEDULER = errors.ProblemKind("NATION-008", "No scheduler of Dask answers there. Start it, or correct the address.")


@contextlib.contextmanager
def local(workers: int, memory: str) -> Iterator[distributed.Client]:
    """Start processes of one thread each on this computer; `memory` is the limit of one, such as ``1.5GB``."""
    with (
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            memory_limit=memory,
            # Neither a page nor a port that another cluster may have.
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            host="127.0.0.1",
        ) as processes,
        distributed.Client(processes) as client,
    ):
        yield client


@contextlib.contextmanager
def existing(address: str, timeout: str = "15s") -> Iterator[distributed.Client]:
    """Connect to a scheduler that is there.

    Raises
    ------
    audits.errors.RefusedError
        When none answers at the address.
    """
    try:
        client = distributed.Client(address, timeout=timeout)
    except (OSError, ValueError) as error:
        raise errors.RefusedError((NO_SCHEDULER.at(address),)) from error
    with client:
        yield client


def judge(client: distributed.Client, tasks: Sequence[judging.Task]) -> Iterable[dict[str, Any]]:
    """Judge partitions on the workers of a client, and yield each result when it is there.

    Raises
    ------
    Exception
        What the judging of a partition raises, such as an OSError when nothing can be written.
    """
    # not pure: Dask would answer a task of the same arguments from memory, though its files may have changed
    futures = client.map(judging.judge, tasks, pure=False)
    of = {future.key: task for future, task in zip(futures, tasks, strict=True)}
    for future in distributed.as_completed(futures):
        try:
            yield future.result()
        except distributed.KilledWorker:
            yield judging.refused(of[future.key], [WORKER_DIED.at(of[future.key].part.name)])
        # The scheduler keeps a result as long as somebody holds it.
        future.release()
