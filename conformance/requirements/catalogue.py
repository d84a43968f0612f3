"""All requirements of a contract."""

from collections.abc import Iterator

from conformance.checks.check import Check
from conformance.checks.ranking import ranking_checks
from conformance.checks.status import NO_SERVER_ERROR, status_checks
from conformance.checks.structure import error_checks, success_checks
from conformance.contract import Contract
from conformance.probes.kit import Kit
from conformance.requirements.branches import branch_requirements
from conformance.requirements.chunks import chunk_requirements
from conformance.requirements.evidence import Evidence, Finding
from conformance.requirements.fields import field_requirements
from conformance.requirements.metamorphic import metamorphic_requirements
from conformance.requirements.metering import metering_requirements
from conformance.requirements.parameters import parameter_requirements
from conformance.requirements.ranking import list_requirements
from conformance.requirements.requirement import Requirement
from conformance.requirements.transport import transport_requirements


def single_checks(contract: Contract) -> tuple[Check, ...]:
    """Return the checks that judge one exchange by itself."""
    return (*status_checks(contract), *error_checks(contract), *success_checks(contract), *ranking_checks(contract))


def requirements(kit: Kit) -> tuple[Requirement, ...]:
    """Return every requirement of the kit's contract, each id once, in a stable order."""
    found: dict[str, Requirement] = {}
    for item in _all(kit):
        found.setdefault(item.clause.id, item)
    return tuple(found.values())


def _all(kit: Kit) -> Iterator[Requirement]:
    yield from branch_requirements(kit)
    yield from field_requirements(kit)
    yield from parameter_requirements(kit)
    yield from list_requirements(kit)
    yield from transport_requirements(kit)
    for check in single_checks(kit.contract):
        yield _over_all(check)
    yield from metamorphic_requirements(kit)
    yield from chunk_requirements(kit)
    yield from metering_requirements(kit)


def _over_all(check: Check) -> Requirement:
    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for reading in evidence.readings:
            if not reading.available and evidence.persistent(reading) and check.clause.id == NO_SERVER_ERROR:
                finding.fail(reading, "an answer, as to the other requests", reading.exchange.error or f"status {reading.status}, again and again")
            else:
                finding.take(reading, check.judge(reading))
        if evidence.tally is not None:
            finding.absorb(evidence.tally.findings.get(check.clause.id))
            if check.clause.id == NO_SERVER_ERROR:
                for reading in filter(evidence.crashed, evidence.tally.unanswered()):
                    finding.fail(reading, "an answer, as to the other requests", reading.exchange.error or f"status {reading.status}, again and again")
        if not finding.kept and not finding.broken and not finding.more:
            finding.hide("no answer shows it")
        return finding

    return Requirement(check.clause, judge, evident=check.evident)
