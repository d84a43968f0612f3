"""A pytest plugin: `pytest -p conformance.mock.fixture` gives a fixture `rerank_mock`."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from conformance.contract import Contract, load
from conformance.mock.app import App, Call
from conformance.mock.rules import Headers, Rules
from conformance.mock.server import MockServer, default_key


class ScriptedMock(MockServer):
    """A mock that takes the words of the clients' `testing.transport`: `scores` in the order of documents, `fail_next` for the next requests."""

    def __init__(self, contract: Contract, scores: Sequence[float] | None = None) -> None:
        """Prepare a mock; without scores it scores as it does by itself."""
        key = default_key(contract)
        self._script = _ScriptedApp(_ScriptedRules(contract, key))
        super().__init__(contract, key=key, app=self._script)
        self.scores = scores

    @property
    def scores(self) -> Sequence[float] | None:
        """The scores of the documents, in their order; None for the mock's own."""
        return self._script.rules.scores

    @scores.setter
    def scores(self, scores: Sequence[float] | None) -> None:
        self._script.rules.scores = scores

    def fail_next(self, status: int, *, times: int = 1, retry_after: float | None = None, message: str = "scripted failure") -> None:
        """Answer the next request, or the next few, with an error status."""
        self._script.failures.extend([(status, retry_after, message)] * times)


class _ScriptedRules(Rules):
    scores: Sequence[float] | None = None

    def score(self, body: Any, query: str, position: int, item: Any) -> float:
        if self.scores is None:
            return super().score(body, query, position, item)
        return self.scores[position] if position < len(self.scores) else 0.0


class _ScriptedApp(App):
    rules: _ScriptedRules

    def __init__(self, rules: _ScriptedRules) -> None:
        super().__init__(rules)
        self.failures: deque[tuple[int, float | None, str]] = deque()

    def answer(self, call: Call) -> tuple[int, Headers, bytes, float] | None:
        if not self.failures:
            return super().answer(call)
        status, wait, message = self.failures.popleft()
        media, build = self._error(status)
        headers: Headers = [("content-type", media), *([("retry-after", f"{wait:g}")] if wait is not None else [])]
        return status, headers, self.rules.encode(build(message)), 0.0


@pytest.fixture(scope="session")
def rerank_mock() -> Iterator[ScriptedMock]:
    """Serve SiliconFlow's contract on a free port of loopback for the whole session; `scores` and `fail_next` script its answers."""
    with ScriptedMock(load("siliconflow")) as server:
        yield server
