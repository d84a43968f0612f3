# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import reading as _reading
from ..types import UNSET, Unset

T = TypeVar("T", bound="RerankResponseMetaTokens")


@_attrs_define
class RerankResponseMetaTokens:
    """Token usage statistics.

    Attributes:
        input_tokens (int | Unset): Number of input tokens. Contract: at least 0. Example: 150.
        output_tokens (int | Unset): Number of output tokens. Contract: at least 0. Example: 10.
        image_tokens (int | Unset): Number of input image tokens. Contract: at least 0. Example: 0.
    """

    input_tokens: int | Unset = UNSET
    output_tokens: int | Unset = UNSET
    image_tokens: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values by wire name; what is unset is left out."""
        input_tokens = self.input_tokens

        output_tokens = self.output_tokens

        image_tokens = self.image_tokens

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if input_tokens is not UNSET:
            field_dict["input_tokens"] = input_tokens
        if output_tokens is not UNSET:
            field_dict["output_tokens"] = output_tokens
        if image_tokens is not UNSET:
            field_dict["image_tokens"] = image_tokens

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        if not isinstance(src_dict, Mapping):
            _reading.missing(src_dict, "")
        input_tokens = src_dict.get("input_tokens")
        if input_tokens is None:
            input_tokens = UNSET
        else:
            if type(input_tokens) is not int:
                input_tokens = _reading.member(
                    _reading.integer, input_tokens, "input_tokens"
                )
        output_tokens = src_dict.get("output_tokens")
        if output_tokens is None:
            output_tokens = UNSET
        else:
            if type(output_tokens) is not int:
                output_tokens = _reading.member(
                    _reading.integer, output_tokens, "output_tokens"
                )
        image_tokens = src_dict.get("image_tokens")
        if image_tokens is None:
            image_tokens = UNSET
        else:
            if type(image_tokens) is not int:
                image_tokens = _reading.member(
                    _reading.integer, image_tokens, "image_tokens"
                )
        found = cls(
            input_tokens,
            output_tokens,
            image_tokens,
        )
        if len(src_dict) != 0 + (input_tokens is not UNSET) + (
            output_tokens is not UNSET
        ) + (image_tokens is not UNSET):
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
        "input_tokens",
        "output_tokens",
        "image_tokens",
    }
)
