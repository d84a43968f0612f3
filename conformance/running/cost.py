"""What a run may cost."""

from collections.abc import Sequence

from attrs import frozen

from conformance.probes.probe import Probe
from conformance.probes.tokens import Meter
from conformance.running.target import Target


@frozen
class Cost:
    """What requests may cost if all are taken: tokens, US dollars of those whose model has a price, and how many have none."""

    tokens: int
    usd: float
    priced: int
    unpriced: int


def estimate(target: Target, probes: Sequence[Probe]) -> Cost:
    """Return about what probes may cost."""
    meter = Meter(target.contract)
    prices = [meter.usd(probe.request) for probe in probes if meter.estimate(probe.request)]
    known = [price for price in prices if price is not None]
    return Cost(
        sum(meter.estimate(probe.request) for probe in probes), sum(known), len(known), len(prices) - len(known)
    )
