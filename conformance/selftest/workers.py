"""Work in several processes, or in this one."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.synchronize import Event
from typing import Any, TypeVar

_Job = TypeVar("_Job")
_Made = TypeVar("_Made")
# In a worker: what is set when nobody waits for more.
_over: list[Event] = []


def spread(work: Callable[[_Job], _Made], jobs: Iterable[_Job], processes: int, chunk: int = 4) -> Iterator[_Made]:
    """Yield what a function makes of each job, in their order; one process is this one, the only one that Ctrl-C interrupts. Main thread only."""
    if processes == 1:
        yield from map(work, jobs)
        return
    context = get_context("spawn")
    over = context.Event()
    with ProcessPoolExecutor(processes, context, _begin, (over,)) as pool:
        # A terminal sends Ctrl-C to every process; what is ignored here is ignored by those that begin here.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            made = pool.map(partial(_wanted, work), jobs, chunksize=chunk)
        finally:
            signal.signal(signal.SIGINT, before)
        try:
            yield from made
        finally:
            over.set()


def _begin(over: Event) -> None:
    """End with the process that began this one, however that ends."""
    _over.append(over)

    def wait() -> None:
        above = parent_process()
        if above is not None:
            above.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _wanted(work: Callable[[Any], Any], job: Any) -> Any:
    """Return what a function makes of a job, or None where nobody waits for it any more."""
    return None if _over[0].is_set() else work(job)
