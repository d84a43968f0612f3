"""Latency over many nights: when it doubled or halved."""

from collections.abc import Sequence
from statistics import median

_WINDOW = 14
_LEAST = 3
_FACTOR = 2.0
# Below this difference a factor says more of the machine that measured than of the service.
_MILLISECONDS = 100.0


def stretches(nights: Sequence[tuple[int, float]]) -> list[tuple[int, int, float, float]]:
    """Return each stretch of nights (number and milliseconds, oldest first) in which latency was far from what it had been.

    A stretch is its first and last night, the usual milliseconds before it, and those of its last night.
    Usual is the median of up to fourteen nights, three at least. Far
    is a factor of two and 100 ms, up or down. What stays so for fourteen nights is usual.
    """
    found: list[tuple[int, int, float, float]] = []
    usual: list[float] = []
    held: list[float] = []
    for number, value in nights:
        before = median(usual[-_WINDOW:]) if len(usual) >= _LEAST else None
        if (
            before is not None
            and max(before, value) >= _FACTOR * min(before, value)
            and abs(value - before) >= _MILLISECONDS
            and len(held) < _WINDOW
        ):
            first = found[-1][0] if held else number
            if held:
                found.pop()
            found.append((first, number, before, value))
            held.append(value)
        else:
            usual += [*held, value]
            held = []
    return found
