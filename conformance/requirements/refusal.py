"""With which status a request is refused: one clause for each kind of refusal, whatever it was refused for."""

from collections.abc import Iterable, Iterator

from conformance.checks.outcome import INVALID, outcome, refused_otherwise, statuses
from conformance.model.clause import Clause
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect, Probe
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement, seeing

# What speaks of something else than the body.
_UNTRUE = frozenset({401, 404, 405, 407, 410})
_NOTHING = "nothing of this kind was refused"
_KINDS = {Expect.REFUSE: INVALID, Expect.UNAUTHORISED: "error.status.credentials", Expect.ABSENT: "error.status.absent"}


def refusal_requirements(kit: Kit, others: Iterable[Requirement]) -> Iterator[Requirement]:
    """Yield a clause for each kind of refusal whose status the contract names; it reads the probes of all other requirements."""
    probes = list(
        {probe.request.key: probe for item in others for probe in item.probes if probe.expect in _KINDS}.values()
    )
    for expect, name in _KINDS.items():
        wanted = statuses(kit.contract, expect)
        asked = [probe for probe in probes if probe.expect is expect]
        if wanted and asked:
            clause = Clause.of(name, words=" or ".join(map(str, wanted)), kit=kit)
            yield _refused_with(clause, expect, asked)
        elif asked and expect is Expect.REFUSE:
            yield _not_untrue(kit, asked)


def _not_untrue(kit: Kit, probes: list[Probe]) -> Requirement:
    """Return the requirement on the status of refusals that the contract leaves open: it says nothing untrue."""

    def note(finding: Finding, evidence: Evidence) -> None:
        for probe, reading in evidence.settled(probes):
            # Of a model that there is not, 404 is true.
            if reading.success or not reading.declared or reading.asked("model") not in (None, *kit.contract.models):
                continue
            expected = f"{probe.label}: refused for what it is"
            finding.note(reading, kept=reading.status not in _UNTRUE, expected=expected, actual=outcome(reading))

    return Requirement(Clause.of("error.status.true"), seeing(note, _NOTHING))


def _refused_with(clause: Clause, expect: Expect, probes: list[Probe]) -> Requirement:
    def note(finding: Finding, evidence: Evidence) -> None:
        for probe, reading in evidence.settled(probes):
            if (wanted := refused_otherwise(evidence.contract, expect, reading)) is not None:
                expected = f"{probe.label}: refused with {wanted}"
                finding.note(reading, kept=not wanted, expected=expected, actual=outcome(reading))
        if clause.id == INVALID and evidence.tally is not None:
            finding.absorb(evidence.tally.findings.get(INVALID))

    return Requirement(clause, seeing(note, _NOTHING))
