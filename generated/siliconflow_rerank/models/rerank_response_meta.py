# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Answered
from .._runtime.answer import new as _new

T = TypeVar("T", bound="RerankResponseMeta")


@_attrs_define(weakref_slot=False)
class RerankResponseMeta(Answered):
    """Metadata about the rerank response.

    Attributes:
        tokens (RerankResponseMetaTokens | None): Token usage statistics.
        billed_units (RerankResponseMetaBilledUnits | None): Billed units statistics.
    """

    tokens: RerankResponseMetaTokens | None = None
    billed_units: RerankResponseMetaBilledUnits | None = None
    _wire: ClassVar[Mapping[str, str]] = {
        "tokens": "tokens",
        "billed_units": "billed_units",
    }

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        if not isinstance(src_dict, Mapping):
            _reading.missing(src_dict, "")
        tokens = src_dict.get("tokens")
        if tokens is not None:
            try:
                tokens = RerankResponseMetaTokens.from_dict(tokens)
            except _reading.Misfit as misfit:
                raise misfit.within("tokens") from None
        billed_units = src_dict.get("billed_units")
        if billed_units is not None:
            try:
                billed_units = RerankResponseMetaBilledUnits.from_dict(billed_units)
            except _reading.Misfit as misfit:
                raise misfit.within("billed_units") from None
        found = _new(cls)
        found.tokens = tokens
        found.billed_units = billed_units
        found._more = None
        if len(src_dict) != 0 + (tokens is not None) + (billed_units is not None):
            found._more = _reading.unknown(
                {
                    key: value
                    for key, value in src_dict.items()
                    if key not in cls._wire
                    or (value is None and key not in cls._always)
                }
            )
        return found


from ..models.rerank_response_meta_billed_units import RerankResponseMetaBilledUnits
from ..models.rerank_response_meta_tokens import RerankResponseMetaTokens
