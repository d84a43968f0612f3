"""The mock as an ASGI application: HTTP around the rules."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from attrs import define, field

from conformance.contract.instances import sample
from conformance.mock import body as bodies
from conformance.mock.body import Facts
from conformance.mock.port import base_path
from conformance.mock.rules import Headers, Refusal, Rules
from conformance.model.exchange import HTTP

_GIANT = 32_000_000
# The latest short bodies, in bytes, whose answers are remembered: who tries a client sends the same ones over and over.
_RECENT, _SHORT = 128, 4_000
Send = Callable[[dict[str, Any]], Awaitable[None]]


@define
class Call:
    """One request as it came; `headers` by lower-case name, the last of each, `version` that of HTTP."""

    method: str
    path: str
    headers: dict[bytes, bytes]
    body: bytes = field(repr=False, default=b"")
    query: str = ""
    version: str = HTTP

    def header(self, name: bytes) -> str | None:
        """Return a header by its lower-case name, or None."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


@define(slots=False, eq=False)
class App:
    """Serves one contract by its rules; counts what it was asked."""

    rules: Rules
    seed: int = 0
    calls: int = field(default=0, init=False)
    broken: Rules | None = field(default=None, init=False)
    every: int = field(default=1, init=False)
    chaos: Any = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        """Prepare what every answer needs."""
        self.random = random.Random(self.seed)
        contract = self.rules.contract
        self.base_path = base_path(contract)
        self.path = unquote(self.base_path + contract.path)
        self.declared = {method.upper() for method in contract.document["paths"][contract.template]}
        self.key_header = (
            (contract.credential.header if contract.credential else "Authorization").lower().encode("latin-1")
        )
        self.build = bodies.success(contract)
        self.media = next(iter(contract.success.media), "application/json")
        self.recent = lru_cache(_RECENT)(_plainly)
        self.errors: dict[int, tuple[str, Callable[[str], Any]]] = {}
        self.headers: dict[int, Headers] = {}

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send
    ) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        parts = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                break
        call = Call(
            scope["method"],
            scope["path"],
            dict(scope["headers"]),
            parts[0] if len(parts) == 1 else b"".join(parts),
            scope.get("query_string", b"").decode("latin-1"),
            scope.get("http_version", HTTP),
        )
        self.calls += 1
        answer = self.answer(call)
        if answer is None:
            # The rules want the connection cut: uvicorn does that when an answer ends short.
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
            await send({"type": "http.response.body", "body": b"{"})
            return
        status, out, data, delay = answer
        if delay:
            await asyncio.sleep(delay)
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in out]
        raw.append((b"content-length", str(len(data)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": data})

    def answer(self, call: Call) -> tuple[int, Headers, bytes, float] | None:
        """Return status, headers, body and delay in seconds, or None to cut the connection."""
        delay = 0.0
        rules = self.broken if self.broken is not None and self.calls % self.every == 0 else self.rules
        if self.chaos is not None:
            blow = self.chaos(self.calls, len(call.body))
            delay, instead = blow.delay, blow.status
            if blow.cut:
                return None
            if instead is not None and (seen := rules.unavailable(instead)) is not None:
                return (*self._seen(rules, seen, None), delay)
            if instead is not None:
                media, build = self._error(instead)
                wait: Headers = [] if blow.retry_after is None else [("retry-after", str(blow.retry_after))]
                return instead, [("content-type", media), *wait], rules.encode(build("Please try again later.")), delay
        headers: Headers = [("content-type", self.media)]
        if rules.trace:
            headers.append((rules.trace, rules.trace_id()))
        try:
            self._admit(call, rules)
            if rules.faithful:
                body, facts = (self.recent if len(call.body) <= _SHORT else _plainly)(rules, call.body)
                facts.id = rules.identity()
            else:
                body = _read(rules, call.body)
                facts = rules.facts(body)
            status = rules.status(body)
            data = rules.encode(rules.shape(self.build(facts), body))
        except Refusal as refusal:
            if (seen := rules.refused(refusal, call.path, call.body)) is not None:
                status, told, data = self._seen(rules, seen, self._key_of(call))
                headers = [*told, *headers[1:]]
            else:
                status = refusal.status
                media, build = self._error(status)
                headers[0] = ("content-type", media)
                if status == 405:
                    headers.append(("allow", ", ".join(sorted(self.declared))))
                data = rules.encode(rules.shape_error(build(refusal.message), status, self._key_of(call)))
        if promised := self._promised(status):
            sent = {name for name, _ in headers}
            headers += [pair for pair in promised if pair[0] not in sent]
        status, headers, data = rules.wire(status, headers, data, call)
        return status, headers, data, delay + rules.wait()

    @staticmethod
    def _seen(rules: Rules, seen: Any, header: str | None) -> tuple[int, Headers, bytes]:
        """Return status, headers and body of an answer that was seen as a whole."""
        if seen.body is None:
            return seen.status, seen.wire(), b""
        shaped = rules.shape_error(seen.body, seen.status, header)
        return (
            seen.status,
            seen.wire(),
            shaped.encode() if seen.plain and isinstance(shaped, str) else rules.encode(shaped),
        )

    def _key_of(self, call: Call) -> str | None:
        """Return the value of the header that carries the key, or None."""
        return call.header(self.key_header)

    def _promised(self, status: int) -> Headers:
        """Return the headers that the contract promises with a status."""
        if status not in self.headers:
            answer = self.rules.contract.answer(status)
            promised = [header for header in answer.headers if header.required] if answer else []
            self.headers[status] = [
                (header.name.lower(), str(sample(header.schema))) for header in promised if header.role is None
            ]
        return self.headers[status]

    def _error(self, status: int) -> tuple[str, Callable[[str], Any]]:
        if status not in self.errors:
            self.errors[status] = bodies.error(self.rules.contract, status)
        return self.errors[status]

    def _admit(self, call: Call, rules: Rules) -> None:
        """Refuse what is wrong with a request, its body aside."""
        if call.path != self.path:
            raise Refusal(404, "404 page not found", "path")
        if call.method not in self.declared:
            raise Refusal(rules.wrong_method(), "Method not allowed", "method")
        rules.authorise(self._key_of(call))
        rules.accept_media(call.header(b"content-type"))
        if rules.contract.parameters:
            headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in call.headers.items())
            rules.accept_parameters(headers, tuple(parse_qsl(call.query, keep_blank_values=True)))
        if len(call.body) > _GIANT:
            raise Refusal(413, "The body is too large.", "size")


def _read(rules: Rules, raw: bytes) -> Any:
    """Return what a body says; raises Refusal."""
    body = rules.contract.flat(rules.parse(raw))
    rules.validate(body)
    rules.accept_model(body)
    return body


def _plainly(rules: Rules, raw: bytes) -> tuple[Any, Facts]:
    """Return what a body says, and what faithful rules answer it with; raises Refusal."""
    body = _read(rules, raw)
    return body, rules.plain_facts(body) or rules.facts(body)
