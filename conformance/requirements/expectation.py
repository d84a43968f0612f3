"""Requirements that are a probe and what is expected of its answer."""

from collections.abc import Iterable

from attrs import evolve

from conformance.checks.check import show
from conformance.checks.reading import Reading
from conformance.contract import Contract
from conformance.contract.contract import CREDENTIALS
from conformance.model.clause import Clause
from conformance.model.finding import Finding
from conformance.probes.probe import Expect, Probe
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement

_UNAUTHORISED = {401, 403, 407}
_ABSENT = {404, 405}
_TIMEOUT = 408


def expecting(clause: Clause, probes: Iterable[Probe]) -> Requirement:
    """Return the requirement that each probe is answered as it expects."""
    probes = tuple(probes)
    if not any(probe.core for probe in probes if probe.expect is not Expect.OBSERVE):
        probes = tuple(evolve(p, core=p.core or p is next(q for q in probes if q.expect is not Expect.OBSERVE)) for p in probes)

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
        elif probe.core:
            finding.hide("not asked")
    elif not reading.available and not evidence.persistent(reading):
        finding.hide("the service was not available", outage=True)
    elif (wanted := unmet(evidence.contract, probe.expect, reading)) is not None:
        finding.fail(reading, f"{probe.label}: {wanted}", outcome(reading))
    elif probe.expect is not Expect.ACCEPT and not evidence.accepted_any:
        finding.hide("no lawful request was accepted, so a refusal shows nothing")
    else:
        finding.keep(reading)


def outcome(reading: Reading) -> str:
    """Return in a few words how a request was answered."""
    response = reading.exchange.response
    if response is None:
        return reading.exchange.error or "no answer"
    if reading.success:
        return f"accepted with {reading.status}"
    return f"{reading.status} {show(response.text)}".strip()


def unmet(contract: Contract, expect: Expect, reading: Reading) -> str | None:
    """Return what was expected and did not come; None when it did."""
    status = reading.status
    client_error = 400 <= status < 500
    if expect is Expect.ACCEPT:
        return None if reading.success else "accepted, for the contract allows it"
    if expect is Expect.UNAUTHORISED:
        # A status of its own binds; one class for all of them leaves the choice.
        named = [code for code in CREDENTIALS if str(code) in contract.answers][:1]
        possible = named or [code for code in CREDENTIALS if contract.answer(code) is not None]
        ok = status in possible if possible else client_error
        return None if ok else f"refused with {' or '.join(map(str, possible)) or 'a 4xx'}"
    if expect is Expect.ABSENT:
        return None if status in _ABSENT or (client_error and not contract.documents_errors) else "refused with 404 or 405"
    wanted = "refused with a 4xx" if contract.refusal is None else f"refused with {contract.refusal}"
    if not client_error or status == _TIMEOUT:
        return wanted
    misplaced = contract.refusal is not None and (status in _UNAUTHORISED or status in _ABSENT) and reading.declared
    return wanted if misplaced else None
