"""The sender: carries requests and notes what came back. It knows nothing of requirements."""

import asyncio
import re
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from email.utils import parsedate_to_datetime

import httpx
import tenacity
from aiolimiter import AsyncLimiter
from attrs import define, evolve, field

from conformance.exchange.address import loopback
from conformance.exchange.budget import Budget, BudgetSpentError, TooDearError
from conformance.exchange.redaction import quiet_logs, redact, redact_text
from conformance.model.exchange import Exchange, Request, Response

_EXPANSION = re.compile(r"\$(?:(?P<bare>\w+)|\{(?P<braced>\w+)(?P<how>%\?|~~|//\?/x)?\}|\(rev <<<\$(?P<turned>\w+)\))")
_EXPANDED: dict[str | None, Callable[[str], str]] = {None: lambda secret: secret, "%?": lambda secret: secret[:-1], "~~": str.swapcase, "//?/x": lambda secret: "x" * len(secret)}
# A Retry-After longer than this, in seconds, is not waited for.
_PATIENCE = 30.0
# Pauses of everybody, in seconds, when a service asks for fewer requests and does not say how long: the first, doubled up to the last.
_PAUSES = (0.25, 8.0)
# An answer beyond this many bytes is cut off: no rerank answer is so large.
_LARGEST = 32_000_000
# So many unanswered requests in a row make the sender ask whether anybody is there.
_IN_A_ROW = 6
_GENERATED = 1_000


@define
class Wire:
    """What one event loop sends with."""

    client: httpx.AsyncClient
    limiter: AsyncLimiter | None


