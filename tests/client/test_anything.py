"""Whatever a service answers, byte by byte, what leaves the client is an answer or an error of its own."""

import asyncio
import json
from typing import Any

import httpcore
import httpx
import pytest
import siliconflow_rerank as sdk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

KEY = "sk-canary-0123456789"
ASK: dict[str, Any] = {"model": "BAAI/bge-reranker-v2-m3", "query": "apple", "documents": ["apple", "pear"]}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(KEY),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
# Where a body is almost an answer, most of what reads it is reached.
ROWS = st.fixed_dictionaries({}, optional=dict.fromkeys(("index", "relevance_score", "document", "x"), VALUES))
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "id": VALUES,
        "results": st.lists(ROWS, max_size=4) | VALUES,
        "meta": st.fixed_dictionaries({}, optional={"tokens": VALUES, "billed_units": VALUES}) | VALUES,
        **dict.fromkeys(("code", "message", "data", "error", "detail"), VALUES),
    },
)
BODIES = st.binary(max_size=200) | (ANSWERS | VALUES).map(json.dumps).map(str.encode)
NAMES = st.sampled_from(
    ["retry-after", "content-type", "content-encoding", "x-siliconcloud-trace-id", "location", "set-cookie", "x"]
)
WORDS = st.binary(max_size=40) | st.sampled_from(
    [
        b"gzip",
        b"text/plain; charset=utf-7",
        b"application/json; charset=idna",
        b"1e400",
        b"-1",
        b"http://[",
        KEY.encode(),
    ]
)
ONES = st.integers(min_value=-(10**12), max_value=10**12).map(str).map(str.encode)


def outcome(transport: Any) -> Any:
    """Return what a call comes to, an answer or an error of the client's own; anything else is raised."""
    retries = sdk.Retries(number=1, initial=0, ceiling=0, longest=0)
    try:
        return sdk.Client(api_key=KEY, transport=transport, retries=retries).rerank(**ASK)
    except sdk.RerankError as error:
        return error


def judged(found: Any) -> None:
    """Fail for a success that is none, and for an error that shows the key or what a terminal would obey."""
    if isinstance(found, sdk.RerankError):
        assert KEY not in f"{found!r} {vars(found)}"
        assert str(found).isprintable()
        assert isinstance(found, sdk.ResponseShapeError | sdk.APIStatusError | sdk.APIConnectionError)
    else:
        assert isinstance(found, sdk.RerankResponse)
        assert sorted({row.index for row in found.results}) == sorted(row.index for row in found.results)
        assert {row.index for row in found.results} <= {0, 1}
        assert sdk.RerankResponse.from_dict(found.to_dict()).to_dict() == found.to_dict()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(100, 999), st.lists(st.tuples(NAMES, WORDS | ONES), max_size=4), BODIES)
def test_answers_of_anything(status: int, headers: list[tuple[str, bytes]], body: bytes) -> None:
    """Any status, headers and body end in a response or in an error of the client's own, in which no key stands."""
    pairs = [(name.encode(), value) for name, value in headers]
    judged(outcome(httpx.MockTransport(lambda _: httpx.Response(status, headers=pairs, stream=httpx.ByteStream(body)))))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(
        [b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]
    ),
    st.lists(st.binary(max_size=60) | st.sampled_from([b"\r\n", b"0\r\n\r\n", b"2\r\n{}\r\n", b": "]), max_size=6),
)
def test_bytes_of_anything(begins: bytes, parts: list[bytes]) -> None:
    """Any bytes on the wire do, too."""
    transport = httpx.HTTPTransport(verify=False)
    transport._pool._network_backend = httpcore.MockBackend([begins, *parts])
    judged(outcome(transport))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(NAMES, WORDS), max_size=3), BODIES)
def test_awaited_answers_of_anything(headers: list[tuple[str, bytes]], body: bytes) -> None:
    """The awaited call ends as the other one does."""
    pairs = [(name.encode(), value) for name, value in headers]

    def transport() -> httpx.MockTransport:
        return httpx.MockTransport(lambda _: httpx.Response(200, headers=pairs, stream=httpx.ByteStream(body)))

    async def go() -> Any:
        async with sdk.AsyncClient(api_key=KEY, transport=transport(), retries=0) as one:
            return await one.rerank(**ASK)

    try:
        found: Any = asyncio.run(go())
    except sdk.RerankError as error:
        found = error
    other = outcome(transport())
    assert (type(found), str(found)) == (type(other), str(other))


@pytest.mark.parametrize("kind", [sdk.Client, sdk.AsyncClient])
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=30) | st.builds("https://{}{}".format, st.text(max_size=15), st.text(max_size=15)))
def test_base_urls_of_anything(kind: Any, url: str) -> None:
    """Any text is a base URL that can be asked, or is refused when the client is made."""
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json={"id": "x", "results": []}))
    try:
        one = kind(api_key=KEY, base_url=url, transport=answer)
    except sdk.ConfigurationError:
        return
    if kind is sdk.Client:
        assert one.rerank(**ASK).id == "x"
