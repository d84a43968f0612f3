"""OpenAPI schemas become JSON Schema 2020-12."""

from typing import Any

import pytest

from conformance.contract import ContractError, validator
from conformance.contract.schema import Schema, alternatives, convert, flatten, follow

V30 = {
    "openapi": "3.0.3",
    "components": {
        "schemas": {"Tree": {"type": "object", "properties": {"leaf": {"$ref": "#/components/schemas/Tree"}}}}
    },
}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "integer", "nullable": True}, [1, None], ["1"]),
        ({"type": "string", "enum": ["a"], "nullable": True}, ["a", None], ["b"]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, [2], [1]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": False}, [1], [0]),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": True}, [0.9], [1]),
        ({"type": "integer", "multipleOf": 5}, [10], [11]),
        (
            {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2, "uniqueItems": True},
            [["a"]],
            [[], ["a", "a"], ["a", "b", "c"]],
        ),
        ({"type": "string", "pattern": "^a+$", "minLength": 1, "maxLength": 2}, ["a", "aa"], ["", "aaa", "b"]),
        ({"type": "object", "additionalProperties": False, "properties": {"a": {}}}, [{"a": 1}], [{"b": 1}]),
        ({"not": {"type": "string"}}, [1], ["a"]),
        ({"allOf": [{"required": ["a"]}, {"required": ["b"]}]}, [{"a": 1, "b": 1}], [{"a": 1}]),
        ({"oneOf": [{"type": "integer"}, {"minimum": 2, "type": "number"}]}, [1, 2.5], [3]),
        ({"type": "integer", "maximum": 80, "exclusiveMaximum": False}, [80], [81]),
        ({"type": "object", "minProperties": 1, "maxProperties": 2}, [{"a": 1}], [{}, {"a": 1, "b": 1, "c": 1}]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, [{"a": 1}, {}], [{"a": "1"}]),
        (
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
            [{"a": ""}, {"a": "", "b": 1}],
            [{}, {"a": 1}],
        ),
        ({"anyOf": [{"type": "integer"}, {"type": "boolean"}]}, [1, True], ["1"]),
        ({"enum": [1, "a", None]}, [1, "a", None], [2, "b"]),
        ({"type": "boolean"}, [True], [1, "true", None]),
        ({"type": "number"}, [1, 0.5], ["1", True]),
        ({"type": "string", "nullable": False}, ["a"], [None]),
        (
            {"type": "string", "format": "uri", "readOnly": True, "deprecated": True, "xml": {}, "externalDocs": {}},
            ["https://a.example"],
            [1, "a"],
        ),
        (
            {"type": "object", "properties": {"nullable": {"type": "integer"}, "example": {"type": "string"}}},
            [{"nullable": 1}],
            [{"example": 1}],
        ),
        ({"type": "array", "items": {"type": "integer", "nullable": True}}, [[1, None]], [["1"]]),
        ({"allOf": [{"$ref": "#/components/schemas/Tree"}], "nullable": True}, [{}], [1]),
        ({"$ref": "#/components/schemas/Tree", "required": ["leaf"]}, [{}], [1]),
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
    assert keeps.is_valid(None)
    assert not keeps.is_valid(1)
    rest = validator(convert(modern, {"prefixItems": [{"const": "a"}], "items": {"type": "integer"}}, "#"))
    assert rest.is_valid(["a", 1])
    assert not rest.is_valid(["b", 1])
    assert not rest.is_valid(["a", "b"])


@pytest.mark.parametrize("reference", ["#/nowhere", "other.yaml#/x", "#/components/schemas/Tree/properties/0"])
def test_dangling_reference_is_named(reference: str) -> None:
    """A reference to nothing, or out of the document, is refused by name."""
    with pytest.raises(ContractError, match=reference):
        convert(V30, {"$ref": reference}, "#")


