"""Faults in the bodies, headers and statuses of successes, and in what is counted."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from conformance.contract import Answer, Contract, Place, select
from conformance.contract.roles import COUNTS, GROWING, HOLDERS
from conformance.contract.schema import alternatives, types, walk
from conformance.contract.validation import validator
from conformance.mock.app import Call
from conformance.mock.faults.fault import Fault, after, changed, listed, replace, wired
from conformance.mock.rules import Rules

_MANY = 100


def _shape(change: Callable[[Any], Any]) -> Any:
    return after("shape", change)


def without(path: tuple[str, ...]) -> Callable[[Any], Any]:
    """Return what takes a place out of an answer."""

    def change(answer: Any) -> Any:
        for holder in select(answer, path[:-1]):
            if isinstance(holder, dict):
                holder.pop(path[-1], None)
        return answer

    return change


def _with(path: tuple[str, ...], value: Any) -> Callable[[Any], Any]:
    def change(answer: Any) -> Any:
        if not path:
            return value(answer) if callable(value) else value
        for holder in select(answer, path[:-1]):
            if isinstance(holder, dict) and path[-1] in holder:
                holder[path[-1]] = value(holder[path[-1]]) if callable(value) else value
        return answer

    return change


def _header(change: Any) -> Any:
    return wired(_succeeded, lambda headers, data: (change(headers), data))


def _succeeded(status: int, _call: Call) -> bool:
    return status < 300


def answer_faults(contract: Contract) -> Iterator[Fault]:
    """Yield a fault for each required member, each type, each header, and whole bodies that are wrong."""
    success = contract.success
    for place in success.places:
        yield from _of_place(contract, place)
    yield Fault.of("wrapped", _shape(lambda answer: {"payload": answer}), breaks=_no_body(success))
    yield Fault.of("listed", _shape(lambda answer: [answer]))
    yield Fault.of("encoded_twice", _shape(json.dumps))
    error = {"code": 20042, "message": "input too long", "data": None}
    yield Fault.of("error_under_200", _shape(lambda _answer: dict(error)), breaks=_no_body(success))
    yield Fault.of("truncated", wired(_succeeded, lambda headers, data: (headers, data[: len(data) // 2])))
    page = b"<html>Welcome</html>"
    paged = wired(_succeeded, lambda headers, _data: ([("content-type", "text/html"), *headers[1:]], page))
    yield Fault.of("html_page", paged)
    yield Fault.of("media_type", _header(lambda headers: [("content-type", "text/plain"), *headers[1:]]))
    yield Fault.of("no_media_type", _header(lambda headers: headers[1:]))
    yield Fault.of("status_201", after("status", lambda _status: 201))
    for header in success.headers:
        name = header.name.lower()
        lacking = _header(lambda headers, n=name: [h for h in headers if h[0] != n])
        empty = _header(lambda headers, n=name: [(k, "" if k == n else v) for k, v in headers])
        yield Fault.of("lacks_header.{name}", lacking, name=name)
        yield Fault.of("empty_header.{name}", empty, name=name)
        if header.role == "trace":
            yield Fault.of("trace_constant", replace("trace_id", lambda *_: "ti_same"), name=name)
    if (billed := success.place("input_tokens", under="billed")) is not None:
        yield Fault.of("billed_twice", _billed_twice(billed.path))
    yield from listed(contract, _COUNTED)


def _counting(count: Callable[[Any], dict[str, int]]) -> Any:
    """Return what counts by the results alone."""
    return replace("count", lambda original, _r, body, rows: {**original(body, rows), **count(rows)})


_COUNTED = {
    "units_results": _counting(lambda rows: {"search_units": len(rows)}),
    "count_constant": _counting(lambda _rows: dict.fromkeys(GROWING, 7)),
    "count_results": _counting(lambda rows: dict.fromkeys(GROWING, 9 * len(rows))),
}


def _billed_twice(path: tuple[str, ...]) -> Callable[[Rules], None]:
    def shape(original: Any, rules: Rules, answer: Any, body: Any) -> Any:
        whole = original(answer, body)
        twice = _with(path, lambda count: 2 * count)
        return changed(twice, whole) if len(rules.documents(body)) > _MANY else whole

    return replace("shape", shape)


def _no_body(success: Answer) -> str:
    """Return what an object that is not the answer breaks: what is required of it, or that it is a list."""
    return (
        "response.type" if any("array" in types(schema) for schema in success.media.values()) else "response.*.required"
    )


def _of_place(contract: Contract, place: Place) -> Iterator[Fault]:  # noqa: C901, PLR0912 - one branch a keyword of a schema
    name = place.name
    at = f"response.{name}" if name else "response"

    def wrong(fault: str, sentence: str, end: str, value: Any) -> Fault:
        """Return a fault that puts a value, or what a function makes of the value there, at the place."""
        return Fault(fault, sentence, f"{at}.{end}", _shape(_with(place.path, value)))

    asking = (
        [place.path[-1] in node.get("required", ()) for node in _holders(contract, place.path) if "properties" in node]
        if place.path
        else []
    )
    # What comes back for an image is open: nobody asks for it.
    if any(asking) and place.role != "image" and not place.role.startswith("error"):
        # Where only one of several forms asks for it, what is broken is that none of them fits.
        clause = f"{name}.required" if all(asking) else f"{name.rpartition('.')[0]}.*"
        yield Fault(f"lacks.{name}", f"`{name}` is missing.", f"response.{clause}", _shape(without(place.path)))
    if (
        place.role in {"id", "model", "results", *HOLDERS, *COUNTS}
        and place.path
        and not validator(place.schema).is_valid(None)
    ):
        yield wrong(f"null.{name}", f"`{name}` is null.", "type", None)
    if place.role in COUNTS:
        yield wrong(f"negative.{name}", f"`{name}` is negative.", "minimum", lambda n: -n - 1)
        yield wrong(f"text.{name}", f"`{name}` is a string.", "type", str)
        if any("integer" in types(leaf) for leaf in alternatives(place.schema)):
            yield wrong(f"fraction.{name}", f"`{name}` has a fraction.", "type", lambda n: n + 0.5)
    if place.role in HOLDERS:
        yield wrong(f"list.{name}", f"`{name}` is a list.", "type", lambda value: [value])
    if place.role == "id":
        yield wrong("id_constant", "Every answer has the same id.", "unique", "the-same-id-again-and-again-00000")
        yield wrong("id_empty", "The id is empty.", "*", "")
        yield wrong("id_number", "The id is a number.", "type", 7)
    if place.role == "results":
        yield wrong("results_object", "The results are an object.", "type", _numbered)
        yield wrong("results_pairs", "Each result is a pair, not an object.", "items.type", _paired)
        yield Fault.of("results_empty", _shape(_with(place.path, [])))
    if place.role == "text":
        yield wrong("echo_number", "The text of a document comes back as a number.", "type", 7)
    if place.role == "model" and contract.request_field("model") is not None:
        yield wrong("other_model", "Another model ranks than the one that was asked for.", "asked", "another-model")
    if place.role == "echo":
        bare = any("string" in types(leaf) for leaf in alternatives(place.schema))
        if bare:
            yield wrong("echo_object", "A document comes back as an object.", "*", lambda d: {"text": d})
        else:
            yield wrong("echo_text_only", "A document comes back as a bare string.", "*", _first)
        if not validator(place.schema).is_valid(None):
            yield Fault.of("echo_null", _shape(_null_document(place.path)), name=name)
        if not bare:
            yield wrong("echo_other_key", "A document comes back under another key.", "*", _renamed)


def _numbered(rows: list[Any]) -> dict[str, Any]:
    return {str(i): row for i, row in enumerate(rows)}


def _paired(rows: list[Any]) -> list[Any]:
    return [[i, 0.5] for i, _ in enumerate(rows)]


def _first(document: Any) -> Any:
    return next(iter(document.values())) if isinstance(document, dict) else document


def _renamed(document: dict[str, Any]) -> Any:
    return {"unexpected": _first(document)}


def _null_document(path: tuple[str, ...]) -> Callable[[Any], Any]:
    def change(answer: Any) -> Any:
        for row in select(answer, path[:-1]):
            if isinstance(row, dict):
                row.setdefault(path[-1], None)
        return answer

    return change


def _holders(contract: Contract, path: tuple[str, ...]) -> list[Any]:
    return [node for schema in contract.success.media.values() for where, node in walk(schema) if where == path[:-1]]
