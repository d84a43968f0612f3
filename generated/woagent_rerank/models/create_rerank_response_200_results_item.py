# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Answered
from .._runtime.answer import new as _new

T = TypeVar("T", bound="CreateRerankResponse200ResultsItem")


@_attrs_define(weakref_slot=False)
class CreateRerankResponse200ResultsItem(Answered):
    """A part of an answer.

    Attributes:
        index (int): The index value of the position in the input candidate doc array.
        relevance_score (float): Similarity score.
        document (CreateRerankResponse200ResultsItemDocument | None): Original document content.
    """

    index: int
    relevance_score: float
    document: CreateRerankResponse200ResultsItemDocument | None = None
    _always: ClassVar[frozenset[str]] = frozenset(
        {
            "index",
            "relevance_score",
        }
    )
    _wire: ClassVar[Mapping[str, str]] = {
        "index": "index",
        "relevance_score": "relevance_score",
        "document": "document",
    }

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        try:
            index = src_dict["index"]
            relevance_score = src_dict["relevance_score"]
        except (KeyError, TypeError, IndexError):
            _reading.missing(
                src_dict,
                "index",
                "relevance_score",
            )
        if type(index) is not int:
            index = _reading.member(_reading.integer, index, "index")
        if type(relevance_score) is not float:
            relevance_score = _reading.member(
                _reading.number, relevance_score, "relevance_score"
            )
        document = src_dict.get("document")
        if document is not None:
            try:
                document = CreateRerankResponse200ResultsItemDocument.from_dict(
                    document
                )
            except _reading.Misfit as misfit:
                raise misfit.within("document") from None
        found = _new(cls)
        found.index = index
        found.relevance_score = relevance_score
        found.document = document
        found._more = None
        if len(src_dict) != 2 + (document is not None):
            found._more = _reading.unknown(
                {
                    key: value
                    for key, value in src_dict.items()
                    if key not in cls._wire
                    or (value is None and key not in cls._always)
                }
            )
        return found


from ..models.create_rerank_response_200_results_item_document import (
    CreateRerankResponse200ResultsItemDocument,
)
