"""Work in several processes, or in this one."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children, get_context, parent_process
from typing import TypeVar

_Job = TypeVar("_Job")
_Made = TypeVar("_Made")


def spread(work: Callable[[_Job], _Made], jobs: Iterable[_Job], processes: int, chunk: int = 4) -> Iterator[_Made]:
    """Yield what a function makes of each job, in their order; one process is this one, the only one that Ctrl-C interrupts. Main thread only."""
    if processes == 1:
        yield from map(work, jobs)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_follow) as pool:
        # A terminal sends Ctrl-C to every process; what is ignored here is ignored by those that begin here.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            made = pool.map(work, jobs, chunksize=chunk)
        finally:
            signal.signal(signal.SIGINT, before)
        try:
            yield from made
        except BaseException:
            for worker in active_children():
                worker.terminate()
            raise


def _follow() -> None:
    """End with the process that began this one, however that ends."""

    def wait() -> None:
        above = parent_process()
        if above is not None:
            above.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
