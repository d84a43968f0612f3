# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import reading as _reading
from ..types import UNSET, Unset

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
        """Return plain values by wire name; what is unset is left out."""
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
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        if not isinstance(src_dict, Mapping):
            _reading.missing(src_dict, "")
        tokens = src_dict.get("tokens")
        if tokens is None:
            tokens = UNSET
        else:
            tokens = _reading.member(
                RerankResponseMetaTokens.from_dict, tokens, "tokens"
            )
        billed_units = src_dict.get("billed_units")
        if billed_units is None:
            billed_units = UNSET
        else:
            billed_units = _reading.member(
                RerankResponseMetaBilledUnits.from_dict, billed_units, "billed_units"
            )
        found = cls(
            tokens,
            billed_units,
        )
        if len(src_dict) != 0 + (tokens is not UNSET) + (billed_units is not UNSET):
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
        "tokens",
        "billed_units",
    }
)

from ..models.rerank_response_meta_billed_units import RerankResponseMetaBilledUnits
from ..models.rerank_response_meta_tokens import RerankResponseMetaTokens
