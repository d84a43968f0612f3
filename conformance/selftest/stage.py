"""The suite against the mock in this process, without a socket: three times as fast, and with a clock of its own."""

import time
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Protocol

from attrs import define, evolve, field

from conformance.contract import Contract, load
from conformance.exchange.arrival import Arrival
from conformance.exchange.ceiling import Ceilings
from conformance.exchange.environment import MOCK_KEY
from conformance.exchange.sender import expand
from conformance.mock.app import App, Call
from conformance.mock.faults import Fault, faults
from conformance.mock.rules import Rules
from conformance.model.exchange import SERVER_ERROR, Exchange, Request
from conformance.model.run import Run
from conformance.running import End, Found, Ledger, Plan, Settings, Target, judged, plan

_TRIES = 3
# Rounds in which is asked what answers made worth asking.
_ROUNDS = 8
_AGAIN = 1_000_000
_CEILINGS = Ceilings()
_SMOKE = Settings()


class Application(Protocol):
    """What is played: it answers calls below a path, as the mock's application does."""

    base_path: str

    def answer(self, call: Call) -> tuple[int, list[tuple[str, str]], bytes, float] | None:
        """Return status, headers, body and delay in seconds, or None to cut the connection."""


def play(contract: Contract, names: Iterable[str] = (), rules: Rules | None = None, settings: Settings = _SMOKE) -> Run:
    """Judge a mock with some faults, or one of other rules, by a plan; of smoke unless settings say otherwise."""
    rules = rules or Rules(contract, MOCK_KEY)
    for name in names:
        catalogue(contract)[name].apply(rules)
    return played(App(rules), contract, settings)


def played(app: Application, contract: Contract, settings: Settings = _SMOKE, key: str = MOCK_KEY) -> Run:
    """Judge any application by a contract, without a socket; no closer look is taken at where it stands."""
    target, the_plan = _prepared(contract, settings, app.base_path, key)
    ledger, play_once = Ledger(the_plan.kit, expected=the_plan.expected), _Stage(app, target)
    control = the_plan.kit.control
    _ask(ledger, play_once, control, (control, *the_plan.requests))
    isolation = _look_closer(the_plan, ledger, play_once, settings.isolation)
    tried: set[str] = set()
    while left := the_plan.left(tried, ledger.asked, ledger.evidence):
        tried |= {request.key for request in left}
        _ask(ledger, play_once, control, left)
        isolation = _look_closer(the_plan, ledger, play_once, isolation)
    return judged(target, settings, the_plan, ledger, Found(End.COMPLETE, 1.0), 0.0)


def _look_closer(the_plan: Plan, ledger: Ledger, play_once: "_Stage", besides: int) -> int:
    """Ask what answers make worth asking, and again what surprises; return how many may still be asked to isolate what is found."""
    for number in range(_ROUNDS):
        for tries in range(2, _TRIES + _ROUNDS):
            doubtful = list(ledger.passing.doubtful())
            for request in doubtful:
                ledger.record(play_once(request, 100 * number + tries))
            if not doubtful:
                break
        known = {exchange.request.key for exchange in ledger.exchanges}
        wanted = [request for request in the_plan.more(ledger.asked, ledger.evidence) if request.key not in known][
            :besides
        ]
        besides -= len(wanted)
        _ask(ledger, play_once, the_plan.kit.control, wanted)
        if not wanted:
            break
    return besides


def _ask(ledger: Ledger, play_once: "_Stage", control: Request, requests: Iterable[Request]) -> None:
    """Ask each request; once more, and again, what is not answered properly."""
    left = {request.key: request for request in requests}
    for tries in range(1, _TRIES + 1):
        if tries > 1 and left:
            # An answer between two tries tells a request that is never answered from an outage.
            ledger.record(play_once(evolve(control, repeat=_AGAIN + len(ledger.exchanges)), 1))
        asked = [play_once(request, tries) for request in left.values()]
        for exchange in asked:
            ledger.record(exchange)
        left = {
            exchange.request.key: exchange.request
            for exchange in asked
            if exchange.unavailable or exchange.response is None or exchange.response.status >= SERVER_ERROR
        }


@define
class _Stage:
    """Plays requests to an application, numbered in their order; the key never leaves it."""

    app: Application
    target: Target
    _numbers: dict[str, int] = field(factory=dict, init=False)
    # A true date in an answer is near the clock by which it was asked.
    _clock: int = field(factory=lambda: int(time.time()), init=False)

    def __call__(self, request: Request, tries: int) -> Exchange:
        """Return the exchange of one try of a request."""
        self._clock += 1
        number = self._numbers.setdefault(request.key, len(self._numbers) + 1)
        headers = {
            name.lower().encode(): expand(value, self.target.secrets).encode() for name, value in request.headers
        }
        path, _, query = (self.app.base_path + request.path).partition("?")
        answer = self.app.answer(Call(request.method, path, headers, request.body, query, request.version))
        response, took = None, 0.001
        if answer is not None:
            took += answer[3]
            arrival, ceiling = Arrival(), _CEILINGS.body_for(len(request.body))
            fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer[1]]
            arrival.begin(answer[0], fields, _CEILINGS)
            arrival.take(answer[2], ceiling)
            response = arrival.response(None, ceiling, list(self.target.secrets.values()), stranger=request.keyless)
        return Exchange(
            f"e{number}" if tries == 1 else f"e{number}.{tries}", request, self.target.base_url + request.path,
            response, None if response else "the connection was cut", float(self._clock), took, tries,
        )  # fmt: skip


@cache
def _prepared(contract: Contract, settings: Settings, base_path: str, key: str) -> tuple[Target, Plan]:
    target = Target("mock", f"http://127.0.0.1{base_path}", contract, {contract.key_env or "API_KEY": key})
    return target, plan(target, settings)


@cache
def catalogue(contract: Contract) -> Mapping[str, Fault]:
    """Return the faults of a contract, drawn up once in a process."""
    return faults(contract)


@cache
def loaded(name: str) -> Contract:
    """Return a contract, read once in a process."""
    return load(name)
