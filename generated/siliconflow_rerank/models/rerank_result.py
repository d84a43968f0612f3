# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .._runtime import reading as _reading
from ..types import UNSET, Unset

T = TypeVar("T", bound="RerankResult")


@_attrs_define
class RerankResult:
    """A single rerank result.

    Attributes:
        index (int): The index of the document in the original input list. Contract: at least 0. Example: 1.
        relevance_score (float): Relevance score (0-1, higher is more relevant). Contract: at least 0, at most 1.
            Example: 0.85.
        document (RerankImageDocument | RerankTextDocument | Unset): Original document content. Only returned when
            `return_documents=true`.
    """

    index: int
    relevance_score: float
    document: RerankImageDocument | RerankTextDocument | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values by wire name; what is unset is left out."""
        index = self.index

        relevance_score = self.relevance_score

        document: dict[str, Any] | Unset
        if isinstance(self.document, Unset):
            document = UNSET
        elif isinstance(self.document, RerankTextDocument):
            document = self.document.to_dict()
        else:
            document = self.document.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "index": index,
                "relevance_score": relevance_score,
            }
        )
        if document is not UNSET:
            field_dict["document"] = document

        return field_dict

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
        if document is None:
            document = UNSET
        else:
            document = _reading.member(_READ_DOCUMENT, document, "document")
        found = cls(
            index,
            relevance_score,
            document,
        )
        if len(src_dict) != 2 + (document is not UNSET):
            found.additional_properties = {
                key: value for key, value in src_dict.items() if key not in _KNOWN
            }
        return found

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


_KNOWN = frozenset(
    {
        "index",
        "relevance_score",
        "document",
    }
)

from ..models.rerank_image_document import RerankImageDocument
from ..models.rerank_text_document import RerankTextDocument

_READ_DOCUMENT: Any = _reading.either(
    RerankTextDocument.from_dict, RerankImageDocument.from_dict
)
