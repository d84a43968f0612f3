"""Whatever is answered: the same table for sync and async, facade and endpoint functions."""

import asyncio
import json
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import siliconflow_rerank as sdk
from siliconflow_rerank.api.rerank import create_rerank
from siliconflow_rerank.models import RerankClassicRequest

from tests.client.conftest import Scripted
from tests.sampling import sampled

JSON = {"Content-Type": "application/json"}
ASK: dict[str, Any] = {"model": "BAAI/bge-reranker-v2-m3", "query": "apple", "documents": ["apple", "pear"]}
GOOD = {"id": "x", "results": [{"index": 1, "relevance_score": 0.5}]}


def body(value: Any, status: int = 200, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return status, {**JSON, **headers}, value if isinstance(value, bytes) else json.dumps(value).encode()


def sync_call(url: str) -> Any:
    with sdk.Client(api_key="sk-canary-0123456789", base_url=url, retries=0) as client:
        return client.rerank(**ASK)


def async_call(url: str) -> Any:
    async def go() -> Any:
        async with sdk.AsyncClient(api_key="sk-canary-0123456789", base_url=url, retries=0) as client:
            return await client.rerank(**ASK)

    return asyncio.run(go())


def endpoint_call(url: str) -> Any:
    with sdk.Client(api_key="sk-canary-0123456789", base_url=url, retries=0) as client:
        return create_rerank.sync(client=client, body=RerankClassicRequest(**ASK))


def endpoint_async_call(url: str) -> Any:
    async def go() -> Any:
        async with sdk.AsyncClient(api_key="sk-canary-0123456789", base_url=url, retries=0) as client:
            return await create_rerank.asyncio(client=client, body=RerankClassicRequest(**ASK))

    return asyncio.run(go())


CALLS = {"sync": sync_call, "async": async_call, "endpoint": endpoint_call, "endpoint async": endpoint_async_call}

# name -> (answer, error class, what its message or place holds)
BAD: dict[str, tuple[Any, type[sdk.RerankError], str]] = {
    "json string": (body("Invalid token", 401), sdk.AuthenticationError, "Invalid token"),
    "object for a string": (
        body({"code": 30014, "data": None, "message": "Token is invalid."}, 401),
        sdk.AuthenticationError,
        "Token is invalid.",
    ),
    "data null": (
        body({"code": 20012, "message": "Model does not exist.", "data": None}, 400),
        sdk.BadRequestError,
        "Model does not exist.",
    ),
    "nested error": (
        body({"error": {"message": "quota is used up", "type": "new_api_error"}}, 403),
        sdk.PermissionDeniedError,
        "quota is used up",
    ),
    "detail list": (
        body({"detail": [{"loc": ["body"], "msg": "field is required"}]}, 422),
        sdk.UnprocessableContentError,
        "field is required",
    ),
    "plain text": (
        (404, {"Content-Type": "text/plain"}, b"404 page not found"),
        sdk.NotFoundError,
        "404 page not found",
    ),
    "html": ((502, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>"), sdk.ServerError, "Bad Gateway"),
    "empty": ((503, {}, b""), sdk.ServiceUnavailableError, "Service Unavailable"),
    "truncated json": (body(b'{"code": 1, "mess', 429), sdk.RateLimitError, "mess"),
    "unknown status": (body({"message": "odd thing"}, 520), sdk.ServerError, "odd thing"),
    "teapot": (body({}, 418), sdk.APIStatusError, "418"),
    "redirect": ((307, {"Location": "/v1/rerank"}, b""), sdk.APIStatusError, "307"),
    "not utf-8": ((400, JSON, b"\xff\xfe"), sdk.BadRequestError, "400"),
    "error under 200": (
        body({"code": 20042, "message": "input must have less than 8192 tokens", "data": None}),
        sdk.ResponseShapeError,
        "input must have less",
    ),
    "page under 200": (
        (200, {"Content-Type": "text/html"}, b"<html>Welcome</html>"),
        sdk.ResponseShapeError,
        "Welcome",
    ),
    "nothing under 200": ((200, {}, b""), sdk.ResponseShapeError, "empty"),
    "list under 200": (body([GOOD]), sdk.ResponseShapeError, "object"),
    "string under 200": (body(json.dumps(GOOD)), sdk.ResponseShapeError, "object"),
    "null under 200": (body(b"null"), sdk.ResponseShapeError, "object"),
    "no results": (body({"id": "x"}), sdk.ResponseShapeError, "results"),
    "results object": (body({"id": "x", "results": {}}), sdk.ResponseShapeError, "results: expected a list"),
    "result without index": (
        body({"id": "x", "results": [GOOD["results"][0], {"relevance_score": 1}]}),
        sdk.ResponseShapeError,
        "results/1",
    ),
    "string index": (
        body({"id": "x", "results": [{"index": "1", "relevance_score": 1}]}),
        sdk.ResponseShapeError,
        "results/0/index",
    ),
    "true for a score": (
        body({"id": "x", "results": [{"index": 1, "relevance_score": True}]}),
        sdk.ResponseShapeError,
        "results/0/relevance_score",
    ),
    "string document": (
        body({"id": "x", "results": [{"index": 1, "relevance_score": 1, "document": "a"}]}),
        sdk.ResponseShapeError,
        "results/0/document",
    ),
    "string count": (
        body({**GOOD, "meta": {"tokens": {"input_tokens": "1"}}}),
        sdk.ResponseShapeError,
        "meta/tokens/input_tokens",
    ),
    "meta list": (body({**GOOD, "meta": []}), sdk.ResponseShapeError, "meta"),
    "cut": (None, sdk.APIConnectionError, "no answer"),
}


# A third of all pairs: each bad answer is read in one way or two, each way reads a third of them.
@pytest.mark.parametrize(("name", "call"), sampled(product(BAD, CALLS), 38))
def test_bad_answer_is_a_typed_error(scripted: Callable[..., Scripted], call: str, name: str) -> None:
    """Each bad answer raises its own class, with the service's words or the place that does not fit, and no key in it."""
    answer, kind, words = BAD[name]
    server = scripted(answer)
    with pytest.raises(sdk.RerankError) as caught:
        CALLS[call](server.url)
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert caught.value.status_code == (answer[0] if answer else None)
    assert "canary" not in repr(caught.value)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_lenient_where_nothing_is_lost(scripted: Callable[..., Scripted], call: Callable[[str], Any]) -> None:
    """Nulls for absent members are read as absent, unknown fields are kept, 1 is a score, and the trace id is there."""
    odd = {
        "id": "x",
        "results": [{"index": 0, "relevance_score": 1, "document": None, "extra": [1]}],
        "meta": None,
        "more": 1,
    }
    server = scripted(body(odd, **{"x-siliconcloud-trace-id": "ti_1"}))
    answer = call(server.url)
    assert not answer.results[0].document
    assert answer.results[0]["extra"] == [1]
    assert answer["more"] == 1
    assert answer.results[0].relevance_score == 1
    assert answer.trace_id == "ti_1"


def test_detailed_never_raises_for_a_status(scripted: Callable[..., Scripted]) -> None:
    """`*_detailed` returns whatever was answered: parsed where it has the contract's shape, else not."""
    for answer, kind, _ in BAD.values():
        if answer is None or answer[0] == 200:
            continue
        server = scripted(answer)
        with sdk.Client(api_key="k", base_url=server.url, retries=0) as client:
            found = create_rerank.sync_detailed(client=client, body=RerankClassicRequest(**ASK))
        assert found.status_code == answer[0]
        assert found.content == answer[2]
        del kind


def test_error_details(scripted: Callable[..., Scripted]) -> None:
    """Code, trace id, Retry-After and the response are on the error."""
    server = scripted(
        body(
            {"code": 50602, "message": "TPM limit reached.", "data": None},
            429,
            **{"Retry-After": "7", "x-siliconcloud-trace-id": "ti_9"},
        )
    )
    with pytest.raises(sdk.RateLimitError) as caught:
        sync_call(server.url)
    error = caught.value
    assert (error.code, error.trace_id, error.retry_after) == (50602, "ti_9", 7)
    assert error.response is not None
    assert error.response.status_code == 429
