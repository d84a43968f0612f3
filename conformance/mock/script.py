"""What a test tells a running mock: the scores of the documents, and which requests fail next."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Any

import orjson
from attrs import define, field

from conformance.mock.rules import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.mock.app import App
    from conformance.mock.rules import Headers, Rules

_ERRORS = range(400, 600)
_REASON = "scripted"


class ScriptError(ValueError):
    """A test tells a mock what no server can do; the message says which value, and what may stand there."""


@define
class _Failure:
    status: int
    retry_after: float | None


@define(eq=False)
class Script:
    """What a mock was told, and the requests that it got. One mock has one script."""

    scores: tuple[float, ...] | None = None
    failures: deque[_Failure] = field(factory=deque)
    requests: list[Any] = field(factory=list)
    _failed: _Failure | None = field(default=None, init=False)

    def reset(self) -> None:
        """Forget everything: the mock ranks by itself again, and nothing fails."""
        self.scores, self._failed = None, None
        self.failures.clear()
        self.requests.clear()

    def attach(self, rules: Rules) -> None:
        """Let some rules go by the script, whatever they do otherwise."""
        authorise, score, wire = rules.authorise, rules.score, rules.wire

        def scripted_authorise(header: str | None) -> None:
            self._failed = self.failures.popleft() if self.failures else None
            if self._failed is not None:
                raise Refusal(
                    self._failed.status,
                    "Please try again later." if self._failed.status >= 429 else "The request is refused.",
                    _REASON,
                )
            authorise(header)

        def scripted_score(body: Any, query: str, position: int, item: Any) -> float:
            if self.scores is None:
                return score(body, query, position, item)
            return self.scores[position] if position < len(self.scores) else 0.0

        def scripted_wire(status: int, headers: Headers, data: bytes, request: Any) -> tuple[int, Headers, bytes]:
            self.requests.append(_json(request.body))
            failed, self._failed = self._failed, None
            if failed is not None and failed.retry_after is not None:
                headers = [
                    *(pair for pair in headers if pair[0] != "retry-after"),
                    ("retry-after", f"{failed.retry_after:g}"),
                ]
            return wire(status, headers, data, request)

        for name, function in (("authorise", scripted_authorise), ("score", scripted_score), ("wire", scripted_wire)):
            setattr(rules, name, function)


class Scriptable:
    """A server that a test can tell what to answer. It has an `app`."""

    app: App
    _script: Script | None = None

    @property
    def told(self) -> Script:
        """The mock's script; a mock that was told nothing goes its usual way."""
        if self._script is None:
            self._script = Script()
            for rules in {id(one): one for one in (self.app.rules, self.app.broken) if one is not None}.values():
                self._script.attach(rules)
        return self._script

    @property
    def requests(self) -> list[Any]:
        """The JSON bodies of the requests so far, oldest first, None for what is not JSON; from the first use of the script on."""
        return self.told.requests

    def script(self, *, scores: Sequence[float] | None) -> None:
        """Rank by these scores from now on: `scores[i]` is the score of document i, 0 for documents beyond; None ranks as usual again.

        Scores go from 0 to 1; a contract with another range gets them scaled. Raises ScriptError.
        """
        for score in scores or ():
            if (
                isinstance(score, bool)
                or not isinstance(score, int | float)
                or not math.isfinite(score)
                or not 0 <= score <= 1
            ):
                raise ScriptError(f"The score {score!r} is not a number from 0 to 1.")
        self.told.scores = None if scores is None else tuple(map(float, scores))

    def fail_next(self, status: int, *, retry_after: float | None = None, times: int = 1) -> None:
        """Answer the next `times` requests with an error of the contract's shape; `retry_after` is in seconds.

        Calls add up: the failures come in the order in which they were asked for. Raises ScriptError.
        """
        if status not in _ERRORS:
            raise ScriptError(f"{status!r} is not an error status. Use one from 400 to 599.")
        if times < 1 or (retry_after is not None and not (math.isfinite(retry_after) and retry_after >= 0)):
            msg = f"times={times!r} must be 1 or more, and retry_after={retry_after!r} a number of seconds from 0 on."
            raise ScriptError(msg)
        self.told.failures.extend(_Failure(status, retry_after) for _ in range(times))


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
