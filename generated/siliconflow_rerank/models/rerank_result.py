# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.rerank_image_document import RerankImageDocument
    from ..models.rerank_text_document import RerankTextDocument


T = TypeVar("T", bound="RerankResult")


@_attrs_define
class RerankResult:
    """A single rerank result.

    Attributes:
        index (int): The index of the document in the original input list. Example: 1.
        relevance_score (float): Relevance score (0-1, higher is more relevant). Example: 0.85.
        document (RerankImageDocument | RerankTextDocument | Unset): Original document content. Only returned when
            `return_documents=true`.
    """

    index: int
    relevance_score: float
    document: RerankImageDocument | RerankTextDocument | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.rerank_text_document import RerankTextDocument  # noqa: PLC0415

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
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rerank_image_document import RerankImageDocument  # noqa: PLC0415
        from ..models.rerank_text_document import RerankTextDocument  # noqa: PLC0415

        d = dict(src_dict)
        index = d.pop("index")

        relevance_score = d.pop("relevance_score")

        def _parse_document(data: object) -> RerankImageDocument | RerankTextDocument | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                document_type_0 = RerankTextDocument.from_dict(data)

                return document_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            document_type_1 = RerankImageDocument.from_dict(data)

            return document_type_1

        document = _parse_document(d.pop("document", UNSET))

        rerank_result = cls(
            index=index,
            relevance_score=relevance_score,
            document=document,
        )

        rerank_result.additional_properties = d
        return rerank_result

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
