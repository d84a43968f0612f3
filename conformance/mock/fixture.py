"""A pytest plugin: `pytest -p conformance.mock.fixture` gives a fixture `rerank_mock`."""

from collections.abc import Iterator

import pytest

from conformance.contract import load
from conformance.mock.server import MockServer


@pytest.fixture(scope="session")
def rerank_mock() -> Iterator[MockServer]:
    """Serve SiliconFlow's contract on a free port of loopback for the whole session."""
    with MockServer(load("siliconflow")) as server:
        yield server
