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
    assert keeps(version, "2026")
    assert keeps(count, "4")
    assert not keeps(version, "2025")
    assert not keeps(count, "2")
    assert not keeps(count, "apple")
