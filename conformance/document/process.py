"""A process beside this one: what is done there does not wait for what is worked out here."""

import gc
import json
import os
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from socket import socket, socketpair
from typing import Any

Steps = Callable[[], Generator[str, Any, None]]


def alone() -> bool:
    """Return whether this process may fork: on Linux, and before it has a second thread, whose locks a child would inherit."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


@contextmanager
def beside(work: Callable[[socket], None]) -> Iterator[socket]:
    """Do some work in a child process until the block ends; its connection ends with this process, however that ends."""
    here, there = socketpair()
    # What both have is looked through for garbage in neither: that would copy it, and takes a twentieth of a short run.
    gc.freeze()
    try:
        child = os.fork()
    except OSError:
        here.close()
        there.close()
        raise
    if not child:
        # Ctrl-C is for the parent, which has more to ask before it ends.
        os.setpgid(0, 0)
        here.close()
        try:
            work(there)
        finally:
            os._exit(1)
    there.close()
    try:
        yield here
    finally:
        here.close()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@contextmanager
def stepping(steps: Steps) -> Iterator[Callable[[Any], Callable[[], str]]]:
    """Begin some steps in a child process, where there can be one; yield what hands over a plain value and returns what waits for the answer.

    The first value is None. Answers come in the order of the values.
    """
    with ExitStack() as stack:
        there = None
        if alone():
            # A process more may be refused, where their number has a limit.
            with suppress(OSError):
                there = stack.enter_context(beside(partial(_step, steps)))
        if there is None:
            taken = steps()
            yield lambda value: partial(str, taken.send(value))
            return
        answers = stack.enter_context(there.makefile())

        def ask(value: Any) -> Callable[[], str]:
            if value is not None:
                _say(there, value)
            return lambda: str(json.loads(answers.readline() or '"Its process ended early."'))

        yield ask


def _step(steps: Steps, there: socket) -> None:
    taken, value = steps(), None
    with there.makefile() as values:
        while True:
            _say(there, taken.send(value))
            value = json.loads(values.readline())


def _say(there: socket, value: Any) -> None:
    # Who is gone hears nothing, and says nothing.
    with suppress(OSError):
        there.sendall(f"{json.dumps(value)}\n".encode())
