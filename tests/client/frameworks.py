"""The clients inside LangChain, LlamaIndex, Haystack and FastAPI, the real packages, against the mock: run by `nox -s integrations`."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from haystack import Document as HaystackDocument
from haystack import Pipeline
from langchain_core.documents import Document
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from conformance.contract import Contract, clients, load
from conformance.mock import MockServer
from scripts.regenerate import generate, package_name
from tests.client.package import imported

TEXTS = [
    "Bananas are rich in potassium.",
    "Mars is known as the red planet.",
    "The stock market closed lower on Friday.",
]
QUERY = "red planet"
DIALECTS = sorted(str(path) for path in (Path(__file__).parents[1] / "data" / "dialects").iterdir())


class Vendor:
    """A generated client, and a mock that it talks to."""

    def __init__(self, contract: Contract, package: Any, mock: MockServer) -> None:
        self.contract, self.package, self.mock = contract, package, mock

    def clients(self) -> dict[str, Any]:
        """Return both clients of the mock, as the frameworks' parts take them."""
        options = {"api_key": self.mock.key, "base_url": self.mock.base_url}
        return {"client": self.package.Client(**options), "async_client": self.package.AsyncClient(**options)}

    def part(self, module: str, kind: str) -> Any:
        """Return the class that a module is for."""
        found = import_module(f"{self.package.__name__}.{module}")
        return next(
            value
            for name, value in vars(found).items()
            if name.endswith(kind) and getattr(value, "__module__", "") == found.__name__
        )


@pytest.fixture(scope="module", params=[*clients(), *DIALECTS], ids=lambda name: Path(name).name)
def vendor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    contract = load(request.param)
    folder = generate(contract, tmp_path_factory.mktemp(contract.name)).parent
    with imported(folder, package_name(contract.name)) as package, MockServer(contract, key="a-key-for-tests") as mock:
        yield Vendor(contract, package, mock)


def test_langchain(vendor: Vendor) -> None:
    """Documents come back best first with their score in the metadata, sync and async; the originals stay as they are."""
    kind = vendor.part("langchain", "Rerank")
    documents = [Document(page_content=text, metadata={"place": i}) for i, text in enumerate(TEXTS)]
    one = kind(top_n=2, **vendor.clients())
    found = one.compress_documents(documents, QUERY)
    assert found[0].metadata["place"] == 1
    assert len(found) == 2
    assert found[0].metadata["relevance_score"] > found[1].metadata["relevance_score"]
    assert documents[1].metadata == {"place": 1}
    assert asyncio.run(one.acompress_documents(documents, QUERY)) == found
    assert asyncio.run(kind(top_n=2, client=vendor.clients()["client"]).acompress_documents(documents, QUERY)) == found
    assert one.compress_documents([], QUERY) == []
    assert "a-key" not in repr(one) + str(one.model_dump())


def test_llama_index(vendor: Vendor) -> None:
    """Nodes come back best first with the service's score, sync and async."""
    kind = vendor.part("llama_index", "Rerank")
    nodes = [NodeWithScore(node=TextNode(text=text, id_=str(i)), score=0.1) for i, text in enumerate(TEXTS)]
    one = kind(top_n=2, **vendor.clients())
    found = one.postprocess_nodes(nodes, query_str=QUERY)
    assert found[0].node.node_id == "1"
    assert len(found) == 2
    assert asyncio.run(one.apostprocess_nodes(nodes, query_bundle=QueryBundle(QUERY))) == found
    assert one.postprocess_nodes([], query_str=QUERY) == []
    with pytest.raises(vendor.package.ConfigurationError, match="query"):
        one.postprocess_nodes(nodes)
    assert "a-key" not in repr(one) + str(one.to_dict())


def test_haystack(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ranker runs alone, in a pipeline that was stored and loaded, and awaited."""
    kind = vendor.part("haystack", "Ranker")
    contract = vendor.package._contract
    if contract.KEY_ENV:
        monkeypatch.setenv(contract.KEY_ENV, vendor.mock.key)
    documents = [HaystackDocument(content=text, meta={"place": i}) for i, text in enumerate(TEXTS)]
    one = kind(top_k=2, base_url=vendor.mock.base_url)
    found = one.run(query=QUERY, documents=documents)["documents"]
    assert found[0].meta["place"] == 1
    assert len(found) == 2
    assert documents[1].score is None
    assert (
        asyncio.run(kind(top_k=2, base_url=vendor.mock.base_url).run_async(query=QUERY, documents=documents))[
            "documents"
        ]
        == found
    )
    pipeline = Pipeline()
    pipeline.add_component("ranker", one)
    stored = pipeline.dumps()
    assert vendor.mock.key not in stored
    again = Pipeline.loads(stored, allowed_modules=[kind.__module__])
    assert (
        again.run({"ranker": {"query": QUERY, "documents": documents, "top_k": 1}})["ranker"]["documents"] == found[:1]
    )
    assert one.run(query=QUERY, documents=[]) == {"documents": []}
    for none in (0, -1):
        with pytest.raises(vendor.package.ConfigurationError, match="top_k"):
            one.run(query=QUERY, documents=documents, top_k=none)


def test_fastapi(vendor: Vendor) -> None:
    """An endpoint returns an answer, annotated with its model or as plain values, and takes one; what does not fit is a 422."""
    app, one = FastAPI(), vendor.clients()["client"]
    ranking = import_module(f"{vendor.package.__name__}._runtime.ranking")
    given = ranking.arguments(vendor.package._contract, next(iter(vendor.contract.models), None), QUERY, TEXTS, None)
    answer = one.rerank(**given)
    kind = list[type(answer[0])] if isinstance(answer, list) else type(answer)  # type: ignore[misc]

    def plain() -> Any:
        return answer.to_dict()

    def typed() -> Any:
        return answer

    def taken(answer: Any) -> Any:
        return answer

    taken.__annotations__ = {"answer": Annotated[kind, Body()], "return": kind}
    app.get("/plain")(plain)
    app.get("/typed", response_model=kind)(typed)
    app.post("/taken")(taken)
    asked = TestClient(app)
    for path in ("/plain", "/typed"):
        assert asked.get(path).json() == answer.to_dict()
    assert asked.post("/taken", json=answer.to_dict()).json() == answer.to_dict()
    assert asked.post("/taken", json={"results": 7}).status_code == 422
    assert asked.get("/openapi.json").status_code == 200


def test_readme_of_the_frameworks(vendor: Vendor, tmp_path: Path) -> None:
    """The README's blocks for frameworks run as they stand against the mock."""
    folder = Path(str(vendor.package.__file__)).parent
    blocks = re.findall(r"```py\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    contract = vendor.package._contract
    env = {
        **os.environ,
        "PYTHONPATH": str(folder.parent),
        contract.KEY_ENV or "API_KEY": vendor.mock.key,
        contract.URL_ENV: vendor.mock.base_url,
    }
    for block in blocks:
        done = subprocess.run(
            [sys.executable, "-c", block], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert TEXTS[1] in done.stdout or "Mars" in done.stdout
