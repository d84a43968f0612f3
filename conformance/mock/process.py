"""A process beside this one: what serves there does not wait for what is worked out here."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def alone() -> bool:
    """Return whether this process may fork: on Linux, and before it has a second thread, whose locks a child would inherit."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[None]:
    """Do some work in a child process until the block ends, or this process does, however it ends."""
    end, held = os.pipe()
    child = os.fork()
    if not child:
        # Ctrl-C is for the parent, which has more to ask before it ends.
        os.setpgid(0, 0)
        os.close(held)
        threading.Thread(target=lambda: os._exit(len(os.read(end, 1))), daemon=True).start()
        try:
            work()
        finally:
            os._exit(1)
    os.close(end)
    try:
        yield
    finally:
        os.close(held)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
