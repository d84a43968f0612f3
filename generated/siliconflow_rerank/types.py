# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""Types that callers, models and endpoints share."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import (
    TYPE_CHECKING,
    Generic,
    Literal,
    Protocol,
    SupportsIndex,
    TypeAlias,
    TypedDict,
    TypeVar,
)

from attrs import define

from ._runtime.unset import UNSET, Unset

if TYPE_CHECKING:
    pass

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# Models that the contract names; others may be passed too.
ModelName: TypeAlias = Literal[
    "BAAI/bge-reranker-v2-m3",
    "Pro/BAAI/bge-reranker-v2-m3",
    "netease-youdao/bce-reranker-base_v1",
    "Qwen/Qwen3-Reranker-0.6B",
    "Qwen/Qwen3-Reranker-4B",
    "Qwen/Qwen3-Reranker-8B",
    "Qwen/Qwen3-VL-Reranker-8B",
]


class Items(Protocol[T_co]):
    """Any sequence but a string: a string has items too, and is no list of documents."""

    def __getitem__(self, index: SupportsIndex, /) -> T_co: ...
    def __contains__(self, value: object, /) -> bool: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[T_co]: ...


class RerankImageUrlContentDict(TypedDict):
    """Image content object for reranking."""

    image: str


class RerankTextContentDict(TypedDict):
    """Text content object for reranking."""

    text: str


@define
class Response(Generic[T]):
    """An answer: status, bytes, headers, what they parse to (None for an error of another shape), and the trace id."""

    status_code: int
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None
    trace_id: str | None = None


__all__ = [
    "UNSET",
    "Items",
    "ModelName",
    "Response",
    "Unset",
    "RerankImageUrlContentDict",
    "RerankTextContentDict",
]