@define(slots=False, eq=False)
class Sender:
    """Carries requests to one base URL, each distinct one once, several at a time.

    `secrets` maps variable names to what the sender puts in their place on the
    wire; they are taken out of whatever comes back. `timeout` is in seconds,
    for each phase of a request; `attempts` counts the first try too; `rate` is
    in requests a minute, evenly spaced. `proxy` is a URL, `ca_file` holds the
    certificates to trust in place of the usual ones. `record` is called with
    each exchange as it happens, retried ones too; `recall` may return the
    exchange of an earlier recording by its request's key. `control` is asked
    when many requests in a row went unanswered: if it is not answered either, `gone` is
    set and nothing more is sent.
    """

    base_url: str
    secrets: Mapping[str, str] = field(factory=dict, repr=False)
    concurrency: int = 8
    timeout: float = 30.0
    attempts: int = 3
    rate: float | None = None
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    budget: Budget = field(factory=Budget)
    control: Request | None = None
    record: Callable[[Exchange], None] = field(default=lambda _exchange: None, repr=False)
    recall: Callable[[str], Exchange | None] = field(default=lambda _key: None, repr=False)
    exchanges: dict[str, Exchange] = field(factory=dict, init=False, repr=False)
    gone: bool = field(default=False, init=False)
    numbered: int = field(default=0)
    _generated: OrderedDict[str, Exchange] = field(factory=OrderedDict, init=False, repr=False)
    _unanswered: int = field(default=0, init=False)
    _asking: asyncio.Lock = field(factory=asyncio.Lock, init=False, repr=False)
    _not_before: float = field(default=0.0, init=False)
    _pause: float = field(default=0.0, init=False)
    _answered: bool = field(default=False, init=False)

    @asynccontextmanager
    async def wire(self) -> AsyncIterator[Wire]:
        """Open connections, to be used within one event loop; raises OSError for a CA file that cannot be read."""
        limits = httpx.Limits(max_connections=self.concurrency, max_keepalive_connections=self.concurrency)
        verify: ssl.SSLContext | bool = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else True
        # aiolimiter: a leaky bucket of one drop spaces requests evenly.
        limiter = AsyncLimiter(1, 60 / self.rate) if self.rate else None
        with quiet_logs(self.secrets.values()):
            # Proxies of the environment are for other machines.
            straight = {f"all://{httpx.URL(self.base_url).netloc.decode()}": None} if self.proxy is None and loopback(self.base_url) else None
            async with httpx.AsyncClient(timeout=self.timeout, limits=limits, follow_redirects=False, proxy=self.proxy, mounts=straight, verify=verify) as client:
                yield Wire(client, limiter)

    async def send(self, wire: Wire, requests: Iterable[Request], arrived: Callable[[], None] = lambda: None) -> None:
        """Send the requests that were not sent yet, in their order as far as concurrency lets them.

        Returns when all are answered, the budget is spent, or the service is
        gone; `arrived` is called after each. What came is in `exchanges`, by the request's key.
        """
        waiting = {request.key: request for request in requests if request.key not in self.exchanges}
        queue = iter(waiting.values())

        async def work() -> None:
            for request in queue:
                async with self._asking:
                    # Nobody begins anything while it is asked whether the service is there.
                    if self.gone:
                        return
                known = self.recall(request.key)
                if known is not None and not known.unavailable:
                    self.exchanges[request.key] = known
                    arrived()
                    continue
                try:
                    exchange = await self._exchange(wire, request)
                except BudgetSpentError:
                    return
                except TooDearError:
                    continue
                self.exchanges[request.key] = exchange
                arrived()
                await self._watch(wire, exchange)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self.concurrency, len(waiting))):
                group.create_task(work())

    @contextmanager
    def one_by_one(self) -> Iterator[Callable[[Request], Exchange | None]]:
        """Yield a function that sends one generated request and returns its exchange, or None when no more may be sent.

        Of these only the latest are held; the others are in the record alone.
        """
        # A thread of its own, for a loop may be running in the caller's.
        with asyncio.Runner() as runner, ThreadPoolExecutor(1) as pool:
            wire = self.wire()
            opened = pool.submit(runner.run, wire.__aenter__()).result()

            async def one(request: Request) -> Exchange | None:
                known = self._generated.get(request.key) or self.recall(request.key)
                if known is None:
                    if self.gone:
                        return None
                    try:
                        known = await self._exchange(opened, request, generated=True)
                    except (BudgetSpentError, TooDearError):
                        return None
                    await self._watch(opened, known)
                self._generated[request.key] = known
                if len(self._generated) > _GENERATED:
                    self._generated.popitem(last=False)
                return known

            try:
                yield lambda request: pool.submit(runner.run, one(request)).result()
            except BaseException:
                # Ctrl-C must not wait for an answer that is still out.
                loop = runner.get_loop()
                loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loop)])
                raise
            finally:
                pool.submit(runner.run, wire.__aexit__(None, None, None)).result()

    async def again(self, wire: Wire, keys: Iterable[str]) -> None:
        """Ask once more what was not answered, one at a time; attempts add up."""
        for key in keys:
            old = self.exchanges[key]
            try:
                self.exchanges[key] = await self._once(wire, old.request, _base(old.id), old.attempts + 1)
            except (BudgetSpentError, TooDearError):
                return

    async def _watch(self, wire: Wire, exchange: Exchange) -> None:
        """Notice when the service is gone: much unanswered in a row, and the control unanswered as well."""
        self._unanswered = self._unanswered + 1 if exchange.unavailable else 0
        if self._unanswered < _IN_A_ROW or self.control is None:
            return
        async with self._asking:
            if self.gone or self._unanswered < _IN_A_ROW:
                return
            try:
                asked = await self._exchange(wire, evolve(self.control, repeat=1_000_000 + self.numbered))
                self._unanswered = 0
                self.gone = asked.unavailable
            except (BudgetSpentError, TooDearError):
                self.gone = True

    async def _exchange(self, wire: Wire, request: Request, *, generated: bool = False) -> Exchange:
        self.numbered += 1
        number, tries = f"e{self.numbered}", 0
        last: Exchange | None = None

        async def attempt() -> Exchange:
            nonlocal tries, last
            tries += 1
            try:
                last = await self._once(wire, request, number, tries, generated=generated)
            except (BudgetSpentError, TooDearError):
                # What a spent budget keeps from being tried again was asked all the same.
                if last is None:
                    raise
                tries = self.attempts
            return last

        # tenacity, because back-off with jitter is easy to get subtly wrong.
        backoff = tenacity.wait_exponential_jitter(multiplier=0.15, max=4.0, jitter=0.1)

        def wait(state: tenacity.RetryCallState) -> float:
            # Whoever is told when to come back waits with all the others, in `_once`.
            return 0.0 if _asked(last) is not None else float(backoff(state))

        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_result(lambda exchange: exchange.unavailable),
            stop=lambda _state: self.gone or tries >= self.attempts or (_asked(last) or 0.0) > _PATIENCE,
            wait=wait,
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        result: Exchange = await retrying(attempt)
        return result

    async def _once(self, wire: Wire, request: Request, number: str, tries: int, *, generated: bool = False) -> Exchange:
        reserved = self.budget.admit(request)
        await asyncio.sleep(max(self._not_before - time.monotonic(), 0.0))
        if wire.limiter is not None:
            await wire.limiter.acquire()
        url = self.base_url + request.path
        headers = [(name.encode(), expand(value, self.secrets).encode()) for name, value in request.headers]
        started, clock, begun = time.time(), time.perf_counter(), time.monotonic()
        response: Response | None = None
        error: str | None = None
        try:
            # Each phase has its timeout; the whole has one too, for an answer that drips.
            async with asyncio.timeout(self.timeout * 4):
                response = await self._answer(wire.client, httpx.Request(request.method, url, headers=headers, content=request.body))
        except httpx.HTTPError as failure:
            error = self._hide(_words(failure))
        except TimeoutError:
            error = f"the answer had not ended after {self.timeout * 4:g} s"
        except _GiantError:
            error = f"the answer was cut off at {_LARGEST:,} bytes"
        name = number if tries == 1 else f"{number}.{tries}"
        exchange = Exchange(name, request, url, response, error, started, time.perf_counter() - clock, tries, generated)
        self._make_way(exchange, begun)
        self.budget.settle(exchange, reserved)
        self.record(exchange)
        return exchange

    def _make_way(self, exchange: Exchange, begun: float) -> None:
        """Let everybody wait when a service asks for that: as long as it says, else longer each time that a pause was too short."""
        if (asked := _asked(exchange)) is not None:
            self._not_before = max(self._not_before, time.monotonic() + min(asked, _PATIENCE))
        elif exchange.response is not None and exchange.response.status == 429:
            # One burst is one complaint; and who never answered anything else will not by waiting.
            if self._answered and begun >= self._not_before:
                self._pause = min(max(self._pause * 2, _PAUSES[0]), _PAUSES[1])
                self._not_before = time.monotonic() + self._pause
        elif not exchange.unavailable:
            self._answered, self._pause = True, 0.0

    async def _answer(self, client: httpx.AsyncClient, request: httpx.Request) -> Response:
        answer = await client.send(request, stream=True)
        try:
            parts, size = [], 0
            async for part in answer.aiter_bytes():
                parts.append(part)
                size += len(part)
                if size > _LARGEST:
                    raise _GiantError
        finally:
            await answer.aclose()
        return Response(
            answer.status_code,
            tuple((self._hide(name.decode("latin-1")), self._hide(value.decode("latin-1"))) for name, value in answer.headers.raw),
            self._hide_bytes(b"".join(parts)),
        )

    def _hide(self, text: str) -> str:
        for secret in self.secrets.values():
            text = redact_text(text, secret)
        return text

    def _hide_bytes(self, data: bytes) -> bytes:
        for secret in self.secrets.values():
            data = redact(data, secret)
        return data


