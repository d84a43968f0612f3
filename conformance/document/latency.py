"""How long a target's answers took."""

from collections.abc import Iterable
from statistics import quantiles

from conformance.model.exchange import Exchange


def latency(exchanges: Iterable[Exchange]) -> dict[str, float]:
    """Return percentiles in milliseconds over the answers with 2xx, and how many those are; empty without any.

    Refusals are left out: they are quicker than work, and how many there are
    depends on what was asked.
    """
    times = [
        exchange.elapsed * 1000
        for exchange in exchanges
        if exchange.response is not None and 200 <= exchange.response.status < 300
    ]
    if not times:
        return {}
    points = quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return {
        "p50_ms": round(points[49], 3),
        "p95_ms": round(points[94], 3),
        "p99_ms": round(points[98], 3),
        "answers": len(times),
    }
