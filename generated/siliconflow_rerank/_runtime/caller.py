# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""Where a call stands in the caller's code, for warnings that name its line."""

import inspect
import os
import sys
import warnings
from collections.abc import Callable, Coroutine, MutableMapping
from functools import wraps
from types import FrameType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

C = TypeVar("C", bound=Callable[..., Coroutine[Any, Any, Any]])
# A file, a line of it, and the globals of its module.
Place = tuple[str, int, dict[str, Any]]
_OWN = __file__.rpartition("_runtime")[0] or __file__
_PLACES: MutableMapping[Any, Place] = WeakKeyDictionary()


def placed(call: C) -> C:
    """Return an awaited call that remembers where it is made: what runs first in a task has no frame of the caller around it."""

    @wraps(call)
    def begin(*given: Any, **named: Any) -> Coroutine[Any, Any, Any]:
        found = call(*given, **named)
        _PLACES[found] = _outside(sys._getframe(1))
        return found

    # What asks whether a function is to be awaited (mocks, for one) is told so.
    if hasattr(inspect, "markcoroutinefunction"):
        inspect.markcoroutinefunction(begin)
    elif (loops := sys.modules.get("asyncio")) is not None:
        begin._is_coroutine = loops.coroutines._is_coroutine  # type: ignore[attr-defined]
    return begin  # type: ignore[return-value]


def warn(message: str, category: type[Warning]) -> None:
    """Warn at the line of the caller, be it of an awaited call that a task runs."""
    file, line, names = _made() or _outside(sys._getframe(1))
    registry = names.setdefault("__warningregistry__", {})
    warnings.warn_explicit(
        message, category, file, line, names.get("__name__"), registry, names
    )


def _made() -> Place | None:
    """Return where the call that the running task consists of was made; None where it consists of more."""
    loops = sys.modules.get("asyncio")
    try:
        task = loops and loops.current_task()
    except RuntimeError:
        return None
    return _PLACES.get(task.get_coro()) if task else None


def _outside(frame: FrameType) -> Place:
    """Return the first place outside this package and the machinery of event loops."""
    loops = getattr(sys.modules.get("asyncio"), "__file__", None)
    own = (_OWN, *((os.path.dirname(loops) + os.sep,) if loops else ()))
    while frame.f_back is not None and frame.f_code.co_filename.startswith(own):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno, frame.f_globals
