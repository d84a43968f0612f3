"""What a contract expects of a request that was drawn at random, and the clauses on such requests."""

from collections.abc import Iterator
from typing import Any

from conformance.model.finding import Finding
from conformance.probes.expected import expectation
from conformance.probes.probe import Expect
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement
from conformance.requirements.tally import ALLOWED, FORBIDDEN


def generated_requirements() -> Iterator[Requirement]:
    """Yield the requirements on what was generated; they read the tally."""
    for clause, expect in ((ALLOWED, Expect.ACCEPT), (FORBIDDEN, Expect.REFUSE)):
        yield Requirement(clause, _judge(expect))


def _judge(expect: Expect) -> Any:
    def judge(evidence: Evidence) -> Finding:
        finding, tally = Finding(), evidence.tally
        if tally is None or not tally.total:
            finding.hide("nothing was generated")
            return finding
        finding.absorb(tally.expected.get(expect))
        finding.broken.sort(key=lambda proof: len(tally.held[proof.exchange].request.body))
        for reading in tally.unanswered():
            if expectation(tally.kit, reading.body) is not expect:
                continue
            if tally.persistent(reading):
                actual = reading.exchange.error or f"status {reading.status}, again and again"
                finding.fail(reading, f"{expect}, as the contract has it", actual)
            else:
                finding.hide("the service was not available", outage=True)
        finding.unless_shown("nothing of this kind was generated and answered")
        return finding

    return judge
