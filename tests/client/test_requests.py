"""What goes out: nothing unasked, nothing that breaks the contract, and never the key where it can be read."""

import asyncio
import io
import json
import logging
import pickle
import time
import traceback
import warnings
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
import siliconflow_rerank as sdk
import woagent_rerank
from hypothesis import given, settings
from hypothesis import strategies as st
from siliconflow_rerank._runtime.checking import Checker
from siliconflow_rerank.models import RerankTextContent

from conformance.contract import validator
from tests.client.conftest import Scripted
from tests.client.test_committed import VALUES
from tests.contract.frozen import frozen

KEY = "sk-canary-0123456789"
GOOD = (200, {"Content-Type": "application/json"}, b'{"id": "x", "results": []}')
ASK: dict[str, Any] = {"model": "BAAI/bge-reranker-v2-m3", "query": "apple", "documents": ["apple", "pear"]}


def busy(**headers: str) -> tuple[int, dict[str, str], bytes]:
    return 503, headers, b"{}"


def test_nothing_unasked(scripted: Callable[..., Scripted]) -> None:
    """Only what the caller gave goes out, in its own order: no default, no null."""
    server = scripted(GOOD)
    with sdk.Client(api_key=KEY, base_url=f"{server.url}/") as client:
        client.rerank(**ASK)
        client.rerank(
            **ASK, top_n=None, return_documents=False, extra_body={"truncate": 3}, extra_headers={"X-Mine": "1"}
        )
        client.rerank(model="m", query={"image": "u"}, documents=("a", {"text": "b"}, RerankTextContent("c")))
    bodies = [json.loads(data) for _, data in server.seen]
    assert bodies[0] == ASK
    assert bodies[1] == {**ASK, "return_documents": False, "truncate": 3}
    assert bodies[2]["documents"] == ["a", {"text": "b"}, {"text": "c"}]
    assert server.seen[1][0]["x-mine"] == "1"
    assert server.seen[0][0]["authorization"] == f"Bearer {KEY}"


def test_key_and_url_come_from_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is that of the vendor's variable, an error names it, and the base URL is the contract's."""
    for package in (sdk, woagent_rerank):
        with pytest.raises(package.MissingKeyError, match=str(package.client._contract.KEY_ENV)):
            package.Client()
        monkeypatch.setenv(str(package.client._contract.KEY_ENV), KEY)
        assert package.client._contract.SERVER in repr(package.Client())


@pytest.mark.parametrize(
    ("change", "field", "keyword"),
    [
        ({"top_n": 0}, "top_n", "minimum"),
        ({"top_n": "4"}, "top_n", "type"),
        ({"query": ""}, "query", "minLength"),
        ({"documents": []}, "documents", "minItems"),
        ({"documents": [{"text": "a", "image": "b"}]}, "documents.0", "oneOf"),
        ({"return_documents": 1}, "return_documents", "type"),
    ],
)
def test_checked_before_it_is_paid_for(
    scripted: Callable[..., Scripted], change: dict[str, Any], field: str, keyword: str
) -> None:
    """A request that breaks the contract raises one error naming field and bound, and nothing goes out; it can be switched off."""
    server = scripted(GOOD)
    with sdk.Client(api_key=KEY, base_url=server.url) as client, pytest.raises(sdk.RequestValidationError) as caught:
        client.rerank(**{**ASK, **change})
    assert (caught.value.field, caught.value.keyword) == (field, keyword)
    assert server.seen == []
    with sdk.Client(api_key=KEY, base_url=server.url, validate=False) as client:
        client.rerank(**{**ASK, **change})
    assert len(server.seen) == 1


def test_unsupported_field_warns(scripted: Callable[..., Scripted]) -> None:
    """A field that the model does not take is a warning, and is sent all the same."""
    server = scripted(GOOD)
    with sdk.Client(api_key=KEY, base_url=server.url) as client:
        with pytest.warns(sdk.UnsupportedFieldWarning, match="instruction"):
            client.rerank(**ASK, instruction="be kind")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            client.rerank(**{**ASK, "model": "Qwen/Qwen3-Reranker-8B"}, instruction="be kind")
    assert len(server.seen) == 2


KEYWORDS = [
    {"multipleOf": 0.1},
    {"multipleOf": 3},
    {"exclusiveMinimum": 0, "exclusiveMaximum": 4},
    {"enum": [1, "a", None, [1]]},
    {"const": True},
    {"pattern": "^a"},
    {"uniqueItems": True},
    {"minItems": 1, "maxItems": 2},
    {"additionalProperties": False, "properties": {"text": {}}},
    {"additionalProperties": {"type": "string"}},
    {"not": {"type": "string"}},
    {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
    {"allOf": [{"minLength": 1}, {"maxLength": 2}]},
    {"type": ["integer", "null"]},
    {"minProperties": 1, "maxProperties": 1},
    {"patternProperties": {"^t": {"type": "integer"}}, "additionalProperties": False},
    {"items": {"type": "integer"}},
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KEYWORDS), VALUES)
def test_what_breaks_a_keyword_is_named_in_a_sentence(schema: dict[str, Any], value: Any) -> None:
    """Exactly what breaks a keyword is refused, with the keyword, what it asks for, and the value that breaks it."""
    checker = Checker({"properties": {"top": schema}})
    if validator(schema).is_valid(value):
        checker.check({"top": value})
        return
    with pytest.raises(sdk.RequestValidationError) as caught:
        checker.check({"top": value})
    assert caught.value.field.partition(".")[0] == "top"
    assert caught.value.keyword in {*schema, "type", "minimum", "minLength", "maxLength"}
    assert str(caught.value).startswith(f"`{caught.value.field}` ")


class Word(str):
    """A text of the caller's own class."""

    __slots__ = ()


