"""Requirements that are a probe and what is expected of its answer."""

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve

from conformance.checks.features import lawful, told
from conformance.checks.outcome import outcome, unmet
from conformance.checks.reading import Reading
from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.model.explanation import Features
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
            if parts := _apart(evidence, probe, clause):
                for request in parts:
                    judge_probe(evidence, evolve(probe, request=request), finding, clause.roles)
            else:
                judge_probe(evidence, probe, finding, clause.roles)
        return finding

    def closer(evidence: Evidence) -> Iterator[Request]:
        for probe in probes:
            yield from _apart(evidence, probe, clause)

    return Requirement(clause, judge, probes, closer=closer if any(probe.apart for probe in probes) else None)


def _apart(evidence: Evidence, probe: Probe, clause: Clause) -> tuple[Request, ...]:
    """Return what is asked in place of a probe that is refused for what it carries besides: a field that is refused wherever it stands, or a list that is too long."""
    reading = evidence.of(probe.request)
    if not probe.apart or reading is None or not evidence.refused(probe.request):
        return ()
    return probe.apart if len(probe.apart) > 1 or evidence.borrowed(reading, clause.roles) else ()


def judge_probe(evidence: Evidence, probe: Probe, finding: Finding, roles: Sequence[str] = ()) -> None:
    """Note whether one probe was answered as it expects; what is refused for a field of none of these roles says nothing."""
    reading = evidence.of(probe.request)

    def others() -> Features:
        return evidence.borrowed(reading, roles) if reading is not None and roles else frozenset()

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
    elif mute := evidence.mute(reading):
        finding.hide(mute)
    elif (wanted := _unmet(evidence, probe, reading)) and (probe.expect is not Expect.ACCEPT or not others()):
        taken = probe.expect is not Expect.ACCEPT or evidence.taken(reading)
        finding.fail(reading, f"{probe.label}: {wanted}", outcome(reading, taken=taken))
    elif probe.expect is not Expect.ACCEPT and not evidence.accepted_any:
        finding.hide("no valid request was accepted, so a refusal shows nothing")
    elif not evidence.taken(reading) and probe.expect in {Expect.ACCEPT, Expect.REFUSE} and others():
        finding.hide(f"{' and '.join(map(told, sorted(others())))}: refused wherever it stands")
    else:
        finding.keep(reading)


def _unmet(evidence: Evidence, probe: Probe, reading: Reading) -> str | None:
    """Return what a probe expects and does not get, or None."""
    disguised = probe.expect is Expect.ACCEPT and reading.success and not evidence.taken(reading)
    return "accepted, with a ranking" if disguised else unmet(probe.expect, reading)
