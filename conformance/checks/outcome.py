"""How a request was answered, held against what its probe expects."""

from conformance.checks.check import show
from conformance.checks.reading import Reading
from conformance.contract import Contract
from conformance.contract.contract import CREDENTIALS
from conformance.probes.probe import Expect

_ABSENT = (404, 405)
_TIMEOUT = 408
_REDIRECT, _REFUSED = 300, 400
_NOT_IMPLEMENTED = 501
INVALID = "error.status.invalid"


def outcome(reading: Reading, *, taken: bool = True) -> str:
    """Return in a few words how a request was answered; a success that took nothing is told by what it says."""
    response = reading.exchange.response
    if response is None:
        return reading.exchange.error or "no answer"
    if reading.defect:
        return f"{reading.status}, but {reading.defect}"
    if reading.success and taken:
        return f"accepted with {reading.status}"
    return f"{reading.status} {show(response.text)}".strip()


def unmet(expect: Expect, reading: Reading) -> str | None:
    """Return what was expected and did not come; None when it did.

    A refusal is a refusal, whatever its status: which status it should have is a clause of its own (`refused_with`).
    """
    if expect is Expect.ACCEPT:
        return None if reading.success and not reading.defect else "accepted, as the contract allows"
    refused = reading.status >= _REFUSED and reading.exchange.response is not None and not reading.exchange.response.cut
    # A redirect neither accepts nor refuses; `response.no_redirect` tells of it.
    if (refused and reading.status != _TIMEOUT) or _REDIRECT <= reading.status < _REFUSED:
        return None
    return {
        Expect.UNAUTHORISED: "refused for its credentials",
        Expect.ABSENT: "refused, for there is no such operation",
    }.get(expect, "refused")


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
