"""What the client promises: an answer is read beside its request, time is bounded, connections are looked after, and every error is its own."""

import asyncio
import gc
import logging
import os
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import httpx
import pytest
import siliconflow_rerank as sdk

from tests.client.conftest import Scripted
from tests.client.test_answers import body
from tests.sampling import sampled

KEY = "sk-canary-0123456789"
ASK: dict[str, Any] = {"model": "BAAI/bge-reranker-v2-m3", "query": "apple", "documents": ["apple", "pear", "plum"]}


def rows(*pairs: tuple[Any, Any]) -> tuple[int, dict[str, str], bytes]:
    return body({"id": "x", "results": [{"index": index, "relevance_score": score} for index, score in pairs]})


def ask(url: str, mode: str, call: str = "rerank", *, client: dict[str, Any] | None = None, **given: Any) -> Any:
    """Make a call, in the way of `mode`."""
    options = {"api_key": KEY, "base_url": url, "retries": 0, **(client or {})}
    if mode == "sync":
        with sdk.Client(**options) as one:
            return getattr(one, call)(**{**ASK, **given})

    async def go() -> Any:
        async with sdk.AsyncClient(**options) as one:
            return await getattr(one, call)(**{**ASK, **given})

    return asyncio.run(go())


both = pytest.mark.parametrize("mode", ["sync", "async"])

UNFIT: dict[str, tuple[list[tuple[Any, Any]], dict[str, Any], str]] = {
    "index beyond the list": ([(0, 0.5), (7, 0.4)], {}, "results/1/index"),
    "index just beyond": ([(3, 0.5)], {}, "results/0/index"),
    "negative index": ([(-1, 0.5)], {}, "results/0/index"),
    "same index twice": ([(0, 0.5), (1, 0.4), (0, 0.3)], {}, "results/2/index"),
    "NaN": ([(0, 0.5), (1, float("nan"))], {}, "results/1/relevance_score"),
    "infinity": ([(0, float("-inf"))], {}, "results/0/relevance_score"),
    "more than documents": ([(0, 0.5), (1, 0.4), (2, 0.3), (0, 0.2)], {}, "results"),
    "more than the limit": ([(0, 0.5), (1, 0.4)], {"top_n": 1}, "results"),
    "more than a limit beyond the contract's keywords": ([(0, 0.5), (1, 0.4)], {"extra_body": {"top_n": 1}}, "results"),
    "one document as a string": ([(1, 0.5)], {"documents": "apple"}, "results/0/index"),
}


@both
@pytest.mark.parametrize("name", UNFIT)
def test_answer_is_read_beside_its_request(scripted: Callable[..., Scripted], mode: str, name: str) -> None:
    """What cannot be an answer to this request is a ResponseShapeError that says where; it is part of `validate`."""
    pairs, given, where = UNFIT[name]
    server = scripted(rows(*pairs))
    with pytest.raises(sdk.ResponseShapeError) as caught:
        ask(server.url, mode, **given)
    assert caught.value.where == where
    assert where in str(caught.value)
    assert len(ask(server.url, mode, client={"validate": False}, **given).results) == len(pairs)


@both
def test_batch_with_a_foreign_index(scripted: Callable[..., Scripted], mode: str) -> None:
    """An index outside its own batch is refused, not shifted into another batch's range."""
    server = scripted(rows((2, 0.5)))
    with pytest.raises(sdk.ResponseShapeError, match="one of the 2 documents"):
        ask(server.url, mode, "rerank_batched", documents=["a", "b", "c", "d"], batch_size=2)


