# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""创建重排序请求 as a document compressor of LangChain: `pip install woagent-rerank[langchain]`."""

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document
from pydantic import ConfigDict, Field

from . import _contract
from ._runtime.ranking import arguments, ranked
from .client import AsyncClient, Client


class WoagentRerank(BaseDocumentCompressor):
    """Reranks documents by their text; each result is a copy with `relevance_score` in its metadata, the best first.

    Without clients, both are made with the key of the environment. With a `client` alone, awaited calls run it in a thread.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    model: str | None = "Qwen/Qwen3-Reranker-8B"
    top_n: int | None = Field(default=None, ge=1)
    options: dict[str, Any] = Field(default_factory=dict)
    client: Client | None = Field(default=None, exclude=True)
    async_client: AsyncClient | None = Field(default=None, exclude=True)

    def model_post_init(self, context: Any, /) -> None:
        """Make the clients that were not given."""
        super().model_post_init(context)
        if self.client is None and self.async_client is None:
            self.client, self.async_client = Client(), AsyncClient()

    def compress_documents(
        self,
        documents: Sequence[Document],
        query: str,
        callbacks: Callbacks | None = None,
    ) -> Sequence[Document]:
        """Return the documents that fit the query best, the best first."""
        if not documents:
            return []
        if self.client is None:
            msg = "only async_client was given; pass client too, or await acompress_documents"
            raise TypeError(msg)
        return self._ranked(
            documents, self.client.rerank_batched(**self._arguments(documents, query))
        )

    async def acompress_documents(
        self,
        documents: Sequence[Document],
        query: str,
        callbacks: Callbacks | None = None,
    ) -> Sequence[Document]:
        """Return the documents that fit the query best, the best first."""
        if not documents:
            return []
        if self.async_client is None:
            return await super().acompress_documents(documents, query, callbacks)
        return self._ranked(
            documents,
            await self.async_client.rerank_batched(**self._arguments(documents, query)),
        )

    def _arguments(self, documents: Sequence[Document], query: str) -> dict[str, Any]:
        return arguments(
            _contract,
            self.model,
            query,
            [document.page_content for document in documents],
            self.top_n,
            self.options,
        )

    def _ranked(self, documents: Sequence[Document], answer: Any) -> list[Document]:
        return [
            documents[index].model_copy(
                update={
                    "metadata": {**documents[index].metadata, "relevance_score": score}
                }
            )
            for index, score in ranked(_contract, answer, self.top_n)
        ]
