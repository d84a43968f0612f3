"""What headers say of an answer: when it was made, which methods there are, and who may keep it."""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from conformance.checks.check import Check, Judgement, check, differing, show
from conformance.checks.reading import Reading
from conformance.contract import Contract
from conformance.model.exchange import Response
from conformance.model.finding import Breach

_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
# Clocks differ, of callers too, and some servers play recordings; what is off by a year, in seconds, is no clock.
_YEAR = 366 * 86_400.0
# Of these a client can take one alone; it is free to take the first or the last.
_SINGLE = frozenset({"location", "retry-after", "etag", "expires", "last-modified", "access-control-allow-origin"})
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NOT_ALLOWED = 405
_KEPT = re.compile(
    r"\b(?:s-maxage\s*=\s*\"?0*[1-9]|public\b.*\bmax-age\s*=\s*\"?0*[1-9]|max-age\s*=\s*\"?0*[1-9].*\bpublic\b)"
)
_OWN = re.compile(r"\b(?:private|no-store|no-cache)\b")


def label_checks(contract: Contract) -> Iterator[Check]:
    """Yield the checks of what headers say of an answer, whatever the contract declares."""
    yield check(_labels, "response.labels")
    if contract.secured:
        yield check(_cached, "response.cached")


def _labels(reading: Reading) -> Judgement:
    response = reading.exchange.response
    if response is None:
        return None
    found = [
        Breach("no control character in a header", show(ascii(f"{name}: {value}")))
        for name, value in response.headers
        if _CONTROL.search(value)
    ]
    for value in _values(response, "date"):
        if not _DATE.fullmatch(value):
            found.append(Breach("Date in the form of HTTP, such as Sun, 06 Nov 1994 08:49:37 GMT", show(value)))
        elif (off := _off(value, reading.exchange.started)) is None or off > _YEAR:
            found.append(Breach("the date of the answer", f"Date: {show(value)}"))
    found += [
        Breach("Retry-After in seconds, or a date", show(value))
        for value in _values(response, "retry-after")
        if not value.isdecimal() and not _DATE.fullmatch(value)
    ]
    if response.status == _NOT_ALLOWED and reading.exchange.request.path == reading.contract.path:
        named = {method.strip() for value in _values(response, "allow") for method in value.split(",")}
        if named and (reading.contract.method not in named or reading.exchange.request.method in named):
            expected = f"Allow with {reading.contract.method}, and without the method that is refused"
            found.append(Breach(expected, f"Allow: {show(', '.join(sorted(named)))}"))
    declared = {header.name.lower() for header in reading.contract.success.headers}
    return found + differing(response, _SINGLE | declared)


def _cached(reading: Reading) -> Judgement:
    response = reading.exchange.response
    if response is None or not reading.declared:
        return None
    said = ", ".join(_values(response, "cache-control")).lower()
    found = []
    if _KEPT.search(said) and not _OWN.search(said):
        found.append(Breach("an answer that no shared cache may store", f"Cache-Control: {show(said)}"))
    found += [
        Breach("an answer of the service itself", f"Age: {value}, from a cache")
        for value in _values(response, "age")
        if value.isdecimal() and int(value)
    ]
    return found


def _values(response: Response, wanted: str) -> list[str]:
    return [value.strip() for value in response.given.get(wanted, ())]


def _off(date: str, started: float) -> float | None:
    """Return by how many seconds a date is off a time, or None where there is no such date."""
    try:
        return abs(parsedate_to_datetime(date).timestamp() - started)
    except (ValueError, OverflowError):
        return None
