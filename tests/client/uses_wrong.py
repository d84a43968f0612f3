"""Uses that do not type-check, one a line: each line that ends in `# wrong` has an error of mypy and of pyright, and no other has."""

import httpx
import siliconflow_rerank as sdk

client = sdk.Client(api_key="key")
texts = ["apple"]
client.rerank(model="m", query={"image": "u"}, documents="one document")  # wrong
client.rerank(model="m", query="q")  # wrong
client.rerank(model="m", documents=texts)  # wrong
client.rerank(model=7, query="q", documents=texts)  # wrong
client.rerank(model="m", query=["q"], documents=texts)  # wrong
client.rerank(model="m", query={"text": "q"}, documents=texts)  # wrong
client.rerank(model="m", query="q", documents=[7])  # wrong
client.rerank(model="m", query="q", documents=[{"txt": "a"}])  # wrong
client.rerank(model="m", query="q", documents=[{"text": 7}])  # wrong
client.rerank(model="m", query="q", documents=texts, top_n="3")  # wrong
client.rerank(model="m", query="q", documents=texts, top_k=3)  # wrong
client.rerank(model="m", query="q", documents=texts, timeout="soon")  # wrong
client.rerank("m", "q", texts)  # wrong
client.rerank_batched(model="m", query={"image": "u"}, documents="one document")  # wrong
client.rerank_batched(model="m", query="q", documents=texts, order="sideways")  # wrong
client.rerank(model="m", query="q", documents=texts).results[0].relevance  # wrong
client.rerank(model="m", query="q", documents=texts).meta.tokens  # wrong
client.rerank(model="m", query="q", documents=texts).results[0].index.upper()  # wrong
client.with_raw_response.rerank(model="m", query="q", documents=texts).results  # wrong
client.with_raw_response.rerank(model="m", query=7, documents=texts)  # wrong
sdk.Client(api_key=7)  # wrong
sdk.Client(http_client=httpx.AsyncClient())  # wrong
sdk.AsyncClient(http_client=httpx.Client())  # wrong
sdk.Client(retries="many")  # wrong
sdk.Client(transport="nowhere")  # wrong
sdk.Client(verify=7)  # wrong
client.with_options(retries="many")  # wrong
client.with_options(timout=3)  # wrong
client.with_options(http_client=httpx.Client())  # wrong
client.copy(base_url=7)  # wrong


async def go() -> None:
    """Await the same."""
    async with sdk.AsyncClient() as one:
        await one.rerank(model="m", query={"image": "u"}, documents="one document")  # wrong
        one.rerank(model="m", query="q", documents=texts).results  # wrong
