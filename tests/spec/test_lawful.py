"""The comparison of two contracts by what their requests and answers may be."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract, validator
from scripts.spec import lawful

FIELDS: dict[str, Any] = {
    "query": {"type": "string", "x-rerank-role": "query"},
    "documents": {"type": "array", "items": {"type": "string"}, "x-rerank-role": "documents"},
    "top_n": {"type": "integer", "minimum": 1, "maximum": 80, "x-rerank-role": "limit"},
}
OBJECT: dict[str, Any] = {"type": "object", "required": ["query", "documents"], "properties": FIELDS}


def contract(request: Any, answer: Any = None) -> Contract:
    results = {
        "type": "array",
        "x-rerank-role": "results",
        "items": {"type": "object", "required": ["index"], "properties": {"index": {"type": "integer"}}},
    }
    body = {
        "content": {
            "application/json": {
                "schema": answer or {"type": "object", "required": ["results"], "properties": {"results": results}}
            }
        }
    }
    operation = {"requestBody": {"content": {"application/json": {"schema": request}}}, "responses": {"200": body}}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/rerank": {"post": operation}}}
    return Contract("t", document, document, Path("t"))


def changed(**fields: Any) -> Any:
    copy = deepcopy(OBJECT)
    copy["properties"] |= fields
    return copy


@pytest.mark.parametrize("union", ["oneOf", "anyOf", "allOf"])
def test_the_same_in_another_form_is_no_change(union: str) -> None:
    """A union of one object, in either direction, allows what the object allows: nothing is lost, nothing gained."""
    one, other = contract({union: [OBJECT]}), contract(OBJECT)
    for old, new in ((one, other), (other, one)):
        shift = lawful.requests(old, new)
        assert (shift.lost, shift.gained) == ({}, {})


def test_lower_bound_shows_a_request() -> None:
    """A request that was allowed and is no more is an example, at the field that forbids it; the other way it is one that is new."""
    old, new = contract(OBJECT), contract(changed(top_n={"type": "integer", "minimum": 1, "maximum": 64}))
    (path, example), *more = lawful.requests(old, new).lost.items()
    assert (path, more) == (("top_n",), [])
    assert old.request_validator.is_valid(example)
    assert not new.request_validator.is_valid(example)
    assert lawful.requests(new, old).lost == {}
    assert lawful.requests(new, old).gained.keys() == {("top_n",)}


def test_new_required_field_shows_a_request_without_it() -> None:
    """A field that is required from now on is shown by a request that lacks it."""
    new = changed(mode={"type": "string"})
    new["required"] = [*OBJECT["required"], "mode"]
    lost = lawful.requests(contract(OBJECT), contract(new)).lost
    assert "mode" not in lost["mode",]


def test_wider_answer_is_shown() -> None:
    """An answer that could not be and now may be is an example at its place."""
    before = {"type": "object", "properties": {"count": {"type": "integer"}}}
    after = {"type": "object", "properties": {"count": {"type": ["integer", "null"]}}}
    gained = lawful.answers(contract(OBJECT, before), contract(OBJECT, after))["200"].gained
    assert gained["count",]["count"] is None


COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
ROW: dict[str, Any] = {"type": "object", "required": ["index", "score"], "properties": {"index": COUNT, "score": COUNT}}
RENAMED: dict[str, Any] = {
    "type": "object",
    "required": ["index", "value"],
    "properties": {"index": COUNT, "value": COUNT},
}
TEXT: dict[str, Any] = {**ROW, "properties": {"index": {"type": "string"}, "score": COUNT}}


@pytest.mark.parametrize(
    ("row", "place", "required"),
    [(RENAMED, ("row", "score"), ["id", "row"]), (RENAMED, ("row", "score"), ["id"]), (TEXT, ("row", "index"), ["id"])],
    ids=["name of a required one", "name", "type"],
)
def test_one_changed_place_leaves_the_others_alone(row: Any, place: Any, required: list[str]) -> None:
    """What differs in answers is shown at its own place, and no other place is said to have changed."""

    def answer(inner: Any) -> Any:
        return {"type": "object", "required": required, "properties": {"id": {"type": "string"}, "row": inner}}

    old, new = contract(OBJECT, answer(ROW)), contract(OBJECT, answer(row))
    gained = lawful.answers(old, new)["200"].gained
    assert gained.keys() == {place}
    assert validator(answer(row)).is_valid(gained[place])
    assert not validator(answer(ROW)).is_valid(gained[place])


STRING: dict[str, Any] = {"type": "string"}
SHORT: dict[str, Any] = {"type": "string", "maxLength": 3}
LETTER: dict[str, Any] = {"type": "string", "pattern": "^a"}
OPEN: dict[str, Any] = {"type": "object"}
# A request before, and one after that is narrower by a keyword: the place that shows it.
NARROWER = {
    "a second pattern": (
        {"allOf": [changed(user=LETTER)]},
        {"allOf": [changed(user=LETTER), {"properties": {"user": {"type": "string", "pattern": "z$"}}}]},
        ("user",),
    ),
    "dependentRequired": (changed(), {**OBJECT, "dependentRequired": {"top_n": ["mode"]}}, ("top_n",)),
    "unevaluatedProperties": ({"allOf": [OBJECT]}, {"allOf": [OBJECT], "unevaluatedProperties": False}, ()),
    "additionalProperties": (
        changed(labels={**OPEN, "additionalProperties": STRING}),
        changed(labels={**OPEN, "additionalProperties": SHORT}),
        ("labels", "additional"),
    ),
    "patternProperties": (
        changed(labels={**OPEN, "patternProperties": {"^x-": STRING}}),
        changed(labels={**OPEN, "patternProperties": {"^x-": SHORT}}),
        ("labels", "additional"),
    ),
    "propertyNames": (
        changed(labels=OPEN),
        changed(labels={**OPEN, "propertyNames": {"pattern": "^[a-z]+$"}}),
        ("labels",),
    ),
    "contains": (
        changed(tags={"type": "array", "items": STRING}),
        changed(tags={"type": "array", "items": STRING, "contains": {"const": "a"}}),
        ("tags",),
    ),
    "if and then": (
        changed(mode={"enum": ["a", "b"]}),
        {
            **changed(mode={"enum": ["a", "b"]}),
            "if": {"properties": {"mode": {"const": "b"}}, "required": ["mode"]},
            "then": {"required": ["top_n"]},
        },
        ("mode",),
    ),
}


@pytest.mark.parametrize(("before", "after", "place"), NARROWER.values(), ids=NARROWER)
def test_every_keyword_shows_what_it_forbids(before: Any, after: Any, place: Any) -> None:
    """A keyword that comes or says more is shown by a request that it refuses and that was allowed; the other way nothing is lost."""
    old, new = contract(before), contract(after)
    lost = lawful.requests(old, new).lost
    assert place in lost
    assert all(old.request_validator.is_valid(value) for value in lost.values())
    assert not any(new.request_validator.is_valid(value) for value in lost.values())
    assert lawful.requests(new, old).lost == {}


def test_answer_that_fits_two_forms_is_no_news() -> None:
    """Where an answer of two forms becomes one of them, nothing new may come: an answer with the fields of both is read as either."""
    ranking, job = ({"type": "object", "required": [name], "properties": {name: {}}} for name in ("results", "job"))
    old, new = contract(OBJECT, {"oneOf": [ranking, job]}), contract(OBJECT, ranking)
    shift = lawful.answers(old, new)["200"]
    assert (shift.gained, bool(shift.lost)) == ({}, True)


def test_order_of_forms_says_nothing() -> None:
    """Forms that change places hide no bound that falls in one of them."""
    listed = changed(query={"type": "array", "items": {"type": "string"}, "x-rerank-role": "query"})
    lower = changed(top_n={"type": "integer", "minimum": 1, "maximum": 64})
    old, new = contract({"anyOf": [OBJECT, listed]}), contract({"anyOf": [listed, lower]})
    assert lawful.requests(old, new).lost.keys() == {("top_n",)}


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        (
            "#/paths/~1rerank/post/requestBody/content/application~1json/schema/anyOf/0/properties/top_n/maximum",
            ("request", ("top_n",), "maximum"),
        ),
        (
            "#/paths/~1rerank/post/responses/200/content/application~1json/schema/properties/a~1b/items/type",
            ("200", ("a/b", "items"), "type"),
        ),
        ("#/paths/~1rerank/post/responses/200/headers/x/schema/type", None),
        ("#/info/version", None),
    ],
)
def test_pointer_names_a_place(pointer: str, place: Any) -> None:
    """A pointer into the operation is a side, a place without the forms above it, and a keyword."""
    assert lawful.path_of(pointer) == place
