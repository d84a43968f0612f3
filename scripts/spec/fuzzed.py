"""OpenAPI documents around a ranking operation, drawn at random: keywords in odd places, unions, nesting, odd names, recursion."""

from typing import Any

from hypothesis import strategies as st

_QUERIES = ("query", "question", "q", "searchQuery", "search_query", "QUERY")
_LISTS = ("documents", "passages", "texts", "docs", "input", "candidates")
_LIMITS = ("top_n", "topK", "limit", "max_results")
_RESULTS = ("results", "data", "rankings", "hits", "output")
_INDICES = ("index", "document_index", "idx")
_SCORES = ("score", "relevance_score", "relevanceScore", "logit")
_NAMES = st.sampled_from(
    [
        "a b",
        *"user timeout class x-extra größe 1st priority self body $odd list a.b content type properties items".split(),
    ]
)
_JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(-2, 2, allow_nan=False)
    | st.sampled_from(["", "string", "int", "#/nowhere", "(", "10"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "a", "$ref"]), inner, max_size=2)
    ),
    max_leaves=3,
)
_KEYWORDS = (
    "type enum const default example examples nullable required minimum maximum exclusiveMinimum exclusiveMaximum "
    "multipleOf minLength maxLength pattern format minItems maxItems uniqueItems items prefixItems properties "
    "additionalProperties minProperties maxProperties allOf anyOf oneOf not discriminator readOnly writeOnly deprecated "
    "title description xml if $comment"
).split()
_SOUND: st.SearchStrategy[Any] = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "enum": ["a", "b"]},
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "date-time", "nullable": True},
        {"type": "string", "pattern": "^[a-z]{3}$"},
        {"type": "string", "minLength": 2, "maxLength": 4},
        {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
        {"type": "integer", "exclusiveMinimum": 0},
        {"type": "number", "multipleOf": 0.5, "maximum": 3},
        {"type": "boolean", "default": "false"},
        {"type": ["integer", "null"], "maximum": 9},
        {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        {"type": "array", "items": {"type": "integer"}, "maxItems": 3},
        {"type": "object", "additionalProperties": {"type": "number"}},
        {
            "type": "object",
            "required": ["mode"],
            "properties": {"mode": {"type": "string"}},
            "additionalProperties": False,
        },
        {"const": "rank"},
        {"$ref": "#/components/schemas/Loop"},
        {"$ref": "#/components/schemas/Loop", "description": "beside"},
        {"allOf": [{"type": "integer"}, {"minimum": 1}]},
        {"type": "string", "readOnly": True},
        {"not": {"type": "string"}},
        {},
        True,
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a document with an operation that ranks, mostly sound, and others that may be anything."""
    text = {"type": "string"}
    item = draw(
        st.sampled_from(
            [
                text,
                {"type": "object", "properties": {"text": text}, "required": ["text"]},
                {"oneOf": [text, {"type": "object", "properties": {"text": text}}]},
                {"type": "object"},
            ]
        )
    )
    query, listed, limit = (draw(st.sampled_from(names)) for names in (_QUERIES, _LISTS, _LIMITS))
    properties: dict[str, Any] = {
        query: _odd(draw, dict(text)),
        listed: _odd(
            draw, {"type": "array", "items": item, **draw(st.sampled_from([{}, {"minItems": 1}, {"maxItems": 20}]))}
        ),
    }
    properties |= {limit: draw(_SOUND)} if draw(st.booleans()) else {}
    properties |= (
        {"model": draw(st.sampled_from([text, {"type": "string", "enum": ["m-1"]}, {"const": "m-2"}]))}
        if draw(st.booleans())
        else {}
    )
    properties |= {name: _odd(draw, draw(_SOUND)) for name in draw(st.lists(_NAMES, max_size=3, unique=True))}
    body: dict[str, Any] = {"type": "object", "properties": properties}
    body |= (
        {"required": draw(st.sampled_from([[query, listed], [listed, query, "ghost"], [query, listed, *properties]]))}
        if draw(st.booleans())
        else {}
    )
    components = {
        "Loop": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Loop"}}},
        "Unused": {"type": draw(_JUNK)},
    }
    body = draw(st.sampled_from(_WRAPS))(body, components)
    result: dict[str, Any] = {
        "type": "object",
        "properties": {
            draw(st.sampled_from(_INDICES)): {"type": "integer"},
            draw(st.sampled_from(_SCORES)): draw(
                st.sampled_from([{"type": "number"}, {"type": "number", "format": "float"}, {"type": ["number"]}])
            ),
        },
    }
    result["properties"] |= {"document": item} if draw(st.booleans()) else {}
    results = {"type": "array", "items": result}
    answer = draw(
        st.sampled_from(
            [
                results,
                {"type": "object", "properties": {draw(st.sampled_from(_RESULTS)): results}},
                {"type": "object", "properties": {"output": {"type": "object", "properties": {"results": results}}}},
            ]
        )
    )
    operation = {
        "operationId": draw(st.sampled_from(["rerank", "rank it!", ""])),
        "requestBody": {"content": {draw(_MEDIA): {"schema": body}}},
        "responses": _responses(draw, answer),
    }
    operation |= {"parameters": draw(_PARAMETERS)} if draw(st.booleans()) else {}
    other = {
        "post": {
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "other.yaml#/x"}}}},
            "x-samples": {"$ref": "./a.py"},
            "responses": {"200": draw(_JUNK)},
        }
    }
    version = draw(st.sampled_from(["3.0.0", "3.0.3", "3.1.0"]))
    found: dict[str, Any] = {
        "openapi": version,
        "info": {"title": "Fuzzed", "version": "1"},
        "paths": {
            "/chat": other,
            draw(st.sampled_from(["/rerank", "/v1/rerank", "/order/{kind}"])): {"post": operation},
        },
    }
    found |= (
        {
            "servers": draw(
                st.sampled_from(
                    [
                        [],
                        [{"url": "/v1"}],
                        [{"url": "https://{place}.example/v1", "variables": {"place": {"default": "eu"}}}],
                    ]
                )
            )
        }
        if draw(st.booleans())
        else {}
    )
    found |= {"security": [{"key": []}]} if draw(st.booleans()) else {}
    found["components"] = {"schemas": components, "securitySchemes": {"key": draw(_SCHEMES)}}
    return found


_MEDIA = st.sampled_from(
    ["application/json", "application/json", "application/json; charset=utf-8", "*/*", "application/vnd.api+json"]
)
_SCHEMES: st.SearchStrategy[Any] = st.sampled_from(
    [
        {"type": "http", "scheme": "bearer"},
        {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
        {"type": "apiKey", "in": "query", "name": "key"},
        {"type": "oauth2", "flows": {}},
    ]
)
_PARAMETERS: st.SearchStrategy[Any] = st.lists(
    st.sampled_from(
        [
            {"name": "kind", "in": "path", "required": True, "schema": {"type": "string", "example": "text"}},
            {"name": "X-Version", "in": "header", "required": True, "schema": {"type": "string", "default": "1"}},
            {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}},
            {"name": "count", "in": "query", "required": True, "schema": {"type": "integer", "minimum": 1}},
            {"name": "dry", "in": "query", "schema": {"type": "boolean"}},
            {"name": "sid", "in": "cookie", "required": True, "schema": {"type": "string", "minLength": 3}},
            {
                "name": "tags",
                "in": "query",
                "required": True,
                "schema": {"type": "array", "items": {"type": "integer"}},
            },
            {
                "name": "filter",
                "in": "query",
                "required": True,
                "style": "deepObject",
                "schema": {"type": "object", "required": ["w"], "properties": {"w": {"type": "integer", "maximum": 9}}},
            },
        ]
    ),
    max_size=3,
    unique_by=lambda item: item["name"],
)


def _responses(draw: st.DrawFn, answer: Any) -> dict[str, Any]:
    content = {draw(_MEDIA): {"schema": answer}}
    content = {"text/event-stream": {"schema": {"type": "string"}}, **content} if draw(st.booleans()) else content
    found: dict[str, Any] = {
        draw(st.sampled_from(["200", "201", "2XX", "default"])): {"description": "The ranking.", "content": content}
    }
    error = draw(
        st.sampled_from(
            [
                {"type": "string"},
                {"type": "object", "properties": {"message": {"type": "string"}}},
                {
                    "type": "object",
                    "properties": {"error": {"type": "object", "properties": {"code": {"type": "integer"}}}},
                },
                {},
            ]
        )
    )
    for status in draw(
        st.lists(st.sampled_from(["400", "4XX", "422", "401", "500", "default"]), max_size=2, unique=True)
    ):
        found.setdefault(status, {"description": "Refused.", "content": {"application/json": {"schema": error}}})
    return found


def _odd(draw: st.DrawFn, schema: Any) -> Any:
    """Put a keyword of a strange value into a schema, now and then."""
    if isinstance(schema, dict) and draw(st.integers(0, 5)) == 0:
        return {**schema, draw(st.sampled_from(_KEYWORDS)): draw(_JUNK)}
    return schema


def _referred(body: Any, components: dict[str, Any]) -> Any:
    components["Rerank Request"] = body
    return {"$ref": "#/components/schemas/Rerank Request"}


_WRAPS: tuple[Any, ...] = (
    lambda body, _: body,
    _referred,
    lambda body, _: {"allOf": [body, {"type": "object", "properties": {"extra": {"type": "boolean"}}}]},
    lambda body, _: {"anyOf": [body, {**body, "properties": {**body["properties"], "only": {"type": "integer"}}}]},
    lambda body, _: {
        "oneOf": [
            {**body, "title": "A"},
            {
                "title": "B",
                "type": "object",
                "required": ["only"],
                "properties": {**body["properties"], "only": {"type": "integer"}},
            },
        ]
    },
    lambda body, _: {
        "type": "object",
        "required": ["input"],
        "properties": {"input": body, "parameters": {"type": "object"}},
    },
    lambda body, components: {"allOf": [_referred(body, components)]},
)
