# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""The client of 创建重排序请求: `Client(api_key=…).rerank(…)`, and `AsyncClient` with the same calls awaited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import httpx

from . import _contract
from ._runtime.retrying import Retries
from ._runtime.transport import (
    DEFAULT_TIMEOUT,
    Settings,
    Timeout,
    gather,
    send,
    send_async,
)
from ._runtime.unset import UNSET

if TYPE_CHECKING:
    from .models import CreateRerankBodyModel, CreateRerankResponse200

_NULLABLE: frozenset[str] = frozenset([])


class _Base:
    """What both clients share: settings, and httpx clients made when they are first needed."""

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
        retries: int | Retries = 2,
        validate: bool = True,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.Client | httpx.AsyncClient | None = None,
        transport: Any = None,
        proxy: str | httpx.URL | httpx.Proxy | None = None,
        verify: Any = True,
    ) -> None:
        """Make a client.

        Args:
            api_key: The key; by default that of the environment variable WOAGENT_API_KEY.
            base_url: Where the service is; by default https://api.woagent.net. A trailing slash does not matter.
            timeout: Seconds, or an httpx.Timeout with connect and read apart (default: 60, connecting 5).
            retries: How often to try again, or a Retries with ceiling and total deadline (default: 2).
            validate: Whether to check each request against the contract before it is sent.
            headers: Headers to send with every request.
            http_client: An httpx client to use; it is not closed by this one.
            transport: A transport for the httpx client that is made here.
            proxy: A proxy for the httpx client that is made here.
            verify: TLS verification of the httpx client that is made here.

        Raises:
            MissingKeyError: No key was given and the variable is not set.
        """
        self.settings = Settings(
            _contract,
            api_key=api_key,
            base_url=base_url,
            timeout=timeout,
            retries=retries,
            validate=validate,
            headers=headers,
        )
        self._made: dict[str, Any] = {
            "timeout": timeout,
            "transport": transport,
            "proxy": proxy,
            "verify": verify,
            "follow_redirects": False,
        }
        self._given = http_client
        self._sync: httpx.Client | None = (
            http_client if isinstance(http_client, httpx.Client) else None
        )
        self._async: httpx.AsyncClient | None = (
            http_client if isinstance(http_client, httpx.AsyncClient) else None
        )

    def get_httpx_client(self) -> httpx.Client:
        """Return the httpx client for synchronous calls."""
        if self._sync is None:
            self._sync = httpx.Client(**self._made)
        return self._sync

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """Return the httpx client for awaited calls."""
        if self._async is None:
            self._async = httpx.AsyncClient(**self._made)
        return self._async

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.settings.url[: -len(_contract.PATH)]!r})"

    def __reduce__(self) -> Any:
        msg = f"A {type(self).__name__} holds a key and connections, and is not pickled; make one where it is needed."
        raise TypeError(msg)


