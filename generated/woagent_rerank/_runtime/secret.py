# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""The key: used on the wire, shown nowhere."""

from collections.abc import Generator
from typing import NoReturn

import httpx

REDACTED = "[redacted]"
# Shorter ones are no keys but words of a test, and stand in answers by chance.
_SHORTEST = 8


class Secret(httpx.Auth):
    """Puts the key into a request as it goes out. It has no readable form and cannot be pickled."""

    __slots__ = ("_header", "_put")

    def __init__(self, key: str, header: str, prefix: str) -> None:
        def put(request: httpx.Request) -> None:
            request.headers[header] = prefix + key

        def take(data: bytes) -> bytes:
            return (
                data.replace(key.encode(), REDACTED.encode())
                if len(key) >= _SHORTEST
                else data
            )

        self._header, self._put = header, (put, take)

    def auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the key in."""
        self._put[0](request)
        yield request

    def scrub(self, response: httpx.Response) -> None:
        """Take the key out of an answer and its request, before anybody keeps them."""
        response.request.headers[self._header] = REDACTED
        content = response.content
        clean = self._put[1](content)
        if clean is not content:
            response._content = clean
        for name, value in response.headers.items():
            replaced = self._put[1](value.encode()).decode()
            if replaced != value:
                response.headers[name] = replaced

    def __repr__(self) -> str:
        return f"Secret({REDACTED})"

    def __reduce__(self) -> NoReturn:
        msg = "A key is not pickled."
        raise TypeError(msg)
