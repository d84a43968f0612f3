"""Uses that type-check: read by mypy and pyright, run by nobody."""

from typing import assert_type

import siliconflow_rerank as sdk
from siliconflow_rerank import (
    RawResponse,
    RerankImageUrlContentDict,
    RerankResponse,
    RerankResult,
    RerankTextContent,
    RerankTextContentDict,
)
from siliconflow_rerank.testing import transport

client = sdk.Client(api_key="key")
answer = client.rerank(model="BAAI/bge-reranker-v2-m3", query="apple", documents=["apple", "pear"])
assert_type(answer, RerankResponse)
assert_type(answer.results, list[RerankResult])
assert_type(answer.results[0].index, int)
assert_type(answer.trace_id, str | None)
if answer.meta is not None and answer.meta.tokens is not None:
    assert_type(answer.meta.tokens.input_tokens, int | None)
if answer.results[0].document is not None:
    print(answer.results[0].document.to_dict())

client.rerank(model="a model that the contract does not name", query="apple", documents=("apple", "pear"))
client.rerank(model="m", query="apple", documents="one document")
client.rerank(
    model="m",
    query="apple",
    documents=[{"text": "apple"}, {"image": "https://example.org/a.png"}, "pear", RerankTextContent("plum")],
)
client.rerank(model="m", query={"image": "https://example.org/a.png"}, documents=["apple"], top_n=1)
texts: list[str] = ["apple"]
client.rerank(model="m", query="apple", documents=texts)
objects: list[RerankTextContentDict] = [{"text": "apple"}]
client.rerank(model="m", query="apple", documents=objects)
image: RerankImageUrlContentDict = {"image": "https://example.org/a.png"}
client.rerank(model="m", query=image, documents=[image], timeout=3, extra_body={"x": 1}, extra_headers={"X": "1"})
assert_type(
    client.rerank_batched(model="m", query="q", documents=texts, batch_size=2, concurrency=1, order="documents"),
    RerankResponse,
)
assert_type(client.with_options(timeout=3, retries=sdk.Retries(deadline=3)), sdk.Client)
assert_type(client.copy(api_key=lambda: "key", base_url="https://example.org/v1", max_response_bytes=None), sdk.Client)
assert_type(client.with_raw_response.rerank(model="m", query="q", documents=texts), RawResponse[RerankResponse])
sdk.Client(
    api_key=lambda: "key",
    base_url="https://example.org/v1",
    retries=3,
    max_response_bytes=1000,
    transport=transport(scores=[0.5]),
)


async def go() -> None:
    """Await the same calls."""
    async with sdk.AsyncClient(api_key="key") as one:
        assert_type(await one.rerank(model="m", query="q", documents=texts), RerankResponse)
        assert_type(await one.rerank_batched(model="m", query="q", documents=texts), RerankResponse)
        raw = await one.with_raw_response.rerank(model="m", query="q", documents=texts)
        assert_type(raw.parse(), RerankResponse)


try:
    client.rerank(model="m", query="q", documents=texts)
except sdk.RateLimitError as error:
    assert_type(error.retry_after, float | None)
    assert_type(error.failed, range | None)
