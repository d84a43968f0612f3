# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Asked

T = TypeVar("T", bound="RerankImageUrlContent")


@_attrs_define
class RerankImageUrlContent(Asked):
    """Image content object for reranking.

    Attributes:
        image (str): Image URL or base64-encoded image content. Example: https://example.com/image.jpg.
    """

    image: str
    _wire: ClassVar[Mapping[str, str]] = {
        "image": "image",
    }

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        try:
            image = src_dict["image"]
        except (KeyError, TypeError, IndexError):
            _reading.missing(
                src_dict,
                "image",
            )
        if type(image) is not str:
            _reading.wrong("image", "a string", image)
        found = cls(
            image=image,
        )
        if len(src_dict) != 1:
            found.additional_properties = {
                key: value for key, value in src_dict.items() if key not in cls._wire
            }
        return found
