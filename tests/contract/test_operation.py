"""Which operation ranks, what of a document it reaches, and what is sent beside its body."""

from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract, ContractError
from conformance.contract.operation import choose, concrete, reduce
from conformance.contract.parameters import keeps
from conformance.probes.kit import Kit

BODY: dict[str, Any] = {
    "type": "object",
    "required": ["query", "texts"],
    "properties": {"query": {"type": "string"}, "texts": {"$ref": "#/components/schemas/Texts"}},
}


def document(**paths: Any) -> dict[str, Any]:
    ranking = {
        "requestBody": {"content": {"application/json": {"schema": BODY}}},
        "responses": {"200": {"description": "ok"}},
        "parameters": [{"$ref": "#/nowhere"}],
    }
    other = {"requestBody": {"content": {"application/json": {"schema": {"$ref": "elsewhere.yaml"}}}}, "responses": {}}
    components = {"schemas": {"Texts": {"type": "array", "items": {"type": "string"}}, "Unused": {"type": 5}}}
    return {
        "openapi": "3.0.0",
        "info": {},
        "paths": {"/chat": {"post": other}, "/sort": {"post": ranking}, **paths},
        "components": components,
    }


def test_form_tells_where_no_name_does() -> None:
    """An operation that is not called so is found by its fields; one that is named is taken without a look."""
    assert choose(document()) == ("/sort", "post")
    assert choose(document(), "/chat") == ("/chat", "post")
    with pytest.raises(ContractError, match="/chat, /sort"):
        choose(document(), "/nowhere")


def test_only_what_is_reached_is_left() -> None:
    """Other operations and schemas that nothing refers to go; a parameter that refers to nothing is a note."""
    found = reduce(document(), ("/sort", "post"))
    assert set(found.document["paths"]) == {"/sort"}
    assert set(found.document["components"]["schemas"]) == {"Texts"}
    assert any("/parameters/0" in note for note in found.notes)


@pytest.mark.parametrize(
    ("media", "sent"),
    [
        ("*/*", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("Text/Plain", "text/plain"),
    ],
)
def test_media_range_is_sent_as_json(media: str, sent: str) -> None:
    """A range of media types is JSON, and parameters are no part of a type."""
    assert concrete(media) == sent


def test_required_parameters_are_sent() -> None:
    """A required header and query parameter go with every request, an optional one does not; each is checked as a text."""
    found = document()
    found["paths"]["/sort"]["post"]["parameters"] = [
        {"name": "X-Version", "in": "header", "required": True, "schema": {"type": "string", "enum": ["2026"]}},
        {"name": "count", "in": "query", "required": True, "schema": {"type": "integer", "minimum": 3}},
        {"name": "dry", "in": "query", "schema": {"type": "boolean"}},
        {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}},
    ]
    contract = Contract("t", found, found, Path("t"))
    request = Kit(contract).request({})
    assert request.path == "/sort?count=3"
    assert request.header("x-version") == "2026"
    version, count, _ = contract.parameters
    for item, text, kept in (
        (version, "2026", True),
        (count, "4", True),
        (version, "2025", False),
        (count, "2", False),
    ):
        assert keeps(item, [(item.name, text)]) is kept
    assert keeps(count, [("count", "apple")]) is False
    assert keeps(count, []) is None


