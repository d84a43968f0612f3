# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""An answer as it came, beside what it means."""

from collections.abc import Callable, Coroutine
from typing import Any, Generic, ParamSpec, TypeVar

import httpx

P = ParamSpec("P")
T = TypeVar("T")


class RawResponse(Generic[T]):
    """A success as it came: `http_response`, its status and headers; `parse()` reads it as the plain call does."""

    def __init__(
        self,
        http_response: httpx.Response,
        trace_id: str | None,
        parse: Callable[[], T],
    ) -> None:
        self.http_response = http_response
        self.status_code = http_response.status_code
        self.headers = http_response.headers
        self.content = http_response.content
        self.trace_id = trace_id
        self.parse = parse

    def __repr__(self) -> str:
        return f"RawResponse({self.status_code})"


def raw(call: Callable[P, T]) -> Callable[P, RawResponse[T]]:
    """Return a call of a client that gives its answers as they came, under its type."""
    found: Any = call
    return found  # type: ignore[no-any-return]


def raw_async(
    call: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, RawResponse[T]]]:
    """Return an awaited call as `raw` does."""
    found: Any = call
    return found  # type: ignore[no-any-return]
