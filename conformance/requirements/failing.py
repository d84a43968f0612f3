"""Clauses on how answers come at all: server errors, and bodies that do not arrive. What passed is told once, with its rate."""

import re

from conformance.checks.check import Check
from conformance.checks.reading import Reading
from conformance.checks.status import ENCODING, NO_SERVER_ERROR
from conformance.model.exchange import HTTP
from conformance.model.finding import Finding
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement, seeing

# So many valid requests whose answers cannot be read, each asked again and again, tell how all are answered.
_STEADY = 2
_DIGITS = re.compile(r"[0-9,]+")
FAILING = (NO_SERVER_ERROR, ENCODING)


def failing_requirement(check: Check) -> Requirement:
    """Return the requirement of a check whose failures may pass: one proof for each request that always fails, one for all others together."""

    def note(finding: Finding, evidence: Evidence) -> None:
        if check.clause.id == ENCODING and not evidence.accepted_any:
            _never_read(finding, evidence)
            return
        passed: list[Reading] = []
        for reading in evidence.readings:
            judgement = reading.once(check.judge)
            key = reading.exchange.request.key
            if (
                not reading.exchange.proper
                and evidence.persistent(reading)
                and not judgement
                and _concerns(check, reading)
            ):
                finding.fail(reading, "an answer, as to the other requests", f"{_told(reading)}, again and again")
            elif judgement and not reading.exchange.proper and not evidence.weather.persistent(key):
                passed.append(reading)
            elif not judgement or evidence.by_key.get(key) is reading:
                finding.take(reading, judgement)
        if passed:
            first = passed[0]
            breach = (first.once(check.judge) or [])[0]
            met, asked = len({reading.exchange.request.key for reading in passed}), len(evidence.by_key)
            actual = f"{breach.actual}, to {met} of {asked} requests ({met / asked:.1%}), which were answered otherwise when they were asked again"
            finding.fail(first, breach.expected, actual)
        if evidence.tally is not None:
            finding.absorb(evidence.tally.findings.get(check.clause.id))
            for reading in evidence.tally.unanswered():
                if _concerns(check, reading) and evidence.tally.persistent(reading):
                    finding.fail(reading, "an answer, as to the other requests", f"{_told(reading)}, again and again")

    return Requirement(check.clause, seeing(note), evident=check.evident)


def _never_read(finding: Finding, evidence: Evidence) -> None:
    """Note what breaks HTTP in the same way whatever valid request is asked, and whenever, while the service answers others: that is no outage."""
    tries = [one for one in evidence.readings if one.lawful and evidence.known(one) and not one.exchange.limited]
    tries = [one for one in tries if one.success or not one.exchange.proper]
    alike = len({_DIGITS.sub("", _told(one)) for one in tries}) == 1
    steady = [one for one in tries if one.exchange.mangled and evidence.persistent(one)]
    if alike and len(steady) >= _STEADY:
        told = f"{_told(steady[0])}; so are the answers to all valid requests, whenever they were asked"
        finding.fail(steady[0], "an answer that can be read, as to the other requests", told)


def _concerns(check: Check, reading: Reading) -> bool:
    """Whether a request that is never answered concerns this clause: one whose answer breaks off the one on bodies, one without any answer the one on server errors."""
    response = reading.exchange.response
    if check.clause.id == ENCODING:
        return response is not None and response.cut
    request = reading.exchange.request
    if response is None and (request.header("transfer-encoding") is not None or request.version != HTTP):
        # Who reads no chunks leaves them unread and cuts the connection: that is `body.chunked`'s; the older HTTP has a clause, too.
        return False
    if response is None:
        return not reading.exchange.garbled
    return reading.exchange.unavailable and not response.cut


def _told(reading: Reading) -> str:
    return reading.defect or reading.exchange.error or f"status {reading.status}"