def test_values_of_own_classes_are_judged_as_they_are_sent() -> None:
    """A text of a class of the caller's own is checked as the text that goes out; what no JSON holds is a TypeError."""
    checker = Checker({"properties": {"query": {"type": "string", "minLength": 2}}})
    checker.check({"query": Word("apple")})
    with pytest.raises(sdk.RequestValidationError, match="at least 2 characters"):
        checker.check({"query": Word("a")})
    with pytest.raises(TypeError):
        checker.check({"query": object()})


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_retries(scripted: Callable[..., Scripted], mode: str) -> None:
    """What passes is tried again, what does not pass is not, and the number is kept."""

    def call(url: str, retries: sdk.Retries) -> Any:
        if mode == "sync":
            with sdk.Client(api_key=KEY, base_url=url, retries=retries) as client:
                return client.rerank(**ASK)

        async def go() -> Any:
            async with sdk.AsyncClient(api_key=KEY, base_url=url, retries=retries) as client:
                return await client.rerank(**ASK)

        return asyncio.run(go())

    quick = sdk.Retries(number=3, initial=0.01, ceiling=0.02)
    server = scripted(busy(), None, (429, {}, b""), GOOD)
    assert call(server.url, quick).id == "x"
    assert len(server.seen) == 4
    server.seen.clear()
    server.script = [busy()]
    with pytest.raises(sdk.ServiceUnavailableError):
        call(server.url, quick)
    assert len(server.seen) == 4
    server.seen.clear()
    server.script = [(400, {}, b"{}")]
    with pytest.raises(sdk.BadRequestError):
        call(server.url, quick)
    assert len(server.seen) == 1


def test_retry_after(scripted: Callable[..., Scripted]) -> None:
    """Retry-After is honoured in seconds and as a date; a total deadline ends it."""
    from datetime import UTC, datetime, timedelta

    # By the whole second: a date is two to three seconds ahead.
    date = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    for value in ("0.3", format_datetime(date, usegmt=True)):
        server = scripted(busy(**{"Retry-After": value}), GOOD)
        server.seen.clear()
        server.times.clear()
        with sdk.Client(
            api_key=KEY, base_url=server.url, retries=sdk.Retries(number=1, initial=0.0, ceiling=0.0)
        ) as client:
            client.rerank(**ASK)
        assert server.times[1] - server.times[0] > 0.25 or datetime.now(UTC) >= date
    server = scripted(busy(**{"Retry-After": "30"}))
    server.seen.clear()
    with (
        sdk.Client(api_key=KEY, base_url=server.url, retries=sdk.Retries(number=5, deadline=1.0)) as client,
        pytest.raises(sdk.ServiceUnavailableError),
    ):
        client.rerank(**ASK)
    assert len(server.seen) == 1


