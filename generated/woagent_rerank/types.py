# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""Types that models and endpoints share."""

from collections.abc import MutableMapping
from typing import Generic, TypeVar

from attrs import define

from ._runtime.unset import UNSET, Unset

T = TypeVar("T")


@define
class Response(Generic[T]):
    """An answer: status, bytes, headers, what they parse to (None for an error of another shape), and the trace id."""

    status_code: int
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None
    trace_id: str | None = None


__all__ = ["UNSET", "Response", "Unset"]
