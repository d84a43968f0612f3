"""Speed and cost of the same work: latency, errors, tokens and price."""

from collections import Counter
from collections.abc import Sequence
from statistics import quantiles

from attrs import frozen

from conformance.checks.reading import Reading
from conformance.compare.compared import ComparedTarget
from conformance.contract import select
from conformance.model.exchange import SERVER_ERROR
from conformance.traits.trait import message

# A count of as many tokens is none.
_BEYOND = 10**12


@frozen
class WorkloadCost:
    """What the same work took on one target.

    `latencies` are in milliseconds, one for each answer, requests one at a
    time; the percentiles are None where fewer than two were answered. Tokens
    are of one round of the pinned queries; `price` is in US dollars for a
    million input tokens, as the contract carries it, None where it is not known;
    `price_of_work` is in US dollars for that round. `errors` counts by what was answered, over all that was sent.
    """

    target: str
    model: str
    requests: int
    latencies: tuple[float, ...]
    p50: float | None
    p90: float | None
    p99: float | None
    errors: tuple[tuple[str, int], ...]
    counted: int | None
    billed: int | None
    price: float | None
    price_of_work: float | None
    sent: int


def costs(subjects: Sequence[ComparedTarget]) -> tuple[WorkloadCost, ...]:
    """Return the cost of each target."""
    return tuple(_cost(subject) for subject in subjects)


def _cost(subject: ComparedTarget) -> WorkloadCost:
    readings = subject.work.readings(subject.of)
    latencies = tuple(round(reading.exchange.elapsed * 1000, 3) for _, reading in readings if reading.success)
    cuts = quantiles(latencies, n=100, method="inclusive") if len(latencies) > 1 else []
    once = [reading for _, reading in readings if reading.exchange.request.repeat == 0]
    counted, billed = (_tokens(subject, once, holder) for holder in ("usage", "billed"))
    price = subject.contract.prices.get(subject.work.model or "")
    paid = billed if billed is not None else counted
    return WorkloadCost(
        target=subject.name,
        model=subject.work.model or "",
        requests=len(readings),
        latencies=latencies,
        p50=cuts[49] if cuts else None,
        p90=cuts[89] if cuts else None,
        p99=cuts[98] if cuts else None,
        errors=_errors(subject),
        counted=counted,
        billed=billed,
        price=price,
        price_of_work=price * paid / 1_000_000 if price is not None and paid is not None else None,
        sent=subject.sent,
    )


def _tokens(subject: ComparedTarget, readings: Sequence[Reading], holder: str) -> int | None:
    place = (
        subject.contract.success.place("input_tokens", under=holder) if subject.contract.success.place(holder) else None
    )
    if place is None or not readings:
        return None
    found = [select(reading.answer, place.path) for reading in readings if reading.success]
    values = [
        held[0]
        for held in found
        if held and isinstance(held[0], int) and not isinstance(held[0], bool) and abs(held[0]) < _BEYOND
    ]
    return sum(values) if values and len(values) == len(readings) else None


def _errors(subject: ComparedTarget) -> tuple[tuple[str, int], ...]:
    """Return what stood in the way, counted: requests that the service did not answer, and its own errors."""
    found: Counter[str] = Counter()
    for reading in subject.readings:
        response = reading.exchange.response
        if response is None:
            found[(reading.exchange.error or "no answer")[:120]] += 1
        elif reading.exchange.unavailable or response.status >= SERVER_ERROR:
            found[f"{response.status} {message(reading)}"[:120]] += 1
    return tuple(found.most_common(6))