def _body(given: dict[str, Any], extra: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what goes out: nothing that was not asked for."""
    asked = {
        name: value
        for name, value in given.items()
        if value is not UNSET and (value is not None or name in _NULLABLE)
    }
    return gather(asked, extra)


def _read(settings: Settings, response: httpx.Response) -> CreateRerankResponse200:
    # Models are imported by the first answer, not by `import woagent_rerank`.
    from .models import CreateRerankResponse200

    if not response.is_success:
        raise settings.refused(response)
    found: CreateRerankResponse200 = settings.read(
        response, CreateRerankResponse200.from_dict
    )
    found.trace_id = settings.trace(response)
    return found


def _merged(
    done: Mapping[int, CreateRerankResponse200], limit: Any
) -> CreateRerankResponse200:
    from ._runtime import batching
    from .models import CreateRerankResponse200

    answers = {start: answer.to_dict() for start, answer in done.items()}
    merged = CreateRerankResponse200.from_dict(
        batching.merge(
            answers, _contract.PLACES, limit if isinstance(limit, int) else None
        )
    )
    merged.trace_id = done[min(done)].trace_id
    return merged


class Client(_Base):
    """A client of 创建重排序请求. Use it as a context manager, or close it; it may be shared between threads."""

    def rerank(
        self,
        *,
        model: CreateRerankBodyModel | str,
        query: str,
        documents: Sequence[str],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Any = httpx.USE_CLIENT_DEFAULT,
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
            timeout: As httpx takes it, for this request.

        Returns:
            The answer; its `trace_id` is that of the answer's header, where there is one.

        Raises:
            RequestValidationError: The request breaks the contract; nothing was sent.
            APIStatusError: The service refused; a class of its own for each status.
            APIConnectionError: No answer came; APITimeoutError when not in time.
            ResponseShapeError: The answer does not fit the contract.
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
        content = self.settings.prepare(_body(given, extra_body))
        return _read(
            self.settings,
            send(
                self.settings, self.get_httpx_client(), content, extra_headers, timeout
            ),
        )

    def rerank_batched(
        self,
        *,
        model: CreateRerankBodyModel | str,
        query: str,
        documents: Sequence[str],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        batch_size: int = 64,
        concurrency: int = 4,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Any = httpx.USE_CLIENT_DEFAULT,
    ) -> CreateRerankResponse200:
        """Rerank more documents than the service takes at once.

        The documents are split into batches of `batch_size`, of which `concurrency` are under way at once. The results are
        merged by score, with their index in the whole list; counts are summed; the limit is kept; id and trace id are the first batch's.

        Raises:
            BatchError: A batch failed; `done` holds the answers of the others, by offset.
        """
        from ._runtime import batching

        given_documents = documents
        whole = (
            [given_documents]
            if isinstance(given_documents, str)
            else list(given_documents)
        )
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
        starts = batching.offsets(len(whole), batch_size)
        client = self.get_httpx_client()

        def call(start: int) -> CreateRerankResponse200:
            part = {**given, "documents": whole[start : start + batch_size]}
            content = self.settings.prepare(_body(part, extra_body))
            return _read(
                self.settings,
                send(self.settings, client, content, extra_headers, timeout),
            )

        return _merged(batching.run(starts, concurrency, call), top_n)

    def close(self) -> None:
        """Close the connections that this client made."""
        if self._sync is not None and self._sync is not self._given:
            self._sync.close()
            self._sync = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
        if self._async is not None and self._async is not self._given:
            await self._async.aclose()
            self._async = None


class AsyncClient(_Base):
    """A client of 创建重排序请求 whose calls are awaited. Use it as an async context manager, or close it."""

    async def rerank(
        self,
        *,
        model: CreateRerankBodyModel | str,
        query: str,
        documents: Sequence[str],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Any = httpx.USE_CLIENT_DEFAULT,
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
        content = self.settings.prepare(_body(given, extra_body))
        return _read(
            self.settings,
            await send_async(
                self.settings,
                self.get_async_httpx_client(),
                content,
                extra_headers,
                timeout,
            ),
        )

    async def rerank_batched(
        self,
        *,
        model: CreateRerankBodyModel | str,
        query: str,
        documents: Sequence[str],
        instruction: str | None = None,
        top_n: int | None = None,
        return_documents: bool | None = None,
        max_chunks_per_doc: int | None = None,
        overlap_tokens: int | None = None,
        batch_size: int = 64,
        concurrency: int = 4,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Any = httpx.USE_CLIENT_DEFAULT,
    ) -> CreateRerankResponse200:
        """Rerank more documents than the service takes at once, as `Client.rerank_batched` does."""
        from ._runtime import batching

        given_documents = documents
        whole = (
            [given_documents]
            if isinstance(given_documents, str)
            else list(given_documents)
        )
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
        client = self.get_async_httpx_client()

        async def call(start: int) -> CreateRerankResponse200:
            part = {**given, "documents": whole[start : start + batch_size]}
            content = self.settings.prepare(_body(part, extra_body))
            return _read(
                self.settings,
                await send_async(
                    self.settings, client, content, extra_headers, timeout
                ),
            )

        done = await batching.run_async(
            batching.offsets(len(whole), batch_size), concurrency, call
        )
        return _merged(done, top_n)

    async def aclose(self) -> None:
        """Close the connections that this client made."""
        if self._async is not None and self._async is not self._given:
            await self._async.aclose()
            self._async = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class AuthenticatedClient(Client):
    """A client by the generator's own convention: base URL and token."""

    def __init__(self, base_url: str, token: str, **options: Any) -> None:
        """Make a client of a base URL and a token; the options are those of `Client`."""
        super().__init__(api_key=token, base_url=base_url, **options)
