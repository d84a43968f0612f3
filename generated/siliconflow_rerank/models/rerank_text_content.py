# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import reading as _reading

T = TypeVar("T", bound="RerankTextContent")


@_attrs_define
class RerankTextContent:
    """Text content object for reranking.

    Attributes:
        text (str): Text content. Example: The quick brown fox.
    """

    text: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values by wire name; what is unset is left out."""
        text = self.text

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "text": text,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        try:
            text = src_dict["text"]
        except (KeyError, TypeError, IndexError):
            _reading.missing(
                src_dict,
                "text",
            )
        if type(text) is not str:
            _reading.wrong("text", "a string", text)
        found = cls(
            text,
        )
        if len(src_dict) != 1:
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
        "text",
    }
)
