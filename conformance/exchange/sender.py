"""The sender: carries requests and notes what came back. It knows nothing of requirements."""

import asyncio
import itertools
import math
import re
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from email.utils import parsedate_to_datetime
from functools import lru_cache, partial

import httpx
from attrs import define, evolve, field

from conformance.exchange.address import loopback
from conformance.exchange.arrival import Arrival, apart, as_it_came
from conformance.exchange.budget import Budget, BudgetSpentError, Purpose, TooDearError
from conformance.exchange.ceiling import Ceilings
from conformance.exchange.environment import trusted
from conformance.exchange.older import spoken
from conformance.exchange.pace import Pace
from conformance.exchange.redaction import quiet_logs, redact_text
from conformance.exchange.weather import Weather
from conformance.exchange.wire import Wire
from conformance.model.exchange import HTTP, NO_HTTP, SERVER_ERROR, Exchange, Request, Response

_EXPANSION = re.compile(r"\$(?:(?P<bare>\w+)|\{(?P<braced>\w+)(?P<how>%\?|~~|/\?/x)?\}|\(rev <<<\$(?P<turned>\w+)\))")
_EXPANDED: dict[str | None, Callable[[str], str]] = {
    None: lambda secret: secret,
    "%?": lambda secret: secret[:-1],
    "~~": str.swapcase,
    "/?/x": lambda secret: f"x{secret[1:]}",
}
# A Retry-After longer than this, in seconds, is not waited for.
_PATIENCE = 30.0
# Pauses in seconds before the control is asked once more: of a service that answered before, and of one that never did.
_OUTAGE = (0.5, 1.0, 2.0, 4.0, 8.0)
_START = (0.25, 0.5, 1.0, 2.0)
# Pauses before each round in which is asked again what got no proper answer; the last one goes on.
_ROUNDS = (0.1, 0.3, 0.6, 1.0)
# So many 429s to one request in a row, while nothing else is answered, and nothing will be.
_REFUSALS = 10
# So many unanswered requests in a row make the sender ask whether anybody is there.
_IN_A_ROW = 6
_GENERATED = 1_000
# Chunks of a body that goes out in chunks.
_PIECES = 3
# Controls that are asked beside others are told from the planned one by a number above this.
_CONTROLS = 1_000_000
# What a library makes of bytes that it did not expect, which is not the suite's end.
_ODD = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError, httpx.InvalidURL)
_NO_CONNECTION = "no connection could be made"
# How h11 and httpcore say that a server closed a connection too early; all else that breaks the protocol is what it sent.
_CLOSED = re.compile(r"disconnected|closed")


