# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""Reading an answer's body: raw, decoded under a ceiling, within its time."""

import sys
import threading
import time
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx

# Beside what a request itself weighs: an echo may be eight times as long as what was sent (`\u0000`).
_LEAST, _ECHO = 2 << 20, 8
# What parsing costs is told by the number of values: so many, and some for each document, take no time that anybody notices.
_LARGE, _VALUES, _EACH = 1 << 18, 20_000, 32
# No other is asked for: what these unpack to can be bounded.
ENCODINGS = "gzip, deflate"
_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
_WRITTEN = 1 << 16
_NOTE = "rerank_unreadable"


def ceiling(given: int | None, request: bytes) -> int:
    """Return how many bytes an answer may have: what was set, else in proportion to the request, generously."""
    return (
        _LEAST + _ECHO * len(request) if given is None else min(given, sys.maxsize - 1)
    )


def crowded(response: httpx.Response, count: int) -> bool:
    """Whether a large body has far more values than an answer about so many documents: parsing would hold an event loop."""
    body = response.content
    return len(body) > _LARGE and _signs(body) > _VALUES + _EACH * count + _signs(
        response.request.content
    )


def _signs(body: bytes) -> int:
    return sum(map(body.count, (b",", b"[", b"{")))


def unreadable(response: httpx.Response) -> str | None:
    """Return why a body was not read, or None."""
    found: str | None = response.extensions.get(_NOTE)
    return found


def drain(response: httpx.Response, most: int) -> None:
    """Read an answer's body; of one that is too large or cannot be decoded, `unreadable` says so."""
    try:
        if not response.is_stream_consumed:
            parts = _Parts(most)
            for chunk in response.iter_raw():
                if parts.full(chunk):
                    break
            _finish(response, parts)
    finally:
        response.close()


async def drain_async(response: httpx.Response, most: int) -> None:
    """Read an answer's body as `drain` does."""
    try:
        if not response.is_stream_consumed:
            parts = _Parts(most)
            async for chunk in response.aiter_raw():
                if parts.full(chunk):
                    break
            _finish(response, parts)
    finally:
        await response.aclose()


class _Parts:
    """What came of a body so far."""

    def __init__(self, most: int) -> None:
        self.chunks: list[bytes] = []
        self.size, self.most = 0, most

    def full(self, chunk: bytes) -> bool:
        """Take a chunk; whether it was one too many."""
        self.size += len(chunk)
        self.chunks.append(chunk)
        return self.size > self.most


def _finish(response: httpx.Response, parts: _Parts) -> None:
    content, note = b"".join(parts.chunks), None
    if parts.size > parts.most:
        note = _too_large(parts.most)
    elif "content-encoding" in response.headers:
        content, note = _decoded(
            response.headers["content-encoding"], content, parts.most
        )
    if note is not None:
        response.extensions[_NOTE], content = note, b""
    response._content = content  # httpx has no other way to be handed a body that was decoded under a ceiling


def _too_large(most: int) -> str:
    return f"its body has more than {most:,} bytes; `max_response_bytes` sets the limit"


def _decoded(header: str, data: bytes, most: int) -> tuple[bytes, str | None]:
    names = [
        name
        for name in (part.strip().lower() for part in header.split(","))
        if name not in {"", "identity"}
    ]
    if not names:
        return data, None
    if len(names) > 1 or names[0] not in _WINDOWS:
        return (
            b"",
            f"its content-encoding is {header[:60]!r}, and the request accepts one of {ENCODINGS}",
        )
    for window in _WINDOWS[names[0]]:
        unpacker = zlib.decompressobj(window)
        try:
            content = unpacker.decompress(data, most + 1)
        except zlib.error:
            continue
        if len(content) > most:
            return b"", _too_large(most)
        return (
            content,
            None if unpacker.eof or not data else "its compressed body is cut short",
        )
    return b"", f"its body is not {names[0]}, as its content-encoding says"


# When the attempt that this thread makes must be over, by time.monotonic().
_UNTIL = threading.local()


def within(until: float | None) -> None:
    """Say when the attempt of this thread must be over."""
    _UNTIL.at = until


def _left(timeout: float | None) -> float | None:
    until: float | None = getattr(_UNTIL, "at", None)
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise httpx.ReadTimeout("the answer was not complete in time")
    return left if timeout is None else min(left, timeout)


def bounded(stream: Any) -> Any:
    """Bound a connection's reads and writes by the attempt's time, not each by itself; return it.

    httpcore bounds each read of a socket; an answer that comes byte by byte never ends by that.
    """
    if "read" in vars(stream):
        return stream
    read, write, start_tls = stream.read, stream.write, stream.start_tls

    def bounded_read(max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = read(max_bytes, _left(timeout))
        return data

    def bounded_write(buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITTEN):
            write(buffer[start : start + _WRITTEN], _left(timeout))

    def bounded_start_tls(
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> Any:
        return bounded(start_tls(ssl_context, server_hostname, _left(timeout)))

    stream.read, stream.write, stream.start_tls = (
        bounded_read,
        bounded_write,
        bounded_start_tls,
    )
    return stream


def watch(event: str, info: dict[str, Any]) -> None:
    """Bound a new connection of an httpx client that is not ours: a callback of httpcore's `trace`."""
    stream: Any = info.get("return_value")
    if event.endswith(".complete") and hasattr(stream, "get_extra_info"):
        bounded(stream)


class Backend:
    """The network of an httpx client that is ours: every connection is made by `connected`, at no cost for a request."""

    def __init__(self, inner: Any, connected: Callable[..., Any]) -> None:
        self.sleep = inner.sleep
        self.connect_tcp = partial(connected, inner.connect_tcp)
        self.connect_unix_socket = partial(connected, inner.connect_unix_socket)


def connected(connect: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Connect within the attempt's time: in a thread, for a silent name server, or many addresses none of which answers, end by nothing else."""
    left = _left(None)
    if left is None:
        return bounded(connect(*given, **named))
    from concurrent.futures import Future

    found: Future[Any] = Future()

    def work() -> None:
        try:
            found.set_result(connect(*given, **named))
        except BaseException as error:
            found.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        return bounded(found.result(left))
    except BaseException as error:
        found.add_done_callback(_closed)
        if isinstance(error, TimeoutError):
            raise httpx.ConnectTimeout("no connection in time") from None
        raise


def _closed(found: Any) -> None:
    """Close a connection that came too late."""
    if found.exception() is None:
        found.result().close()


def tracing(
    client: Any, own: bool, connected: Callable[..., Any], watch: Callable[..., Any]
) -> dict[str, Any]:
    """Return the extensions by which a request's connection is watched; none where the client's network could be replaced by a backend that does."""
    pools = (
        [
            getattr(transport, "_pool", None)
            for transport in (client._transport, *client._mounts.values())
            if transport is not None
        ]
        if own
        else [None]
    )
    if not all(hasattr(pool, "_network_backend") for pool in pools):
        return {"trace": watch}
    for pool in pools:
        pool._network_backend = Backend(pool._network_backend, connected)  # type: ignore[union-attr]
    return {}
