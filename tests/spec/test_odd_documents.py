"""Documents in the manner of common tools and of published ones, each reduced to what is odd in it: what comes of it."""

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import ContractError
from conformance.contract.roles import ROLE
from conformance.mock import MockServer
from conformance.probes.kit import Kit
from scripts import regenerate
from scripts.spec import intake
from scripts.spec.renewal import Renewal, renew
from tests import command
from tests.client.package import imported
from tests.sampling import sampled
from tests.spec.test_fuzz import outcome

TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}
FIELDS: dict[str, Any] = {"query": TEXT, "documents": TEXTS}
PLAIN: dict[str, Any] = {"type": "object", "required": ["query", "documents"], "properties": FIELDS}
RESULT: dict[str, Any] = {
    "type": "object",
    "required": ["index", "score"],
    "properties": {"index": {"type": "integer"}, "score": {"type": "number"}},
}
ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["results"],
    "properties": {"results": {"type": "array", "items": RESULT}},
}


def described(body: Any, answer: Any = ANSWER, media: str = "application/json", **schemas: Any) -> dict[str, Any]:
    """Return a document with one operation that takes a body and gives an answer."""
    operation = {
        "operationId": "rerank",
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"200": {"description": "Ranked.", "content": {media: {"schema": answer}}}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Odd", "version": "1"},
        "paths": {"/rerank": {"post": operation}},
        "components": {"schemas": schemas},
    }


# Contracts that no request can be made by, and a word of the sentence that says so.
UNMADE: dict[str, dict[str, Any]] = {
    "no request could be made": {**TEXTS, "contains": {"const": "x"}},
    "may hold none": {**TEXTS, "maxItems": 0},
    "401 digits": {**TEXTS, "maxItems": 10**400},
}


