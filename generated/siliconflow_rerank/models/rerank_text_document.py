# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Answered
from .._runtime.answer import new as _new

T = TypeVar("T", bound="RerankTextDocument")


@_attrs_define(weakref_slot=False)
class RerankTextDocument(Answered):
    """Text document content in the rerank result.

    Attributes:
        text (str): The text content of the document. Example: 深度学习是机器学习的子集....
    """

    text: str
    _always: ClassVar[frozenset[str]] = frozenset(
        {
            "text",
        }
    )
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
        found = _new(cls)
        found.text = text
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