def test_reference_to_itself_is_refused() -> None:
    """References in a circle that meet no schema are refused, and not followed for ever."""
    loop = {
        "openapi": "3.0.3",
        "components": {"schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}},
    }
    with pytest.raises(ContractError, match="itself"):
        convert(loop, {"$ref": "#/components/schemas/A"}, "#")


def test_references_that_multiply_are_refused() -> None:
    """Schemas that each refer twice to the next are refused before they fill the memory."""
    schemas: dict[str, Any] = {
        f"s{i}": {"properties": {name: {"$ref": f"#/components/schemas/s{i + 1}"} for name in "ab"}} for i in range(40)
    }
    with pytest.raises(ContractError, match="references"):
        convert(
            {"openapi": "3.0.3", "components": {"schemas": {**schemas, "s40": {}}}},
            {"$ref": "#/components/schemas/s0"},
            "#",
        )


def test_nothing_is_fetched() -> None:
    """Keywords that name another document are dropped: no validator may be made to fetch one."""
    away = "http://127.0.0.1:9/schema"
    schema = convert({"openapi": "3.1.0"}, {"$id": away, "$schema": away, "$dynamicRef": away, "type": "integer"}, "#")
    assert validator(schema).is_valid(1)
    assert not any(key.startswith("$") for key in schema)


def test_converted_schemas_know_where_they_stand() -> None:
    """Each converted schema carries the pointer of its own place, also behind a reference."""
    schema = convert(
        V30, {"properties": {"a/b": {"$ref": "#/components/schemas/Tree"}, "c~d": {"type": "string"}}}, "#/x"
    )
    assert schema["properties"]["a/b"]["x-pointer"] == "#/components/schemas/Tree"
    assert schema["properties"]["c~d"]["x-pointer"] == "#/x/properties/c~0d"
    assert follow({"x": {"properties": {"c~d": 5}}}, schema["properties"]["c~d"]["x-pointer"]) == 5


@pytest.mark.parametrize("schema", [{"type": "strin"}, {"pattern": "("}, {"minimum": "1"}, {"required": "a"}])
def test_schema_that_is_none_is_refused(schema: dict[str, Any]) -> None:
    """A schema with a keyword of the wrong kind is refused as such, with where it stands."""
    with pytest.raises(ContractError, match="#/here"):
        validator(convert(V30, schema, "#/here"))


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({"type": "string"}, {"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["a"]}),
        ({"enum": ["a", "b", "c"]}, {"enum": ["c", "b"]}, {"enum": ["b", "c"]}),
        ({"maxLength": 20, "minLength": 1}, {"maxLength": 10, "minLength": 0}, {"maxLength": 10, "minLength": 1}),
        ({"type": "number"}, {"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 1}),
        ({"type": ["string", "null"]}, {"type": "string"}, {"type": "string"}),
        ({"items": {"maxLength": 5}}, {"items": {"maxLength": 3}}, {"items": {"maxLength": 3}}),
        ({"uniqueItems": False}, {"uniqueItems": True}, {"uniqueItems": True}),
        (
            {"properties": {"a": {"type": "string"}}, "required": ["a"]},
            {"properties": {"a": {"const": "x"}, "b": {}}, "required": ["b"]},
            {"properties": {"a": {"type": "string", "const": "x"}, "b": {}}, "required": ["a", "b"]},
        ),
    ],
)
def test_parts_that_speak_of_one_field_both_hold(one: Schema, other: Schema, both: Schema) -> None:
    """What two parts of an `allOf` say of one keyword or one field is merged into what both allow, in either order."""
    for parts in ([one, other], [other, one]):
        found = flatten({"allOf": [{"properties": {"f": part}} for part in parts]})["properties"]["f"]
        assert {key: sorted(value) if key in {"enum", "required"} else value for key, value in found.items()} == both


def test_alternatives_are_the_leaves() -> None:
    """Branches within branches count one by one, each with what all of them share."""
    schema = convert(
        V30, {"required": ["a"], "oneOf": [{"title": "one"}, {"anyOf": [{"title": "two"}, {"title": "three"}]}]}, "#"
    )
    assert [leaf["title"] for leaf in alternatives(schema)] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("parts", "bad"),
    [
        ([{"pattern": "^a"}, {"pattern": "z$"}], ["az", "a", "z"]),
        ([{"format": "uuid"}, {"format": "date"}], [None, "2024-01-01", "4f4b6f0e-1f2a-4a3c-9d6b-0a1b2c3d4e5f"]),
        ([{"multipleOf": 2}, {"multipleOf": 3}], [6, 2, 3]),
        ([{"enum": [1]}, {"enum": [2]}], [None, 1, 2]),
        ([{"type": "string"}, {"type": "integer"}], [None, "a", 1]),
        ([{"not": {"const": 1}}, {"not": {"const": 2}}], [3, 1, 2]),
        ([{"anyOf": [{"minimum": 3}]}, {"anyOf": [{"maximum": 5}]}], [4, 2, 6]),
        ([{"patternProperties": {"^a": {"type": "integer"}}}, {"patternProperties": {"^a": {"minimum": 2}}}], [{"a": 2}, {"a": 1}, {"a": "b"}]),
    ],
)  # fmt: skip
def test_merged_parts_keep_every_constraint(parts: list[Schema], bad: list[Any]) -> None:
    """What two parts of an `allOf` forbid is forbidden by the merged form too, also where no one value of a keyword says so; `bad` begins with a value that is allowed."""
    flat = flatten({"allOf": parts})
    assert flatten(flat) == flat
    good, *refused = bad
    assert good is None or validator(flat).is_valid(good)
    assert not any(validator(flat).is_valid(value) for value in refused)


def test_alternatives_have_what_stands_beside_them() -> None:
    """A form of a union has the fields, and the other union, that the schema says beside it, but none of its words."""
    schema = {
        "title": "Whole",
        "properties": {"a": {}},
        "required": ["a"],
        "oneOf": [{"title": "One", "required": ["b"]}, {"title": "Two", "properties": {"c": {}}}],
        "anyOf": [{"minProperties": 2}, {"maxProperties": 5}],
    }
    found = alternatives(schema)
    assert all(leaf.get("title") != "Whole" for leaf in found)
    assert [sorted(leaf["required"]) for leaf in found] == [["a", "b"], ["a", "b"], ["a"], ["a"]]
    assert [sorted(leaf["properties"]) for leaf in found] == [["a"], ["a"], ["a", "c"], ["a", "c"]]
    assert [leaf.get("minProperties") for leaf in found] == [2, None, 2, None]


def test_unions_that_multiply_are_refused() -> None:
    """Unions side by side have as many forms as the product of theirs: too many are an error, not an hour."""
    with pytest.raises(ContractError, match="more than 1,000 forms"):
        alternatives({"allOf": [{"anyOf": [{"minLength": number}, {}]} for number in range(1, 40)]})
