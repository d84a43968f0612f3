"""The sender: carries requests and notes what came back. It knows nothing of requirements."""

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

import httpx
import tenacity
from attrs import define, field

from conformance.exchange.exchange import Exchange, Request, Response
from conformance.exchange.redaction import redact, redact_text

_EXPANSION = re.compile(r"\$(?:(?P<bare>\w+)|\{(?P<braced>\w+)(?P<cut>%\?)?\})")
_PATIENCE = 30.0


class BudgetSpentError(Exception):
    """No request is left in the budget."""


@define(slots=False, eq=False)
class Sender:
    """Carries requests to one base URL, each distinct one once, several at a time.

    `secrets` maps variable names to what the sender puts in their place on the
    wire; they are taken out of whatever comes back. `timeout` is in seconds,
    for each phase of a request; `attempts` counts the first try too.
    `max_requests` bounds all that goes out, retries too.
    """

    base_url: str
    secrets: Mapping[str, str] = field(factory=dict, repr=False)
    concurrency: int = 8
    timeout: float = 30.0
    attempts: int = 3
    max_requests: int | None = None
    sent: int = field(default=0, init=False)
    exchanges: dict[str, Exchange] = field(factory=dict, init=False, repr=False)
    _numbers: int = field(default=0, init=False)

    async def send(self, requests: Iterable[Request], arrived: Callable[[], None] = lambda: None) -> None:
        """Send the requests that were not sent yet, in their order as far as concurrency lets them.

        Returns when all are answered, or the budget is spent; `arrived` is
        called after each. What came is in `exchanges`, by the request's key.
        """
        waiting = {request.key: request for request in requests if request.key not in self.exchanges}
        queue = iter(waiting.values())
        limits = httpx.Limits(max_connections=self.concurrency, max_keepalive_connections=self.concurrency)
        async with httpx.AsyncClient(timeout=self.timeout, limits=limits, follow_redirects=False) as client:

            async def work() -> None:
                for request in queue:
                    self._numbers += 1
                    number = f"e{self._numbers}"
                    try:
                        self.exchanges[request.key] = await self._exchange(client, request, number)
                    except BudgetSpentError:
                        return
                    arrived()

            async with asyncio.TaskGroup() as group:
                for _ in range(min(self.concurrency, len(waiting))):
                    group.create_task(work())

    @contextmanager
    def one_by_one(self) -> Iterator[Callable[[Request], Exchange | None]]:
        """Yield a function that sends one request and returns its exchange, or None when the budget is spent."""
        with asyncio.Runner() as runner, ThreadPoolExecutor(1) as pool:
            client = httpx.AsyncClient(timeout=self.timeout, follow_redirects=False)

            async def one(request: Request) -> Exchange | None:
                if request.key not in self.exchanges:
                    self._numbers += 1
                    try:
                        self.exchanges[request.key] = await self._exchange(client, request, f"e{self._numbers}")
                    except BudgetSpentError:
                        return None
                return self.exchanges[request.key]

            # A thread of its own, for a loop may be running in the caller's.
            yield lambda request: pool.submit(runner.run, one(request)).result()
            pool.submit(runner.run, client.aclose()).result()

    async def again(self, keys: Iterable[str]) -> None:
        """Ask once more what was not answered, one at a time; attempts add up."""
        async with httpx.AsyncClient(timeout=self.timeout, follow_redirects=False) as client:
            for key in keys:
                old = self.exchanges[key]
                try:
                    new = await self._once(client, old.request, old.id, old.attempts + 1)
                except BudgetSpentError:
                    return
                self.exchanges[key] = new

    async def _exchange(self, client: httpx.AsyncClient, request: Request, number: str) -> Exchange:
        tries = 0

        async def attempt() -> Exchange:
            nonlocal tries
            tries += 1
            return await self._once(client, request, number, tries)

        # tenacity, because back-off with jitter is easy to get subtly wrong.
        backoff = tenacity.wait_exponential_jitter(multiplier=0.15, max=4.0, jitter=0.1)

        def wait(state: tenacity.RetryCallState) -> float:
            exchange = state.outcome.result() if state.outcome else None
            asked = _retry_after(exchange.response) if exchange and exchange.response else None
            return backoff(state) if asked is None else min(asked, _PATIENCE)

        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_result(lambda exchange: exchange.unavailable),
            stop=tenacity.stop_after_attempt(self.attempts),
            wait=wait,
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        result: Exchange = await retrying(attempt)
        return result

    async def _once(self, client: httpx.AsyncClient, request: Request, number: str, tries: int) -> Exchange:
        if self.max_requests is not None and self.sent >= self.max_requests:
            raise BudgetSpentError
        self.sent += 1
        url = self.base_url + request.path
        headers = [(name.encode(), self._expand(value).encode()) for name, value in request.headers]
        headers.append((b"Accept-Encoding", b"identity"))
        started, clock = time.time(), time.perf_counter()
        response: Response | None = None
        error: str | None = None
        try:
            answer = await client.send(httpx.Request(request.method, url, headers=headers, content=request.body))
            response = Response(
                answer.status_code,
                tuple((self._hide(name.decode("latin-1")), self._hide(value.decode("latin-1"))) for name, value in answer.headers.raw),
                self._hide_bytes(answer.content),
            )
        except httpx.HTTPError as failure:
            error = self._hide(_words(failure))
        return Exchange(number, request, url, response, error, started, time.perf_counter() - clock, tries)

    def _expand(self, value: str) -> str:
        """Put the secrets into a header value, as a shell would."""

        def put(match: re.Match[str]) -> str:
            secret = self.secrets.get(match["bare"] or match["braced"])
            if secret is None:
                return match[0]
            return secret[:-1] if match["cut"] else secret

        return _EXPANSION.sub(put, value).strip()

    def _hide(self, text: str) -> str:
        for secret in self.secrets.values():
            text = redact_text(text, secret)
        return text

    def _hide_bytes(self, data: bytes) -> bytes:
        for secret in self.secrets.values():
            data = redact(data, secret)
        return data


def _words(failure: httpx.HTTPError) -> str:
    kinds = {
        httpx.ConnectError: "the connection was refused",
        httpx.ConnectTimeout: "the connection timed out",
        httpx.ReadTimeout: "no answer came in time",
        httpx.RemoteProtocolError: "the connection was cut, or the answer was no HTTP",
        httpx.ReadError: "the connection was cut",
        httpx.WriteError: "the connection was cut while sending",
    }
    told = next((words for kind, words in kinds.items() if isinstance(failure, kind)), type(failure).__name__)
    return f"{told} ({failure})" if str(failure) else told


def _retry_after(response: Response) -> float | None:
    """Return the seconds that a Retry-After header asks for, given in seconds or as a date."""
    value = response.header("retry-after")
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
