"""The requirements that a service is not worn out by being asked, and does not change its mind: it answers at the end as it did at the start."""

from collections.abc import Iterator
from statistics import correlation, median

from attrs import evolve

from conformance.contract import Contract
from conformance.model.clause import Clause
from conformance.model.finding import Finding
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement, seeing

# Of short requests alone: long ones take what they take. Bytes of a body, and how many answers tell something.
_SHORT, _MANY = 2_000, 20
# Weather comes and goes: only what grows from answer to answer, and by so many seconds, is the service's.
_STEADILY, _MORE = 0.9, 0.1


def endurance_requirements(contract: Contract) -> Iterator[Requirement]:
    """Yield that time does not grow with the number of requests, and that a request has one status."""
    clause = Clause.of("response.latency.steady", contract=contract)
    yield Requirement(clause, _steady)
    clause = Clause.of("response.status.steady", contract=contract)
    yield Requirement(clause, seeing(_alike, "no request was asked again"), evident=True)


def _alike(finding: Finding, evidence: Evidence) -> None:
    """Say at what rate a status passed; what an outage or a server error explains is told elsewhere."""
    met = {reading.exchange.request.key: reading for reading in reversed(evidence.passed)}
    if met:
        first = min(met.values(), key=lambda reading: (reading.exchange.attempts, reading.exchange.started))
        statuses = sorted({reading.status for reading in evidence.passed})
        actual = f"{' or '.join(map(str, statuses))} to {len(met)} of {len(met.keys() | evidence.by_key.keys())} requests, and another answer to the same ones"
        finding.fail(first, "the same status when it is asked again", actual)
    for again in (one for one in evidence.readings if one.exchange.request.repeat):
        once = evidence.of(evolve(again.exchange.request, repeat=0))
        if once is not None:
            finding.keep(once, again)


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
        actual = f"longer each time: {1000 * start:.0f} ms for the first quarter of the short requests, {1000 * end:.0f} ms for the last"
        finding.fail(ordered[-1], f"about {1000 * min(took):.0f} ms, as at the start", actual)
    else:
        finding.keep(ordered[0], ordered[-1])
    return finding
