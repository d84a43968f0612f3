# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""Answers without a server, for tests of code that reranks.

    from woagent_rerank import Client
    from woagent_rerank.testing import transport

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
    "id": "Apple",
    "results": [{"index": 0, "relevance_score": 0}],
    "tokens": {},
}
_ERRORS: dict[str, Any] = {}


def transport(scores: Sequence[float] | None = None) -> Script:
    """Return a transport that answers from a script; without scores, the first document is the best."""
    return Script(_contract, _SAMPLE, _ERRORS, scores)
