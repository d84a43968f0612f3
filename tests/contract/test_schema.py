"""OpenAPI schemas become JSON Schema 2020-12."""

from typing import Any

import pytest

from conformance.contract import ContractError, document, load, validator
from conformance.contract.schema import convert

V30 = {"openapi": "3.0.3", "components": {"schemas": {"Tree": {"type": "object", "properties": {"leaf": {"$ref": "#/components/schemas/Tree"}}}}}}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "integer", "nullable": True}, [1, None], ["1"]),
        ({"type": "string", "enum": ["a"], "nullable": True}, ["a", None], ["b"]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, [2], [1]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": False}, [1], [0]),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": True}, [0.9], [1]),
        ({"type": "integer", "multipleOf": 5}, [10], [11]),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2, "uniqueItems": True}, [["a"]], [[], ["a", "a"], ["a", "b", "c"]]),
        ({"type": "string", "pattern": "^a+$", "minLength": 1, "maxLength": 2}, ["a", "aa"], ["", "aaa", "b"]),
        ({"type": "object", "additionalProperties": False, "properties": {"a": {}}}, [{"a": 1}], [{"b": 1}]),
        ({"not": {"type": "string"}}, [1], ["a"]),
        ({"allOf": [{"required": ["a"]}, {"required": ["b"]}]}, [{"a": 1, "b": 1}], [{"a": 1}]),
        ({"oneOf": [{"type": "integer"}, {"minimum": 2, "type": "number"}]}, [1, 2.5], [3]),
        ({"$ref": "#/components/schemas/Tree"}, [{"leaf": {"leaf": {}}}], [1]),
    ],
)
def test_keyword_keeps_its_meaning(schema: dict[str, Any], good: list[Any], bad: list[Any]) -> None:
    """Each keyword of OpenAPI 3.0 allows and forbids the same after the conversion."""
    keeps = validator(convert(V30, schema, "#"))
    assert all(keeps.is_valid(value) for value in good)
    assert not any(keeps.is_valid(value) for value in bad)


def test_modern_documents_are_taken_as_they_are() -> None:
    """OpenAPI 3.1 has JSON Schema's own keywords, and siblings of a reference count."""
    modern = {"openapi": "3.1.0", "components": {"schemas": {"N": {"type": ["integer", "null"]}}}}
    keeps = validator(convert(modern, {"$ref": "#/components/schemas/N", "exclusiveMinimum": 1}, "#"))
    assert keeps.is_valid(2)
    assert not keeps.is_valid(1)


@pytest.mark.parametrize("reference", ["#/nowhere", "other.yaml#/x"])
def test_dangling_reference_is_named(reference: str) -> None:
    """A reference to nothing, or out of the document, is refused by name."""
    with pytest.raises(ContractError, match=reference.replace("#", "#")):
        convert(V30, {"$ref": reference}, "#")


def test_bombs_and_giants_are_refused(tmp_path: Any) -> None:
    """YAML aliases, giant files and what is no object are refused in a sentence that names the file."""
    path = tmp_path / "a.yaml"
    for text in ("a: &a [1]\nb: [*a, *a]\n", "- 1\n", "a: [", "x" * 6_000_000):
        path.write_text(text)
        with pytest.raises(ContractError, match=r"a\.yaml"):
            document.load(path)


def test_statuses_are_strings() -> None:
    """A status written as a number in YAML is found under its name."""
    assert document.parse("responses: {200: {description: ok}}", "x")["responses"]["200"] == {"description": "ok"}


def test_json_is_taken_too(tmp_path: Any) -> None:
    """A contract may be a JSON file; a copy without an overlay beside it gets the shipped one."""
    import json

    path = tmp_path / "copy.json"
    path.write_text(json.dumps(load("siliconflow").vendored))
    contract = load(str(path))
    assert contract.request_field("limit") is not None
    assert contract.unmatched == ()


def test_unknown_name_says_what_is_near() -> None:
    """A misspelt contract is answered with the one that was meant."""
    with pytest.raises(ContractError, match="Did you mean siliconflow"):
        load("siliconflo")


def test_foreign_document_gets_roles_by_name(tmp_path: Any) -> None:
    """A document of another vendor gets roles where its fields are called as in a shipped contract."""
    path = tmp_path / "other.yaml"
    path.write_text(
        """
openapi: 3.1.0
info: {title: Other, version: "1"}
paths:
  /rerank:
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [query, documents]
              properties:
                query: {type: string}
                documents: {type: array, items: {type: string}}
                top_n: {type: integer}
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: object, properties: {results: {type: array, items: {}}}}}}}
"""
    )
    contract = load(str(path))
    limit = contract.request_field("limit")
    assert limit is not None
    assert limit.name == "top_n"
