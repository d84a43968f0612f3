# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import reading as _reading
from ..types import UNSET, Unset

T = TypeVar("T", bound="RerankResponse")


@_attrs_define
class RerankResponse:
    """
    Attributes:
        id (str): Unique identifier for the response. Contract: length at least 1. Example:
            rerank-20240115-abc123def456.
        results (list[RerankResult]): List of reranked results sorted by relevance score.
        meta (RerankResponseMeta | Unset): Metadata about the rerank response.
    """

    id: str
    results: list[RerankResult]
    meta: RerankResponseMeta | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    trace_id: str | None = _attrs_field(init=False, default=None, eq=False)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values by wire name; what is unset is left out."""
        id = self.id

        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        meta: dict[str, Any] | Unset = UNSET
        if not isinstance(self.meta, Unset):
            meta = self.meta.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "results": results,
            }
        )
        if meta is not UNSET:
            field_dict["meta"] = meta

        return field_dict

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
        if meta is None:
            meta = UNSET
        else:
            meta = _reading.member(RerankResponseMeta.from_dict, meta, "meta")
        found = cls(
            id,
            results,
            meta,
        )
        if len(src_dict) != 2 + (meta is not UNSET):
            found.additional_properties = {
                key: value for key, value in src_dict.items() if key not in _KNOWN
            }
        return found

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


_KNOWN = frozenset(
    {
        "id",
        "results",
        "meta",
    }
)

from ..models.rerank_response_meta import RerankResponseMeta
from ..models.rerank_result import RerankResult
