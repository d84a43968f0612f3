"""The audit finds each kind of defect, and calls nothing a defect that is none."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract, validator
from conformance.contract.audit import AuditFinding, audit
from conformance.contract.instances import alone, instances
from conformance.contract.overlay import Action
from conformance.contract.schema import convert

CURL = """curl -X POST https://rank.example/v1/rerank -H 'Content-Type: application/json' -d '{"model": "m", "query": "q", "documents": ["d"]%s}'"""
CLEAN: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Example", "version": "1"},
    "servers": [{"url": "https://rank.example/v1"}],
    "tags": [{"name": "Rerank"}],
    "paths": {
        "/rerank": {
            "post": {
                "tags": ["Rerank"],
                "x-codeSamples": [{"lang": "curl", "source": CURL % ""}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["model", "query", "documents"],
                                "properties": {
                                    "model": {"type": "string", "enum": ["m"], "x-rerank-role": "model"},
                                    "query": {"type": "string", "x-rerank-role": "query"},
                                    "documents": {
                                        "type": "array",
                                        "items": {"type": "string"},
                                        "x-rerank-role": "documents",
                                    },
                                    "top": {
                                        "type": "integer",
                                        "minimum": 1,
                                        "example": 3,
                                        "x-rerank-role": "limit",
                                        "x-rerank-only-models": ["other"],
                                    },
                                },
                            }
                        }
                    },
                },
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "data": {
                                            "type": "array",
                                            "x-rerank-role": "results",
                                            "items": {
                                                "type": "object",
                                                "properties": {
                                                    "at": {"type": "integer", "x-rerank-role": "index"},
                                                    "score": {"type": "number", "x-rerank-role": "score"},
                                                },
                                            },
                                        }
                                    },
                                }
                            }
                        },
                    }
                },
            }
        }
    },
}


def findings(change: Any = None, unmatched: tuple[Action, ...] = ()) -> list[AuditFinding]:
    """Audit the clean document after a change to its operation, request schema and document."""
    document = deepcopy(CLEAN)
    operation = document["paths"]["/rerank"]["post"]
    if change is not None:
        change(operation, operation["requestBody"]["content"]["application/json"]["schema"], document)
    return audit(Contract("example", document, document, Path("example.yaml"), unmatched))


def kinds(found: list[AuditFinding]) -> list[str]:
    return [finding.kind for finding in found]


def test_clean_document_has_no_finding() -> None:
    """A document without defects is told to have none."""
    assert findings() == []


def sample(text: str) -> Any:
    def change(operation: Any, _schema: Any, _document: Any) -> None:
        operation["x-codeSamples"] = [{"lang": "curl", "source": text}]

    return change


def media(example: dict[str, Any]) -> Any:
    def change(operation: Any, _schema: Any, _document: Any) -> None:
        operation["requestBody"]["content"]["application/json"].update(example)

    return change


def answer(example: Any) -> Any:
    def change(operation: Any, _schema: Any, _document: Any) -> None:
        operation["responses"]["200"]["content"]["application/json"]["example"] = example

    return change


def field(name: str, **more: Any) -> Any:
    def change(_operation: Any, schema: Any, _document: Any) -> None:
        schema["properties"].setdefault(name, {}).update(more)

    return change


DEFECTS: dict[str, tuple[Any, str, str]] = {
    "example": (field("top", example="three"), "example", "top"),
    "default": (field("top", default=0), "default", "top"),
    "default of an object": (
        field("extra", type="object", required=["a"], properties={"a": {}}, default={}),
        "default",
        "extra",
    ),
    "example of a body": (media({"example": {"model": "m"}}), "example", "requestBody"),
    "named example of a body": (media({"examples": {"short": {"value": {"query": 1}}}}), "example", "short"),
    "example of an answer": (answer({"data": {}}), "example", "responses/200"),
    "sample of another host": (sample((CURL % "").replace("rank.example", "old.example")), "sample", "x-codeSamples/0"),
    "sample of another path": (sample((CURL % "").replace("/rerank", "/reranks")), "sample", "x-codeSamples/0"),
    "sample that is no JSON": (sample((CURL % "").replace('"q"', "q")), "sample", "x-codeSamples/0"),
    "sample with an open quote": (sample((CURL % "")[:-1]), "sample", "x-codeSamples/0"),
    "sample out of bounds": (sample(CURL % ', "top": 0'), "sample", "x-codeSamples/0"),
    "sample of a field its model does not take": (sample(CURL % ', "top": 1'), "sample", "x-codeSamples/0"),
    "sample of a field nobody describes": (sample(CURL % ', "bottom": 1'), "sample", "x-codeSamples/0"),
    "sample without a source": (
        lambda operation, _s, _d: operation.update({"x-codeSamples": ["curl"]}),
        "sample",
        "x-codeSamples/0",
    ),
    "tag": (lambda _o, _s, document: document.pop("tags"), "tag", "tags"),
    "body": (lambda operation, _s, _d: operation["requestBody"].pop("required"), "body", "requestBody"),
    "required": (lambda _o, schema, _d: schema["required"].append("nobody"), "required", "schema"),
    "unknown role": (field("top", **{"x-rerank-role": "limmit"}), "role", "top"),
    "role on another type": (field("top", type="string"), "role", "top"),
    "role given twice": (field("query_too", type="string", **{"x-rerank-role": "query"}), "role", "schema"),
    "role of the request missing": (
        lambda _o, schema, _d: schema["properties"]["query"].pop("x-rerank-role"),
        "role",
        "schema",
    ),
    "branches that cannot be told apart": (
        field("extra", oneOf=[{"type": "object", "properties": {"a": {}}}, {"type": "object"}]),
        "oneOf",
        "oneOf/0",
    ),
}


