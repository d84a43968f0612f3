# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Asked

T = TypeVar("T", bound="RerankTextContent")


@_attrs_define
class RerankTextContent(Asked):
    """Text content object for reranking.

    Attributes:
        text (str): Text content. Example: The quick brown fox.
    """

    text: str
    _wire: ClassVar[Mapping[str, str]] = {
        "text": "text",
    }

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
            text=text,
        )
        if len(src_dict) != 1:
            found.additional_properties = {
                key: value for key, value in src_dict.items() if key not in cls._wire
            }
        return found