@define(slots=False, eq=False)
class Sender:
    """Carries requests to one base URL, each distinct one once, several at a time, at the pace that the service takes.

    `secrets` maps variable names to what the sender puts in their place on the
    wire; they are taken out of whatever comes back, but for what is `known` (see `redact`). `timeout` is in seconds, for a
    whole call; `attempts` bounds the tries of one request, 429 aside; `rate` is
    in requests a minute, evenly spaced. `proxy` is a URL, `ca_file` holds the
    certificates to trust in place of the usual ones. `record` is called with
    each exchange as it happens, retried ones too; `recall` may return the
    exchange of an earlier recording by its request's key. `control` is asked
    when many requests in a row went unanswered: if it is not answered either, `gone` is
    set (`limited` where it is refused with 429 alone) and nothing more is sent; nor is it once `closed` is set. Where what
    answers the control breaks HTTP, a proper refusal of the `witness` shows that somebody is there. `tell` is called with sentences for a person who waits.
    """

    base_url: str
    secrets: Mapping[str, str] = field(factory=dict, repr=False)
    known: bytes = field(default=b"", kw_only=True, repr=False)
    concurrency: int = 8
    timeout: float = 30.0
    attempts: int = 10
    rate: float | None = None
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    budget: Budget = field(factory=Budget)
    control: Request | None = None
    witness: Request | None = None
    record: Callable[[Exchange], None] = field(default=lambda _exchange: None, repr=False)
    recall: Callable[[str], Exchange | None] = field(default=lambda _key: None, repr=False)
    ceilings: Ceilings = field(factory=Ceilings)
    tell: Callable[[str], None] = field(default=lambda _sentence: None, repr=False)
    exchanges: dict[str, Exchange] = field(factory=dict, init=False, repr=False)
    gone: bool = field(default=False, init=False)
    limited: bool = field(default=False, init=False)
    closed: bool = field(default=False, init=False)
    numbered: int = field(default=0)
    weather: Weather = field(factory=Weather, init=False, repr=False)
    pace: Pace = field(init=False, repr=False)
    _waiting: int = field(default=0, init=False)
    _generated: OrderedDict[str, Exchange] = field(factory=OrderedDict, init=False, repr=False)
    _unanswered: int = field(default=0, init=False)
    _asking: asyncio.Lock = field(factory=asyncio.Lock, init=False, repr=False)
    _recording: asyncio.Lock = field(factory=asyncio.Lock, init=False, repr=False)
    _answered: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin at the pace that was asked for."""
        self.pace = Pace(self.concurrency, self.rate / 60 if self.rate else None, _PATIENCE, self._paced)

    @property
    def over(self) -> bool:
        """Whether nothing more is sent."""
        return self.gone or self.limited or self.closed

    def _paced(self, rate: float) -> None:
        left = self._waiting
        words = f"The service takes about {rate:.2g} requests a second; {left} are left, which takes about {math.ceil(left / rate)} s."
        self.tell(words)

    @asynccontextmanager
    async def wire(self) -> AsyncIterator[Wire]:
        """Open connections, to be used within one event loop; raises OSError for a CA file that cannot be read."""
        make = partial(
            httpx.AsyncClient,
            timeout=self.timeout,
            limits=httpx.Limits(max_connections=1),
            follow_redirects=False,
            proxy=self.proxy,
            # Proxies of the environment are for other machines.
            trust_env=not loopback(self.base_url),
            verify=trusted((self.base_url, self.proxy or ""), self.ca_file),
            event_hooks={"response": [as_it_came]},
        )
        with quiet_logs(self.secrets.values()):
            async with Wire(make) as wire:
                yield wire

    async def send(
        self,
        wire: Wire,
        requests: Iterable[Request],
        arrived: Callable[[], None] = lambda: None,
        purpose: Purpose = Purpose.PLANNED,
        meanwhile: Iterable[None] = (),
    ) -> None:
        """Send the requests that were not sent yet, in their order as far as concurrency lets them.

        Returns when all are answered, the budget is spent, or the service is
        gone; `arrived` is called after each. What got no proper answer is asked again, between answers
        to others, until it gets one, or no outage explains why not. `meanwhile` is gone through step by step when the
        last one is out: whoever only waits for answers may as well do what comes after them.
        The exchanges are in `exchanges`, by the request's key.
        """
        waiting = {request.key: request for request in requests if request.key not in self.exchanges}
        self._waiting = len(waiting)

        async def one(request: Request) -> None:
            known = self.recall(request.key)
            if known is not None and known.proper:
                self.exchanges[request.key] = known
            else:
                self.exchanges[request.key] = await self._exchange(wire, request, purpose)
            self._waiting -= 1
            arrived()
            await self._watch(wire, self.exchanges[request.key])

        await self._side_by_side(waiting.values(), one, meanwhile)
        await self._insist(wire, waiting)

    async def _side_by_side(
        self, requests: Iterable[Request], one: Callable[[Request], Awaitable[None]], meanwhile: Iterable[None] = ()
    ) -> None:
        queue = deque(requests)

        async def rest() -> None:
            for _ in meanwhile:
                await asyncio.sleep(0)

        async def work() -> None:
            while queue:
                request = queue.popleft()
                if not queue:
                    group.create_task(rest())
                async with self._asking:
                    # Nobody begins anything while it is asked whether the service is there.
                    if self.over:
                        return
                try:
                    await one(request)
                except BudgetSpentError:
                    return
                except (TooDearError, UnchangedKeyError):
                    continue

        async with asyncio.TaskGroup() as group:
            for _ in range(self.concurrency):
                group.create_task(work())

    async def again(self, wire: Wire, requests: Sequence[Request]) -> None:
        """Ask once more what was answered; nothing where a request has one try alone."""
        if self.attempts > 1:
            await self._side_by_side(requests, partial(self._once_more, wire))
            await self._insist(wire, (request.key for request in requests))

    async def _once_more(self, wire: Wire, request: Request) -> None:
        # Of a recording that is gone on with, what is asked again may not have had its turn yet.
        before = self.exchanges.get(request.key) or self.recall(request.key)
        self.exchanges[request.key] = await self._exchange(wire, request, Purpose.AGAIN, before)
        await self._watch(wire, self.exchanges[request.key])

    async def _insist(self, wire: Wire, keys: Iterable[str]) -> None:
        """Ask again, in rounds, what got no proper answer; before each round the control shows that somebody is there."""
        keys = tuple(keys)
        for number in range(self.attempts - 1):
            held = [self.exchanges[key] for key in keys if key in self.exchanges]
            left = [exchange.request for exchange in held if self._doubtful(exchange)]
            if not left or self.over:
                return
            await self._rest(_ROUNDS[min(number, len(_ROUNDS) - 1)])
            if not await self._there(wire):
                return
            await self._side_by_side(left, partial(self._once_more, wire))

    def _doubtful(self, exchange: Exchange) -> bool:
        return not exchange.proper and not self.weather.persistent(exchange.request.key)

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
                    if self.over:
                        return None
                    try:
                        known = await self._insisted(opened, request)
                    except (BudgetSpentError, TooDearError):
                        return None
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

    async def _insisted(self, wire: Wire, request: Request) -> Exchange:
        exchange = await self._exchange(wire, request, Purpose.PLANNED, generated=True)
        for _ in range(self.attempts - 1):
            if self.over or not self._doubtful(exchange):
                break
            try:
                if not await self._there(wire):
                    break
                exchange = await self._exchange(wire, request, Purpose.AGAIN, exchange, generated=True)
            except (BudgetSpentError, TooDearError):
                break
        return exchange

    async def _watch(self, wire: Wire, exchange: Exchange) -> None:
        """Notice when the service is away: much unanswered in a row."""
        self._unanswered = self._unanswered + 1 if exchange.unavailable else 0
        if self._unanswered < _IN_A_ROW or self.control is None:
            return
        async with self._asking:
            if not self.over and self._unanswered >= _IN_A_ROW:
                await self._there(wire)

    async def _there(self, wire: Wire) -> bool:
        """Ask the control until it is answered; whether it was. When it is not for long, the service is gone."""
        if self.control is None:
            return not self.over
        pauses, began = (_OUTAGE if self._answered else _START), time.monotonic()
        for number, pause in enumerate((0.0, *pauses)):
            await self._rest(pause)
            try:
                asked = await self._exchange(wire, self._numbered(self.control), Purpose.AGAIN)
                if asked.mangled and self.witness is not None:
                    asked = await self._exchange(wire, self._numbered(self.witness), Purpose.AGAIN)
            except (BudgetSpentError, TooDearError):
                return False
            if not asked.unavailable:
                if number:
                    # It was away: whoever waited does not come back all at once.
                    self.pace.slow_start()
                self._unanswered = 0
                return True
            nobody = asked.response is None and not self._answered and (asked.error or "").startswith(_NO_CONNECTION)
            if self.over or (nobody and number) or time.monotonic() - began > max(_PATIENCE, 2 * self.timeout):
                break
        self.limited = self.limited or asked.limited
        self.gone = not self.limited
        return False

    def _numbered(self, request: Request) -> Request:
        """Return a request as it is asked beside the others."""
        return evolve(request, repeat=_CONTROLS + self.numbered)

    async def _rest(self, seconds: float) -> None:
        await asyncio.sleep(max(min(seconds, self.budget.deadline - time.monotonic()), 0.0))

    async def _exchange(
        self, wire: Wire, request: Request, purpose: Purpose, before: Exchange | None = None, *, generated: bool = False
    ) -> Exchange:
        """Ask until the answer is no 429, which says nothing of the request; `before` is its last try."""
        if before is None:
            self.numbered += 1
        number, tries = (before.id.partition(".")[0], before.attempts) if before else (f"e{self.numbered}", 0)
        exchange: Exchange | None = None
        answered = self._answered
        for refusals in itertools.count(1):
            which, why = (number, tries + refusals), purpose if refusals == 1 else Purpose.AGAIN
            try:
                exchange = await self._once(wire, request, which, why, generated=generated)
            except (BudgetSpentError, TooDearError):
                # What a spent budget keeps from being tried again was asked all the same.
                if exchange is None:
                    raise
                return exchange
            if not exchange.limited or self.attempts == 1:
                return exchange
            asked = _asked(exchange)
            if refusals >= _REFUSALS or (asked or 0.0) > _PATIENCE or self.pace.weather:
                self.limited = self.limited or (refusals >= _REFUSALS and self._answered == answered)
                return exchange
        raise AssertionError

    async def _once(
        self, wire: Wire, request: Request, which: tuple[str, int], purpose: Purpose, *, generated: bool = False
    ) -> Exchange:
        number, tries = which
        headers = [(name.encode(), expand(value, self.secrets).encode()) for name, value in request.headers]
        reserved = self.budget.admit(request, purpose)
        if not await self.pace.turn(self.budget.deadline):
            self.budget.release(reserved, purpose)
            self.budget.late()
            raise BudgetSpentError
        url = self.base_url + request.path
        started, clock, begun = time.time(), time.perf_counter(), time.monotonic()
        response, error = None, None
        arrival = Arrival()
        patience = min(self.timeout, self.budget.deadline - begun)
        try:
            # One bound on the whole call, for an answer that drips.
            async with asyncio.timeout(patience):
                async with wire.client(new=request.version != HTTP) as client:
                    await arrival.read(client, _outgoing(request, url, headers), self.ceilings, len(request.body))
                    if arrival.status >= SERVER_ERROR:
                        # Many servers cut a connection behind such an answer, and the next request on it would seem to break them.
                        await client.aclose()
        except httpx.HTTPError as failure:
            error = self._hide(_words(failure))
        except TimeoutError:
            error = f"the answer had not ended after {patience:.3g} s"
            if patience < self.timeout:
                self.budget.late()
        except _ODD as failure:
            error = self._hide(f"the answer could not be read ({type(failure).__name__}: {failure})")
        finally:
            self.pace.ended()
        elapsed = time.perf_counter() - clock
        if arrival.status:
            ceiling = self.ceilings.body_for(len(request.body))
            known = self.known + request.body.lower()
            secrets, stranger = self.secrets.values(), request.keyless
            response = await apart(
                arrival.size, lambda: arrival.response(error, ceiling, secrets, known, stranger=stranger)
            )
            error = None
        name = number if tries == 1 else f"{number}.{tries}"
        exchange = Exchange(name, request, url, response, error, started, elapsed, tries, generated)
        self._take_notice(exchange, begun)
        self.budget.settle(exchange, reserved)
        async with self._recording:
            await apart(arrival.size, lambda: self.record(exchange))
        return exchange

    def _take_notice(self, exchange: Exchange, begun: float) -> None:
        """Let the weather and the pace know of an exchange."""
        self.weather.add(exchange)
        asked = _asked(exchange)
        if exchange.limited:
            self.pace.refused(begun, asked)
        elif exchange.unavailable:
            if asked is not None:
                self.pace.wait(asked)
        else:
            self._answered += 1
            self.pace.passed()

    def _hide(self, text: str) -> str:
        for secret in self.secrets.values():
            text = redact_text(text, secret)
        return text


def _outgoing(request: Request, url: str, headers: list[tuple[bytes, bytes]]) -> httpx.Request:
    """Return a request for the wire; one whose headers say so goes out in chunks, its length untold."""
    if request.version != HTTP:
        # The older version keeps no connection, and knows no chunks.
        speaking = {"trace": spoken(request.version)}
        return httpx.Request(request.method, _parsed(url), headers=headers, content=request.body, extensions=speaking)
    if (request.header("transfer-encoding") or "").lower() != "chunked":
        return httpx.Request(request.method, _parsed(url), headers=headers, content=request.body)

    async def pieces() -> AsyncIterator[bytes]:
        step = max(len(request.body) // _PIECES, 1)
        for start in range(0, len(request.body), step):
            yield request.body[start : start + step]

    return httpx.Request(request.method, _parsed(url), headers=headers, content=pieces())


# Few requests go to a path of their own.
_parsed = lru_cache(64)(httpx.URL)


class UnchangedKeyError(Exception):
    """A key that was to be sent changed is the same: it has no letters, or reads backwards as forwards."""


def expand(value: str, secrets: Mapping[str, str]) -> str:
    """Put secrets into a header value, as a shell would; raises UnchangedKeyError where a change to one changes nothing."""

    def put(match: re.Match[str]) -> str:
        secret = secrets.get(match["bare"] or match["braced"] or match["turned"])
        if secret is None:
            return match[0]
        changed = secret[::-1] if match["turned"] else _EXPANDED[match["how"]](secret)
        if changed == secret and (match["turned"] or match["how"]):
            raise UnchangedKeyError
        return changed

    return _EXPANSION.sub(put, value).strip()


def _words(failure: httpx.HTTPError) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(failure):
        return f"the certificate is not one to trust ({failure}); a target's ca_file names others"
    kinds = {
        httpx.ProxyError: "the proxy let nothing through",
        httpx.ConnectError: _NO_CONNECTION,
        httpx.ConnectTimeout: "the connection timed out",
        httpx.ReadTimeout: "no answer arrived in time",
        httpx.RemoteProtocolError: "the connection was cut" if _CLOSED.search(str(failure)) else NO_HTTP,
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
    except (ValueError, OverflowError, TypeError):
        return None
