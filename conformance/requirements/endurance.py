"""The requirement that a service is not worn out by being asked: it answers at the end as it did at the start."""

from collections.abc import Iterator, Sequence
from statistics import median, quantiles

from conformance.checks.reading import Reading
from conformance.contract import Contract
from conformance.model.clause import Clause, Impact, Level
from conformance.model.finding import Finding
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement

# Of short requests alone: long ones take what they take. Bytes of a body, and how many answers tell something.
_SHORT, _MANY = 2_000, 24
# Weather comes and goes; only what every late answer takes, and far more than early ones did, is the service's. Seconds.
_TIMES, _MORE = 2.0, 0.1


def endurance_requirements(contract: Contract) -> Iterator[Requirement]:
    """Yield that time does not grow with the number of requests."""
    clause = Clause(
        "response.latency.steady",
        "Answers do not take longer and longer.",
        Level.SHOULD,
        f"{contract.pointer}; practice: leaks and lists that grow end in timeouts",
        Impact.DIFFERS,
    )
    yield Requirement(clause, _steady)


def _steady(evidence: Evidence) -> Finding:
    finding = Finding()
    short = [
        reading
        for reading in evidence.readings
        if reading.answered and len(reading.exchange.request.body) <= _SHORT and not reading.exchange.generated
    ]
    if len(short) < _MANY:
        finding.hide("too few short requests were answered")
        return finding
    ordered = sorted(short, key=lambda reading: reading.exchange.started)
    size = len(ordered) // 4
    quarters = [_seconds(ordered[size * number : size * (number + 1)]) for number in range(4)]
    early, late = quantiles(quarters[0], n=5)[-1], min(quarters[-1])
    medians = [median(quarter) for quarter in quarters]
    if medians == sorted(medians) and late > _TIMES * early and late > early + _MORE:
        finding.fail(
            ordered[-1],
            f"about {1000 * medians[0]:.0f} ms, as at the start",
            f"at least {1000 * late:.0f} ms for each of the last {size} short requests",
        )
    else:
        finding.keep(ordered[0], ordered[-1])
    return finding


def _seconds(readings: Sequence[Reading]) -> list[float]:
    return [reading.exchange.elapsed for reading in readings]