def test_references_to_any_place_are_followed() -> None:
    """What another operation, the root or a part of a component says is had by reference, and a field called `x-…` is a field."""
    found = document()
    found["paths"]["/sort"]["post"]["requestBody"]["content"]["application/json"]["schema"] = {
        "type": "object",
        "properties": {
            "query": {"$ref": "#/paths/~1last/post/responses/200/content/application~1json/schema/properties/asked"},
            "texts": {"$ref": "#/components/schemas/Deep/properties/inner"},
            "x-more": {"$ref": "#/components/schemas/Texts"},
        },
    }
    asked = {"type": "object", "properties": {"asked": {"$ref": "#/definitions/Text"}}}
    found["paths"]["/last"] = {
        "post": {"responses": {"200": {"description": "", "content": {"application/json": {"schema": asked}}}}}
    }
    found["definitions"] = {"Text": {"type": "string", "minLength": 2}}
    found["components"]["schemas"]["Deep"] = {"properties": {"inner": {"type": "array"}}}
    left = reduce(found, ("/sort", "post")).document
    assert set(left["paths"]) == {"/sort"}
    fields = Contract("t", left, left, Path("t")).fields
    assert fields["query"].schema["minLength"] == 2
    assert fields["texts"].schema["type"] == "array"
    assert fields["x-more"].schema["items"]["type"] == "string"


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ([], "/rank/part"),
        ([{"schema": {"const": "a b"}}], "/rank/a%20b"),
        ([{"schema": {"type": "integer", "minimum": 3}}], "/rank/3"),
        ([{"schema": {"type": "string", "minLength": 6}}], "/rank/aaaaaa"),
    ],
)
def test_parts_of_the_path_keep_their_schema(parameters: list[Any], path: str) -> None:
    """A part of the path is asked as an example, as its own name, or as a value that its schema allows, declared or not."""
    item = {
        "requestBody": {"content": {"application/json": {"schema": BODY}}},
        "responses": {"200": {"description": "ok"}},
        "parameters": [{"name": "part", "in": "path", "required": True, **raw} for raw in parameters],
    }
    whole = {**document(), "paths": {"/rank/{part}": {"post": item}}}
    assert Contract("t", whole, whole, Path("t")).path == path


@pytest.mark.parametrize(
    ("name", "words"),
    [("Authorization: Bearer", "Authorization: Bearer KEY"), ("X-Key", "X-Key: KEY"), ("no header", None)],
)
def test_name_of_a_key_header_may_hold_its_prefix(name: str, words: str | None) -> None:
    """A scheme that writes the prefix into its header's name is read as it is meant; what cannot be a header is none."""
    whole = document() | {"security": [{"key": []}]}
    whole["components"]["securitySchemes"] = {"key": {"type": "apiKey", "in": "header", "name": name}}
    found = Contract("t", whole, whole, Path("t")).credential
    assert (found.words if found else None) == words


@pytest.mark.parametrize(
    ("bound", "first"), [({}, 0), ({"minimum": 1}, 1), ({"exclusiveMinimum": 0}, 1), ({"minimum": 0}, 0)]
)
def test_first_index_is_what_the_schema_takes(bound: dict[str, Any], first: int) -> None:
    """Indices count from 0, or from 1 where their schema takes no 0."""
    index = {"type": "integer", "x-rerank-role": "index", **bound}
    results = {"type": "array", "x-rerank-role": "results", "items": {"properties": {"index": index}}}
    whole = document()
    whole["openapi"] = "3.1.0"
    whole["paths"]["/sort"]["post"]["responses"]["200"]["content"] = {
        "application/json": {"schema": {"properties": {"results": results}}}
    }
    assert Contract("t", whole, whole, Path("t")).first_index == first


def test_examples_that_are_none_are_left_out() -> None:
    """Of examples by name those that are no objects are a note, and so is a list of them; those of a schema are its own matter."""
    whole = document()
    media = whole["paths"]["/sort"]["post"]["requestBody"]["content"]["application/json"]
    whole["components"]["examples"] = {"broken": "oops"}
    media["examples"] = {
        "good": {"value": {}},
        "text": "oops",
        "odd": {"summary": 5},
        "led to": {"$ref": "#/components/examples/broken"},
    }
    media["schema"] = {**BODY, "examples": [{}]}
    headers = {"X-Id": {"schema": {"type": "string"}, "examples": ["a"]}}
    whole["paths"]["/sort"]["post"]["responses"]["200"]["headers"] = headers
    found = reduce(whole, ("/sort", "post"))
    operation = found.document["paths"]["/sort"]["post"]
    kept = operation["requestBody"]["content"]["application/json"]
    assert kept["examples"] == {"good": {"value": {}}}
    assert kept["schema"]["examples"] == [{}]
    assert operation["responses"]["200"]["headers"] == {"X-Id": {"schema": {"type": "string"}}}
    told = [note for note in found.notes if "examples" in note]
    assert [note.split()[0].rpartition("/")[2] for note in told] == ["text", "odd", "led", "examples"]
