# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.create_rerank_response_200_results_item import CreateRerankResponse200ResultsItem
    from ..models.create_rerank_response_200_tokens import CreateRerankResponse200Tokens


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

    def to_dict(self) -> dict[str, Any]:
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
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.create_rerank_response_200_results_item import CreateRerankResponse200ResultsItem  # noqa: PLC0415
        from ..models.create_rerank_response_200_tokens import CreateRerankResponse200Tokens  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = CreateRerankResponse200ResultsItem.from_dict(results_item_data)

            results.append(results_item)

        tokens = CreateRerankResponse200Tokens.from_dict(d.pop("tokens"))

        create_rerank_response_200 = cls(
            id=id,
            results=results,
            tokens=tokens,
        )

        create_rerank_response_200.additional_properties = d
        return create_rerank_response_200

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
