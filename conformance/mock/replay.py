"""A mock that answers as a recorded service did."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from attrs import define, field

from conformance.exchange.sender import expand
from conformance.mock.app import App
from conformance.model.exchange import NOT_JSON, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.mock.app import Call
    from conformance.mock.rules import Headers
    from conformance.model.exchange import Exchange, Response

# What belongs to the connection that was recorded, not to this one.
_HOP = frozenset(
    {"connection", "content-length", "content-encoding", "date", "keep-alive", "server", "transfer-encoding"}
)
# What no recording can know; a status that the suite takes for nobody's answer but the server's.
_UNRECORDED = 501


@define(slots=False, eq=False)
class ReplayApp(App):
    """Serves recorded answers by method, path, media type, credentials and body, else by the same JSON however it is spelt.

    A request that was sent several times gets its answers in turn, then the last one again. One that
    was never recorded gets 501, one that went unanswered is cut off. `secrets` maps variables that
    stand in recorded headers to what a caller must send.
    """

    exchanges: Iterable[Exchange] = field(default=(), kw_only=True, repr=False)
    secrets: dict[str, str] = field(factory=dict, kw_only=True, repr=False)

    def __attrs_post_init__(self) -> None:
        """Sort the answers by what was asked."""
        super().__attrs_post_init__()
        self._answers: dict[tuple[Any, ...], list[Response | None]] = defaultdict(list)
        self._turns: dict[tuple[Any, ...], int] = defaultdict(int)
        for exchange in self.exchanges:
            key = expand(exchange.request.header(self.key_header.decode("latin-1")) or "", self.secrets)
            # It is sent as UTF-8, and a server reads headers byte by byte.
            for place in _places(exchange.request, key.encode().decode("latin-1")):
                self._answers[place].append(exchange.response)

    def answer(self, call: Call) -> tuple[int, Headers, bytes, float] | None:
        """Return status, headers, body and no delay, or None to cut the connection."""
        headers = (("content-type", call.header(b"content-type") or ""),)
        asked = Request(call.method, call.path.removeprefix(self.base_path), headers, call.body)
        for place in _places(asked, self._key_of(call) or ""):
            found = self._answers.get(place)
            if not found:
                continue
            response = found[min(self._turns[place], len(found) - 1)]
            self._turns[place] += 1
            if response is None or response.cut:
                return None
            return (
                response.status,
                [(name, value) for name, value in response.headers if name.lower() not in _HOP],
                response.body,
                0.0,
            )
        return (
            _UNRECORDED,
            [("content-type", "application/json")],
            json.dumps({"message": "This request was not recorded."}).encode(),
            0.0,
        )


def _places(request: Request, authorization: str) -> tuple[tuple[Any, ...], ...]:
    """Return under what a request is looked for, the most exact first."""
    media = (request.header("content-type") or "").lower()
    exact = (request.method, request.path, media, authorization, request.body)
    if request.json is NOT_JSON:
        return (exact,)
    return (exact, (request.method, request.path, media, authorization, json.dumps(request.json, sort_keys=True)))
