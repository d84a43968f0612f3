# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""SiliconFlow API as a node postprocessor of LlamaIndex: `pip install siliconflow-rerank[llama-index]`."""

from typing import Any

from llama_index.core.bridge.pydantic import Field
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle

from . import _contract
from ._runtime.errors import ConfigurationError
from ._runtime.ranking import arguments, ranked
from .client import AsyncClient, Client


class SiliconFlowRerank(BaseNodePostprocessor):
    """Reranks nodes by their content; each result has the service's score, the best first.

    Without clients, both are made with the key of the environment. With a `client` alone, awaited calls block.
    """

    model: str | None = "BAAI/bge-reranker-v2-m3"
    top_n: int | None = Field(default=None, ge=1)
    options: dict[str, Any] = Field(default_factory=dict)
    client: Client | None = Field(default=None, exclude=True)
    async_client: AsyncClient | None = Field(default=None, exclude=True)

    def model_post_init(self, context: Any, /) -> None:
        """Make the clients that were not given."""
        super().model_post_init(context)
        if self.client is None and self.async_client is None:
            self.client, self.async_client = Client(), AsyncClient()

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which the component is stored."""
        return "SiliconFlowRerank"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        given = self._arguments(nodes, query_bundle)
        if not nodes:
            return []
        if self.client is None:
            msg = "only async_client was given; pass client too, or await apostprocess_nodes"
            raise TypeError(msg)
        return self._ranked(nodes, self.client.rerank_batched(**given))

    async def _apostprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        given = self._arguments(nodes, query_bundle)
        if not nodes:
            return []
        if self.async_client is None:
            return self._postprocess_nodes(nodes, query_bundle)
        return self._ranked(nodes, await self.async_client.rerank_batched(**given))

    def _arguments(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None
    ) -> dict[str, Any]:
        if query_bundle is None:
            msg = "reranking needs a query: pass query_bundle or query_str"
            raise ConfigurationError(msg)
        texts = [
            node.node.get_content(metadata_mode=MetadataMode.EMBED) for node in nodes
        ]
        return arguments(
            _contract,
            self.model,
            query_bundle.query_str,
            texts,
            self.top_n,
            self.options,
        )

    def _ranked(self, nodes: list[NodeWithScore], answer: Any) -> list[NodeWithScore]:
        return [
            NodeWithScore(node=nodes[index].node, score=score)
            for index, score in ranked(_contract, answer, self.top_n)
        ]
