"""Promises of both clients where they are hard to keep: what errors hold, odd options, interrupts, connections that never come."""

import asyncio
import gzip
import json
import os
import pickle
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import siliconflow_rerank
import woagent_rerank

from tests.client.conftest import Answer, Scripted

KEY = "sk-canary-0123456789"
ASK: dict[str, Any] = {"model": "BAAI/bge-reranker-v2-m3", "query": "apple", "documents": ["apple", "pear"]}
both = pytest.mark.parametrize("mode", ["sync", "async"])
packages = pytest.mark.parametrize("sdk", [siliconflow_rerank, woagent_rerank], ids=lambda sdk: sdk.__name__)


def good(**more: Any) -> dict[str, Any]:
    """Return an answer that fits both contracts."""
    row = {"index": 0, "relevance_score": 0.5, "document": {"text": "apple"}}
    return {"id": "x", "results": [row], "tokens": {"input_tokens": 1, "output_tokens": 0}, **more}


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    return status, headers, body if isinstance(body, bytes) else json.dumps(body).encode()


def ask(sdk: Any, mode: str, call: str = "rerank", *, client: dict[str, Any] | None = None, **given: Any) -> Any:
    """Make a call, in the way of `mode`."""
    options = {"api_key": KEY, "retries": 0, **(client or {})}
    if mode == "sync":
        with sdk.Client(**options) as one:
            return getattr(one, call)(**{**ASK, **given})

    async def go() -> Any:
        async with sdk.AsyncClient(**options) as one:
            return await getattr(one, call)(**{**ASK, **given})

    return asyncio.run(go())


def told(error: BaseException) -> str:
    """Return all that a tool shows of an error, the locals of the frames below this file's included."""
    frames = step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == __file__:
            frames = step.tb_next
        step = step.tb_next
    shown = "".join(traceback.TracebackException(type(error), error, frames, capture_locals=True).format())
    return f"{error!r} {vars(error)} {shown}"


WRONG: dict[str, dict[str, Any]] = {
    "scheme": {"base_url": "ftp://example"},
    "password": {"base_url": "https://user:sk-canary-0123456789@api.example/v1"},
    "timeout": {"timeout": -1},
    "key": {"api_key": f"{KEY}\n"},
    "key of bytes": {"api_key": KEY.encode()},
    "header": {"headers": {"X-Api-Key": f"{KEY}\n"}},
    "no such option": {"api_kee": KEY},
}


@packages
@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
@pytest.mark.parametrize("wrong", WRONG)
def test_refused_options_show_no_key(sdk: Any, kind: str, wrong: str) -> None:
    """Neither the key nor a credential of a URL stands in the frames of an error about an option, of the constructor or of a copy."""
    make = getattr(sdk, kind)
    with pytest.raises((sdk.ConfigurationError, sdk.RequestValidationError, TypeError)) as caught:
        make(api_key=KEY).with_options(**{"api_key": KEY, **WRONG[wrong]})
    assert "canary" not in told(caught.value)
    if wrong != "no such option":
        with pytest.raises((sdk.ConfigurationError, sdk.RequestValidationError, TypeError)) as caught:
            make(**{"api_key": KEY, **WRONG[wrong]})
        assert "canary" not in told(caught.value)