def referred(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


# Two forms of which each request of the second fits the first, and a field of it that may be anything.
WITHIN = {
    "oneOf": [
        {"title": "A", "type": "object", "properties": {**FIELDS, "top_n": True}},
        {"title": "B", "type": "object", "required": ["only"], "properties": {**FIELDS, "top_n": True, "only": TEXT}},
    ]
}
# A question of three letters: nothing that rests on what is asked can be shown.
SHORT = {**PLAIN, "properties": {"query": {"type": "string", "maxLength": 3}, "documents": TEXTS}}
LIMITED = {
    **PLAIN,
    "required": ["query", "documents", "limit"],
    "properties": {**FIELDS, "limit": {"type": "integer", "exclusiveMinimum": 0}},
}
# Go's swag: the field of a shared envelope is said by a second part.
ENVELOPED = {"allOf": [referred("Response"), {"type": "object", "properties": {"data": referred("Data")}}]}
RESPONSE = {"type": "object", "properties": {"code": {"type": "integer"}, "data": {"type": "object"}}}
# Rust's serde: a variant that is an object under its own name.
VARIANT = {"type": "object", "required": ["Near"], "properties": {"Near": {"type": "object", "properties": {"k": {"type": "integer"}}}}}  # fmt: skip
KIND = {"oneOf": [{"type": "string", "enum": ["Plain"]}, VARIANT]}
BOX = {
    "type": "object",
    "required": ["w"],
    "properties": {"w": {"type": "integer", "minimum": 1}, "h": {"type": "integer"}},
}
NUMBERS = {"type": ["array", "null"], "items": {"type": "integer"}}
# Parameters of each place.
BESIDE: list[dict[str, Any]] = [
    {"name": "count", "in": "query", "schema": {"type": ["integer", "null"], "minimum": 2}},
    {"name": "of it", "in": "query", "schema": {"type": "boolean"}},
    {"name": "X-Flags", "in": "header", "schema": {"enum": ["a", "b"]}},
]
# OpenRouter and FastAPI: components that are a union, a list or a map of objects that hold objects; one that holds itself.
HOLDER = {"type": "object", "properties": {"price": BOX, "mode": {"type": "string", "enum": ["a", "b"]}}}
HELD = {
    "Null": {**HOLDER, "type": ["object", "null"]},
    "List": {"type": ["array", "null"], "items": HOLDER},
    "Lists": {"oneOf": [{"type": "array", "items": HOLDER}, {"type": "null"}]},
    "Map": {"type": "object", "additionalProperties": {**HOLDER, "type": ["object", "null"]}},
    "Self": {"type": ["object", "null"], "properties": {"self": referred("Self"), "box": BOX}},
}
# What no class of Python can be made of: values of one name, of no type, or none at all.
VALUES = {
    "alike": {"type": "string", "enum": ["a b", "a-b", "A_B", "", "1"]},
    "listed": {"const": [1]},
    "nothing": {"type": "null"},
    "nothings": {"enum": [None]},
}
ECHOED = {
    **ANSWER,
    "properties": {"results": {"type": "array", "items": {**RESULT, "properties": {**RESULT["properties"], "document": {"type": "object"}}}}},
}  # fmt: skip
IDS = {"type": "object", "required": ["query", "document_ids"], "properties": {"query": TEXT, "document_ids": NUMBERS}}
ODD: dict[str, dict[str, Any]] = {
    "forms within forms": described(WITHIN),
    "a short question": described(SHORT),
    "a limit that is required": described(LIMITED),
    "a limit that cuts": described(
        {**LIMITED, "properties": {**FIELDS, "limit": {"type": "number", "multipleOf": 0.5, "maximum": 3}}}
    ),
    "fields beside a union of what is required": described(
        {**PLAIN, "required": ["query"], "anyOf": [{"required": ["documents"]}, {"required": ["note"]}]}
    ),
    "fields beside a union of objects": described(
        {
            **PLAIN,
            "oneOf": [
                {"title": "Counted", "required": ["top_n"], "properties": {"top_n": {"type": "integer", "minimum": 1}}},
                {"title": "Cut", "required": ["threshold"], "properties": {"threshold": {"type": "number"}}},
            ],
        }
    ),
    "one field said by two parts": described(PLAIN, ENVELOPED, Response=RESPONSE, Data=ANSWER),
    "a variant under its own name": described(
        {**PLAIN, "properties": {**FIELDS, "kind": {"oneOf": [{"type": "null"}, referred("Kind")]}}}, Kind=KIND
    ),
    "a reference that is encoded": described({"$ref": "#/components/schemas/Rerank%20Request"}, **{"Rerank Request": PLAIN}),
    "a reference to an anchor": described({"$ref": "#asked"}, Asked={"$anchor": "asked", **PLAIN}),
    # Go's huma and Swashbuckle: a required list that may be null.
    "documents that may be null": described(
        {**PLAIN, "properties": {**FIELDS, "documents": {**TEXTS, "type": ["array", "null"]}}}
    ),
    # What several vendors take of a chat: parts of a text, and an id of letters without a length.
    "a question in parts": described(
        {
            **PLAIN,
            "properties": {
                **FIELDS,
                "query": {"oneOf": [TEXT, {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["type", "text"], "properties": {"type": {"const": "text"}, "text": TEXT}}}]},
            },
        },
        {
            **ANSWER,
            "required": ["id", "results", "usage"],
            "properties": {
                "id": {"type": "string", "pattern": "^rr_[a-z0-9]+$"},
                "results": {"type": "array", "items": {**RESULT, "properties": {**RESULT["properties"], "score": {"type": "number", "exclusiveMinimum": -1, "exclusiveMaximum": 1}}}},
                "usage": {"type": "object", "required": ["total_tokens"], "properties": {"total_tokens": {"type": "integer"}}},
            },
        },
    ),
    "a version of two numbers": {**described(PLAIN), "openapi": "3.1"},
    "JSON by the name of a protocol": described(PLAIN, media="application/x-acme-json-1.1"),
    "components that hold objects and are none": described(
        {**PLAIN, "properties": {**FIELDS, **{name: {"allOf": [referred(name), {"description": "Said."}]} for name in HELD}}},
        **HELD,
    ),
    "values that no class can be made of": described({**PLAIN, "properties": {**FIELDS, **VALUES}}),
    # FastAPI's body with a default, Go's `interface{}` as what comes back, and documents that the service has already.
    "a body that may be null": described({"anyOf": [PLAIN, {"type": "null"}]}),
    "a body that names documents": described({"oneOf": [IDS, PLAIN]}),
    "documents that come back as any object": described(PLAIN, ECHOED),
    "words that YAML 1.1 took for true and false": described(
        {**PLAIN, "properties": {**FIELDS, "mode": {"type": "string", "enum": [True, False]}}}
    ),
    # A name with nothing behind its colon, and the name of a type in place of a schema.
    "members that are no schemas": described(
        {**PLAIN, "properties": {**FIELDS, "documents": {"type": "array", "items": "str"}, "meta": None, "user": "string"}}
    ),
}  # fmt: skip
KEYED = described(PLAIN)
KEYED["paths"]["/rerank"]["post"]["parameters"] = [{**item, "required": True} for item in BESIDE]
ODD["parameters of every place"] = KEYED


def taken(document: Any, folder: Path, *, client: bool = False) -> Renewal:
    """Return what a document leads to, as that of a vendor called `odd`."""
    (folder / "odd").mkdir()
    return renew(folder / "odd", intake.take(json.dumps(document), "odd.json"), clients=folder, client=client)


@pytest.mark.parametrize("document", sampled(ODD.values(), 2), ids=ODD)
def test_document_becomes_a_contract_and_a_client(document: Any, tmp_path: Path) -> None:
    """The mock of the contract passes its own suite, and the client's call takes the question and the documents."""
    assert outcome(document) == "contract"
    taken(document, tmp_path, client=True)
    with imported(tmp_path / "new", regenerate.package_name("odd")) as package:
        assert {"query", "documents"} <= inspect.signature(package.Client.rerank).parameters.keys()


