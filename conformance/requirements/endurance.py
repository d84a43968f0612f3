"""The requirement that a service is not worn out by being asked: it answers at the end as it did at the start."""

from collections.abc import Iterator
from statistics import correlation, median

from conformance.contract import Contract
from conformance.model.clause import Clause, Impact, Level
from conformance.model.finding import Finding
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement

# Of short requests alone: long ones take what they take. Bytes of a body, and how many answers tell something.
_SHORT, _MANY = 2_000, 20
# Weather comes and goes: only what grows from answer to answer, and by so many seconds, is the service's.
_STEADILY, _MORE = 0.9, 0.1


def endurance_requirements(contract: Contract) -> Iterator[Requirement]:
    """Yield that time does not grow with the number of requests."""
    clause = Clause(
        "response.latency.steady",
        "Answers do not take longer and longer.",
        Level.SHOULD,
        f"{contract.pointer}; practice: leaks and lists that grow end in timeouts",
        Impact.DIFFERS,
        wrong="Answers take longer and longer.",
        mend="Look for a leak, or for a list that grows with each request.",
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
    took = [reading.exchange.elapsed for reading in ordered]
    ranks = sorted(range(len(took)), key=took.__getitem__)
    start, end = (median(part) for part in (took[: len(took) // 4], took[-len(took) // 4 :]))
    if end > start + _MORE and correlation(ranks, range(len(ranks))) > _STEADILY:
        finding.fail(
            ordered[-1],
            f"about {1000 * min(took):.0f} ms, as at the start",
            f"longer each time: {1000 * start:.0f} ms for the first quarter of the short requests, {1000 * end:.0f} ms for the last",
        )
    else:
        finding.keep(ordered[0], ordered[-1])
    return finding
