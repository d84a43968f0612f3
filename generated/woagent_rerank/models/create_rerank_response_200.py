# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import reading as _reading

T = TypeVar("T", bound="CreateRerankResponse200")


@_attrs_define
class CreateRerankResponse200:
    """
    Attributes:
        id (str):
        results (list[CreateRerankResponse200ResultsItem]):
        tokens (CreateRerankResponse200Tokens):
    """

    id: str
    results: list[CreateRerankResponse200ResultsItem]
    tokens: CreateRerankResponse200Tokens
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    trace_id: str | None = _attrs_field(init=False, default=None, eq=False)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values by wire name; what is unset is left out."""
        id = self.id

        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        tokens = self.tokens.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "results": results,
                "tokens": tokens,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        try:
            id = src_dict["id"]
            results = src_dict["results"]
            tokens = src_dict["tokens"]
        except (KeyError, TypeError, IndexError):
            _reading.missing(
                src_dict,
                "id",
                "results",
                "tokens",
            )
        if type(id) is not str:
            _reading.wrong("id", "a string", id)
        results = _reading.members(
            CreateRerankResponse200ResultsItem.from_dict, results, "results"
        )
        tokens = _reading.member(
            CreateRerankResponse200Tokens.from_dict, tokens, "tokens"
        )
        found = cls(
            id,
            results,
            tokens,
        )
        if len(src_dict) != 3:
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
        "tokens",
    }
)

from ..models.create_rerank_response_200_results_item import (
    CreateRerankResponse200ResultsItem,
)
from ..models.create_rerank_response_200_tokens import CreateRerankResponse200Tokens
