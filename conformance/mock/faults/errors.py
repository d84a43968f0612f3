"""Faults in refusals: credentials, statuses, shapes, media types, leaks, crashes."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial, reduce
from typing import Any

from conformance.contract import Answer, Contract, validator
from conformance.contract.contract import CREDENTIALS
from conformance.contract.credential import Credential
from conformance.mock.faults.fault import Change, Fault, listed, plain, replace, wired
from conformance.mock.rules import Headers, Refusal
from conformance.probes.kit import Kit

_MANY = 100
# A character of four bytes, as it is or as JSON escapes it.
_ASTRAL = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}|\\ud[89ab]..\\ud[c-f]", re.IGNORECASE)


def _token(test: Callable[[str, str], bool]) -> Any:
    """Let in what a test on header and key lets in."""

    def authorise(original: Any, rules: Any, header: str | None) -> None:
        if not test(header or "", rules.key):
            original(header)

    return replace("authorise", authorise)


def _error(contract: Contract, answer: Answer, change: Callable[[Any], Any]) -> Any:
    """Change the bodies of one documented error."""

    def shape_error(original: Any, _rules: Any, body: Any, came: int, header: str | None) -> Any:
        shaped = original(body, came, header)
        return change(shaped) if contract.answer(came) is answer else shaped

    return replace("shape_error", shape_error)


def _silenced(body: Any, path: tuple[str, ...]) -> Any:
    """Return a body whose text at a path is blank."""
    if not path:
        return " " if isinstance(body, str) else body
    if path[0] == "*":
        return [_silenced(item, path[1:]) for item in body] if isinstance(body, list) else body
    known = isinstance(body, dict) and path[0] in body
    return {**body, path[0]: _silenced(body[path[0]], path[1:])} if known else body


def _silent(paths: list[tuple[str, ...]], body: Any) -> Any:
    """Return a body whose texts at some paths are blank."""
    return reduce(_silenced, paths, body)


def _another_shape(body: Any) -> Any:
    """Return a body that neither a string nor the shape that came is."""
    return {"unexpected": "wrong"} if isinstance(body, dict) else {"detail": body}


def _rewritten(contract: Contract, answer: Answer, change: Change) -> Any:
    """Change headers and bytes of one documented error."""
    return wired(lambda status, _call: contract.answer(status) is answer, change)


def _restatus(before: int, now: int, test: Callable[[bytes], bool] = lambda _body: True) -> Any:
    """Change a status, where a test picks the body that was sent."""
    return wired(lambda status, call: status == before and test(call.body), status=now)


def _redirect(contract: Contract, test: Callable[[bytes], bool]) -> Any:
    """Send the caller of bodies that a test picks elsewhere."""
    there = ([("location", f"{contract.path}/")], b"")
    return wired(lambda _status, call: test(call.body), lambda _headers, _data: there, 307)


def _items(body: bytes) -> int:
    """Return how many items the longest list in a body has."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return 0
    fields = list(parsed.values()) if isinstance(parsed, dict) else []
    # Some contracts nest their fields in others.
    fields += [inner for one in fields if isinstance(one, dict) for inner in one.values()]
    return max((len(one) for one in fields if isinstance(one, list)), default=0)


def _crash(test: Callable[[bytes], bool]) -> Any:
    """Answer 500 to bodies that a test picks."""
    return wired(lambda _status, call: test(call.body), plain("Internal Server Error"), 500)


def _open_ended(body: bytes) -> bool:
    return body[:1] == b"{" and body.count(b"{") > body.count(b"}")


def _lacking(name: str, body: Any) -> Any:
    return {key: value for key, value in body.items() if key != name}


def _nulled(name: str, body: Any) -> Any:
    return {**body, name: None}


def _as_text(headers: Headers, data: bytes) -> tuple[Headers, bytes]:
    return [("content-type", "text/plain"), *headers[1:]], data


def _leaking(status: int, words: str) -> Any:
    """Show words in a header of answers with a status."""
    return wired(lambda came, _call: came == status, lambda headers, data: ([*headers, ("x-error", words)], data))


def _leak_key(_original: Any, rules: Any, status: int, headers: Any, data: bytes, _call: Any) -> Any:
    return status, [*headers, ("x-debug", f"key {rules.key}")] if status >= 400 else headers, data


