# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Answered
from .._runtime.answer import new as _new

T = TypeVar("T", bound="RerankImageDocument")


@_attrs_define(weakref_slot=False)
class RerankImageDocument(Answered):
    """Image document content in the rerank result.

    Attributes:
        image (str): Base64-encoded image data or URL (sensitive information is redacted).
    """

    image: str
    _always: ClassVar[frozenset[str]] = frozenset(
        {
            "image",
        }
    )
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
        found = _new(cls)
        found.image = image
        found._more = None
        if len(src_dict) != 1:
            found._more = _reading.unknown(
                {
                    key: value
                    for key, value in src_dict.items()
                    if key not in cls._wire
                    or (value is None and key not in cls._always)
                }
            )
        return found
