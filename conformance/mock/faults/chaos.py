"""What is not a breach: a service that is slow, busy, or cut off now and then."""

import random
from collections.abc import Callable

from attrs import frozen


@frozen
class Chaos:
    """A name, one sentence, and what happens to an answer: a delay in seconds, a status in its place, or a cut.

    `draw` gets a random generator and the number of the request, and returns (delay, status or None, cut).
    """

    name: str
    sentence: str
    draw: Callable[[random.Random, int], tuple[float, int | None, bool]]


CHAOS = {
    chaos.name: chaos
    for chaos in (
        Chaos("latency", "Every answer takes 50 to 150 ms.", lambda rng, _n: (rng.uniform(0.05, 0.15), None, False)),
        Chaos("busy", "5 % of the answers are 503.", lambda rng, _n: (0.0, 503 if rng.random() < 0.05 else None, False)),
        Chaos("bursts", "Every fortieth request meets a burst of three 429.", lambda _r, n: (0.0, 429 if n % 40 < 3 and n >= 40 else None, False)),
        Chaos("cuts", "3 % of the connections are cut.", lambda rng, _n: (0.0, None, rng.random() < 0.03)),
    )
}
