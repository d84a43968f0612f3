"""OpenAPI documents around a ranking operation, drawn at random: keywords in odd places, unions, nesting, odd names, recursion."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from conformance.contract import document

_SAID = document.load(Path(__file__).parents[1] / "data" / "drawn_documents.yaml")
_SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2, allow_nan=False)
_JUNK = st.recursive(
    _SCALARS | st.sampled_from(_SAID["junk"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "a", "$ref"]), inner, max_size=2)
    ),
    max_leaves=3,
)
_SOUND: st.SearchStrategy[Any] = st.sampled_from(_SAID["sound"])
_MEDIA = st.sampled_from(_SAID["media"])
_PARAMETERS: st.SearchStrategy[Any] = st.lists(
    st.sampled_from(_SAID["parameters"]), max_size=3, unique_by=lambda item: item["name"]
)


def _array(items: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a document with an operation that ranks, mostly sound, and others that may be anything."""

    def one(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    def perhaps(key: str, value: st.SearchStrategy[Any]) -> dict[str, Any]:
        return {key: draw(value)} if draw(st.booleans()) else {}

    item, query, listed = one(*_SAID["items"]), one(*_SAID["queries"]), one(*_SAID["lists"])
    properties: dict[str, Any] = {
        query: _odd(draw, {"type": "string"}),
        listed: _odd(draw, _array(item, **one({}, {"minItems": 1}, {"maxItems": 20}))),
        **perhaps(one(*_SAID["limits"]), _SOUND),
        **perhaps("model", st.sampled_from(_SAID["models"])),
        **{
            name: _odd(draw, draw(_SOUND))
            for name in draw(st.lists(st.sampled_from(_SAID["names"]), max_size=3, unique=True))
        },
    }
    needed = st.sampled_from([[query, listed], [listed, query, "ghost"], [query, listed, *properties]])
    components = {"Loop": _object({"next": {"$ref": "#/components/schemas/Loop"}}), "Unused": {"type": draw(_JUNK)}}
    body = one(*_WRAPS)(_object(properties, **perhaps("required", needed)), components)
    score = one(*_SAID["score"])
    result = {one(*_SAID["indices"]): {"type": "integer"}, one(*_SAID["scores"]): score}
    result |= perhaps("document", st.just(item))
    results = _array(_object(result))
    answer = one(
        results, _object({one(*_SAID["results"]): results}), _object({"output": _object({"results": results})})
    )
    operation = {
        "operationId": one("rerank", "rank it!", ""),
        "requestBody": {"content": {draw(_MEDIA): {"schema": body}}},
        "responses": _responses(draw, answer),
        **perhaps("parameters", _PARAMETERS),
    }
    other = {
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "other.yaml#/x"}}}},
        "x-samples": {"$ref": "./a.py"},
        "responses": {"200": draw(_JUNK)},
    }
    return {
        "openapi": one("3.0.0", "3.0.3", "3.1.0"),
        "info": {"title": "Fuzzed", "version": "1"},
        "paths": {"/chat": {"post": other}, one("/rerank", "/v1/rerank", "/order/{kind}"): {"post": operation}},
        **perhaps("servers", st.sampled_from(_SAID["servers"])),
        **perhaps("security", st.just([{"key": []}])),
        "components": {"schemas": components, "securitySchemes": {"key": one(*_SAID["schemes"])}},
    }


def _responses(draw: st.DrawFn, answer: Any) -> dict[str, Any]:
    content = {draw(_MEDIA): {"schema": answer}}
    content = {"text/event-stream": {"schema": {"type": "string"}}, **content} if draw(st.booleans()) else content
    success, error = draw(st.sampled_from(["200", "201", "2XX", "default"])), draw(st.sampled_from(_SAID["errors"]))
    found: dict[str, Any] = {success: {"description": "The ranking.", "content": content}}
    statuses = st.sampled_from(["400", "4XX", "422", "401", "500", "default"])
    for status in draw(st.lists(statuses, max_size=2, unique=True)):
        found.setdefault(status, {"description": "Refused.", "content": {"application/json": {"schema": error}}})
    return found


def _odd(draw: st.DrawFn, schema: Any) -> Any:
    """Put a keyword of a strange value into a schema, now and then."""
    if isinstance(schema, dict) and draw(st.integers(0, 5)) == 0:
        return {**schema, draw(st.sampled_from(_SAID["keywords"])): draw(_JUNK)}
    return schema


def _referred(body: Any, components: dict[str, Any]) -> Any:
    components["Rerank Request"] = body
    return {"$ref": "#/components/schemas/Rerank Request"}


def _beside(body: Any) -> dict[str, Any]:
    """Return the fields of a body with one more."""
    return {**body["properties"], "only": {"type": "integer"}}


_WRAPS: tuple[Any, ...] = (
    lambda body, _: body,
    _referred,
    lambda body, _: {"allOf": [body, _object({"extra": {"type": "boolean"}})]},
    lambda body, _: {"anyOf": [body, {**body, "properties": _beside(body)}]},
    lambda body, _: {"oneOf": [{**body, "title": "A"}, _object(_beside(body), title="B", required=["only"])]},
    lambda body, _: _object({"input": body, "parameters": {"type": "object"}}, required=["input"]),
    lambda body, components: {"allOf": [_referred(body, components)]},
)
