"""What every answer keeps, whatever was asked: status, media type, headers, and nothing leaked."""

import re
from collections.abc import Iterator

from conformance.checks.check import Check, Judgement, check, differing, show
from conformance.checks.reading import Reading
from conformance.contract import Contract, select, validator
from conformance.contract.contract import CREDENTIALS, REFUSALS
from conformance.contract.schema import Schema, types
from conformance.exchange.redaction import MARKER, WORD
from conformance.model.exchange import HTTP, NOT_JSON, SERVER_ERROR, Flaw
from conformance.model.finding import Breach

_LEAKS = (
    re.compile(r"Traceback \(most recent call last\)"),
    re.compile(r"File \"[^\"]+\.pyc?\", line \d+"),
    re.compile(r"\bat [\w.$<>]+ ?\([^()\n]*:\d+(:\d+)?\)"),
    re.compile(r"goroutine \d+ \["),
    re.compile(r"\bpanic: [^\n]+\n"),
    re.compile(
        r"(?:^|[\s\"'(=:])/(?:usr|home|app|opt|var|srv|root|tmp|etc|workspace|data|mnt)/[\w.-]+(?:/[\w.-]+)*\.\w{1,5}\b"
    ),
    re.compile(r"(?:site-packages|node_modules|dist-packages)/"),
    re.compile(r"\b[A-Za-z]:\\+(?:[\w.-]+\\+)+[\w.-]+\.\w{1,5}\b"),
    re.compile(r"\b[\w/.-]+\.(?:py|go|rs|java|js|ts|rb|php|cpp):\d+\b"),
)
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_UTF8 = frozenset({"utf-8", "utf8"})
_REDIRECTS = frozenset(range(300, 400))
NO_SERVER_ERROR = "response.no_server_error"
ENCODING = "response.encoding"
SIZE = "response.size"
_NOT_IMPLEMENTED, _UNKNOWN_VERSION = 501, 505


def status_checks(contract: Contract) -> Iterator[Check]:
    """Yield the checks of status, media type, headers and leaks."""
    yield check(_no_server_error, NO_SERVER_ERROR)
    yield check(_no_redirect, "response.no_redirect", contract=contract, evident=True)
    which = "Every status" if contract.documents_errors else "Every success's status"
    yield check(_documented, "response.status.documented", which=which, contract=contract)
    media = " or ".join(contract.success.media) or "application/json"
    yield check(_media, "response.media_type", media=media, contract=contract)
    yield check(_json, "response.json", contract=contract)
    yield check(_encoding, ENCODING, evident=True)
    yield check(_size, SIZE)
    yield from _headers(contract)
    if any(place.role == "error_message" for answer in contract.answers.values() for place in answer.places):
        yield check(_says, "error.says")
    yield check(_key, "security.key_not_echoed", evident=True)
    yield check(_trace, "security.no_stack_trace")


def _no_server_error(reading: Reading) -> Judgement:
    if not reading.available:
        return None
    if reading.status == _NOT_IMPLEMENTED and reading.exchange.request.method != reading.contract.method:
        # What RFC 9110 (15.6.2) has for a method that the server does not know at all.
        return None
    if reading.status == _UNKNOWN_VERSION and reading.exchange.request.version != HTTP:
        # And (15.6.6) for a version; that the older one is understood is a clause of its own.
        return None
    return [Breach("a status below 500", f"status {reading.status}")] if reading.status >= SERVER_ERROR else []


def _encoding(reading: Reading) -> Judgement:
    response = reading.exchange.response
    if reading.exchange.garbled:
        return [Breach("an answer that is HTTP", reading.exchange.error or "")]
    if response is None:
        return None
    found = []
    named = ", ".join(value for name, value in response.headers if name.lower() == "content-encoding")
    if (
        named.strip().lower() not in {"", "identity"}
        and reading.exchange.request.header("accept-encoding") == "identity"
    ):
        found.append(Breach("no content encoding, for `identity` was asked for", f"Content-Encoding: {show(named)}"))
    if response.flaw is Flaw.ENCODING:
        found.append(Breach("a body that can be read", response.defect))
    if {"transfer-encoding", "content-length"} <= response.given.keys():
        found.append(Breach("Content-Length or Transfer-Encoding", "both"))
    found += differing(response, ("content-type", "content-length"))
    return found if found or not response.flaw else None


def _size(reading: Reading) -> Judgement:
    response = reading.exchange.response
    if response is None or response.cut:
        return None
    return [Breach("an answer within the suite's bounds", response.defect)] if response.flaw is Flaw.SIZE else []


def _no_redirect(reading: Reading) -> Judgement:
    response = reading.exchange.response
    if response is None or not reading.declared:
        return None
    if reading.status not in _REDIRECTS or reading.contract.answer(reading.status) is not None:
        return []
    return [Breach("an answer", f"status {reading.status}, Location: {show(response.header('location') or 'none')}")]


