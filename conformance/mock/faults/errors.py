"""Faults in refusals: credentials, statuses, shapes, media types, leaks, crashes."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial, reduce
from typing import Any

from conformance.contract import Answer, Contract, validator
from conformance.contract.contract import CREDENTIALS
from conformance.contract.credential import Credential
from conformance.mock.faults.fault import Change, Fault, plain, replace, wired
from conformance.mock.rules import Refusal
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


def _leaking(status: int, words: str) -> Any:
    """Show words in a header of answers with a status."""
    return wired(lambda came, _call: came == status, lambda headers, data: ([*headers, ("x-error", words)], data))


def _leak_key(_original: Any, rules: Any, status: int, headers: Any, data: bytes, _call: Any) -> Any:
    return status, [*headers, ("x-debug", f"key {rules.key}")] if status >= 400 else headers, data


def error_faults(contract: Contract) -> Iterator[Fault]:  # noqa: C901, PLR0912 - a catalogue is long
    """Yield the faults in refusals."""
    if (credential := contract.credential) is not None and contract.secured:
        for name, sentence, end, taken in _let_in(credential):
            yield Fault(name, sentence, f"auth.{end}", _token(taken))
        yield Fault.of("body_first", _body_first)
    for name, what, test in (
        ("redirect", "Every request is sent to the path with a slash.", lambda _body: True),
        ("redirect_large", "A body of more than 10 kB is sent elsewhere.", lambda body: len(body) > 10_000),
    ):
        yield Fault(name, what, "response.no_redirect", _redirect(contract, test))
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
        yield of(
            "error_{name}_text", wire(lambda headers, data: ([("content-type", "text/plain"), *headers[1:]], data))
        )
        yield of("error_{name}_empty", wire(lambda headers, _data: (headers, b"")))
        said = [place.path for place in answer.places if place.role == "error_message"]
        if said:
            yield of("error_{name}_silent", error(partial(_silent, said)))
        for schema in answer.media.values():
            for member in schema.get("required", ()):
                yield of("error_{name}_lacks_{member}", error(_lacking(member)), member=member)
                if not _nullable(schema, member):
                    yield of("error_{name}_null_{member}", error(_nulled(member)), member=member)
    own = str(contract.refusal) in contract.answers
    other = next((status for status in (422, 400) if contract.answer(status) is None), None)
    if contract.documents_errors and other is not None:
        yield Fault(
            f"status_{other}",
            f"A bad request is answered with {other}.",
            "error.status.invalid" if own else "response.status.documented",
            _restatus(refusal, other),
        )
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
    for name, (sentence, end, parse) in _PARSING.items():
        yield Fault(name, sentence, f"body.{end}", replace("parse", parse))
    yield Fault.of("empty_body", _restatus(refusal, 200, lambda body: not body))
    yield Fault.of(
        "truncated_body", _restatus(refusal, 200, lambda body: body[:1] == b"{" and body.count(b"{") > body.count(b"}"))
    )
    yield Fault.of("leaks_key", replace("wire", _leak_key))
    for name, what, words in (
        ("leaks_trace", "A stack trace", 'File "/srv/app/main.py", line 7'),
        ("leaks_path", "A path of the server's files", "see /usr/lib/rerank/server.py"),
    ):
        yield Fault(name, f"{what} is shown.", "security.no_stack_trace", _leaking(refusal, words))
    longest = Kit(contract).longest_document(1_000_000) // 2
    crashes: dict[str, tuple[str, Callable[[bytes], bool]]] = {
        "nul": ("a NUL", lambda body: b"\\u0000" in body),
        "emoji": ("an emoji", lambda body: _ASTRAL.search(body) is not None),
        "deep": ("deep nesting", lambda body: b"[" * 50 in body),
        "nan": ("NaN", lambda body: b"NaN" in body),
        "huge": ("a huge number", lambda body: b"0" * 30 in body),
        "surrogate": ("a lone surrogate", lambda body: b"\\ud800" in body),
        "not_utf8": ("what is no UTF-8", lambda body: b"\xff\xfe" in body),
        "empty": ("an empty body", lambda body: not body),
        "hollow": ("an empty object among the documents", lambda body: b"{}]" in body),
        "long": ("a long document", lambda body: len(body) > longest),
    }
    if Kit(contract).most_documents(120) > _MANY:
        crashes["many"] = (f"more than {_MANY} documents", lambda body: _items(body) > _MANY)
    for name, (what, test) in crashes.items():
        yield Fault(f"crash_{name}", f"The server breaks on {what}.", "response.no_server_error", _crash(test))


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


# How a body is parsed: a sentence, and the end of the clause that it breaks.
_PARSING: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "no_white_space": ("White space in the JSON is refused.", "whitespace", _no_white_space),
    "lenient_utf8": (
        "A body that is no UTF-8 is taken.",
        "utf8",
        lambda original, _r, raw: original(raw.decode("utf-8", "replace").encode()),
    ),
    "lenient_trailing": ("What stands behind the JSON is ignored.", "trailing", _lenient_trailing),
    "lenient_nan": ("NaN is taken for nothing.", "not_json", _takes_nan),
    "lenient_list": (
        "A list of one request is taken.",
        "not_object",
        lambda original, _r, raw: original(raw[1:-1] if raw[:1] == b"[" else raw),
    ),
}


def _let_in(credential: Credential) -> Iterator[tuple[str, str, str, Callable[[str, str], bool]]]:
    """Yield what is taken for the key: a fault's name and sentence, the end of the clause, and a test on header and key."""
    prefix = credential.prefix
    yield "no_auth", "No key is asked for.", "missing", lambda _h, _k: True
    yield (
        *("any_token", "Any token is accepted.", "wrong"),
        lambda h, _k: h.startswith(prefix) and len(h) > len(prefix) + 1,
    )
    yield "empty_token", "An empty token is accepted.", "empty", lambda h, _k: h.strip() == prefix.strip()
    if prefix:
        yield "any_scheme", "The key is accepted under any scheme.", "scheme", lambda h, k: h.endswith(f" {k}")
        yield "bare_key", "The key is accepted without a scheme.", "bare", lambda h, k: h == k
    yield (
        *("prefix_token", "A prefix of the key is accepted.", "prefix"),
        lambda h, k: len(h) > len(prefix) + 2 and credential.value(k).startswith(h),
    )
    yield (
        *("suffix_token", "The key with more behind it is accepted.", "suffix"),
        lambda h, k: h.startswith(credential.value(k)),
    )


def _lacking(name: str) -> Callable[[Any], Any]:
    return lambda body: {key: value for key, value in body.items() if key != name}


def _nulled(name: str) -> Callable[[Any], Any]:
    return lambda body: {**body, name: None}


def _nullable(schema: Any, name: str) -> bool:
    return bool(validator(schema.get("properties", {}).get(name, {})).is_valid(None))


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