def error_faults(contract: Contract) -> Iterator[Fault]:  # noqa: C901, PLR0912 - a catalogue is long
    """Yield the faults in refusals."""
    if (credential := contract.credential) is not None and contract.secured:
        for name, taken in _let_in(credential):
            yield Fault.of(name, _token(taken))
        yield Fault.of("body_first", _body_first)
    yield Fault.of("redirect", _redirect(contract, lambda _body: True))
    yield Fault.of("redirect_large", _redirect(contract, lambda body: len(body) > 10_000))
    refusal = contract.refusal or 400
    refused = next((status for status in CREDENTIALS if str(status) in contract.answers), CREDENTIALS[0])
    if contract.secured and contract.answer(refused) is not None:
        yield Fault.of("unauthorised_{refusal}", _restatus(refused, refusal), refusal=refusal)
    provoked = (refusal, *((refused,) if contract.secured else ()), 404)
    for status, answer in contract.answers.items():
        if status.startswith("2") or all(contract.answer(came) is not answer for came in provoked):
            continue
        of = partial(Fault.of, name=status.lower(), status=status)
        error, wire = partial(_error, contract, answer), partial(_rewritten, contract, answer)
        yield of("error_{name}_shape", error(_another_shape))
        yield of("error_{name}_text", wire(_as_text))
        yield of("error_{name}_empty", wire(lambda headers, _data: (headers, b"")))
        said = [place.path for place in answer.places if place.role == "error_message"]
        if said:
            yield of("error_{name}_silent", error(partial(_silent, said)))
        for schema in answer.media.values():
            for member in schema.get("required", ()):
                yield of("error_{name}_lacks_{member}", error(partial(_lacking, member)), member=member)
                if not validator(schema.get("properties", {}).get(member, {})).is_valid(None):
                    yield of("error_{name}_null_{member}", error(partial(_nulled, member)), member=member)
    own = str(contract.refusal) in contract.answers
    other = next((status for status in (422, 400) if contract.answer(status) is None), None)
    if contract.documents_errors and other is not None:
        breaks = "error.status.invalid" if own else "response.status.documented"
        yield Fault(f"status_{other}", f"A bad request is answered with {other}.", breaks, _restatus(refusal, other))
    if own:
        yield Fault.of("status_404", _restatus(refusal, 404))
    if contract.documents_errors:
        yield Fault.of("absent_410", _restatus(404, 410))
    yield Fault.of("status_500", _restatus(refusal, 500))
    yield Fault.of("status_200", _restatus(refusal, 200))
    yield Fault.of("any_path", _restatus(404, 200))
    yield Fault.of("any_method", _restatus(405, 200))
    yield Fault.of("any_media", replace("accept_media", lambda *_: None))
    yield Fault.of("strict_media", replace("accept_media", _strict_media))
    yield from listed(contract, {name: replace("parse", parse) for name, parse in _PARSING.items()})
    yield Fault.of("empty_body", _restatus(refusal, 200, lambda body: not body))
    yield Fault.of("truncated_body", _restatus(refusal, 200, _open_ended))
    yield Fault.of("leaks_key", replace("wire", _leak_key))
    yield Fault.of("leaks_trace", _leaking(refusal, 'File "/srv/app/main.py", line 7'))
    yield Fault.of("leaks_path", _leaking(refusal, "see /usr/lib/rerank/server.py"))
    longest = Kit(contract).longest_document(1_000_000) // 2
    crashes: dict[str, Callable[[bytes], bool]] = {
        "nul": lambda body: b"\\u0000" in body,
        "emoji": lambda body: _ASTRAL.search(body) is not None,
        "deep": lambda body: b"[" * 50 in body,
        "nan": lambda body: b"NaN" in body,
        "huge": lambda body: b"0" * 30 in body,
        "surrogate": lambda body: b"\\ud800" in body,
        "not_utf8": lambda body: b"\xff\xfe" in body,
        "empty": lambda body: not body,
        "hollow": lambda body: b"{}]" in body,
        "long": lambda body: len(body) > longest,
    }
    if Kit(contract).most_documents(120) > _MANY:
        crashes["many"] = lambda body: _items(body) > _MANY
    yield from listed(contract, {f"crash_{name}": _crash(test) for name, test in crashes.items()}, _MANY=_MANY)


def _lenient_trailing(original: Any, _rules: Any, raw: bytes) -> Any:
    try:
        return original(raw)
    except Refusal:
        return original(raw[:-1])


def _no_white_space(original: Any, rules: Any, raw: bytes) -> Any:
    if b"\n" in raw:
        raise Refusal(rules.refusal, "One line, please.")
    return original(raw)


def _takes_nan(original: Any, _rules: Any, raw: bytes) -> Any:
    """Take NaN as Python's own parser does; it is dropped where it is a field."""
    try:
        return original(raw)
    except Refusal:
        if b"NaN" not in raw:
            raise
        body = json.loads(raw)
        return {name: value for name, value in body.items() if value == value}  # noqa: PLR0124 - NaN alone is unlike itself


# How a body is parsed.
_PARSING = {
    "no_white_space": _no_white_space,
    "lenient_utf8": lambda original, _r, raw: original(raw.decode("utf-8", "replace").encode()),
    "lenient_trailing": _lenient_trailing,
    "lenient_nan": _takes_nan,
    "lenient_list": lambda original, _r, raw: original(raw[1:-1] if raw[:1] == b"[" else raw),
}


def _let_in(credential: Credential) -> Iterator[tuple[str, Callable[[str, str], bool]]]:
    """Yield what is taken for the key: a fault's name, and a test on header and key."""
    prefix = credential.prefix
    yield "no_auth", lambda _h, _k: True
    yield "any_token", lambda h, _k: h.startswith(prefix) and len(h) > len(prefix) + 1
    yield "empty_token", lambda h, _k: h.strip() == prefix.strip()
    if prefix:
        yield "any_scheme", lambda h, k: h.endswith(f" {k}")
        yield "bare_key", lambda h, k: h == k
    yield "prefix_token", lambda h, k: len(h) > len(prefix) + 2 and credential.value(k).startswith(h)
    yield "suffix_token", lambda h, k: h.startswith(credential.value(k))


def _body_first(rules: Any) -> None:
    authorise, validate, media, parse = rules.authorise, rules.validate, rules.accept_media, rules.parse
    waiting: list[str | None] = []
    rules.authorise = waiting.append
    rules.accept_media = media
    rules.parse = parse

    def after_body(body: Any) -> None:
        validate(body)
        # Another fault may have let the request in, or have looked at its body before.
        if waiting:
            authorise(waiting.pop())

    rules.validate = after_body


def _strict_media(original: Any, _rules: Any, header: str | None) -> None:
    if header and ";" in header:
        raise Refusal(415, "No parameters.")
    original(header)
