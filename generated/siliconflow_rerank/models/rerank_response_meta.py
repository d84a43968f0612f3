# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.rerank_response_meta_billed_units import RerankResponseMetaBilledUnits
    from ..models.rerank_response_meta_tokens import RerankResponseMetaTokens


T = TypeVar("T", bound="RerankResponseMeta")


@_attrs_define
class RerankResponseMeta:
    """Metadata about the rerank response.

    Attributes:
        tokens (RerankResponseMetaTokens | Unset): Token usage statistics.
        billed_units (RerankResponseMetaBilledUnits | Unset): Billed units statistics.
    """

    tokens: RerankResponseMetaTokens | Unset = UNSET
    billed_units: RerankResponseMetaBilledUnits | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tokens: dict[str, Any] | Unset = UNSET
        if not isinstance(self.tokens, Unset):
            tokens = self.tokens.to_dict()

        billed_units: dict[str, Any] | Unset = UNSET
        if not isinstance(self.billed_units, Unset):
            billed_units = self.billed_units.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if tokens is not UNSET:
            field_dict["tokens"] = tokens
        if billed_units is not UNSET:
            field_dict["billed_units"] = billed_units

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rerank_response_meta_billed_units import RerankResponseMetaBilledUnits  # noqa: PLC0415
        from ..models.rerank_response_meta_tokens import RerankResponseMetaTokens  # noqa: PLC0415

        d = dict(src_dict)
        _tokens = d.pop("tokens", UNSET)
        tokens: RerankResponseMetaTokens | Unset
        if isinstance(_tokens, Unset):
            tokens = UNSET
        else:
            tokens = RerankResponseMetaTokens.from_dict(_tokens)

        _billed_units = d.pop("billed_units", UNSET)
        billed_units: RerankResponseMetaBilledUnits | Unset
        if isinstance(_billed_units, Unset):
            billed_units = UNSET
        else:
            billed_units = RerankResponseMetaBilledUnits.from_dict(_billed_units)

        rerank_response_meta = cls(
            tokens=tokens,
            billed_units=billed_units,
        )

        rerank_response_meta.additional_properties = d
        return rerank_response_meta

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
