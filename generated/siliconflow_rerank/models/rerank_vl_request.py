# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.rerank_image_url_content import RerankImageUrlContent
    from ..models.rerank_text_content import RerankTextContent


T = TypeVar("T", bound="RerankVLRequest")


@_attrs_define
class RerankVLRequest:
    """
    Attributes:
        model (str): The model name for multimodal reranking. Support models: Qwen/Qwen3-VL-Reranker-8B Example:
            Qwen/Qwen3-VL-Reranker-8B.
        query (RerankImageUrlContent | str): The search query. Supports text string or content object.
            - Text query: a plain string
            - Image query: `{"image": "https://example.com/image.jpg"}` or base64

            Length must be ≥ 1.
        documents (list[RerankImageUrlContent | RerankTextContent | str]): The list of documents to be ranked. Each item
            can be a text string or a content object.
            - Text document: a plain string
            - Text object: `{"text": "document text"}`
            - Image object: `{"image": "https://example.com/image.jpg"}` or base64

            At least 1 document is required.
             Example: ['apple', 'banana', 'fruit', 'vegetable'].
        instruction (str | Unset): The instruction for the reranker. Only supported by Qwen/Qwen3-Reranker-8B,
            Qwen/Qwen3-Reranker-4B, Qwen/Qwen3-Reranker-0.6B. Length must be ≥ 1. Example: Please rerank the documents based
            on the query..
        top_n (int | Unset): Number of most relevant documents or indices to return. Must be ≥ 1. Example: 4.
        return_documents (bool | Unset): If false, the response does not include document text; if true, it includes the
            input document text. Default is false. The service's default is false.
        max_chunks_per_doc (int | Unset): Maximum number of chunks generated from within a document. Must be ≥ 1,
            default is 1024. The service's default is 1024.
        overlap_tokens (int | Unset): Number of token overlaps between adjacent chunks when documents are chunked. Must
            be between 0 and 80.
    """

    model: str
    query: RerankImageUrlContent | str
    documents: list[RerankImageUrlContent | RerankTextContent | str]
    instruction: str | Unset = UNSET
    top_n: int | Unset = UNSET
    return_documents: bool | Unset = UNSET
    max_chunks_per_doc: int | Unset = UNSET
    overlap_tokens: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.rerank_image_url_content import RerankImageUrlContent  # noqa: PLC0415
        from ..models.rerank_text_content import RerankTextContent  # noqa: PLC0415

        model = self.model

        query: dict[str, Any] | str
        if isinstance(self.query, RerankImageUrlContent):
            query = self.query.to_dict()
        else:
            query = self.query

        documents = []
        for documents_item_data in self.documents:
            documents_item: dict[str, Any] | str
            if isinstance(documents_item_data, RerankTextContent):
                documents_item = documents_item_data.to_dict()
            elif isinstance(documents_item_data, RerankImageUrlContent):
                documents_item = documents_item_data.to_dict()
            else:
                documents_item = documents_item_data
            documents.append(documents_item)

        instruction = self.instruction

        top_n = self.top_n

        return_documents = self.return_documents

        max_chunks_per_doc = self.max_chunks_per_doc

        overlap_tokens = self.overlap_tokens

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "model": model,
                "query": query,
                "documents": documents,
            }
        )
        if instruction is not UNSET:
            field_dict["instruction"] = instruction
        if top_n is not UNSET:
            field_dict["top_n"] = top_n
        if return_documents is not UNSET:
            field_dict["return_documents"] = return_documents
        if max_chunks_per_doc is not UNSET:
            field_dict["max_chunks_per_doc"] = max_chunks_per_doc
        if overlap_tokens is not UNSET:
            field_dict["overlap_tokens"] = overlap_tokens

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rerank_image_url_content import RerankImageUrlContent  # noqa: PLC0415
        from ..models.rerank_text_content import RerankTextContent  # noqa: PLC0415

        d = dict(src_dict)
        model = d.pop("model")

        def _parse_query(data: object) -> RerankImageUrlContent | str:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                query_type_1 = RerankImageUrlContent.from_dict(data)

                return query_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(RerankImageUrlContent | str, data)

        query = _parse_query(d.pop("query"))

        documents = []
        _documents = d.pop("documents")
        for documents_item_data in _documents:

            def _parse_documents_item(data: object) -> RerankImageUrlContent | RerankTextContent | str:
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    componentsschemas_rerank_vl_document_item_type_1 = RerankTextContent.from_dict(data)

                    return componentsschemas_rerank_vl_document_item_type_1
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    componentsschemas_rerank_vl_document_item_type_2 = RerankImageUrlContent.from_dict(data)

                    return componentsschemas_rerank_vl_document_item_type_2
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                return cast(RerankImageUrlContent | RerankTextContent | str, data)

            documents_item = _parse_documents_item(documents_item_data)

            documents.append(documents_item)

        instruction = d.pop("instruction", UNSET)

        top_n = d.pop("top_n", UNSET)

        return_documents = d.pop("return_documents", UNSET)

        max_chunks_per_doc = d.pop("max_chunks_per_doc", UNSET)

        overlap_tokens = d.pop("overlap_tokens", UNSET)

        rerank_vl_request = cls(
            model=model,
            query=query,
            documents=documents,
            instruction=instruction,
            top_n=top_n,
            return_documents=return_documents,
            max_chunks_per_doc=max_chunks_per_doc,
            overlap_tokens=overlap_tokens,
        )

        rerank_vl_request.additional_properties = d
        return rerank_vl_request

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