def test_parameters_of_every_place_reach_the_server(tmp_path: Path) -> None:
    """The client sends what the contract requires beside the body."""
    contract = taken(KEYED, tmp_path, client=True).after
    with (
        imported(tmp_path / "new", regenerate.package_name("odd")) as package,
        MockServer(contract, key="0123456789abcdef") as mock,
        package.Client(base_url=mock.base_url, api_key="0123456789abcdef") as client,
    ):
        answer = client.rerank(query="apple", documents=["a bicycle", "apple pie"])
        assert [result.index for result in answer.results] == [1, 0]


def test_role_of_a_field_that_may_be_anything_stands_at_the_field(tmp_path: Path) -> None:
    """A schema that is `true` is marked where it stands, not at the root of the document, and what comes after the roles is mended too."""
    renewal = taken(described(WITHIN), tmp_path)
    assert ROLE not in renewal.after.document
    assert renewal.after.request_field("limit") is not None
    assert "anyOf" in renewal.after.request_schema


def test_value_of_a_discriminator_names_the_form(tmp_path: Path) -> None:
    """A request says in the field that a discriminator reads which form it is, by the words of the mapping: any other word is refused."""
    forms = {
        name: {"type": "object", "required": ["kind", "query", "documents"], "properties": {"kind": TEXT, **fields}}
        for name, fields in {
            "Words": FIELDS,
            "Objects": {
                **FIELDS,
                "documents": {"type": "array", "items": {"type": "object", "properties": {"text": TEXT}}},
            },
        }.items()
    }
    mapping = {"words": referred("Words")["$ref"], "objects": "Objects"}
    union = {
        "oneOf": [referred("Words"), referred("Objects")],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }
    contract = taken(described(union, **forms), tmp_path).after
    kit = Kit(contract)
    assert [kit.body(branch)["kind"] for branch in contract.branches] == ["words", "objects"]
    assert not contract.request_validator.is_valid({**kit.body(), "kind": "apple"})


def test_server_without_a_scheme_is_asked_by_https(tmp_path: Path) -> None:
    """A server that begins with two slashes, as swag writes it, is a host and no path."""
    document = {**described(PLAIN), "servers": [{"url": "//api.example/v1"}]}
    assert taken(document, tmp_path).after.server == "https://api.example/v1"


def test_word_before_the_key_is_read_off_its_description(tmp_path: Path) -> None:
    """The sentence that swag has people write, `"Bearer" followed by a space`, says what stands before the key."""
    document = {**described(PLAIN), "security": [{"key": []}]}
    said = 'Type "Bearer" followed by a space and the token.'
    scheme = {"type": "apiKey", "in": "header", "name": "Authorization", "description": said}
    document["components"]["securitySchemes"] = {"key": scheme}
    credential = taken(document, tmp_path).after.credential
    assert credential is not None
    assert credential.value("secret") == "Bearer secret"


@pytest.mark.parametrize("path", ["/rerank", "/v1/anything"])
def test_path_in_another_file_is_named(path: str) -> None:
    """A path that only refers to another file is refused with its pointer and the way out, whatever else the document has."""
    document = described(PLAIN)
    document["paths"] = {"/chat": {"post": {"requestBody": {}, "responses": {}}}, path: {"$ref": "paths/rerank.yaml"}}
    with pytest.raises(ContractError, match=r"#/paths/\S+ refers to 'paths/rerank.yaml', another file.*bundle"):
        intake.take(json.dumps(document), "split.json")


@pytest.mark.parametrize(("words", "documents"), UNMADE.items())
def test_contract_that_no_request_can_be_made_by(words: str, documents: dict[str, Any], tmp_path: Path) -> None:
    """A contract that nothing can be asked by is refused with exit status 2 by a command, and as a new vendor."""
    document = described({**PLAIN, "properties": {**FIELDS, "documents": documents}})
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    done = command.call("requirements", str(path))
    assert (done.returncode, words in done.stderr, "odd.json" in done.stderr) == (2, True, True), done.stderr
    with pytest.raises(ContractError, match=words):
        taken(document, tmp_path)


def test_operation_that_was_named_is_the_one(tmp_path: Path) -> None:
    """An operation that nothing tells for a ranking is taken where it is named: what is missing in it is said, not that there is none."""
    document = described({"type": "object", "properties": {"left": TEXT, "right": TEXT}})
    document["paths"] = {"/score/{model}": {"post": {**document["paths"]["/rerank"]["post"], "operationId": "score"}}, "/embed": {"post": {"requestBody": {}, "responses": {}}}}  # fmt: skip
    (tmp_path / "odd").mkdir()
    with pytest.raises(ContractError, match="no field of its request has the role documents"):
        renew(tmp_path / "odd", intake.take(json.dumps(document), "odd.json", "/score/{model}"), client=False)
