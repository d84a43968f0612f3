"""What is not a breach: a service that is slow, busy, limited, or cut off now and then."""

import random
import time
from collections.abc import Callable

from attrs import frozen

from conformance.mock.faults.fault import read


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


_BEGIN: dict[str, Callable[[random.Random], Draw]] = {
    "latency": lambda rng: lambda _number, _size: Blow(rng.uniform(0.05, 0.15)),
    "busy": _now_and_then(0.05, Blow(status=503, retry_after=0)),
    "bursts": lambda _rng: lambda n, _size: Blow(status=429, retry_after=0) if n % 40 < 3 and n >= 40 else CALM,
    "cuts": _now_and_then(0.03, Blow(cut=True)),
    "storm-503": _now_and_then(0.2, Blow(status=503)),
    "storm-429": _now_and_then(0.2, Blow(status=429)),
    "storm-504": _now_and_then(0.2, Blow(status=504)),
    "storm-cut": _now_and_then(0.2, Blow(cut=True)),
    "storm-mixed": _now_and_then(0.2, *(Blow(status=status) for status in (503, 429, 504)), Blow(cut=True), Blow(0.5)),
    "storm-large": _now_and_then(0.5, Blow(status=503), above=10_000),
    "rare-500": _now_and_then(0.03, Blow(status=500)),
    "storm-408": _now_and_then(0.2, *(Blow(status=status) for status in (408, 421, 425))),
    "rare-403": _now_and_then(0.1, Blow(status=403)),
    "quota": lambda _rng: lambda asked, _size: Blow(status=403) if asked > 80 else CALM,
    "limit-20": _bucket(20, 20, 1),
    "limit-2": _bucket(2, 2),
    "pauses": _pauses(30, 1, 3),
}
CHAOS = {name: Chaos(name, said, _BEGIN[name]) for name, said in read("chaos").items()}
