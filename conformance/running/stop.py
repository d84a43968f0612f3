"""Signals: the first one ends the sending in order, the second one ends the process at once."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

from attrs import define, field

from conformance.model.exit import Exit

_T = TypeVar("_T")
# Ctrl-C, an end that is asked for, and a terminal that is closed, which not every system has.
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@define
class _Stop:
    """What the first signal cancels; without that it is a KeyboardInterrupt, unless threads `share` it and look for themselves."""

    cancels: set[Callable[[], object]] = field(factory=set)
    asked: int = 0
    shared: bool = False


_stop = _Stop()


@contextmanager
def signals(*, shared: bool = False) -> Iterator[None]:
    """Let SIGTERM, SIGINT and SIGHUP stop what runs inside; a SIGINT or SIGHUP that is ignored stays so. Main thread only.

    Where several threads run, the signal is `shared`: each ends in order, and the main thread waits for them.
    """
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    _stop.asked, _stop.shared = 0, shared
    for number, handler in before.items():
        if number == signal.SIGTERM or handler is not signal.SIG_IGN:
            signal.signal(number, _handle)
    try:
        yield
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error
    finally:
        _stop.asked, _stop.shared = 0, False
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_here() -> None:
    """End what a thread does where a signal asked all of them to; raises KeyboardInterrupt."""
    if _stop.shared and _stop.asked:
        raise KeyboardInterrupt


def _handle(_number: int, _frame: FrameType | None) -> None:
    _stop.asked += 1
    if _stop.asked > 1:
        # The journal is on the disk line by line: what was recorded can be judged, whatever else was going on.
        os._exit(Exit.INTERRUPTED)
    if not _stop.cancels and not _stop.shared:
        raise KeyboardInterrupt
    for cancel in tuple(_stop.cancels):
        cancel()


async def stoppable(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Await a coroutine that a signal cancels."""
    task, loop = asyncio.ensure_future(coroutine), asyncio.get_running_loop()

    def cancel() -> None:
        # Another thread's loop may be over by now.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(task.cancel)

    _stop.cancels.add(cancel)
    try:
        if _stop.shared and _stop.asked:
            task.cancel()
        return await task
    finally:
        _stop.cancels.discard(cancel)
