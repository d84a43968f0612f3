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

_ABSENT = (404, 405)
_TIMEOUT = 408
_REFUSED = 400
_NOT_IMPLEMENTED = 501
INVALID = "error.status.invalid"


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
    elif evidence.doubtful(reading):
        finding.hide("the service was not available", outage=True)
    elif (wanted := unmet(probe.expect, reading)) is not None:
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
    if reading.defect:
        return f"{reading.status}, but {reading.defect}"
    if reading.success:
        return f"accepted with {reading.status}"
    return f"{reading.status} {show(response.text)}".strip()


def unmet(expect: Expect, reading: Reading) -> str | None:
    """Return what was expected and did not come; None when it did.

    A refusal is a refusal, whatever its status: which status it should have is a clause of its own (`refused_with`).
    """
    if expect is Expect.ACCEPT:
        return None if reading.success and not reading.defect else "accepted, for the contract allows it"
    refused = reading.status >= _REFUSED and reading.exchange.response is not None and not reading.exchange.response.cut
    if refused and reading.status != _TIMEOUT:
        return None
    return {Expect.UNAUTHORISED: "refused for its credentials", Expect.ABSENT: "refused, for there is no such operation"}.get(expect, "refused")


def statuses(contract: Contract, expect: Expect) -> tuple[int, ...]:
    """Return the statuses with which the contract refuses; empty where it leaves the choice."""
    if expect is Expect.UNAUTHORISED:
        # A status of its own binds; one class for all of them leaves the choice.
        named = tuple(code for code in CREDENTIALS if str(code) in contract.answers)[:1]
        return named or tuple(code for code in CREDENTIALS if contract.answer(code) is not None)
    if expect is Expect.ABSENT:
        return _ABSENT if contract.documents_errors else ()
    # A status of its own binds here too.
    return (contract.refusal,) if contract.refusal is not None and str(contract.refusal) in contract.answers else ()


def refused_otherwise(contract: Contract, expect: Expect, reading: Reading) -> str | None:
    """Return the statuses that a refusal should have had, in words; empty when it had one, None where that is left open."""
    wanted = statuses(contract, expect)
    if not wanted or reading.success or reading.status < _REFUSED:
        return None
    if expect is Expect.REFUSE and (not reading.declared or reading.giant):
        # 415 for a media type, 413 for a giant: lawful, whatever the contract says.
        return None
    if expect is Expect.ABSENT and reading.status == _NOT_IMPLEMENTED:
        return ""
    return "" if reading.status in wanted else " or ".join(map(str, wanted))
