"""Work in several processes, or in this one."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

_Job = TypeVar("_Job")
_Made = TypeVar("_Made")


def spread(work: Callable[[_Job], _Made], jobs: Iterable[_Job], processes: int, chunk: int = 4) -> Iterator[_Made]:
    """Yield what a function makes of each job, in their order; one process is this one."""
    if processes == 1:
        yield from map(work, jobs)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, jobs, chunksize=chunk)
