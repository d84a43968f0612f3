# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import reading as _reading

T = TypeVar("T", bound="OverloadedData")


@_attrs_define
class OverloadedData:
    """
    Attributes:
        code (int):  Example: 50505.
        message (str):  Example: Model service overloaded. Please try again later..
        data (str):
    """

    code: int
    message: str
    data: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values by wire name; what is unset is left out."""
        code = self.code

        message = self.message

        data = self.data

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "message": message,
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        try:
            code = src_dict["code"]
            message = src_dict["message"]
            data = src_dict["data"]
        except (KeyError, TypeError, IndexError):
            _reading.missing(
                src_dict,
                "code",
                "message",
                "data",
            )
        if type(code) is not int:
            code = _reading.member(_reading.integer, code, "code")
        if type(message) is not str:
            _reading.wrong("message", "a string", message)
        if type(data) is not str:
            _reading.wrong("data", "a string", data)
        found = cls(
            code,
            message,
            data,
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
        "code",
        "message",
        "data",
    }
)
