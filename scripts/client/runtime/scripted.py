"""Answers from a script, without a server: for tests of code that reranks."""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import httpx

from .batching import at, put
from .nesting import flat


class Script(httpx.MockTransport):
    """A transport that answers from a script, sync and async: `Client(api_key="test", transport=…)`.

    `scores` are those of the documents, in their order; `fail_next` announces an error; `requests` holds what was asked, as plain values.

    Without scores, a document scores by its place: the first one best.
    """

    def __init__(self, contract: Any, sample: Any, errors: Mapping[str, Any], scores: Sequence[float] | None) -> None:
        super().__init__(self.answer)
        self._contract, self._sample, self._errors = contract, sample, errors
        self._failures: deque[httpx.Response | Exception] = deque()
        self.scores = scores
        self.requests: list[dict[str, Any]] = []

    def fail_next(
        self,
        status: int | Exception,
        *,
        times: int = 1,
        retry_after: float | None = None,
        message: str = "scripted failure",
    ) -> None:
        """Answer the next request, or the next few, with an error status, or raise an exception of httpx for it."""
        for _ in range(times):
            if isinstance(status, Exception):
                self._failures.append(status)
                continue
            body = deepcopy(
                self._errors.get(str(status), self._errors.get(f"{status // 100}XX", self._errors.get("default")))
            )
            if isinstance(body, dict):
                body.update({name: message for name in self._contract.ERROR_MESSAGES if name in body})
            else:
                body = dict.fromkeys(self._contract.ERROR_MESSAGES[:1], message) or message
            headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
            self._failures.append(httpx.Response(status, json=body, headers=headers))

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Return the next answer, or raise the next failure."""
        contract = self._contract
        body = json.loads(request.content)
        self.requests.append(body)
        if self._failures:
            failure = self._failures.popleft()
            if isinstance(failure, Exception):
                raise failure
            return failure
        given = flat(body, contract.ENVELOPES) if contract.ENVELOPES else body
        documents, limit = given.get(contract.ROLES["documents"]), given.get(contract.ROLES.get("limit", ""))
        count = len(documents) if isinstance(documents, list) else 1
        scores = (
            [1 / (i + 2) for i in range(count)]
            if self.scores is None
            else [self.scores[i] if i < len(self.scores) else 0.0 for i in range(count)]
        )
        best = sorted(range(count), key=lambda i: (-scores[i], i))
        return httpx.Response(
            200,
            json=self._filled(best[: limit if type(limit) is int and limit > 0 else count], scores),
            headers={contract.TRACE: f"scripted-{len(self.requests)}"} if contract.TRACE else {},
        )

    def _filled(self, order: Sequence[int], scores: Sequence[float]) -> Any:
        """Return the sample with results in an order, each with its index and score."""
        top, index, score = (self._contract.PLACES[role][0] for role in ("results", "index", "score"))
        found = deepcopy(self._sample)
        row = (at(found, top) if top else found)[0]
        rows = []
        for i in order:
            one = deepcopy(row)
            put(one, index[len(top) + 1 :], i + self._contract.FIRST_INDEX)
            put(one, score[len(top) + 1 :], scores[i])
            rows.append(one)
        if not top:
            return rows
        put(found, top, rows)
        return found
