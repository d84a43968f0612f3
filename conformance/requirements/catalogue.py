"""All requirements of a contract."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from threading import RLock

from attrs import evolve

from conformance.checks.check import Check
from conformance.checks.features import lawful
from conformance.checks.labels import label_checks
from conformance.checks.ranking import ranking_checks
from conformance.checks.reading import Reading
from conformance.checks.status import status_checks
from conformance.checks.structure import error_checks, success_checks
from conformance.contract import Contract, ContractError
from conformance.contract.impossible import excuse
from conformance.model.exchange import Headers, Request
from conformance.model.explanation import Features
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect, Probe
from conformance.requirements.branches import branch_requirements
from conformance.requirements.chunks import chunk_requirements
from conformance.requirements.combinations import Combinations, combination_requirements, shared
from conformance.requirements.endurance import endurance_requirements
from conformance.requirements.evidence import Evidence
from conformance.requirements.failing import FAILING, failing_requirement
from conformance.requirements.fields import field_requirements
from conformance.requirements.metering import metering_requirements
from conformance.requirements.parameters import parameter_requirements
from conformance.requirements.ranking import list_requirements
from conformance.requirements.refusal import refusal_requirements
from conformance.requirements.relations import relation_requirements
from conformance.requirements.requirement import Requirement, seeing, unless_coarse
from conformance.requirements.sense import sense_requirements
from conformance.requirements.transport import transport_requirements
from conformance.requirements.wholeness import wholeness_requirements

# Targets of one contract are asked in threads; what they share is made once.
_MAKING = RLock()


@lru_cache(maxsize=8)
def single_checks(contract: Contract) -> tuple[Check, ...]:
    """Return the checks that judge one exchange by itself."""
    return (
        *status_checks(contract),
        *label_checks(contract),
        *error_checks(contract),
        *success_checks(contract),
        *ranking_checks(contract),
    )


def requirements(kit: Kit) -> tuple[Requirement, ...]:
    """Return every requirement of the kit's contract, each id once, in a stable order; those of the latest kits are remembered."""
    with _MAKING:
        return _requirements(kit.contract, kit.models, kit.headers, kit.variable, kit.full)


@lru_cache(maxsize=8)
def _requirements(
    contract: Contract, models: tuple[str, ...], headers: Headers, variable: str | None, full: bool
) -> tuple[Requirement, ...]:
    kit = Kit(contract, models, headers, variable, full)
    if unmade := kit.unmade:
        raise ContractError(f"{contract.source}: {unmade}")
    combinations = Combinations(kit)
    found: dict[str, Requirement] = {}
    for item in _all(kit, combinations):
        found.setdefault(item.clause.id, item)
    for item in refusal_requirements(kit, tuple(found.values())):
        found.setdefault(item.clause.id, item)
    asked = list(found.values())
    singles = tuple(
        probe
        for item in asked
        for probe in item.probes
        if probe.expect is Expect.ACCEPT and probe not in combinations.probes
    )
    asked += combination_requirements(combinations, singles)
    # Where a contract takes few texts, or few kinds of them, much cannot be asked at all.
    allowed = (_allowed(item, contract) for item in asked)
    return tuple(_relieved(item, combinations) for item in allowed if item is not None)


def _allowed(item: Requirement, contract: Contract) -> Requirement | None:
    """Leave out requests that the contract does not allow and that are not to be refused; None where nothing, or one of two, is left."""
    seen = {Expect.ACCEPT, Expect.OBSERVE}
    kept = tuple(probe for probe in item.probes if probe.expect not in seen or lawful(probe.request, contract))
    pair = len(item.probes) == 2 and all(probe.expect is Expect.OBSERVE for probe in item.probes)
    alone = item.probes and len(kept) < (2 if pair else 1)
    return None if alone else evolve(item, probes=kept)


def _relieved(item: Requirement, combinations: Combinations) -> Requirement:
    """Leave out of a small profile what combined requests carry; what they show is asked alone where they are refused."""

    def relieved(probe: Probe) -> Probe:
        spared = probe.core and probe.expect is Expect.ACCEPT and combinations.carry(probe)
        return evolve(probe, core=probe.core and not spared, relieved=spared)

    return evolve(item, probes=tuple(map(relieved, item.probes)))


def _all(kit: Kit, combinations: Combinations) -> Iterator[Requirement]:
    yield from branch_requirements(kit)
    yield from field_requirements(kit)
    yield from parameter_requirements(kit)
    yield from list_requirements(kit)
    yield from transport_requirements(kit)
    checks = single_checks(kit.contract)

    def failing(reading: Reading) -> frozenset[str]:
        return frozenset(check.clause.id for check in checks if reading.once(check.judge))

    def broken(evidence: Evidence) -> frozenset[str]:
        return frozenset().union(*(reading.once(failing) for reading in evidence.readings))

    for check in checks:
        yield failing_requirement(check) if check.clause.id in FAILING else _over_all(check, combinations, broken)
    yield from relation_requirements(kit, combinations)
    if not kit.contract.coarse_scores:
        yield from map(unless_coarse, wholeness_requirements(kit))
    yield from map(unless_coarse, sense_requirements(kit, combinations))
    yield from map(unless_coarse, chunk_requirements(kit))
    yield from metering_requirements(kit)
    yield from endurance_requirements(kit.contract)


def _over_all(check: Check, combinations: Combinations, broken: Callable[[Evidence], frozenset[str]]) -> Requirement:
    """Return the requirement that every answer passes a check; `broken` tells the checks that any answer fails."""

    def split(evidence: Evidence) -> tuple[dict[str, Features], list[Features]]:
        """Return the features of the lawful requests whose answers fail, by exchange, and of those whose answers pass."""
        # Most checks never fail, and each is asked about in each round of questions.
        if check.clause.id not in evidence.once(broken):
            return {}, []
        judged = [(name, one, evidence.reading(name).once(check.judge)) for name, one in evidence.features.items()]
        failing = {name: one for name, one, breaches in judged if breaches}
        return failing, [one for _, one, breaches in judged if failing and breaches is not None and not breaches]

    def holds(finding: Finding, evidence: Evidence) -> bool:
        """Whether an answer that ranks something keeps what no answer was thought to keep."""
        kept = map(evidence.reading, finding.kept)
        return any(len(reading.results or ()) > 1 or not reading.success for reading in kept)

    def note(finding: Finding, evidence: Evidence) -> None:
        for reading in evidence.readings:
            finding.take(reading, reading.once(check.judge))
        if finding.broken and (why := excuse(evidence.contract, check.clause.source)) and not holds(finding, evidence):
            finding.broken.clear()
            finding.hide(why)
            return
        if finding.broken:
            finding.features = shared(*split(evidence))
        if evidence.tally is not None:
            finding.absorb(evidence.tally.findings.get(check.clause.id))

    def closer(evidence: Evidence) -> Iterator[Request]:
        failing, passing = split(evidence)
        if failing:
            yield from combinations.trace(evidence, failing, passing)

    return Requirement(check.clause, seeing(note), evident=check.evident, closer=closer)