def test_timeout_and_cancellation(scripted: Callable[..., Scripted]) -> None:
    """A slow answer is an APITimeoutError, and a cancelled call ends at once, in a pause between tries too."""
    server = scripted(GOOD)
    server.delay = 0.5
    with (
        sdk.Client(api_key=KEY, base_url=server.url, timeout=httpx.Timeout(0.1, connect=1), retries=0) as client,
        pytest.raises(sdk.APITimeoutError),
    ):
        client.rerank(**ASK)
    server.delay = 0
    server.script = [busy()]

    async def go() -> float:
        async with sdk.AsyncClient(
            api_key=KEY, base_url=server.url, retries=sdk.Retries(number=9, initial=30, ceiling=30)
        ) as client:
            started = time.monotonic()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.rerank(**ASK), 0.3)
            return time.monotonic() - started

    assert asyncio.run(go()) < 1


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_batches(mode: str) -> None:
    """Batches are merged by score with the whole list's indices, counts are summed, the limit kept; a failing one carries what was done."""
    from conformance.mock import MockServer

    documents = [f"note {i}" for i in range(95)] + ["a red apple", "apple"]

    def call(server: Any, **more: Any) -> Any:
        asked = {**ASK, "documents": documents, "batch_size": 10, "concurrency": 3, **more}
        if mode == "sync":
            with sdk.Client(api_key=server.key, base_url=server.base_url, retries=0) as client:
                return client.rerank_batched(**asked)

        async def go() -> Any:
            async with sdk.AsyncClient(api_key=server.key, base_url=server.base_url, retries=0) as client:
                return await client.rerank_batched(**asked)

        return asyncio.run(go())

    with MockServer(frozen("siliconflow")) as server:
        whole = call(server, batch_size=1000)
        parts = call(server)
        assert [(r.index, r.relevance_score) for r in parts.results] == [
            (r.index, r.relevance_score) for r in whole.results
        ]
        assert {r.index for r in call(server, top_n=2).results} == {95, 96}
        assert parts.meta.tokens.input_tokens == whole.meta.tokens.input_tokens
        by_document = call(server, order="documents")
        assert [r.index for r in by_document.results] == list(range(97))
        assert {r.index: r.relevance_score for r in by_document.results} == {
            r.index: r.relevance_score for r in whole.results
        }
        assert [r.index for r in call(server, top_n=2, order="documents").results] == [95, 96]
        assert len(call(server, extra_body={"top_n": 2}).results) == 2
        with pytest.raises(sdk.BadRequestError) as caught:
            call(
                server,
                documents=[*documents[:35], {"text": "x"}, *documents[:10]],
                extra_body={"model": "no-such-model"},
                concurrency=1,
            )
        assert caught.value.done == {}
        assert caught.value.failed == range(10)


def test_failing_batch_carries_what_was_done(scripted: Callable[..., Scripted]) -> None:
    """The error has its own class; the finished batches are on it, by offset, and the range of documents that failed."""
    server = scripted(
        (200, GOOD[1], b'{"id": "x", "results": [{"index": 0, "relevance_score": 0.5}]}'),
        (429, {}, b'{"message": "no more please"}'),
    )
    with (
        sdk.Client(api_key=KEY, base_url=server.url, retries=0) as client,
        pytest.raises(sdk.RateLimitError, match="no more please") as caught,
    ):
        client.rerank_batched(**{**ASK, "documents": ["a", "b", "c"]}, batch_size=1, concurrency=1)
    assert list(caught.value.done or {}) == [0]
    assert caught.value.failed == range(1, 2)


def test_no_leak(scripted: Callable[..., Scripted], caplog: pytest.LogCaptureFixture) -> None:
    """The key is in no repr, log, exception, traceback with locals, response or pickle, even where the service echoes it."""
    server = scripted((401, {"Content-Type": "application/json", "X-Echo": KEY}, json.dumps(f"bad key {KEY}").encode()))
    out = io.StringIO()
    caplog.set_level(logging.DEBUG)
    with sdk.Client(api_key=KEY, base_url=server.url, retries=0) as client:
        out.write(repr(client) + repr(vars(client)) + repr(vars(client.settings)))
        with pytest.raises(TypeError):
            pickle.dumps(client)
        for url in (server.url, "http://127.0.0.1:9"):
            with sdk.Client(api_key=KEY, base_url=url, retries=0) as other:
                try:
                    other.rerank(**ASK)
                except sdk.RerankError as error:
                    out.write(repr(error) + str(vars(error)))
                    out.write("".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()))
                    out.write(repr(pickle.dumps(error)))
                    if error.response is not None:
                        out.write(
                            error.response.text
                            + str(error.response.request.headers.raw)
                            + str(error.response.headers.raw)
                        )
    # httpcore's own wire log is the caller's to switch on; ours holds no header and no body.
    out.write("".join(record.getMessage() for record in caplog.records if record.name == "siliconflow_rerank"))
    assert "canary" not in out.getvalue()
    assert "siliconflow_rerank" in {record.name for record in caplog.records}


def test_foreign_http_client(scripted: Callable[..., Scripted]) -> None:
    """A client of the caller's own is used and left open; a transport is used too."""
    server = scripted(GOOD)
    with httpx.Client(headers={"X-Own": "1"}) as own:
        with sdk.Client(api_key=KEY, base_url=server.url, http_client=own) as client:
            client.rerank(**ASK)
        assert not own.is_closed
    assert server.seen[0][0]["x-own"] == "1"
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"id": str(request.url), "results": []}))
    assert sdk.Client(api_key=KEY, transport=transport).rerank(**ASK).id == "https://api.siliconflow.cn/v1/rerank"
