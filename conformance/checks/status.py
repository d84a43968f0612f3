"""What every answer keeps, whatever was asked: status, media type, headers, and nothing leaked."""

import re
from collections import Counter
from collections.abc import Iterator

from conformance.checks.check import Check, Judgement, must, show
from conformance.checks.reading import Reading
from conformance.contract import Contract, select, validator
from conformance.contract.contract import CREDENTIALS, REFUSALS
from conformance.contract.schema import Schema, types
from conformance.exchange.redaction import MARKER, WORD
from conformance.model.clause import Impact, Level
from conformance.model.exchange import NOT_JSON, Flaw
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
_SERVER_ERROR = 500
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_UTF8 = frozenset({"utf-8", "utf8"})
_REDIRECTS = frozenset(range(300, 400))
NO_SERVER_ERROR = "response.no_server_error"
ENCODING = "response.encoding"
SIZE = "response.size"
_NOT_IMPLEMENTED = 501


def status_checks(contract: Contract) -> Iterator[Check]:
    """Yield the checks of status, media type, headers and leaks."""
    yield must(
        _no_server_error,
        NO_SERVER_ERROR,
        "No request, however odd, is answered with a server error.",
        "practice: a 5xx says that the service broke, not that the request was wrong (RFC 9110, 15.6)",
        wrong="A request is answered with a server error.",
        mend="Find what breaks there; refuse with a 4xx what cannot be handled.",
    )
    yield must(
        _no_redirect,
        "response.no_redirect",
        "The declared path answers itself: it does not send the caller elsewhere.",
        f"{contract.pointer}; practice: a redirect loses the body or the key (RFC 9110, 15.4)",
        evident=True,
        wrong="The declared path sends the caller elsewhere.",
        mend="Answer under the declared path itself.",
    )
    which = "Every status" if contract.documents_errors else "Every success's status"
    yield must(
        _documented,
        "response.status.documented",
        f"{which} answered on the declared path, method and media type is one that the contract documents.",
        f"{contract.pointer}/responses",
        impact=Impact.CHANGES,
        wrong="Requests are answered with a status that the contract does not document.",
        mend="Answer with a documented status, or document this one.",
    )
    media = " or ".join(contract.success.media) or "application/json"
    yield must(
        _media,
        "response.media_type",
        f"An answer's media type, parameters aside, is {media}.",
        f"{contract.success.pointer}/content",
        wrong="Answers have another media type than the contract declares.",
        mend=f"Label answers as {media}.",
    )
    yield must(
        _json,
        "response.json",
        "An answer's body is JSON in UTF-8, and labelled as nothing else, without NaN or Infinity, and each key once.",
        f"{contract.success.pointer}/content (RFC 8259)",
        wrong="An answer's body is not valid JSON in UTF-8.",
        mend="Write answers with a JSON library, in UTF-8, without NaN or Infinity, and each key once.",
    )
    yield must(
        _encoding,
        ENCODING,
        "An answer comes whole, in a content encoding that was asked for, and its headers do not contradict one another.",
        "practice: RFC 9110, 8.4 and 12.5.3; RFC 9112, 6",
        wrong="Answers do not arrive as their headers say.",
        mend="Encode answers only as the request accepts, send them whole, and each header once.",
    )
    yield must(
        _size,
        SIZE,
        "An answer is no longer than a client can be expected to read.",
        "practice: a client that reads without a bound can be made to run out of memory (CWE-400)",
        wrong="An answer is too large to read.",
        mend="Send nothing but the answer, and end it.",
    )
    yield from _headers(contract)
    if any(place.role == "error_message" for answer in contract.answers.values() for place in answer.places):
        yield must(
            _says,
            "error.says",
            "An error says in words what is wrong, where the contract has a place for that.",
            "practice: a caller must learn what to mend",
            "error",
            level=Level.SHOULD,
            impact=Impact.DIFFERS,
            wrong="An error says nothing.",
            mend="Say in the message what is wrong with the request.",
        )
    yield must(
        _key,
        "security.key_not_echoed",
        "No answer, in body or headers, repeats the key.",
        "practice: answers end in logs and bug reports",
        impact=Impact.CHANGES,
        evident=True,
        wrong="An answer repeats the key.",
        mend="Take the key out of answers, errors and headers.",
    )
    yield must(
        _trace,
        "security.no_stack_trace",
        "No answer shows a stack trace or a path of the server's files.",
        "practice: CWE-209",
        "error",
        impact=Impact.DIFFERS,
        wrong="An answer shows a stack trace or a path of the server's files.",
        mend="Keep traces in the log, and answer with a plain message.",
    )


def _no_server_error(reading: Reading) -> Judgement:
    if not reading.available:
        return None
    if reading.status == _NOT_IMPLEMENTED and reading.exchange.request.method != reading.contract.method:
        # What RFC 9110 (15.6.2) has for a method that the server does not know at all.
        return None
    return [Breach("a status below 500", f"status {reading.status}")] if reading.status >= _SERVER_ERROR else []


def _encoding(reading: Reading) -> Judgement:
    response = reading.exchange.response
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
    given = Counter(name for name, _ in dict.fromkeys((name.lower(), value) for name, value in response.headers))
    if given["transfer-encoding"] and given["content-length"]:
        found.append(Breach("Content-Length or Transfer-Encoding", "both"))
    found += [
        Breach(f"one {name}", f"{given[name]} that differ")
        for name in ("content-type", "content-length")
        if given[name] > 1
    ]
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
        or reading.status >= _SERVER_ERROR
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

        about = header.role or header.name.lower()
        base = f"response.headers.{header.name.lower()}"
        if header.required:
            yield must(
                present,
                f"{base}.required",
                f"An answer carries the header {header.name}.",
                header.pointer,
                about,
                impact=Impact.DIFFERS,
                wrong=f"The header {header.name} is missing.",
                mend=f"Send {header.name} with every answer.",
            )
        yield must(
            fits,
            f"{base}.schema",
            f"The header {header.name} has a value that the contract allows, not an empty one.",
            f"{header.pointer}/schema",
            about,
            impact=Impact.DIFFERS,
            wrong=f"The header {header.name} has a value that the contract does not allow.",
            mend=f"Send {header.name} as the contract declares it.",
        )


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
        return (
            [Breach("no part of the key", "the key in an answer that is no HTTP")]
            if MARKER in (reading.exchange.error or "")
            else None
        )
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
