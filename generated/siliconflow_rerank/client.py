# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""The client of SiliconFlow API: `Client(api_key=…).rerank(…)`, and `AsyncClient` with the same calls awaited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

import httpx

from . import _contract
from ._runtime.base import AsyncBase, SyncBase
from ._runtime.caller import placed
from ._runtime.raw import raw, raw_async
from ._runtime.settings import Timeout

if TYPE_CHECKING:
    from httpx._client import UseClientDefault

    from .models import RerankImageUrlContent, RerankResponse, RerankTextContent
    from .types import (
        Items,
        ModelName,
        RerankImageUrlContentDict,
        RerankTextContentDict,
    )


class _Contracted:
    contract = _contract

    def _reader(self) -> Callable[[Any], Any]:
        # Models are imported by the first answer, not by `import siliconflow_rerank`.
        from .models import RerankResponse

        return RerankResponse.from_dict


class Client(_Contracted, SyncBase):
    """A client of SiliconFlow API. Use it as a context manager, or close it; it may be shared between threads.

    The key is that of the environment variable SILICONFLOW_API_KEY, unless `api_key` is given.

    The base URL is that of SILICONFLOW_BASE_URL, else https://api.siliconflow.cn/v1. SILICONFLOW_LOG=info or debug shows the log.
    """

    @overload
    def rerank(
        self,
        *,
        model: ModelName | str,
        query: str,
        documents: str
        | Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse: ...

    @overload
    def rerank(
        self,
        *,
        model: ModelName | str,
        query: str | RerankImageUrlContent | RerankImageUrlContentDict,
        documents: Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse: ...

    def rerank(
        self,
        *,
        model: ModelName | str,
        query: str | RerankImageUrlContent | RerankImageUrlContentDict,
        documents: str
        | Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse:
        """Reranks documents by relevance to a query. Supports text, image, and video content.

        Args:
            model: Corresponding Model Name. To better enhance service quality, we will make periodic changes to the models
                provided by this service, including but not limited to model on/offlining and adjustments to model
                service capabilities. We will notify you of such changes through appropriate means such as announcements
                or message pushes where feasible. **For a complete list of available models, please check the
                [Models](https://cloud.siliconflow.cn/sft-d29cs9gh3vvc73c59kb0/models?types=rerank)**.
            query: The search query. Length must be ≥ 1. Contract: length at least 1.
            documents: The list of documents to be ranked. Supports the following formats: - A single text string - An array of
                text strings At least 1 document is required.
            instruction: The instruction for the reranker. Only supported by Qwen/Qwen3-Reranker-8B, Qwen/Qwen3-Reranker-4B,
                Qwen/Qwen3-Reranker-0.6B. Length must be ≥ 1. Contract: length at least 1.
            top_n: Number of most relevant documents or indices to return. Must be ≥ 1. Contract: at least 1.
            return_documents: If false, the response does not include document text; if true, it includes the input document text.
                Default is false. The service's default is false.
            max_chunks_per_doc: Maximum number of chunks generated from within a document. Long documents are divided into multiple
                chunks for calculation, and the highest score among the chunks is taken as the document's score. Only
                BAAI/bge-reranker-v2-m3, Pro/BAAI/bge-reranker-v2-m3, netease-youdao/bce-reranker-base_v1 support this
                field. Must be ≥ 1, default is 1024. The service's default is 1024. Contract: at least 1.
            overlap_tokens: Number of token overlaps between adjacent chunks when documents are chunked. Only BAAI/bge-
                reranker-v2-m3, Pro/BAAI/bge-reranker-v2-m3, netease-youdao/bce-reranker-base_v1 support this field.
                Must be between 0 and 80. Contract: at least 0, at most 80.
            extra_body: Fields beyond the contract, sent as they are.
            extra_headers: Headers for this request.
            timeout: As the client takes it, for this request.

        Returns:
            The answer; its `trace_id` is that of the answer's header, where there is one.

        Raises:
            RequestValidationError: The request breaks the contract; nothing was sent.
            APIStatusError: The service refused; a class of its own for each status.
            APIConnectionError: No answer came; APITimeoutError when not in time.
            ResponseShapeError: The answer does not fit the contract, or the request.
        """
        given: dict[str, Any] = {
            "model": model,
            "query": query,
            "documents": documents,
            "instruction": instruction,
            "top_n": top_n,
            "return_documents": return_documents,
            "max_chunks_per_doc": max_chunks_per_doc,
            "overlap_tokens": overlap_tokens,
        }
        found: RerankResponse = self._ask(given, extra_body, extra_headers, timeout)
        return found

    @overload
    def rerank_batched(
        self,
        *,
        model: ModelName | str,
        query: str,
        documents: str
        | Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        batch_size: int = 64,
        concurrency: int = 4,
        order: Literal["scores", "documents"] = "scores",
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse: ...

    @overload
    def rerank_batched(
        self,
        *,
        model: ModelName | str,
        query: str | RerankImageUrlContent | RerankImageUrlContentDict,
        documents: Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        batch_size: int = 64,
        concurrency: int = 4,
        order: Literal["scores", "documents"] = "scores",
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse: ...

    def rerank_batched(
        self,
        *,
        model: ModelName | str,
        query: str | RerankImageUrlContent | RerankImageUrlContentDict,
        documents: str
        | Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        batch_size: int = 64,
        concurrency: int = 4,
        order: Literal["scores", "documents"] = "scores",
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse:
        """Rerank more documents than the service takes at once.

        All documents are checked, then sent in batches of `batch_size`, of which `concurrency` are under way at once. The results are
        merged in the order of scores or of documents, with their index in the whole list; counts are summed; the limit is kept; id and
        trace id are the first batch's. A deadline of `Retries` bounds all batches together. The other arguments are those of `rerank`.

        Args:
            documents: Any number of documents.
            batch_size: How many documents a request holds at most.
            concurrency: How many requests are under way at once.
            order: Whether the results come by score, the best first, or by document.

        Returns:
            One answer about all documents.

        Raises:
            RerankError: The error of the batch that failed. Its `failed` is the range of documents, its `done` holds the answers of
                the finished batches, by offset.
        """
        given: dict[str, Any] = {
            "model": model,
            "query": query,
            "documents": documents,
            "instruction": instruction,
            "top_n": top_n,
            "return_documents": return_documents,
            "max_chunks_per_doc": max_chunks_per_doc,
            "overlap_tokens": overlap_tokens,
        }
        found: RerankResponse = self._ask_batched(
            given, extra_body, extra_headers, timeout, batch_size, concurrency, order
        )
        return found

    @property
    def with_raw_response(self) -> RawCalls:
        """The same calls, for the answer as it came: `client.with_raw_response.rerank(…)` has `headers`, `status_code`, `content` and `parse()`."""
        return RawCalls(self)


class RawCalls:
    """The calls of a client whose answers stay as they came."""

    def __init__(self, client: Client) -> None:
        self.rerank = raw(client._raw().rerank)


class AsyncClient(_Contracted, AsyncBase):
    """A client of SiliconFlow API whose calls are awaited. Use it as an async context manager, or close it; see `Client` for its options."""

    @overload
    async def rerank(
        self,
        *,
        model: ModelName | str,
        query: str,
        documents: str
        | Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse: ...

    @overload
    async def rerank(
        self,
        *,
        model: ModelName | str,
        query: str | RerankImageUrlContent | RerankImageUrlContentDict,
        documents: Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse: ...

    @placed
    async def rerank(
        self,
        *,
        model: ModelName | str,
        query: str | RerankImageUrlContent | RerankImageUrlContentDict,
        documents: str
        | Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse:
        """Reranks documents by relevance to a query. Supports text, image, and video content.

        Arguments, answer and errors are those of `Client.rerank`; cancellation ends it at any point.
        """
        given: dict[str, Any] = {
            "model": model,
            "query": query,
            "documents": documents,
            "instruction": instruction,
            "top_n": top_n,
            "return_documents": return_documents,
            "max_chunks_per_doc": max_chunks_per_doc,
            "overlap_tokens": overlap_tokens,
        }
        found: RerankResponse = await self._ask(
            given, extra_body, extra_headers, timeout
        )
        return found

    @overload
    async def rerank_batched(
        self,
        *,
        model: ModelName | str,
        query: str,
        documents: str
        | Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        batch_size: int = 64,
        concurrency: int = 4,
        order: Literal["scores", "documents"] = "scores",
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse: ...

    @overload
    async def rerank_batched(
        self,
        *,
        model: ModelName | str,
        query: str | RerankImageUrlContent | RerankImageUrlContentDict,
        documents: Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        batch_size: int = 64,
        concurrency: int = 4,
        order: Literal["scores", "documents"] = "scores",
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse: ...

    @placed
    async def rerank_batched(
        self,
        *,
        model: ModelName | str,
        query: str | RerankImageUrlContent | RerankImageUrlContentDict,
        documents: str
        | Items[
            str
            | RerankTextContent
            | RerankTextContentDict
            | RerankImageUrlContent
            | RerankImageUrlContentDict
        ],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        batch_size: int = 64,
        concurrency: int = 4,
        order: Literal["scores", "documents"] = "scores",
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> RerankResponse:
        """Rerank more documents than the service takes at once, as `Client.rerank_batched` does."""
        given: dict[str, Any] = {
            "model": model,
            "query": query,
            "documents": documents,
            "instruction": instruction,
            "top_n": top_n,
            "return_documents": return_documents,
            "max_chunks_per_doc": max_chunks_per_doc,
            "overlap_tokens": overlap_tokens,
        }
        found: RerankResponse = await self._ask_batched(
            given, extra_body, extra_headers, timeout, batch_size, concurrency, order
        )
        return found

    @property
    def with_raw_response(self) -> AsyncRawCalls:
        """The same calls, for the answer as it came: see `Client.with_raw_response`."""
        return AsyncRawCalls(self)


class AsyncRawCalls:
    """The awaited calls of a client whose answers stay as they came."""

    def __init__(self, client: AsyncClient) -> None:
        self.rerank = raw_async(client._raw().rerank)


class AuthenticatedClient(Client):
    """A client by the generator's own convention: base URL and token."""

    def __init__(self, base_url: str, token: str, **options: Any) -> None:
        """Make a client of a base URL and a token; the options are those of `Client`."""
        super().__init__(api_key=token, base_url=base_url, **options)