@contextmanager
def dripping(head: bytes, drop: bytes, pause: float = 0.05) -> Iterator[str]:
    """Serve an answer that never ends: `head`, then one drop after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def serve(peer: socket.socket) -> None:
            with peer:
                peer.recv(65536)
                try:
                    peer.sendall(head)
                    while not over.wait(pause):
                        peer.sendall(drop)
                except OSError:
                    return

        def accept() -> None:
            while not over.is_set():
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(peer,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        over.set()


DRIPS = {
    "body": (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{", b" "),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "headers": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
    "informational": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "silence": (b"", b""),
}


@pytest.mark.parametrize(
    ("mode", "drip", "bound"),
    sampled(product(("sync", "async"), DRIPS, ("timeout", "per call", "deadline", "own client", "batches")), 9),
)
def test_time_bounds_a_dripping_answer(mode: str, drip: str, bound: str) -> None:
    """A timeout and a deadline end a call whose answer trickles in, wherever in the answer that is, batches too."""
    options: dict[str, Any] = {"timeout": 0.4}
    given: dict[str, Any] = {}
    if bound == "per call":
        options, given = {}, {"timeout": 0.4}
    elif bound in {"deadline", "batches"}:
        options = {"retries": sdk.Retries(number=5, initial=0.01, ceiling=0.02, deadline=0.4)}
    own = httpx.Client() if mode == "sync" else httpx.AsyncClient()
    if bound == "own client":
        options["http_client"] = own
    with dripping(*DRIPS[drip]) as url:
        started = time.monotonic()
        with pytest.raises(sdk.APITimeoutError):
            ask(
                url,
                mode,
                "rerank_batched" if bound == "batches" else "rerank",
                client=options,
                **given,
                **({"batch_size": 1, "concurrency": 2} if bound == "batches" else {}),
            )
        assert time.monotonic() - started < 5
    if isinstance(own, httpx.Client):
        own.close()


@both
def test_whole_answer_in_pieces_is_fine(mode: str) -> None:
    """An answer that comes in pieces, but in time, is an answer."""
    with (
        dripping(b'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"id": "x", "results": []', b"    }") as url,
        pytest.raises(sdk.ResponseShapeError, match="JSON"),
    ):
        ask(url, mode)
    with dripping(b'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"id": "x", "results": []}', b" ") as url:
        assert ask(url, mode).id == "x"


def test_foreign_client_and_its_options(scripted: Callable[..., Scripted]) -> None:
    """A timeout holds with a client of the caller's own; what cannot hold is a TypeError, and so is a client of the wrong kind."""
    for options in (
        {"proxy": "http://127.0.0.1:1"},
        {"verify": False},
        {"transport": httpx.MockTransport(lambda _: httpx.Response(200))},
    ):
        with httpx.Client() as own, pytest.raises(TypeError, match=next(iter(options))):
            sdk.Client(api_key=KEY, http_client=own, **options)
    for kind, wrong in ((sdk.Client, httpx.AsyncClient()), (sdk.AsyncClient, httpx.Client()), (sdk.Client, object())):
        with pytest.raises(TypeError, match="http_client"):
            kind(api_key=KEY, http_client=wrong)
    seen: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json={"id": "x", "results": []})

    with httpx.Client(transport=httpx.MockTransport(answer), timeout=7) as own:
        sdk.Client(api_key=KEY, http_client=own).rerank(**ASK)
        sdk.Client(api_key=KEY, http_client=own, timeout=3).rerank(**ASK)
        sdk.Client(api_key=KEY, http_client=own, timeout=3).rerank(**ASK, timeout=2)
        sdk.Client(api_key=KEY, http_client=own, timeout=3).rerank(**ASK, timeout=None)
    assert [found["read"] for found in seen] == [7, 3, 2, None]


@both
def test_batches_are_checked_before_the_first_is_sent(scripted: Callable[..., Scripted], mode: str) -> None:
    """A wrong document is told by its place in the whole list, and nothing was sent."""
    server = scripted(rows())
    documents: list[Any] = [f"note {i}" for i in range(195)]
    documents[190] = {"text": 7}
    with pytest.raises(sdk.RequestValidationError, match=r"documents\.190") as caught:
        ask(server.url, mode, "rerank_batched", documents=documents, batch_size=10)
    assert caught.value.field.startswith("documents.190")
    assert server.seen == []
    for wrong in ({"batch_size": 0}, {"concurrency": 0}, {"order": "sideways"}):
        with pytest.raises(sdk.ConfigurationError, match=next(iter(wrong))):
            ask(server.url, mode, "rerank_batched", **wrong)
    for nothing in ([], {"a": 1}, None, 7):
        with pytest.raises(sdk.RequestValidationError, match="documents"):
            ask(server.url, mode, "rerank_batched", documents=nothing)
    assert server.seen == []


