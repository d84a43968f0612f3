"""What is not a breach: a service that is slow, busy, limited, or cut off now and then."""

import random
import time
from collections.abc import Callable

from attrs import frozen


@frozen
class Blow:
    """What happens to one answer: a delay in seconds, a status in its place with a Retry-After in seconds, or a cut."""

    delay: float = 0.0
    status: int | None = None
    cut: bool = False
    retry_after: int | None = None


# What a request meets, by its number and by the bytes of its body.
Draw = Callable[[int, int], Blow]
CALM = Blow()


@frozen
class Chaos:
    """A name, one sentence, and what begins it: given a random generator it returns what each request meets."""

    name: str
    sentence: str
    begin: Callable[[random.Random], Draw]


def _now_and_then(share: float, *blows: Blow, above: int = 0) -> Callable[[random.Random], Draw]:
    return lambda rng: lambda _number, size: rng.choice(blows) if size >= above and rng.random() < share else CALM


def _latency(rng: random.Random) -> Draw:
    return lambda _number, _size: Blow(rng.uniform(0.05, 0.15))


def _bucket(rate: float, size: float, retry_after: int | None = None) -> Callable[[random.Random], Draw]:
    """Return a limit of `rate` requests a second, with `size` at once after a pause."""

    def begin(_rng: random.Random) -> Draw:
        left, last = size, time.monotonic()

        def draw(_number: int, _size: int) -> Blow:
            nonlocal left, last
            now = time.monotonic()
            left, last = min(size, left + (now - last) * rate), now
            if left < 1:
                return Blow(status=429, retry_after=retry_after)
            left -= 1
            return CALM

        return draw

    return begin


def _pauses(every: int, shortest: float, longest: float) -> Callable[[random.Random], Draw]:
    """Return a service that takes so many requests and then pauses for some seconds."""

    def begin(rng: random.Random) -> Draw:
        taken, until = 0, 0.0

        def draw(_number: int, _size: int) -> Blow:
            nonlocal taken, until
            if time.monotonic() < until:
                return Blow(status=503)
            taken += 1
            if taken % every == 0:
                until = time.monotonic() + rng.uniform(shortest, longest)
            return CALM

        return draw

    return begin


CHAOS = {
    chaos.name: chaos
    for chaos in (
        Chaos("latency", "Every answer takes 50 to 150 ms.", _latency),
        Chaos("busy", "5 % of the answers are 503.", _now_and_then(0.05, Blow(status=503, retry_after=0))),
        Chaos(
            "bursts",
            "Every fortieth request meets a burst of three 429.",
            lambda _rng: lambda n, _size: Blow(status=429, retry_after=0) if n % 40 < 3 and n >= 40 else CALM,
        ),
        Chaos("cuts", "3 % of the connections are cut.", _now_and_then(0.03, Blow(cut=True))),
        Chaos("storm-503", "20 % of the answers are 503.", _now_and_then(0.2, Blow(status=503))),
        Chaos("storm-429", "20 % of the answers are 429, whatever the pace.", _now_and_then(0.2, Blow(status=429))),
        Chaos("storm-504", "20 % of the answers are 504.", _now_and_then(0.2, Blow(status=504))),
        Chaos("storm-cut", "20 % of the connections are cut.", _now_and_then(0.2, Blow(cut=True))),
        Chaos(
            "storm-mixed",
            "20 % of the answers are 503, 429 or 504, cut, or late.",
            _now_and_then(0.2, Blow(status=503), Blow(status=429), Blow(status=504), Blow(cut=True), Blow(0.5)),
        ),
        Chaos(
            "storm-large",
            "Half of the answers to requests above 10 kB are 503.",
            _now_and_then(0.5, Blow(status=503), above=10_000),
        ),
        Chaos(
            "rare-500",
            "3 % of the answers are 500; that is one failed clause, and says nothing of the others.",
            _now_and_then(0.03, Blow(status=500)),
        ),
        Chaos(
            "storm-408",
            "20 % of the answers are 408, 421 or 425.",
            _now_and_then(0.2, *(Blow(status=status) for status in (408, 421, 425))),
        ),
        Chaos(
            "rare-403",
            "10 % of the answers are 403; that is one failed clause, and says nothing of the others.",
            _now_and_then(0.1, Blow(status=403)),
        ),
        Chaos(
            "quota",
            "After eighty requests every one is refused with 403, as where a quota is used up.",
            lambda _rng: lambda number, _size: Blow(status=403) if number > 80 else CALM,
        ),
        Chaos("limit-20", "No more than 20 requests a second, else 429 with Retry-After.", _bucket(20, 20, 1)),
        Chaos("limit-2", "No more than 2 requests a second, else 429.", _bucket(2, 2)),
        Chaos("pauses", "After thirty requests, 503 for one to three seconds.", _pauses(30, 1, 3)),
    )
}
