"""The pace that a service takes is found, kept, and told from weather; simulated with a clock of its own."""

import asyncio
import random
from collections.abc import Callable
from unittest.mock import patch

import pytest

from conformance.exchange import pace as module
from conformance.exchange.pace import Pace


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        """Return the seconds."""
        return self.now


def bucket(clock: Clock, rate: float, size: float) -> Callable[[], bool]:
    """Return a limit that says whether a request passes."""
    left, last = size, clock.now

    def take() -> bool:
        nonlocal left, last
        left, last = min(size, left + (clock.now - last) * rate), clock.now
        if left < 1:
            return False
        left -= 1
        return True

    return take


def simulate(
    clock: Clock, pace: Pace, take: Callable[[], bool], requests: int, asked: float | None = None, latency: float = 0.02
) -> tuple[int, float]:
    """Send requests one after the other until each passed; return how often one was refused, and the seconds it took."""
    refusals, began = 0, clock.now

    async def sleep(seconds: float) -> None:
        clock.now += max(seconds, 0.001)

    async def run() -> None:
        nonlocal refusals
        for _ in range(requests):
            while True:
                assert await pace.turn()
                begun, passed = clock.now, take()
                clock.now += latency
                pace.ended()
                if passed:
                    pace.passed()
                    break
                refusals += 1
                pace.refused(begun, asked)

    with patch.object(module, "time", clock), patch.object(module.asyncio, "sleep", sleep):
        asyncio.run(run())
    return refusals, clock.now - began


@pytest.mark.parametrize(("rate", "size"), [(20, 20), (5, 10), (2, 2), (0.5, 3)])
@pytest.mark.parametrize("asked", [None, 1.0])
def test_limit_is_found(rate: float, size: float, asked: float | None) -> None:
    """Behind a limit the pace that is found is a bit below it, few requests are refused, and it takes about as long as the limit makes it take."""
    clock = Clock()
    pace = Pace(8, told=(said := []).append)
    refusals, seconds = simulate(clock, pace, bucket(clock, rate, size), 150, asked)
    assert pace.limit is not None
    assert 0.5 * rate < pace.limit <= 1.05 * rate
    assert refusals < 25
    assert seconds < 2 * 150 / rate + 10
    # Two refusals of 150 may be chance; a sender that has several requests under way meets more.
    assert refusals < 4 or (pace.found, said) == (pace.limit, [pace.limit])


@pytest.mark.parametrize("share", [0.05, 0.2, 0.4])
@pytest.mark.parametrize("seed", range(8))
def test_random_refusals_are_no_limit(share: float, seed: int) -> None:
    """429s that do not get rarer at a slower pace are weather: no pace is claimed, and the run does not crawl."""
    clock, rng = Clock(), random.Random(seed)
    pace = Pace(8)
    _, seconds = simulate(clock, pace, lambda: rng.random() >= share, 300)
    assert pace.found is None or share < 0.1
    assert seconds < 120


def test_pace_that_is_given_is_kept() -> None:
    """Requests are spaced by the pace that was asked for."""
    clock = Clock()
    refusals, seconds = simulate(clock, Pace(8, given=10), lambda: True, 50)
    assert refusals == 0
    assert 4.8 < seconds < 5.2


def test_nothing_begins_after_the_deadline() -> None:
    """Who would have to wait beyond the deadline is told so at once."""
    clock = Clock()
    pace = Pace(8)
    with patch.object(module, "time", clock):
        pace.wait(20)
        assert asyncio.run(pace.turn(clock.now + 5)) is False
        assert asyncio.run(pace.turn(clock.now - 1)) is False