def test_one_httpx_client_for_many_threads(scripted: Callable[..., Scripted], monkeypatch: pytest.MonkeyPatch) -> None:
    """However many threads begin at once, one httpx client is made."""
    server = scripted(rows())
    made = []
    original = httpx.Client.__init__
    monkeypatch.setattr(
        httpx.Client,
        "__init__",
        lambda self, **options: (made.append(1), time.sleep(0.01), original(self, **options))[-1],
    )
    with sdk.Client(api_key=KEY, base_url=server.url) as client:
        gate = threading.Barrier(8)

        def go() -> None:
            gate.wait()
            client.rerank(**ASK)

        threads = [threading.Thread(target=go) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(made) == 1
    assert len(server.seen) == 8


def test_fork_gets_its_own_connections(scripted: Callable[..., Scripted]) -> None:
    """After a fork the child opens connections of its own."""
    server = scripted(rows())
    code = (
        "import os, sys, siliconflow_rerank as sdk\n"
        f"client = sdk.Client(api_key={KEY!r}, base_url={server.url!r})\n"
        f"ask = {ASK!r}\nclient.rerank(**ask)\nbefore = client.get_httpx_client()\n"
        "child = os.fork()\n"
        "if child == 0:\n    client.rerank(**ask)\n    os._exit(0 if client.get_httpx_client() is not before else 1)\n"
        "client.rerank(**ask)\nsys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    path = os.pathsep.join(part for part in sys.path if part)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(server.seen) == 3


def test_use_after_close_is_an_error(scripted: Callable[..., Scripted]) -> None:
    """A closed client says so; a copy that is closed leaves the client open, and not the other way round."""
    server = scripted(rows())
    client = sdk.Client(api_key=KEY, base_url=server.url)
    copied = client.with_options(timeout=5)
    with copied:
        copied.rerank(**ASK)
    client.rerank(**ASK)
    assert (copied.is_closed, client.is_closed) == (True, False)
    other = client.copy()
    client.close()
    assert other.is_closed
    for closed in (client, copied, other):
        with pytest.raises(sdk.ClosedError, match="closed"):
            closed.rerank(**ASK)

    async def go() -> None:
        one = sdk.AsyncClient(api_key=KEY, base_url=server.url)
        await one.rerank(**ASK)
        await one.aclose()
        assert one.is_closed
        with pytest.raises(sdk.ClosedError):
            await one.rerank(**ASK)

    asyncio.run(go())
    own = httpx.Client()
    own.close()
    with pytest.raises(sdk.ClosedError, match="http_client"):
        sdk.Client(api_key=KEY, base_url=server.url, http_client=own).rerank(**ASK)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_second_event_loop(scripted: Callable[..., Scripted]) -> None:
    """A client that was used in one event loop works in another."""
    server = scripted(rows())
    client = sdk.AsyncClient(api_key=KEY, base_url=server.url)
    for _ in range(3):
        assert asyncio.run(client.rerank(**ASK)).id == "x"
    # What the ended loops left open, asyncio warns of here, and not in another test.
    del client
    gc.collect()


BASES = {
    "ftp://api.example/v1": "https://",
    "api.example/v1": "https://",
    "//api.example/v1": "https://",
    "https://": "host",
    "http://:8080/v1": "host",
    "https://user:sk-canary-0123456789@api.example/v1": "api_key",
    "https://sk-canary-0123456789@api.example/v1": "api_key",
    "https://api.example/v1?key=sk-canary-0123456789": "query",
    "https://api.example/v1#sk-canary-0123456789": "fragment",
    "https://api.example/v1/rerank": "Pass https://api.example/v1",
    "https://api.example/v1/rerank/": "Pass https://api.example/v1",
    "https://api.example:99999/v1": "no URL",
    "https://api .example/v1": "no URL",
    "https://api.example/\x1b[2J": "no URL",
    "https://[::1/v1": "no URL",
    "https://exa mple\udc80/": "no URL",
}


@pytest.mark.parametrize("url", BASES)
def test_base_url_is_checked_when_the_client_is_made(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A base URL that cannot be asked, or holds a credential, is refused with a hint, and is shown nowhere."""
    for options in ({"base_url": url}, {}):
        if not options:
            if "\udc80" in url:
                continue
            monkeypatch.setenv("SILICONFLOW_BASE_URL", url)
        with pytest.raises(sdk.ConfigurationError) as caught:
            sdk.Client(api_key=KEY, **options)
        assert BASES[url] in str(caught.value)
        assert "canary" not in repr(caught.value) + str(caught.value.__context__) + str(caught.value.__cause__)


def test_not_found_names_what_was_asked(scripted: Callable[..., Scripted]) -> None:
    """A 404 names the URL that was asked, once with the status."""
    server = scripted((404, {"Content-Type": "text/plain"}, b"404 page not found"))
    with pytest.raises(sdk.NotFoundError) as caught:
        ask(server.url, "sync")
    asked = f"{server.url}/rerank"
    assert asked in str(caught.value)
    # The URL's port is any five digits, those of the status too.
    assert str(caught.value).replace(asked, "").count("404") == 1


class Spoilt:
    """A document that cannot be read."""

    def to_dict(self) -> Any:
        """Fail."""
        raise KeyError("mine")


CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)
ODD: dict[str, tuple[dict[str, Any], dict[str, Any], type[Exception]]] = {
    "documents in a circle": ({}, {"documents": CIRCLE}, sdk.RequestValidationError),
    "a document that fails": ({}, {"documents": [Spoilt()]}, sdk.RequestValidationError),
    "a generator that fails": ({}, {"documents": (1 / 0 for _ in "a")}, sdk.RequestValidationError),
    "header with a space in its name": ({}, {"extra_headers": {"X Name": "a"}}, sdk.RequestValidationError),
    "header without a name": ({}, {"extra_headers": {"": "a"}}, sdk.RequestValidationError),
    "header that frames": ({}, {"extra_headers": {"Content-length": "5"}}, sdk.RequestValidationError),
    "client header with a line feed": ({"headers": {"X-Name": "a\n"}}, {}, sdk.RequestValidationError),
    "headers in a list": ({}, {"extra_headers": [("a", "b")]}, sdk.RequestValidationError),
    "negative httpx.Timeout": ({"timeout": httpx.Timeout(5, read=-1)}, {}, sdk.ConfigurationError),
    "httpx.Timeout of nothing": ({}, {"timeout": httpx.Timeout(0)}, sdk.ConfigurationError),
    "no number of retries": ({"retries": float("nan")}, {}, sdk.ConfigurationError),
    "label that no name server takes": ({"base_url": f"https://{'a' * 70}.example"}, {}, sdk.ConfigurationError),
    "empty label": ({"base_url": "https://a..example"}, {}, sdk.ConfigurationError),
    "punycode that is none": ({"base_url": "https://xn--"}, {}, sdk.ConfigurationError),
    "proxy of a number": ({"proxy": 3}, {}, TypeError),
    "lone surrogate": ({}, {"query": "\ud800"}, sdk.RequestValidationError),
    "not a number": ({}, {"extra_body": {"x": float("nan")}}, sdk.RequestValidationError),
    "an object": ({}, {"extra_body": {"x": object()}}, sdk.RequestValidationError),
    "a number too long to write": ({}, {"extra_body": {"x": 10**5000}}, sdk.RequestValidationError),
    "bytes": ({}, {"query": b"apple"}, sdk.RequestValidationError),
    "header beyond ASCII": ({}, {"extra_headers": {"X-Name": "Käse"}}, sdk.RequestValidationError),
    "header of a number": ({}, {"extra_headers": {"X-Name": 1}}, sdk.RequestValidationError),
    "header with a line feed": ({}, {"extra_headers": {"X-Name": "a\r\nX-Other: b"}}, sdk.RequestValidationError),
    "client header beyond ASCII": ({"headers": {"X-Name": "Käse"}}, {}, sdk.RequestValidationError),
    "negative timeout": ({"timeout": -1}, {}, sdk.ConfigurationError),
    "timeout of a word": ({"timeout": "soon"}, {}, sdk.ConfigurationError),
    "negative retries": ({"retries": -1}, {}, sdk.ConfigurationError),
    "no room": ({"max_response_bytes": 0}, {}, sdk.ConfigurationError),
    "key with a line feed": ({"api_key": "sk-canary\n"}, {}, sdk.MissingKeyError),
    "key of a number": ({"api_key": 7}, {}, TypeError),
    "key function that fails": ({"api_key": lambda: 1 / 0}, {}, sdk.MissingKeyError),
    "key function without a key": ({"api_key": lambda: ""}, {}, sdk.MissingKeyError),
    "proxy that is none": ({"proxy": "nowhere"}, {}, sdk.ConfigurationError),
    "unknown host": ({"base_url": "http://no-such-host.invalid/v1"}, {}, sdk.APIConnectionError),
    "base URL of a number": ({"base_url": 7}, {}, TypeError),
}


@pytest.mark.parametrize(("mode", "name"), sampled(product(("sync", "async"), ODD), 36))
def test_everything_that_leaves_is_ours(scripted: Callable[..., Scripted], mode: str, name: str) -> None:
    """Whatever is passed, what leaves the package is a RerankError or a TypeError."""
    options, given, kind = ODD[name]
    server = scripted(rows())
    with pytest.raises((sdk.RerankError, TypeError)) as caught:
        ask(server.url, mode, client=options, **given)
    assert isinstance(caught.value, kind)
    assert "canary" not in str(caught.value)


@both
@pytest.mark.parametrize("timeout", [float("inf"), 1e10, 10**400, httpx.Timeout(float("inf")), None])
def test_patience_beyond_any_clock(scripted: Callable[..., Scripted], mode: str, timeout: Any) -> None:
    """A timeout or a deadline that no clock takes is no error: the answer comes."""
    server = scripted(rows())
    for retries in (0, sdk.Retries(deadline=1e300)):
        ask(server.url, mode, client={"timeout": timeout, "retries": retries})


def test_awaited_call_without_a_loop() -> None:
    """Where no event loop of asyncio runs, an awaited call says so in an error of its own."""
    with pytest.raises(sdk.ConfigurationError, match="asyncio"):
        sdk.AsyncClient(api_key=KEY).rerank(**ASK).send(None)


def test_own_transport_that_breaks() -> None:
    """An error of a transport of the caller's own is an APIConnectionError, and is not tried again."""
    calls = []

    def broken(_: httpx.Request) -> httpx.Response:
        calls.append(1)
        raise KeyError("x")

    with pytest.raises(sdk.APIConnectionError):
        sdk.Client(api_key=KEY, transport=httpx.MockTransport(broken)).rerank(**ASK)
    assert len(calls) == 1


@pytest.mark.parametrize(
    "value",
    [
        "Fri, 31 Dec 99999 23:59:59 GMT",
        "1e400",
        "nan",
        "inf",
        "-5",
        "soon",
        "",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "9" * 5000,
    ],
)
def test_retry_after_of_any_kind(scripted: Callable[..., Scripted], value: str) -> None:
    """A `Retry-After` beyond the calendar, or that is none, changes no error's class."""
    server = scripted((429, {"Retry-After": value}, b"{}"))
    with pytest.raises(sdk.RateLimitError) as caught:
        ask(server.url, "sync", client={"retries": sdk.Retries(number=1, initial=0, ceiling=0)})
    assert caught.value.retry_after is None or 0 <= caught.value.retry_after < 1e9


@contextmanager
def refusing(answer: bytes, pause: float) -> Iterator[str]:
    """Serve an answer after the head of each request, and close with the rest of it unread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer:
                    while b"\r\n\r\n" not in peer.recv(1000, socket.MSG_PEEK):
                        pass
                    peer.recv(500)
                    time.sleep(pause)
                    peer.sendall(answer)

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


@both
@pytest.mark.parametrize("given", [False, True], ids=["own", "given"])
@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_answer_before_the_end_of_the_request_is_told(mode: str, pause: float, given: bool) -> None:
    """A service that refuses a long request early, and closes, has said so: its status is told, and not a broken connection."""
    words = b'{"code": 1, "message": "too long", "data": null}'
    answer = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: %d\r\n\r\n%s" % (len(words), words)
    kind = httpx.Client if mode == "sync" else httpx.AsyncClient
    with refusing(answer, pause) as url:
        for _ in range(3):
            options = {"http_client": kind()} if given else {}
            with pytest.raises(sdk.ContentTooLargeError, match="too long"):
                ask(url, mode, client=options, documents=["apple " * 20_000] * 60)


@both
@pytest.mark.parametrize("call", ["rerank", "rerank_batched"])
def test_warnings_name_the_callers_line(scripted: Callable[..., Scripted], mode: str, call: str) -> None:
    """A warning points at the caller, once, in sync, async and batches."""
    server = scripted(rows())
    given = {**ASK, "instruction": "rank", **({"batch_size": 1} if call == "rerank_batched" else {})}
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        if mode == "sync":
            with sdk.Client(api_key=KEY, base_url=server.url) as client:
                getattr(client, call)(**given)
        else:

            async def go() -> None:
                async with sdk.AsyncClient(api_key=KEY, base_url=server.url) as client:
                    await getattr(client, call)(**given)

            asyncio.run(go())
    (warning,) = [item for item in found if issubclass(item.category, sdk.UnsupportedFieldWarning)]
    assert warning.filename == __file__
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert "getattr(client, call)" in lines[warning.lineno - 1]


async def gathered(call: Any) -> Any:
    return await asyncio.gather(call())


async def tasked(call: Any) -> Any:
    async with asyncio.TaskGroup() as group:
        return group.create_task(call())


async def waited(call: Any) -> Any:
    # From Python 3.12 on no task is made of it: it is awaited, and so called, here.
    return await asyncio.wait_for(call(), 60)  # here


@pytest.mark.parametrize("way", [gathered, tasked, waited])
@pytest.mark.parametrize("call", ["rerank", "rerank_batched", "raw"])
def test_warnings_of_tasks_name_the_line_of_the_call(scripted: Callable[..., Scripted], way: Any, call: str) -> None:
    """An awaited call that a task runs warns at the line where it was called, as one that is awaited there does."""
    server = scripted(rows())
    given = {**ASK, "instruction": "rank"}

    async def go() -> None:
        async with sdk.AsyncClient(api_key=KEY, base_url=server.url) as client:
            called = {"raw": client.with_raw_response.rerank}.get(call) or getattr(client, call, None)
            await way(lambda: called(**given))  # here

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        asyncio.run(go())
    (warning,) = [item for item in found if issubclass(item.category, sdk.UnsupportedFieldWarning)]
    assert warning.filename == __file__
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert lines[warning.lineno - 1].endswith("# here")


def test_awaited_calls_are_told_as_such() -> None:
    """What asks whether a call is to be awaited, a mock by its specification for one, is told that it is, and by which name."""
    made = create_autospec(sdk.AsyncClient, instance=True)
    assert asyncio.iscoroutinefunction(sdk.AsyncClient.rerank)
    assert isinstance(made.rerank, AsyncMock)
    call = sdk.AsyncClient(api_key=KEY).rerank(**ASK)
    assert call.__qualname__ == "AsyncClient.rerank"
    call.close()


def test_log_tells_and_keeps_the_key(scripted: Callable[..., Scripted], caplog: pytest.LogCaptureFixture) -> None:
    """A retry is told at INFO, bodies at DEBUG, the key never."""
    caplog.set_level(logging.DEBUG, "siliconflow_rerank")
    server = scripted((503, {}, f"busy {KEY}".encode()), rows((0, 0.5)))
    ask(server.url, "sync", client={"retries": sdk.Retries(number=1, initial=0, ceiling=0)})
    by_level = {
        level: [r.getMessage() for r in caplog.records if r.levelno == level and r.name == "siliconflow_rerank"]
        for level in (logging.INFO, logging.DEBUG)
    }
    assert any("503" in line and "again" in line for line in by_level[logging.INFO])
    assert any('"query":"apple"' in line for line in by_level[logging.DEBUG])
    assert any("busy [redacted]" in line for line in by_level[logging.DEBUG])
    assert "canary" not in caplog.text


def test_log_is_switched_on_by_the_environment(scripted: Callable[..., Scripted]) -> None:
    """SILICONFLOW_LOG=debug shows the log on standard error."""
    server = scripted(rows())
    code = f"import siliconflow_rerank as sdk\nsdk.Client(api_key={KEY!r}, base_url={server.url!r}).rerank(**{ASK!r})"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
    for level, words in (("debug", "200"), ("", ""), ("nonsense", "")):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**env, "SILICONFLOW_LOG": level},
            capture_output=True,
            text=True,
            check=True,
        )
        assert words in done.stderr
        assert bool(done.stderr) == bool(words)
        assert "canary" not in done.stderr
