"""Requirements that are a probe and what is expected of its answer."""

from collections.abc import Iterable

from attrs import evolve

from conformance.checks.features import lawful
from conformance.checks.outcome import outcome, unmet
from conformance.model.clause import Clause
from conformance.model.finding import Finding
from conformance.probes.probe import Expect, Probe
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement


def expecting(clause: Clause, probes: Iterable[Probe]) -> Requirement:
    """Return the requirement that each probe is answered as it expects."""
    probes = tuple(probes)
    if not any(probe.core for probe in probes if probe.expect is not Expect.OBSERVE):
        probes = tuple(
            evolve(p, core=p.core or p is next(q for q in probes if q.expect is not Expect.OBSERVE)) for p in probes
        )

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for probe in probes:
            judge_probe(evidence, probe, finding)
        return finding

    return Requirement(clause, judge, probes)


def judge_probe(evidence: Evidence, probe: Probe, finding: Finding) -> None:
    """Note whether one probe was answered as it expects."""
    reading = evidence.of(probe.request)
    if probe.expect is Expect.OBSERVE:
        return
    if reading is None:
        carrier = evidence.carrying(probe.carried) if probe.carried is not None else None
        if carrier is not None:
            finding.keep(carrier)
        elif probe.core and (probe.expect is not Expect.ACCEPT or lawful(probe.request, evidence.contract)):
            finding.hide("not asked")
    elif evidence.doubtful(reading):
        finding.hide("the service was not available", outage=True)
    elif (wanted := unmet(probe.expect, reading)) is not None:
        finding.fail(reading, f"{probe.label}: {wanted}", outcome(reading))
    elif probe.expect is not Expect.ACCEPT and not evidence.accepted_any:
        finding.hide("no valid request was accepted, so a refusal shows nothing")
    else:
        finding.keep(reading)
