# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Answered
from .._runtime.answer import new as _new

T = TypeVar("T", bound="RerankResponseMetaTokens")


@_attrs_define(weakref_slot=False)
class RerankResponseMetaTokens(Answered):
    """Token usage statistics.

    Attributes:
        input_tokens (int | None): Number of input tokens. Contract: at least 0. Example: 150.
        output_tokens (int | None): Number of output tokens. Contract: at least 0. Example: 10.
        image_tokens (int | None): Number of input image tokens. Contract: at least 0. Example: 0.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    image_tokens: int | None = None
    _wire: ClassVar[Mapping[str, str]] = {
        "input_tokens": "input_tokens",
        "output_tokens": "output_tokens",
        "image_tokens": "image_tokens",
    }

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        if not isinstance(src_dict, Mapping):
            _reading.missing(src_dict, "")
        input_tokens = src_dict.get("input_tokens")
        if input_tokens is not None:
            if type(input_tokens) is not int:
                input_tokens = _reading.member(
                    _reading.integer, input_tokens, "input_tokens"
                )
        output_tokens = src_dict.get("output_tokens")
        if output_tokens is not None:
            if type(output_tokens) is not int:
                output_tokens = _reading.member(
                    _reading.integer, output_tokens, "output_tokens"
                )
        image_tokens = src_dict.get("image_tokens")
        if image_tokens is not None:
            if type(image_tokens) is not int:
                image_tokens = _reading.member(
                    _reading.integer, image_tokens, "image_tokens"
                )
        found = _new(cls)
        found.input_tokens = input_tokens
        found.output_tokens = output_tokens
        found.image_tokens = image_tokens
        found._more = None
        if len(src_dict) != 0 + (input_tokens is not None) + (
            output_tokens is not None
        ) + (image_tokens is not None):
            found._more = _reading.unknown(
                {
                    key: value
                    for key, value in src_dict.items()
                    if key not in cls._wire
                    or (value is None and key not in cls._always)
                }
            )
        return found
