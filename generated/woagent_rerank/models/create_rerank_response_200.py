# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Answer
from .._runtime.answer import new as _new

T = TypeVar("T", bound="CreateRerankResponse200")


@_attrs_define(weakref_slot=False)
class CreateRerankResponse200(Answer):
    """An answer.

    Attributes:
        id (str):
        results (list[CreateRerankResponse200ResultsItem]):
        tokens (CreateRerankResponse200Tokens):
    """

    id: str
    results: list[CreateRerankResponse200ResultsItem]
    tokens: CreateRerankResponse200Tokens
    _always: ClassVar[frozenset[str]] = frozenset(
        {
            "id",
            "results",
            "tokens",
        }
    )
    _wire: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "results": "results",
        "tokens": "tokens",
    }

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        try:
            id = src_dict["id"]
            results = src_dict["results"]
            tokens = src_dict["tokens"]
        except (KeyError, TypeError, IndexError):
            _reading.missing(
                src_dict,
                "id",
                "results",
                "tokens",
            )
        if type(id) is not str:
            _reading.wrong("id", "a string", id)
        results = _reading.members(
            CreateRerankResponse200ResultsItem.from_dict, results, "results"
        )
        try:
            tokens = CreateRerankResponse200Tokens.from_dict(tokens)
        except _reading.Misfit as misfit:
            raise misfit.within("tokens") from None
        found = _new(cls)
        found.id = id
        found.results = results
        found.tokens = tokens
        found._more = None
        found.trace_id = None
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


from ..models.create_rerank_response_200_results_item import (
    CreateRerankResponse200ResultsItem,
)
from ..models.create_rerank_response_200_tokens import CreateRerankResponse200Tokens
