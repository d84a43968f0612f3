"""The pace that a service takes: found from its 429s, kept by everybody.

Between two moments at which a service refuses for its limit it took as much as it takes: what passed, over the time
between them, is its pace. A pace below it is then kept. Where refusals come as often as before, at one slower pace
after another, they are weather and no limit.
"""

import asyncio
import math
import time
from collections.abc import Callable

from attrs import define, field

# Pauses of everybody, in seconds, while nothing passes: the first, doubled up to the last.
_PAUSES = (0.25, 8.0)
# Answers between two refusals before they tell a pace; or fewer, after as many seconds.
_ENOUGH, _FEW, _LONG = 5, 3, 3.0
# What is kept of the pace that was measured.
_SHARE = 0.9
_SLOWER = 0.5
# Requests at a pace before its refusals tell anything, or fewer after so many seconds; and slower paces before they are called weather.
_SENT, _LEVEL, _LEVELS = 10, 8.0, 3
# Refusals that are as rare as this by chance alone are rarer; at a share above this the pace is still too high.
_RARER, _OFTEN = 0.05, 0.1
# How sure it is that a service has a limit: the chance of so few refusals at the pace if they came as often as before.
_DOUBT = 0.01
_POLL = 0.01


@define
class _Count:
    """Requests that ended, and how many of them were refused for the limit."""

    ended: int = 0
    refused: int = 0
    began: float = field(factory=lambda: time.monotonic())  # noqa: PLW0108 - the clock is looked up when it is read

    @property
    def share(self) -> float:
        return self.refused / self.ended if self.ended else 0.0


@define(slots=False, eq=False)
class Pace:
    """Who may begin a request when. `given` is a pace that is known already, in requests a second.

    `width` is how many may be under way. `limit` is the pace that was found, in requests a second; None before one
    is. `weather` tells that 429 comes whatever the pace. `patience` is in seconds, the longest pause that is kept.
    """

    width: int
    given: float | None = None
    patience: float = 30.0
    told: Callable[[float], None] = field(default=lambda _rate: None, repr=False)
    limit: float | None = field(default=None, init=False)
    weather: bool = field(default=False, init=False)
    _narrow: float = field(init=False)
    _under_way: int = field(default=0, init=False)
    _not_before: float = field(default=0.0, init=False)
    _next: float = field(default=0.0, init=False)
    _pause: float = field(default=_PAUSES[0], init=False)
    _empty: float | None = field(default=None, init=False)
    _since: float = field(default=0.0, init=False)
    _passed: int = field(default=0, init=False)
    _before: _Count = field(factory=_Count, init=False)
    _level: _Count = field(factory=_Count, init=False)
    _paced: _Count = field(factory=_Count, init=False)
    _levels: int = field(default=0, init=False)
    _said: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin as wide as may be."""
        self._narrow = float(self.width)

    @property
    def found(self) -> float | None:
        """The pace in requests a second, where refusals did become rarer at it; None where no limit showed."""
        if self.limit is None or self.weather:
            return None
        return self.limit if _chance(self._before, self._paced) < _DOUBT else None

    async def turn(self, deadline: float = math.inf) -> bool:
        """Wait until the next request may begin; False when that is not before a deadline of the monotonic clock."""
        while True:
            now = time.monotonic()
            ready = max(self._not_before, self._next)
            if ready >= deadline or now >= deadline:
                return False
            if ready > now:
                await asyncio.sleep(ready - now)
            elif self._under_way >= int(self._narrow):
                await asyncio.sleep(_POLL)
            else:
                break
        rate = self._rate
        if rate is not None:
            self._next = max(self._next, now) + 1 / rate
        self._under_way += 1
        return True

    @property
    def _rate(self) -> float | None:
        rates = [rate for rate in (self.given, None if self.weather else self.limit) if rate is not None]
        return min(rates, default=None)

    def ended(self) -> None:
        """Note that a request is not under way any more."""
        self._under_way -= 1

    def wait(self, seconds: float) -> None:
        """Let nobody begin for so many seconds, as a service asks for."""
        self._not_before = max(self._not_before, time.monotonic() + min(seconds, self.patience))

    def slow_start(self) -> None:
        """Begin again one by one, after an outage."""
        self._narrow = 1.0

    def passed(self) -> None:
        """Note an answer that is no refusal."""
        self._count(refused=False)
        self._passed += 1
        self._pause = _PAUSES[0]
        self._narrow = min(self._narrow + 1, self.width)
        if self.limit is not None and not self._said and self._paced.ended >= _SENT and self.found is not None:
            self._said = True
            self.told(self.limit)

    def refused(self, begun: float, asked: float | None) -> None:
        """Note a 429 to a request that began at a moment of the monotonic clock; `asked` is its Retry-After in seconds."""
        self._count(refused=True)
        now = time.monotonic()
        if asked is not None and not self.weather:
            self.wait(asked)
        if self.weather or begun < self._since:
            # One burst is one complaint.
            return
        if asked is None:
            self._not_before = max(self._not_before, now + min(self._pause, self.patience))
        if self._passed == 0:
            self._pause = min(self._pause * 2, _PAUSES[1])
        if self.limit is None:
            self._measure(now)
        else:
            self._doubt()
        self._since = max(now, self._not_before)

    def _measure(self, now: float) -> None:
        """Work out the pace from what passed since the service refused first; until it is known, begin again one by one."""
        self._narrow = 1.0
        if self._empty is None:
            self._empty, self._passed = now, 0
            return
        took = now - self._empty
        if self._passed >= _ENOUGH or (took >= _LONG and self._passed >= _FEW):
            self.limit, self._level = _SHARE * self._passed / took, _Count()
            self._narrow = float(self.width)

    def _doubt(self) -> None:
        """Go slower where the service refuses at the pace that was found; after some such steps it is weather."""
        if self.limit is None or (self._level.ended < _SENT and time.monotonic() - self._level.began < _LEVEL):
            return
        if _chance(self._before, self._level) < _RARER:
            if self._level.share > _OFTEN:
                # Rarer than before, and still too often: the pace was measured too high.
                self.limit *= _SHARE
                self._level = _Count()
            return
        self._levels += 1
        self._level = _Count()
        if self._levels >= _LEVELS:
            self.weather = True
            self._not_before, self._next, self._narrow = 0.0, 0.0, float(self.width)
        else:
            self.limit *= _SLOWER

    def _count(self, *, refused: bool) -> None:
        for count in (self._before,) if self.limit is None else (self._level, self._paced):
            count.ended += 1
            count.refused += refused


def _chance(before: _Count, after: _Count) -> float:
    """Return how likely so few refusals come after, if they are as frequent as before: Fisher's exact test, one-sided."""
    refused, ended = before.refused + after.refused, before.ended + after.ended
    ways = sum(
        math.comb(after.ended, k) * math.comb(before.ended, refused - k)
        for k in range(max(refused - before.ended, 0), after.refused + 1)
    )
    return ways / math.comb(ended, refused)
