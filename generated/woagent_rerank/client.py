# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""The client of 创建重排序请求: `Client(api_key=…).rerank(…)`, and `AsyncClient` with the same calls awaited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import httpx

from . import _contract
from ._runtime.base import AsyncBase, SyncBase
from ._runtime.caller import placed
from ._runtime.raw import raw, raw_async
from ._runtime.settings import Timeout

if TYPE_CHECKING:
    from httpx._client import UseClientDefault

    from .models import CreateRerankBodyModel, CreateRerankResponse200
    from .types import Items, ModelName


class _Contracted:
    contract = _contract

    def _reader(self) -> Callable[[Any], Any]:
        # Models are imported by the first answer, not by `import woagent_rerank`.
        from .models import CreateRerankResponse200

        return CreateRerankResponse200.from_dict


class Client(_Contracted, SyncBase):
    """A client of 创建重排序请求. Use it as a context manager, or close it; it may be shared between threads.

    The key is that of the environment variable WOAGENT_API_KEY, unless `api_key` is given.

    The base URL is that of WOAGENT_BASE_URL, else https://api.woagent.net. WOAGENT_LOG=info or debug shows the log.
    """

    def rerank(
        self,
        *,
        model: ModelName
        | CreateRerankBodyModel
        | Literal[
            "Qwen/Qwen3-Reranker-8B",
            "Qwen/Qwen3-Reranker-4B",
            "Qwen/Qwen3-Reranker-0.6B",
            "BAAI/bge-reranker-v2-m3",
            "Pro/BAAI/bge-reranker-v2-m3",
            "netease-youdao/bce-reranker-base_v1",
        ]
        | str,
        query: str,
        documents: Items[str],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> CreateRerankResponse200:
        """Creates a rerank request.

        Args:
            model: Corresponding Model Name. To better enhance service quality, we will make periodic changes to the models
                provided by this service, including but not limited to model on/offlining and adjustments to model
                service capabilities. We will notify you of such changes through appropriate means such as announcements
                or message pushes where feasible.
            query: Required. The search query.
            documents: Currently, only string lists are supported. Document objects will be supported in the future. Contract:
                items at least 1.
            instruction: The instruction for the reranker, only support Qwen/Qwen3-Reranker-8B,
                Qwen/Qwen3-Reranker-4B,Qwen/Qwen3-Reranker-0.6B.
            top_n: Number of most relevant documents or indices to return.
            return_documents: If false, the response does not include document text; if true, it includes the input document text.
            max_chunks_per_doc: Maximum number of chunks generated from within a document. Long documents are divided into multiple
                chunks for calculation, and the highest score among the chunks is taken as the document's score. only
                BAAI/bge-reranker-v2-m3, Pro/BAAI/bge-reranker-v2-m3, netease-youdao/bce-reranker-base_v1 support this
                field.
            overlap_tokens: Number of token overlaps between adjacent chunks when documents are chunked. only BAAI/bge-
                reranker-v2-m3, Pro/BAAI/bge-reranker-v2-m3, netease-youdao/bce-reranker-base_v1 support this field.
                Contract: at most 80.
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
        found: CreateRerankResponse200 = self._ask(
            given, extra_body, extra_headers, timeout
        )
        return found

    def rerank_batched(
        self,
        *,
        model: ModelName
        | CreateRerankBodyModel
        | Literal[
            "Qwen/Qwen3-Reranker-8B",
            "Qwen/Qwen3-Reranker-4B",
            "Qwen/Qwen3-Reranker-0.6B",
            "BAAI/bge-reranker-v2-m3",
            "Pro/BAAI/bge-reranker-v2-m3",
            "netease-youdao/bce-reranker-base_v1",
        ]
        | str,
        query: str,
        documents: Items[str],
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
    ) -> CreateRerankResponse200:
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
        found: CreateRerankResponse200 = self._ask_batched(
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
    """A client of 创建重排序请求 whose calls are awaited. Use it as an async context manager, or close it; see `Client` for its options."""

    @placed
    async def rerank(
        self,
        *,
        model: ModelName
        | CreateRerankBodyModel
        | Literal[
            "Qwen/Qwen3-Reranker-8B",
            "Qwen/Qwen3-Reranker-4B",
            "Qwen/Qwen3-Reranker-0.6B",
            "BAAI/bge-reranker-v2-m3",
            "Pro/BAAI/bge-reranker-v2-m3",
            "netease-youdao/bce-reranker-base_v1",
        ]
        | str,
        query: str,
        documents: Items[str],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout | UseClientDefault = httpx.USE_CLIENT_DEFAULT,
    ) -> CreateRerankResponse200:
        """Creates a rerank request.

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
        found: CreateRerankResponse200 = await self._ask(
            given, extra_body, extra_headers, timeout
        )
        return found

    @placed
    async def rerank_batched(
        self,
        *,
        model: ModelName
        | CreateRerankBodyModel
        | Literal[
            "Qwen/Qwen3-Reranker-8B",
            "Qwen/Qwen3-Reranker-4B",
            "Qwen/Qwen3-Reranker-0.6B",
            "BAAI/bge-reranker-v2-m3",
            "Pro/BAAI/bge-reranker-v2-m3",
            "netease-youdao/bce-reranker-base_v1",
        ]
        | str,
        query: str,
        documents: Items[str],
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
    ) -> CreateRerankResponse200:
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
        found: CreateRerankResponse200 = await self._ask_batched(
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
