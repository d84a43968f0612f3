# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""Answers without a server, for tests of code that reranks.

    from siliconflow_rerank import Client
    from siliconflow_rerank.testing import transport

    scripted = transport(scores=[0.1, 0.9])
    scripted.fail_next(429, retry_after=1)
    client = Client(api_key="test", transport=scripted)

The first request is answered with 429, the next one with the second document first.
"""

from collections.abc import Sequence
from typing import Any

from . import _contract
from ._runtime.scripted import Script

_SAMPLE: Any = {
    "id": "rerank-20240115-abc123def456",
    "results": [{"index": 1, "relevance_score": 0.85}],
}
_ERRORS: dict[str, Any] = {
    "400": {"message": "Apple", "data": "Apple", "code": 20012},
    "401": "Invalid token",
    "403": "Forbidden",
    "404": "404 page not found",
    "429": {
        "message": "Request was rejected due to rate limiting. If you want more, please contact "
        "contact@siliconflow.cn. Details:TPM limit reached.",
        "data": "Apple",
    },
    "503": {
        "code": 50505,
        "message": "Model service overloaded. Please try again later.",
        "data": "Apple",
    },
    "504": "Apple",
}


def transport(scores: Sequence[float] | None = None) -> Script:
    """Return a transport that answers from a script; without scores, the first document is the best."""
    return Script(_contract, _SAMPLE, _ERRORS, scores)