@pytest.mark.parametrize(("change", "kind", "where"), DEFECTS.values(), ids=DEFECTS)
def test_defect_is_found(change: Any, kind: str, where: str) -> None:
    """Each kind of defect is found, where it is, and said in a sentence."""
    found = [finding for finding in findings(change) if finding.kind == kind]
    assert any(where in finding.pointer for finding in found), found
    assert all(finding.sentence.endswith(".") for finding in found)


def test_essential_roles_of_the_answer() -> None:
    """An answer without marked results, index or score is told of each."""

    def change(operation: Any, _schema: Any, _document: Any) -> None:
        operation["responses"]["200"]["content"]["application/json"]["schema"] = {"type": "object"}

    assert [word in str(findings(change)) for word in ("results", "index", "score")] == [True] * 3


def test_unmatched_action_is_a_finding() -> None:
    """An overlay action that matches nothing is named by its target."""
    (found,) = findings(unmatched=(Action("$.nowhere", "why", {}),))
    assert found.kind == "overlay"
    assert "$.nowhere" in found.sentence


ONE_OF: list[tuple[str, list[dict[str, Any]], list[bool]]] = [
    ("types", [{"type": "string"}, {"type": "array"}], [True, True]),
    ("required keys", [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}], [True, True]),
    ("bounds", [{"type": "integer", "minimum": 10}, {"type": "integer", "maximum": 9}], [True, True]),
    ("one bound in the other", [{"type": "integer", "minimum": 10}, {"type": "integer"}], [False, True]),
    ("steps", [{"type": "integer", "multipleOf": 2}, {"type": "integer", "multipleOf": 3}], [True, True]),
    ("lengths", [{"type": "string", "maxLength": 3}, {"type": "string", "minLength": 4}], [True, True]),
    (
        "patterns",
        [{"type": "string", "pattern": "^[a-c]{3}$"}, {"type": "string", "pattern": "^[0-9]+$"}],
        [True, True],
    ),
    ("enums", [{"enum": ["a", "b"]}, {"enum": ["b"]}], [True, False]),
    (
        "closed objects",
        [
            {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
            {"type": "object", "required": ["b"]},
        ],
        [True, True],
    ),
    (
        "nested",
        [{"type": "object", "required": ["k"], "properties": {"k": {"enum": [v]}}} for v in ("x", "y")],
        [True, True],
    ),
    ("null", [{"type": "string", "nullable": True}, {"type": "integer"}], [True, True]),
    ("open and a string", [{}, {"type": "string"}], [True, False]),
    ("same", [{"type": "string"}, {"type": "string"}], [False, False]),
    (
        "items",
        [{"type": "array", "maxItems": 1}, {"type": "array", "minItems": 2, "items": {"type": "integer"}}],
        [True, True],
    ),
]


@pytest.mark.parametrize(("branches", "expected"), [case[1:] for case in ONE_OF], ids=[case[0] for case in ONE_OF])
def test_branch_has_a_value_of_its_own(branches: list[dict[str, Any]], expected: list[bool]) -> None:
    """A value that fits one branch alone is found wherever there is one, and only there."""
    schema = convert({"openapi": "3.0.3"}, {"oneOf": branches}, "#")
    found = [alone(schema, number) for number in range(len(branches))]
    assert [value is not None for value in found] == expected
    for number, value in enumerate(found):
        if value is not None:
            assert [validator(branch).is_valid(value[0]) for branch in schema["oneOf"]] == [
                i == number for i in range(len(branches))
            ]


def test_instances_keep_their_schema() -> None:
    """Values made from a schema keep it, and reach both of its bounds."""
    schema = {"type": "integer", "minimum": 0, "maximum": 80}
    values = list(instances(schema))
    assert {0, 80} <= set(values)
    assert all(validator(schema).is_valid(value) for value in values)
