"""OpenAPI 3.1: JSON Schema's own keywords, and what stands beside a reference."""

from copy import deepcopy
from typing import Any

import pytest

from conformance.contract import Contract, ContractError, load, validator
from conformance.contract.schema import convert, flatten
from conformance.mock import MockServer
from conformance.model.verdict import Outcome
from conformance.running import Settings, Target, conduct
from tests.sampling import sampled

V31: dict[str, Any] = {
    "openapi": "3.1.0",
    "components": {
        "schemas": {
            "Name": {"type": "string", "minLength": 2, "maxLength": 9, "description": "a name"},
            "Narrow": {"$ref": "#/components/schemas/Name", "maxLength": 4},
            "Far": {"$ref": "#/components/schemas/Narrow", "pattern": "^a"},
            "Thing": {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "integer"}},
                "$defs": {"Count": {"type": "integer", "minimum": 1}},
            },
            "Loop": {"$ref": "#/components/schemas/Loop", "type": "string"},
        }
    },
}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": ["integer", "null"]}, [1, None], ["1", 1.5]),
        ({"const": "list"}, ["list"], ["lists", None]),
        ({"const": None}, [None], [0]),
        ({"type": "integer", "exclusiveMinimum": 0}, [1], [0, -1]),
        ({"type": "number", "exclusiveMaximum": 1.5}, [1.4], [1.5]),
        ({"anyOf": [{"type": "integer", "exclusiveMinimum": 0.0}, {"type": "null"}]}, [1, None], [0, "1"]),
        (
            {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}},
            [["a", 1], []],
            [[1], ["a", "b"]],
        ),
        ({"type": "array", "contains": {"const": 1}, "minContains": 2}, [[1, 1]], [[1], []]),
        ({"type": "object", "dependentRequired": {"a": ["b"]}}, [{"a": 1, "b": 1}, {}], [{"a": 1}]),
        ({"type": "object", "dependentSchemas": {"a": {"required": ["b"]}}}, [{"b": 1}], [{"a": 1}]),
        ({"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"type": "null"}}, ["ab", None], ["a", 1]),
        (
            {"type": "object", "patternProperties": {"^n": {"type": "integer"}}, "additionalProperties": False},
            [{"n1": 1}],
            [{"n1": "1"}, {"m": 1}],
        ),
        ({"type": "object", "propertyNames": {"maxLength": 1}}, [{"a": 1}], [{"ab": 1}]),
        ({"type": "object", "unevaluatedProperties": False, "properties": {"a": True}}, [{"a": 1}], [{"b": 1}]),
        ({"type": "object", "properties": {"a": False}}, [{}], [{"a": 1}]),
        ({"type": "string", "examples": ["a"], "nullable": True}, ["a"], [None]),
        ({"$ref": "#/components/schemas/Thing/$defs/Count"}, [1], [0]),
        ({"$ref": "#/components/schemas/Name", "minLength": 4}, ["abcd"], ["abc", "abcdefghij"]),
        ({"$ref": "#/components/schemas/Name", "description": "another", "default": "ab"}, ["ab"], ["a"]),
        ({"$ref": "#/components/schemas/Thing", "required": ["b"]}, [{"a": 1, "b": 1}], [{"a": 1}, {"b": 1}]),
        (
            {"$ref": "#/components/schemas/Thing", "properties": {"b": {"type": "string"}}},
            [{"a": 1, "b": ""}],
            [{"a": "1"}, {"a": 1, "b": 1}],
        ),
        ({"$ref": "#/components/schemas/Narrow"}, ["abcd"], ["abcde", "a"]),
        ({"$ref": "#/components/schemas/Far"}, ["abcd", "ab"], ["bcd", "abcde", "a"]),
    ],
)
def test_keyword_keeps_its_meaning(schema: dict[str, Any], good: list[Any], bad: list[Any]) -> None:
    """Each keyword of OpenAPI 3.1 allows and forbids the same after the conversion, beside a reference too."""
    keeps = validator(convert(V31, schema, "#"))
    assert [value for value in good if not keeps.is_valid(value)] == []
    assert [value for value in bad if keeps.is_valid(value)] == []