@packages
@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
@pytest.mark.parametrize("source", ["key", "URL", "proxy", "proxy in the environment"])
def test_refused_surroundings_show_no_key(sdk: Any, kind: str, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment or a proxy's URL holds stands in no frame either."""
    options: dict[str, Any] = {"base_url": "http://api.example/v1"}
    monkeypatch.setenv(sdk._contract.KEY_ENV, "sk-0123456789")
    if source == "key":
        monkeypatch.setenv(sdk._contract.KEY_ENV, f"{KEY}\n")
    elif source == "URL":
        options = {}
        monkeypatch.setenv(sdk._contract.URL_ENV, f"https://user:{KEY}@api.example/v1")
    elif source == "proxy":
        options["proxy"] = f"http://user:{KEY}@host:port"
    else:
        monkeypatch.setenv("HTTP_PROXY", f"http://user:{KEY}@host:port")
    with pytest.raises(sdk.ConfigurationError) as caught:
        ask(sdk, "sync" if kind == "Client" else "async", client={"api_key": None, **options})
    assert "canary" not in told(caught.value)


@packages
@both
@pytest.mark.parametrize("key", [f"{KEY}\n", KEY.encode(), [KEY]])
def test_wrong_key_of_a_function_is_not_shown(sdk: Any, mode: str, key: Any) -> None:
    """What a function gives in place of a key stands in no frame of the error."""

    async def later() -> Any:
        return key

    for function in (lambda: key, later)[: 1 if mode == "sync" else 2]:
        with pytest.raises((sdk.MissingKeyError, TypeError)) as caught:
            ask(sdk, mode, client={"api_key": function})
        assert "canary" not in told(caught.value)


@packages
@both
def test_error_keeps_no_key_in_headers(sdk: Any, scripted: Callable[..., Scripted], mode: str) -> None:
    """A header named after the key, and the request to which a redirect would lead, hold the key no more."""
    server = scripted(answer({}, 401, **{f"X-{KEY}": "1"}), answer({}, 307, Location="/elsewhere"))
    for kind in (sdk.AuthenticationError, sdk.APIStatusError):
        with pytest.raises(kind) as caught:
            ask(sdk, mode, client={"base_url": server.url})
        response = caught.value.response
        assert response.next_request is None
        assert "canary" not in f"{response.headers.raw} {response.request.headers.raw}"


@packages
@both
@pytest.mark.parametrize("status", [200, 401])
def test_utf_16_shows_no_key(
    sdk: Any, scripted: Callable[..., Scripted], mode: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """The key in a body of UTF-16 that is no JSON stands in neither the error nor the log, not with zeros between its letters either."""
    caplog.set_level("DEBUG", sdk.__name__)
    server = scripted(answer(f"no key {KEY}".encode("utf-16-le"), status))
    with pytest.raises(sdk.RerankError, match="no key") as caught:
        ask(sdk, mode, client={"base_url": server.url})
    shown = f"{told(caught.value)} {caplog.text} {caught.value.response.text}"
    assert "canary" not in shown.replace("\\x00", "").replace("\0", "")


@packages
@both
def test_raw_answer_keeps_no_key(sdk: Any, scripted: Callable[..., Scripted], mode: str) -> None:
    """The request of a raw answer does not hold the key, nor does its pickle."""
    server = scripted(answer(good()))

    async def go() -> Any:
        async with sdk.AsyncClient(api_key=KEY, base_url=server.url) as one:
            return await one.with_raw_response.rerank(**ASK)

    if mode == "async":
        raw = asyncio.run(go())
    else:
        with sdk.Client(api_key=KEY, base_url=server.url) as one:
            raw = one.with_raw_response.rerank(**ASK)
    assert server.seen[0][0]["authorization"] == f"Bearer {KEY}"
    assert "canary" not in str(raw.http_response.request.headers.raw)
    assert b"canary" not in pickle.dumps(raw.http_response)
    assert raw.parse().results[0].index == 0


@packages
@both
@pytest.mark.parametrize("call", ["rerank", "rerank_batched"])
def test_deep_members_are_refused(sdk: Any, scripted: Callable[..., Scripted], mode: str, call: str) -> None:
    """A member that no contract knows may nest, but not deeper than it can be handed on; the error says where it stands."""
    for depth, fits in ((90, True), (700, False)):
        body = json.dumps(good(new=0)).replace('"new": 0', f'"new": {"[" * depth}{"]" * depth}')
        server = scripted(answer(body.encode()))
        if fits:
            found = ask(sdk, mode, call, client={"base_url": server.url})
            assert json.dumps(found.to_dict()["new"]) == "[" * depth + "]" * depth
            continue
        with pytest.raises(sdk.ResponseShapeError, match="new: expected at most 100 levels"):
            ask(sdk, mode, call, client={"base_url": server.url})


@packages
@both
def test_large_body_of_small_values_is_not_parsed(sdk: Any, scripted: Callable[..., Scripted], mode: str) -> None:
    """A body that would hold an event loop for seconds is refused before it is parsed, unless its length was allowed; echoes are not."""
    server = scripted(answer(good(new=[[]] * 90_000)))
    with pytest.raises(sdk.ResponseShapeError, match="far more values"):
        ask(sdk, mode, client={"base_url": server.url})
    assert ask(sdk, mode, client={"base_url": server.url, "max_response_bytes": 1 << 20}).id == "x"
    text = "a, [b] {c} " * 30_000
    body = good()
    body["results"][0]["document"]["text"] = text
    server = scripted(answer(body))
    assert ask(sdk, mode, client={"base_url": server.url}, documents=[text]).results[0].document.text == text


@packages
@both
def test_any_ceiling_will_do(sdk: Any, scripted: Callable[..., Scripted], mode: str) -> None:
    """A ceiling beyond what a machine can address is none, packed answers included."""
    server = scripted(answer(gzip.compress(json.dumps(good()).encode()), **{"Content-Encoding": "gzip"}))
    for most in (sys.maxsize, 10**30):
        assert ask(sdk, mode, client={"base_url": server.url, "max_response_bytes": most}).id == "x"


@packages
@both
def test_score_beyond_floats_is_none(sdk: Any, scripted: Callable[..., Scripted], mode: str) -> None:
    """A score that no float holds does not fit: whoever computes with it would fail."""
    body = json.dumps(good()).replace("0.5", "1" + "0" * 400).encode()
    server = scripted(answer(body))
    with pytest.raises(sdk.ResponseShapeError) as caught:
        ask(sdk, mode, client={"base_url": server.url})
    assert caught.value.where == "results/0/relevance_score"


@packages
@both
def test_transport_of_the_wrong_kind(sdk: Any, mode: str) -> None:
    """A transport for the other kind of client, or what is none, is a TypeError when the client is made."""
    wrong = httpx.AsyncHTTPTransport() if mode == "sync" else httpx.HTTPTransport()
    for transport in (wrong, object(), "transport"):
        with pytest.raises(TypeError, match="transport must be"):
            ask(sdk, mode, client={"transport": transport})


@packages
@both
def test_endless_retry_after(sdk: Any, scripted: Callable[..., Scripted], mode: str) -> None:
    """A pause longer than any clock takes can be waited for, and interrupted, where no patience ends."""
    server = scripted(answer({}, 429, **{"Retry-After": "1e18"}))
    retries = sdk.Retries(number=1, longest=float("inf"), deadline=20)
    with pytest.raises(sdk.RateLimitError):
        ask(sdk, mode, client={"base_url": server.url, "retries": retries})
    found = sdk._runtime.retrying._policy(sdk.Retries(longest=float("inf")), None, None)["wait"]
    from tenacity import Future, RetryCallState, Retrying

    state = RetryCallState(Retrying(), None, (), {})
    state.outcome = Future(1)
    state.outcome.set_result(httpx.Response(429, headers={"Retry-After": "1e18"}))
    assert 1e6 < found(state) < threading.TIMEOUT_MAX


def test_retry_after_without_a_zone_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest form of an HTTP date names no zone; it is in UTC wherever the client runs."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        date = (datetime.now(UTC) + timedelta(seconds=60)).strftime("%a %b %d %H:%M:%S %Y")
        found = siliconflow_rerank._runtime.errors.retry_after(httpx.Response(429, headers={"Retry-After": date}))
        assert found == pytest.approx(60, abs=3)
    finally:
        monkeypatch.undo()
        time.tzset()


class Unspeakable:
    """A value that cannot be shown."""

    def __repr__(self) -> str:
        """Fail."""
        raise KeyError("mine")

    def __iter__(self) -> Any:
        """Fail with what a terminal would obey."""
        raise ValueError("\x1b[2J")


@packages
@both
def test_values_that_cannot_be_shown(sdk: Any, mode: str) -> None:
    """A request is refused in printable words even where its value cannot be shown, or fails in escapes."""
    for given in ({"query": type("Mute", (), {"__repr__": Unspeakable.__repr__})()}, {"documents": Unspeakable()}):
        with pytest.raises(sdk.RequestValidationError) as caught:
            ask(sdk, mode, **given)
        assert str(caught.value).isprintable()


@packages
@pytest.mark.parametrize("url", ["http://localhost:-1/v1", "http://localhost/\u202e/v1", "http://localhost/\x7f/v1"])
def test_base_urls_that_mislead(sdk: Any, url: str) -> None:
    """A negative port, and characters that turn a line around or hide, are refused when the client is made."""
    with pytest.raises(sdk.ConfigurationError, match="no URL"):
        sdk.Client(api_key=KEY, base_url=url)


@packages
def test_trace_id_is_printable(sdk: Any, scripted: Callable[..., Scripted]) -> None:
    """A trace id that a terminal would obey stands escaped, of a success too."""
    if sdk._contract.TRACE is None:
        pytest.skip("the contract names no header")
    server = scripted(answer(good(), **{sdk._contract.TRACE: "a\x9b31m"}))
    assert ask(sdk, "sync", client={"base_url": server.url}).trace_id == "a\\x9b31m"


@packages
def test_interrupted_batches_begin_no_more(sdk: Any, scripted: Callable[..., Scripted]) -> None:
    """Ctrl-C ends batches at once, and no further batch is sent."""
    server = scripted(answer(good()))
    server.delay = 0.6
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    with sdk.Client(api_key=KEY, base_url=server.url, retries=0) as one:
        one.get_httpx_client()
        timer.start()
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            one.rerank_batched(**{**ASK, "documents": ["a"] * 50}, batch_size=1, concurrency=2)
        assert time.monotonic() - started < 0.6
        time.sleep(1.5)
    assert len(server.seen) <= 4


@packages
@pytest.mark.parametrize("stall", ["name server", "many addresses", "TLS"])
def test_connections_that_never_come(sdk: Any, stall: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadline ends a blocking call also while a name is looked up, one address after the other is tried, or TLS is agreed upon."""
    real = socket.getaddrinfo
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        # The queue of the listener is full: a further connection is neither taken nor refused.
        waiting = [socket.socket() for _ in range(0 if stall == "TLS" else 4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))

        def looked_up(host: Any, *given: Any, **named: Any) -> Any:
            if host not in {"stalled.example", b"stalled.example"}:
                return real(host, *given, **named)
            if stall == "name server":
                time.sleep(5)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))] * 9

        monkeypatch.setattr(socket, "getaddrinfo", looked_up)
        scheme = "https" if stall == "TLS" else "http"
        retries = sdk.Retries(number=9, initial=0, ceiling=0, deadline=0.6)
        started = time.monotonic()
        with (
            sdk.Client(api_key=KEY, base_url=f"{scheme}://stalled.example:{port}/v1", retries=retries) as client,
            pytest.raises(sdk.APITimeoutError),
        ):
            client.rerank(**ASK)
        assert time.monotonic() - started < 3
        for one in waiting:
            one.close()
