# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Answer
from .._runtime.answer import new as _new

T = TypeVar("T", bound="RerankResponse")


@_attrs_define(weakref_slot=False)
class RerankResponse(Answer):
    """An answer.

    Attributes:
        id (str): Unique identifier for the response. Contract: length at least 1. Example:
            rerank-20240115-abc123def456.
        results (list[RerankResult]): List of reranked results sorted by relevance score.
        meta (RerankResponseMeta | None): Metadata about the rerank response.
    """

    id: str
    results: list[RerankResult]
    meta: RerankResponseMeta | None = None
    _always: ClassVar[frozenset[str]] = frozenset(
        {
            "id",
            "results",
        }
    )
    _wire: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "results": "results",
        "meta": "meta",
    }

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        try:
            id = src_dict["id"]
            results = src_dict["results"]
        except (KeyError, TypeError, IndexError):
            _reading.missing(
                src_dict,
                "id",
                "results",
            )
        if type(id) is not str:
            _reading.wrong("id", "a string", id)
        results = _reading.members(RerankResult.from_dict, results, "results")
        meta = src_dict.get("meta")
        if meta is not None:
            try:
                meta = RerankResponseMeta.from_dict(meta)
            except _reading.Misfit as misfit:
                raise misfit.within("meta") from None
        found = _new(cls)
        found.id = id
        found.results = results
        found.meta = meta
        found._more = None
        found.trace_id = None
        if len(src_dict) != 2 + (meta is not None):
            found._more = _reading.unknown(
                {
                    key: value
                    for key, value in src_dict.items()
                    if key not in cls._wire
                    or (value is None and key not in cls._always)
                }
            )
        return found


from ..models.rerank_response_meta import RerankResponseMeta
from ..models.rerank_result import RerankResult
