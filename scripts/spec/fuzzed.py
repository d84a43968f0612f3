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
_SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2, allow_nan=False)
_JUNK = st.recursive(
    _SCALARS | st.sampled_from(["", "string", "int", "#/nowhere", "(", "10"]),
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


def _string(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


def _integer(**more: Any) -> dict[str, Any]:
    return {"type": "integer", **more}


def _array(items: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


_LOOP = {"$ref": "#/components/schemas/Loop"}
_SOUND: st.SearchStrategy[Any] = st.sampled_from(
    [
        _string(),
        _string(enum=["a", "b"]),
        _string(format="uuid"),
        _string(format="date-time", nullable=True),
        _string(pattern="^[a-z]{3}$"),
        _string(minLength=2, maxLength=4),
        _string(readOnly=True),
        _integer(minimum=0, exclusiveMinimum=True),
        _integer(exclusiveMinimum=0),
        {"type": "number", "multipleOf": 0.5, "maximum": 3},
        {"type": "boolean", "default": "false"},
        {"type": ["integer", "null"], "maximum": 9},
        {"anyOf": [_integer(), {"type": "null"}]},
        {"oneOf": [_string(), _array(_string())]},
        _array(_integer(), maxItems=3),
        {"type": "object", "additionalProperties": {"type": "number"}},
        _object({"mode": _string()}, required=["mode"], additionalProperties=False),
        {"const": "rank"},
        _LOOP,
        {**_LOOP, "description": "beside"},
        {"allOf": [_integer(), {"minimum": 1}]},
        {"not": _string()},
        {},
        True,
    ]
)
_TEXT = _object({"text": _string()})
_ITEMS = (_string(), {**_TEXT, "required": ["text"]}, {"oneOf": [_string(), _TEXT]}, {"type": "object"})
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


def _parameter(name: str, place: str, schema: Any, *, required: bool = True, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": schema, **({"required": True} if required else {}), **more}


_PARAMETERS: st.SearchStrategy[Any] = st.lists(
    st.sampled_from(
        [
            _parameter("kind", "path", _string(example="text")),
            _parameter("X-Version", "header", _string(default="1")),
            _parameter("Authorization", "header", _string()),
            _parameter("count", "query", _integer(minimum=1)),
            _parameter("dry", "query", {"type": "boolean"}, required=False),
            _parameter("sid", "cookie", _string(minLength=3)),
            _parameter("tags", "query", _array(_integer())),
            _parameter("filter", "query", _object({"w": _integer(maximum=9)}, required=["w"]), style="deepObject"),
        ]
    ),
    max_size=3,
    unique_by=lambda item: item["name"],
)
_SERVERS: st.SearchStrategy[Any] = st.sampled_from(
    [[], [{"url": "/v1"}], [{"url": "https://{place}.example/v1", "variables": {"place": {"default": "eu"}}}]]
)
_ERRORS = st.sampled_from(
    [_string(), _object({"message": _string()}), _object({"error": _object({"code": _integer()})}), {}]
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a document with an operation that ranks, mostly sound, and others that may be anything."""

    def one(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    def perhaps(key: str, value: st.SearchStrategy[Any]) -> dict[str, Any]:
        return {key: draw(value)} if draw(st.booleans()) else {}

    item, query, listed = one(*_ITEMS), one(*_QUERIES), one(*_LISTS)
    properties: dict[str, Any] = {
        query: _odd(draw, _string()),
        listed: _odd(draw, _array(item, **one({}, {"minItems": 1}, {"maxItems": 20}))),
        **perhaps(one(*_LIMITS), _SOUND),
        **perhaps("model", st.sampled_from([_string(), _string(enum=["m-1"]), {"const": "m-2"}])),
        **{name: _odd(draw, draw(_SOUND)) for name in draw(st.lists(_NAMES, max_size=3, unique=True))},
    }
    needed = st.sampled_from([[query, listed], [listed, query, "ghost"], [query, listed, *properties]])
    components = {"Loop": _object({"next": _LOOP}), "Unused": {"type": draw(_JUNK)}}
    body = one(*_WRAPS)(_object(properties, **perhaps("required", needed)), components)
    score = one({"type": "number"}, {"type": "number", "format": "float"}, {"type": ["number"]})
    result = {one(*_INDICES): _integer(), one(*_SCORES): score, **perhaps("document", st.just(item))}
    results = _array(_object(result))
    answer = one(results, _object({one(*_RESULTS): results}), _object({"output": _object({"results": results})}))
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
        **perhaps("servers", _SERVERS),
        **perhaps("security", st.just([{"key": []}])),
        "components": {"schemas": components, "securitySchemes": {"key": draw(_SCHEMES)}},
    }


def _responses(draw: st.DrawFn, answer: Any) -> dict[str, Any]:
    content = {draw(_MEDIA): {"schema": answer}}
    content = {"text/event-stream": {"schema": _string()}, **content} if draw(st.booleans()) else content
    success, error = draw(st.sampled_from(["200", "201", "2XX", "default"])), draw(_ERRORS)
    found: dict[str, Any] = {success: {"description": "The ranking.", "content": content}}
    statuses = st.sampled_from(["400", "4XX", "422", "401", "500", "default"])
    for status in draw(st.lists(statuses, max_size=2, unique=True)):
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


def _beside(body: Any) -> dict[str, Any]:
    """Return the fields of a body with one more."""
    return {**body["properties"], "only": _integer()}


_WRAPS: tuple[Any, ...] = (
    lambda body, _: body,
    _referred,
    lambda body, _: {"allOf": [body, _object({"extra": {"type": "boolean"}})]},
    lambda body, _: {"anyOf": [body, {**body, "properties": _beside(body)}]},
    lambda body, _: {"oneOf": [{**body, "title": "A"}, _object(_beside(body), title="B", required=["only"])]},
    lambda body, _: _object({"input": body, "parameters": {"type": "object"}}, required=["input"]),
    lambda body, components: {"allOf": [_referred(body, components)]},
)