def expand(value: str, secrets: Mapping[str, str]) -> str:
    """Put secrets into a header value, as a shell would."""

    def put(match: re.Match[str]) -> str:
        secret = secrets.get(match["bare"] or match["braced"] or match["turned"])
        if secret is None:
            return match[0]
        return secret[::-1] if match["turned"] else _EXPANDED[match["how"]](secret)

    return _EXPANSION.sub(put, value).strip()


class _GiantError(Exception):
    """An answer is larger than any rerank answer."""


def _base(number: str) -> str:
    """Return an exchange's id without the number of its try."""
    return number.partition(".")[0]


def _words(failure: httpx.HTTPError) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(failure):
        return f"the certificate is not one to trust ({failure}); a target's ca_file names others"
    kinds = {
        httpx.ProxyError: "the proxy let nothing through",
        httpx.ConnectError: "no connection could be made",
        httpx.ConnectTimeout: "the connection timed out",
        httpx.ReadTimeout: "no answer came in time",
        httpx.RemoteProtocolError: "the connection was cut, or the answer was no HTTP",
        httpx.ReadError: "the connection was cut",
        httpx.WriteError: "the connection was cut while sending",
    }
    told = next((words for kind, words in kinds.items() if isinstance(failure, kind)), type(failure).__name__)
    return f"{told} ({failure})" if str(failure) else told


def _asked(exchange: Exchange | None) -> float | None:
    """Return for how many seconds an unavailable service asks to be left alone, or None."""
    if exchange is None or exchange.response is None or not exchange.unavailable:
        return None
    return _retry_after(exchange.response)


def _retry_after(response: Response) -> float | None:
    """Return the seconds that a Retry-After header asks for, given in seconds or as a date."""
    value = response.header("retry-after")
    if value is None:
        return None
    if re.fullmatch(r"[0-9]+", value.strip()):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
