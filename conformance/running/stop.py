"""Signals: the first one ends the sending in order, the second one ends the process at once."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from attrs import define

from conformance.model.exit import Exit

_T = TypeVar("_T")


@define
class _Stop:
    """What the first signal cancels; without that it is a KeyboardInterrupt."""

    cancel: Callable[[], object] | None = None
    asked: int = 0


_stop = _Stop()


@contextmanager
def signals() -> Iterator[None]:
    """Let SIGTERM and SIGINT stop what runs inside; a SIGINT that is ignored stays so. Main thread only."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    _stop.asked = 0
    for number, handler in before.items():
        if number == signal.SIGTERM or handler is not signal.SIG_IGN:
            signal.signal(number, _handle)
    try:
        yield
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handle(_number: int, _frame: FrameType | None) -> None:
    _stop.asked += 1
    if _stop.asked > 1:
        # The journal is on the disk line by line: what was recorded can be judged, whatever else was going on.
        os._exit(Exit.INTERRUPTED)
    if _stop.cancel is None:
        raise KeyboardInterrupt
    _stop.cancel()


async def stoppable(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Await a coroutine that a signal cancels."""
    task, loop = asyncio.ensure_future(coroutine), asyncio.get_running_loop()
    _stop.cancel = lambda: loop.call_soon_threadsafe(task.cancel)
    try:
        return await task
    finally:
        _stop.cancel = None
