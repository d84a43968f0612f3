# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from attrs import define as _attrs_define

from .._runtime import reading as _reading
from .._runtime.answer import Asked
from ..types import UNSET, Unset

T = TypeVar("T", bound="RerankClassicRequest")


@_attrs_define
class RerankClassicRequest(Asked):
    """A request, or a part of one.

    Attributes:
        model (str): Corresponding Model Name. To better enhance service quality, we will make periodic changes to the
            models provided by this service, including but not limited to model on/offlining and adjustments to model
            service capabilities. We will notify you of such changes through appropriate means such as announcements or
            message pushes where feasible.  **For a complete list of available models, please check the
            [Models](https://cloud.siliconflow.cn/sft-d29cs9gh3vvc73c59kb0/models?types=rerank)**. Example: BAAI/bge-
            reranker-v2-m3.
        query (str): The search query. Length must be ≥ 1. Contract: length at least 1. Example: Apple.
        documents (list[RerankImageUrlContent | RerankTextContent | str] | str): The list of documents to be ranked.
            Supports the following formats:
            - A single text string
            - An array of text strings
            At least 1 document is required.
        instruction (str | Unset): The instruction for the reranker. Only supported by Qwen/Qwen3-Reranker-8B,
            Qwen/Qwen3-Reranker-4B, Qwen/Qwen3-Reranker-0.6B. Length must be ≥ 1. Contract: length at least 1. Example:
            Please rerank the documents based on the query..
        top_n (int | Unset): Number of most relevant documents or indices to return. Must be ≥ 1. Contract: at least 1.
            Example: 4.
        return_documents (bool | Unset): If false, the response does not include document text; if true, it includes the
            input document text. Default is false. The service's default is false.
        max_chunks_per_doc (int | Unset): Maximum number of chunks generated from within a document. Long documents are
            divided into multiple chunks for calculation, and the highest score among the chunks is taken as the document's
            score. Only BAAI/bge-reranker-v2-m3, Pro/BAAI/bge-reranker-v2-m3, netease-youdao/bce-reranker-base_v1 support
            this field. Must be ≥ 1, default is 1024. The service's default is 1024. Contract: at least 1.
        overlap_tokens (int | Unset): Number of token overlaps between adjacent chunks when documents are chunked. Only
            BAAI/bge-reranker-v2-m3, Pro/BAAI/bge-reranker-v2-m3, netease-youdao/bce-reranker-base_v1 support this field.
            Must be between 0 and 80. Contract: at least 0, at most 80.
    """

    model: str
    query: str
    documents: list[RerankImageUrlContent | RerankTextContent | str] | str
    instruction: str | Unset = UNSET
    top_n: int | Unset = UNSET
    return_documents: bool | Unset = UNSET
    max_chunks_per_doc: int | Unset = UNSET
    overlap_tokens: int | Unset = UNSET
    _wire: ClassVar[Mapping[str, str]] = {
        "model": "model",
        "query": "query",
        "documents": "documents",
        "instruction": "instruction",
        "top_n": "top_n",
        "return_documents": "return_documents",
        "max_chunks_per_doc": "max_chunks_per_doc",
        "overlap_tokens": "overlap_tokens",
    }

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read parsed JSON; what does not fit is told with its place, unknown keys are kept."""
        try:
            model = src_dict["model"]
            query = src_dict["query"]
            documents = src_dict["documents"]
        except (KeyError, TypeError, IndexError):
            _reading.missing(
                src_dict,
                "model",
                "query",
                "documents",
            )
        if type(model) is not str:
            _reading.wrong("model", "a string", model)
        if type(query) is not str:
            _reading.wrong("query", "a string", query)
        try:
            documents = _READ_DOCUMENTS(documents)
        except _reading.Misfit as misfit:
            raise misfit.within("documents") from None
        instruction = src_dict.get("instruction")
        if instruction is None:
            instruction = UNSET
        else:
            if type(instruction) is not str:
                _reading.wrong("instruction", "a string", instruction)
        top_n = src_dict.get("top_n")
        if top_n is None:
            top_n = UNSET
        else:
            if type(top_n) is not int:
                top_n = _reading.member(_reading.integer, top_n, "top_n")
        return_documents = src_dict.get("return_documents")
        if return_documents is None:
            return_documents = UNSET
        else:
            if return_documents is not True and return_documents is not False:
                _reading.wrong("return_documents", "true or false", return_documents)
        max_chunks_per_doc = src_dict.get("max_chunks_per_doc")
        if max_chunks_per_doc is None:
            max_chunks_per_doc = UNSET
        else:
            if type(max_chunks_per_doc) is not int:
                max_chunks_per_doc = _reading.member(
                    _reading.integer, max_chunks_per_doc, "max_chunks_per_doc"
                )
        overlap_tokens = src_dict.get("overlap_tokens")
        if overlap_tokens is None:
            overlap_tokens = UNSET
        else:
            if type(overlap_tokens) is not int:
                overlap_tokens = _reading.member(
                    _reading.integer, overlap_tokens, "overlap_tokens"
                )
        found = cls(
            model=model,
            query=query,
            documents=documents,
            instruction=instruction,
            top_n=top_n,
            return_documents=return_documents,
            max_chunks_per_doc=max_chunks_per_doc,
            overlap_tokens=overlap_tokens,
        )
        if len(src_dict) != 3 + (instruction is not UNSET) + (top_n is not UNSET) + (
            return_documents is not UNSET
        ) + (max_chunks_per_doc is not UNSET) + (overlap_tokens is not UNSET):
            found.additional_properties = {
                key: value for key, value in src_dict.items() if key not in cls._wire
            }
        return found


from ..models.rerank_image_url_content import RerankImageUrlContent
from ..models.rerank_text_content import RerankTextContent

_READ_DOCUMENTS: Any = _reading.either(
    _reading.string,
    _reading.listed(
        _reading.either(
            _reading.string,
            RerankTextContent.from_dict,
            RerankImageUrlContent.from_dict,
        )
    ),
)
