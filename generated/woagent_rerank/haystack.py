# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""创建重排序请求 as a ranker of Haystack: `pip install woagent-rerank[haystack]`."""

from dataclasses import replace
from typing import Any

from haystack import Document, component, default_from_dict, default_to_dict
from haystack.utils import Secret, deserialize_secrets_inplace

from . import _contract
from ._runtime.errors import ConfigurationError
from ._runtime.ranking import arguments, ranked
from .client import AsyncClient, Client


@component
class WoagentRanker:
    """Reranks documents by their content; each result is a copy with the service's score, the best first.

    To load a stored pipeline, name this module: `Pipeline.loads(text, allowed_modules=["woagent_rerank.haystack"])`.
    """

    def __init__(
        self,
        model: str | None = "Qwen/Qwen3-Reranker-8B",
        top_k: int | None = None,
        api_key: Secret | None = Secret.from_env_var("WOAGENT_API_KEY", strict=False),
        base_url: str | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        """Make a ranker; the key is read when it first ranks.

        Args:
            model: The model's name.
            top_k: How many documents to return at most.
            api_key: The key, as Haystack keeps secrets.
            base_url: Where the service is, if not where the client looks for it.
            options: Other arguments of `Client.rerank_batched`.
        """
        self.model, self.top_k, self.api_key, self.base_url, self.options = (
            model,
            top_k,
            api_key,
            base_url,
            options,
        )
        self._client: Client | None = None
        self._async_client: AsyncClient | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the component as Haystack stores it; of the key only where it is read from."""
        key = None if self.api_key is None else self.api_key.to_dict()
        return default_to_dict(
            self,
            model=self.model,
            top_k=self.top_k,
            api_key=key,
            base_url=self.base_url,
            options=self.options,
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "WoagentRanker":
        """Return the component that was stored."""
        deserialize_secrets_inplace(data["init_parameters"], keys=["api_key"])
        found: WoagentRanker = default_from_dict(cls, data)
        return found

    @component.output_types(documents=list[Document])
    def run(
        self, query: str, documents: list[Document], top_k: int | None = None
    ) -> dict[str, list[Document]]:
        """Return the documents that fit the query best, the best first."""
        if not documents:
            return {"documents": []}
        if self._client is None:
            self._client = Client(api_key=self._key(), base_url=self.base_url)
        return self._ranked(
            documents,
            self._client.rerank_batched(**self._arguments(query, documents, top_k)),
            top_k,
        )

    @component.output_types(documents=list[Document])
    async def run_async(
        self, query: str, documents: list[Document], top_k: int | None = None
    ) -> dict[str, list[Document]]:
        """Return the documents that fit the query best, the best first."""
        if not documents:
            return {"documents": []}
        if self._async_client is None:
            self._async_client = AsyncClient(
                api_key=self._key(), base_url=self.base_url
            )
        return self._ranked(
            documents,
            await self._async_client.rerank_batched(
                **self._arguments(query, documents, top_k)
            ),
            top_k,
        )

    def _limit(self, top_k: int | None) -> int | None:
        found = self.top_k if top_k is None else top_k
        if found is not None and found < 1:
            msg = f"top_k must be at least 1, not {found}"
            raise ConfigurationError(msg)
        return found

    def _key(self) -> str | None:
        return None if self.api_key is None else self.api_key.resolve_value()

    def _arguments(
        self, query: str, documents: list[Document], top_k: int | None
    ) -> dict[str, Any]:
        return arguments(
            _contract,
            self.model,
            query,
            [document.content or "" for document in documents],
            self._limit(top_k),
            self.options,
        )

    def _ranked(
        self, documents: list[Document], answer: Any, top_k: int | None
    ) -> dict[str, list[Document]]:
        return {
            "documents": [
                replace(documents[index], score=score)
                for index, score in ranked(_contract, answer, self._limit(top_k))
            ]
        }