def test_note_beside_a_reference_replaces_the_references_own() -> None:
    """A description beside a reference is the one that counts, and the schema stays in one piece."""
    schema = convert(
        V31, {"$ref": "#/components/schemas/Name", "description": "another", "x-rerank-role": "query"}, "#/here"
    )
    assert (schema["description"], schema["minLength"], schema["x-rerank-role"]) == ("another", 2, "query")


def test_parts_of_a_reference_are_read_together() -> None:
    """Fields that a reference and its sibling require are all required of one object."""
    flat = flatten(
        convert(V31, {"$ref": "#/components/schemas/Thing", "required": ["b"], "properties": {"b": {}}}, "#")
    )
    assert set(flat["required"]) == {"a", "b"}
    assert set(flat["properties"]) == {"a", "b"}


def test_a_reference_to_itself_is_refused() -> None:
    """A schema that is a reference to itself is no schema, whatever stands beside it."""
    with pytest.raises(ContractError, match="points at itself"):
        convert(
            {**V31, "components": {"schemas": {"Loop": {"$ref": "#/components/schemas/Loop"}}}},
            {"$ref": "#/components/schemas/Loop"},
            "#",
        )


FIELDS = {
    "exclusiveMinimum": ({"type": ["integer", "null"], "exclusiveMinimum": 0}, {"type": ["integer", "null"]}),
    "exclusiveMaximum": ({"type": "number", "exclusiveMaximum": 1}, {"type": "number"}),
    "const": ({"const": "rank"}, {"type": "string"}),
    "null": ({"type": "integer"}, {"type": ["integer", "null"]}),
    "type": ({"type": ["integer", "null"]}, {}),
    "minLength": (
        {"anyOf": [{"type": "string", "minLength": 2}, {"type": "null"}]},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
    ),
    "enum": ({"enum": ["fast", None]}, {"type": ["string", "null"]}),
}


def with_field(schema: dict[str, Any]) -> Contract:
    contract = load("voyage")
    document = deepcopy(dict(contract.document))
    document["components"]["schemas"]["RerankRequest"]["properties"]["new_field"] = schema
    return Contract("changed", document, document, contract.source)


def judged(served: Contract, by: Contract) -> dict[str, Outcome]:
    with MockServer(served, key="a-key") as mock:
        run = conduct(
            Target("mock", mock.base_url, by, {str(by.key_env): mock.key}), Settings(select=("request.new_field*",))
        )
    return {verdict.clause.id: verdict.outcome for verdict in run.verdicts}


@pytest.mark.parametrize("keyword", sampled(FIELDS, 4))
def test_new_field_is_probed(keyword: str) -> None:
    """A new field with a keyword as 3.1 has it is probed on both sides: kept by its own server, broken by one that lacks it."""
    strict, lax = with_field(FIELDS[keyword][0]), with_field(FIELDS[keyword][1])
    kept = judged(strict, strict)
    assert kept
    assert set(kept.values()) == {Outcome.PASS}
    broken = {name for name, outcome in judged(lax, strict).items() if outcome is Outcome.FAIL}
    assert f"request.new_field.{keyword}" in broken


def test_null_is_said_as_the_contract_has_it() -> None:
    """Of a field that may be null the clause says so, and asks that null is taken."""
    from conformance.probes.kit import Kit
    from conformance.probes.probe import Expect
    from conformance.requirements.catalogue import requirements

    limit = load("voyage").request_field("limit")
    assert limit
    (found,) = [item for item in requirements(Kit(load("voyage"))) if item.clause.id == f"request.{limit.name}.null"]
    assert found.clause.sentence == f"`{limit.name}` may be null."
    assert [probe.expect for probe in found.probes] == [Expect.ACCEPT]
