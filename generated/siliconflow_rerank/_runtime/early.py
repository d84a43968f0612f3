# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""Hearing a service that refuses a request before it has read all of it, and closes: it has said why.

An event loop drops what has come, and was not read, of a connection that breaks under a write.
"""

import os
import socket
import ssl
from contextlib import suppress
from typing import Any

# What is no longer fits into what systems buffer, and is gone before an answer can break it.
_AT_ONCE = 1 << 16
_MOST = 1 << 20


def heard(stream: Any) -> Any:
    """Have a connection of asyncio keep what has come when it breaks under a long text; return it."""
    if "write" in vars(stream):
        return stream
    read, write, start_tls = stream.read, stream.write, stream.start_tls
    kept = bytearray()

    async def heard_write(buffer: bytes, timeout: float | None = None) -> None:
        other = _another(stream) if len(buffer) > _AT_ONCE else None
        try:
            await write(buffer, timeout)
        except Exception:
            if other is not None and (data := _plain(stream, _come(other))):
                kept.extend(data)
            raise
        finally:
            if other is not None:
                other.close()

    async def heard_read(max_bytes: int, timeout: float | None = None) -> bytes:
        if not kept:
            return await read(max_bytes, timeout)  # type: ignore[no-any-return]
        data = bytes(kept[:max_bytes])
        del kept[:max_bytes]
        return data

    async def heard_start_tls(*given: Any, **named: Any) -> Any:
        return heard(await start_tls(*given, **named))

    stream.read, stream.write, stream.start_tls = (
        heard_read,
        heard_write,
        heard_start_tls,
    )
    return stream


def _another(stream: Any) -> socket.socket | None:
    """Return a connection's socket once more, for the loop closes its own at once; None where a system or a loop has no such thing."""
    with suppress(Exception):
        return socket.socket(fileno=os.dup(stream.get_extra_info("socket").fileno()))
    return None


def _come(connection: socket.socket) -> bytes:
    """Return what has come of a connection and was not read."""
    parts: list[bytes] = []
    with suppress(OSError):
        connection.setblocking(False)
        while sum(map(len, parts)) < _MOST and (data := connection.recv(_AT_ONCE)):
            parts.append(data)
    return b"".join(parts)


def _plain(stream: Any, data: bytes) -> bytes:
    """Return what was said under a connection's encryption, if it has one."""
    tls = stream.get_extra_info("ssl_object")
    if tls is None or not data:
        return data
    parts: list[bytes] = []
    # Of a library that keeps it elsewhere, nothing is heard.
    with suppress(AttributeError, ssl.SSLError):
        stream._stream._read_bio.write(data)
        while part := tls.read(_AT_ONCE):
            parts.append(part)
    return b"".join(parts)


async def watch(event: str, info: dict[str, Any]) -> None:
    """Hear a new connection of an httpx client that is not ours: a callback of httpcore's `trace`."""
    stream: Any = info.get("return_value")
    if event.endswith(".complete") and hasattr(stream, "get_extra_info"):
        heard(stream)


async def connected(connect: Any, *given: Any, **named: Any) -> Any:
    """Connect, heard."""
    return heard(await connect(*given, **named))
