"""The example with Infinity, without Infinity: its document is compared with ours by what ranking reaches."""

import copy
from typing import Any

import httpx
import pytest

from conformance.contract import load
from tests.peers import infinity


def test_a_running_server_is_compared_by_what_ranking_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other operations and their schemas, and the prefix, make no difference; another bound of the rerank request does."""
    ours = load("infinity").vendored
    served: dict[str, Any] = copy.deepcopy(ours)
    served["paths"] = {f"{infinity.PREFIX}{path}": item for path, item in served["paths"].items()}
    served["paths"][f"{infinity.PREFIX}/models"] = {"get": {"responses": {"200": {"description": "Models."}}}}
    served["components"]["schemas"]["ModelInfo"] = {"type": "object"}
    monkeypatch.setattr(
        httpx, "get", lambda url, **_: httpx.Response(200, json=served, request=httpx.Request("GET", url))
    )
    assert infinity.described("http://127.0.0.1:1") == ours
    served["components"]["schemas"]["RerankInput"]["properties"]["query"]["maxLength"] = 7
    assert infinity.described("http://127.0.0.1:1") != ours
