# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Answered
from .._runtime.answer import new as _new

T = TypeVar("T", bound="RerankResult")


@_attrs_define(weakref_slot=False)
class RerankResult(Answered):
    """A single rerank result.

    Attributes:
        index (int): The index of the document in the original input list. Contract: at least 0. Example: 1.
        relevance_score (float): Relevance score (0-1, higher is more relevant). Contract: at least 0, at most 1.
            Example: 0.85.
        document (RerankImageDocument | RerankTextDocument | None): Original document content. Only returned when
            `return_documents=true`.
    """

    index: int
    relevance_score: float
    document: RerankTextDocument | RerankImageDocument | None = None
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
                document = RerankTextDocument.from_dict(document)
            except _reading.Misfit:
                document = _reading.member(_READ_DOCUMENT, document, "document")
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


from ..models.rerank_image_document import RerankImageDocument
from ..models.rerank_text_document import RerankTextDocument

_READ_DOCUMENT: Any = _reading.either(
    RerankTextDocument.from_dict, RerankImageDocument.from_dict
)
