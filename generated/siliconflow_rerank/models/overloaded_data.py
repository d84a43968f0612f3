# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Answered
from .._runtime.answer import new as _new

T = TypeVar("T", bound="OverloadedData")


@_attrs_define(weakref_slot=False)
class OverloadedData(Answered):
    """A part of an answer.

    Attributes:
        code (int):  Example: 50505.
        message (str):  Example: Model service overloaded. Please try again later..
        data (str):
    """

    code: int
    message: str
    data: str
    _always: ClassVar[frozenset[str]] = frozenset(
        {
            "code",
            "message",
            "data",
        }
    )
    _wire: ClassVar[Mapping[str, str]] = {
        "code": "code",
        "message": "message",
        "data": "data",
    }

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
        found = _new(cls)
        found.code = code
        found.message = message
        found.data = data
        found._more = None
        if len(src_dict) != 3:
            found._more = _reading.unknown(
                {
                    key: value
                    for key, value in src_dict.items()
                    if key not in cls._wire
                    or (value is None and key not in cls._always)
                }
            )
        return found
