"""HTTP/1.0, which httpx does not speak: the first line that goes out on a connection is written anew."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

_LINE = re.compile(rb"\A([A-Z]+ \S+ HTTP/)1\.1(?=\r\n)")
_OPENED = ("connect_tcp.complete", "start_tls.complete")


def spoken(version: str) -> Callable[[str, dict[str, Any]], Awaitable[None]]:
    """Return a `trace` of httpcore that has a new connection speak a version of HTTP."""

    async def trace(event: str, info: dict[str, Any]) -> None:
        if not event.endswith(_OPENED):
            return
        stream = info["return_value"]
        write = stream.write

        async def written(data: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as httpcore calls it
            await write(_LINE.sub(rb"\g<1>" + version.encode(), data), timeout)

        stream.write = written

    return trace