def _documented(reading: Reading) -> Judgement:
    if (
        not reading.available
        or not reading.declared
        or reading.giant
        or reading.status >= SERVER_ERROR
        or reading.status in _REDIRECTS
    ):
        return None
    if reading.contract.answer(reading.status) is not None:
        return []
    if not reading.contract.documents_errors and not reading.success:
        return None
    unknown = bool(reading.contract.models) and reading.asked("model") not in (None, *reading.contract.models)
    if (
        not reading.success
        and (unknown or not reading.lawful)
        and str(reading.contract.refusal) in reading.contract.answers
    ):
        # With which status an invalid request is refused is a clause of its own.
        return None
    if (
        reading.status in CREDENTIALS
        and reading.contract.secured
        and not any(map(reading.contract.answer, CREDENTIALS))
    ):
        # Whoever asks for credentials refuses wrong ones, said or not; the audit tells of a contract that is silent.
        return None
    if reading.status in REFUSALS and reading.contract.refusal is None:
        # The same of whoever refuses a request; whether it had to be is another clause's.
        return None
    known = ", ".join(reading.contract.answers)
    return [Breach(f"one of {known}", f"status {reading.status}")]


def _media(reading: Reading) -> Judgement:
    if not reading.answered or reading.exchange.response is None:
        return None
    came = reading.exchange.response.media_type
    wanted = [media.lower() for media in reading.contract.success.media] or ["application/json"]
    return [] if came in wanted else [Breach(" or ".join(wanted), came or "no Content-Type")]


def _json(reading: Reading) -> Judgement:
    if not reading.answered or reading.exchange.response is None:
        return None
    response = reading.exchange.response
    if reading.answer is NOT_JSON:
        return [Breach("a JSON body", show(response.text) or "an empty body")]
    if (twice := response.twice) is not None:
        return [Breach("each key once in an object", f"{show(twice)} twice")]
    # Clients that believe the label read other characters.
    named = _CHARSET.search(response.header("content-type") or "")
    wrong = named is not None and named[1].lower() not in _UTF8 and not response.body.isascii()
    return [Breach("no other charset than utf-8", show(named[0]))] if wrong and named is not None else []


def _says(reading: Reading) -> Judgement:
    documented = reading.contract.answer(reading.status) if reading.available and not reading.success else None
    found = [
        said
        for place in (documented.places if documented else ())
        for said in (select(reading.answer, place.path) if place.role == "error_message" else ())
    ]
    if not found:
        return None
    said = any(one is not None and str(one).strip() for one in found)
    return [] if said else [Breach("a message", show(found[0]) or "an empty one")]


def _headers(contract: Contract) -> Iterator[Check]:
    for header in contract.success.headers:
        compiled = validator(header.schema)

        def present(reading: Reading, name: str = header.name) -> Judgement:
            if not reading.answered or reading.exchange.response is None:
                return None
            return [] if reading.exchange.response.header(name) is not None else [Breach(f"a header {name}", "none")]

        def fits(
            reading: Reading, name: str = header.name, compiled: object = compiled, schema: Schema = header.schema
        ) -> Judgement:
            if not reading.answered or reading.exchange.response is None:
                return None
            value = reading.exchange.response.header(name)
            if value is None:
                return None
            return [
                Breach(f"{name} as the contract declares it", show(e.message))
                for e in compiled.iter_errors(_typed(value, schema))  # type: ignore[attr-defined]
            ]

        about = (header.role or header.name.lower(),)
        if header.required:
            lower = header.name.lower()
            yield check(present, "response.headers.{lower}.required", lower=lower, header=header, roles=about)
        yield check(fits, "response.headers.{lower}.schema", lower=header.name.lower(), header=header, roles=about)


def _typed(value: str, schema: Schema) -> object:
    """Return a header's value as its schema has it, where the text is one of that type."""
    wanted = types(schema)
    try:
        if "integer" in wanted:
            return int(value)
        if "number" in wanted:
            return float(value)
    except ValueError:
        return value
    return {"true": True, "false": False}.get(value, value) if "boolean" in wanted else value


def _key(reading: Reading) -> Judgement:
    response = reading.exchange.response
    if response is None:
        # An answer that is no HTTP shows in the words of the error.
        if MARKER in (reading.exchange.error or ""):
            return [Breach("no part of the key", "the key in an answer that is no HTTP")]
        return None
    places = [name for name, value in response.headers if MARKER in value]
    places += ["a header's name" for name, _ in response.headers if MARKER in name][:1]
    # What a question or a document happens to hold is not given away by repeating it.
    if MARKER.encode() in response.body and MARKER.encode() not in reading.exchange.request.body:
        places.append("the body")
    if places:
        return [Breach("no part of the key", f"the key in {', '.join(places)}")]
    # A word that is a key as well: nobody can say which of the two it is here.
    return None if WORD.encode() in response.body else []


def _trace(reading: Reading) -> Judgement:
    response = reading.exchange.response
    if response is None:
        return None
    text = response.text if reading.success is False else ""
    for pattern in _LEAKS:
        match = pattern.search(text) or next(
            (m for name, value in response.headers if (m := pattern.search(value))), None
        )
        if match and match[0] not in reading.exchange.request.body.decode("utf-8", "replace"):
            return [Breach("no stack trace, no file path", show(match[0]))]
    return []
