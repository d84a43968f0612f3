"""Any two faults of the mock together: two causes, each naming its own clause. Played in this process, without a socket."""

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatchcase
from functools import cache
from itertools import combinations
from multiprocessing import get_context

from attrs import define, evolve, field, frozen

from conformance.contract import Contract, load
from conformance.exchange.redaction import redact, redact_text
from conformance.exchange.sender import expand
from conformance.mock.app import App, Call
from conformance.mock.faults import Fault, faults
from conformance.mock.rules import Rules
from conformance.model.cause import Cause
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.run import Run
from conformance.running import End, Found, Ledger, Plan, Settings, Target, judged, plan

_KEY = "mock-key"
_TRIES = 3
# Rounds in which is asked what answers made worth asking.
_ROUNDS = 8
_SERVER_ERROR = 500
_AGAIN = 1_000_000


@frozen
class PairResult:
    """Two faults, and the causes of a run against both.

    `first` and `second` are the ids of the causes that name a clause which the fault breaks.
    """

    faults: tuple[str, str]
    causes: tuple[Cause, ...]
    first: frozenset[str]
    second: frozenset[str]
    hidden: bool

    @property
    def told(self) -> bool:
        """Whether each fault has a cause of its own."""
        return bool(self.first and self.second) and len(self.first | self.second) > 1

    @property
    def exact(self) -> bool:
        """Whether the two causes are all there are."""
        return self.told and len(self.causes) == 2


@frozen
class Pairs:
    """All pairs that were played."""

    contract: str
    rows: tuple[PairResult, ...]

    @property
    def shown(self) -> list[PairResult]:
        """The pairs of which both faults can be seen: neither hides the other, and they do not break one and the same clause alone."""
        return [row for row in self.rows if not row.hidden]


def play(contract: Contract, names: Sequence[str]) -> Run:
    """Judge a mock with some faults, by a plan of smoke."""
    target, the_plan = _prepared(contract)
    rules = Rules(contract, _KEY)
    for name in names:
        _catalogue(contract)[name].apply(rules)
    ledger, play_once = Ledger(the_plan.kit), _Stage(App(rules), target)
    left = {request.key: request for request in (the_plan.kit.control, *the_plan.requests)}
    for tries in range(1, _TRIES + 1):
        if tries > 1:
            # An answer between two tries tells a request that is never answered from an outage.
            ledger.record(play_once(evolve(the_plan.kit.control, repeat=_AGAIN + tries), 1))
        asked = [play_once(request, tries) for request in left.values()]
        for exchange in asked:
            ledger.record(exchange)
        left = {
            exchange.request.key: exchange.request
            for exchange in asked
            if exchange.unavailable or not _settled(exchange)
        }
        if not left:
            break
    for _ in range(_ROUNDS):
        known = {exchange.request.key for exchange in ledger.exchanges}
        wanted = [request for request in the_plan.more(ledger.evidence) if request.key not in known]
        for request in wanted:
            ledger.record(play_once(request, 1))
        if not wanted:
            break
    return judged(target, Settings(), the_plan, ledger, Found(End.COMPLETE, 1.0), 0.0)


@define
class _Stage:
    """Plays requests to an application, numbered in their order; the key never leaves it."""

    app: App
    target: Target
    _numbers: dict[str, int] = field(factory=dict, init=False)
    _clock: int = field(default=0, init=False)

    def __call__(self, request: Request, tries: int) -> Exchange:
        """Return the exchange of one try of a request."""
        self._clock += 1
        number = self._numbers.setdefault(request.key, len(self._numbers) + 1)
        headers = {
            name.lower().encode(): expand(value, self.target.secrets).encode() for name, value in request.headers
        }
        answer = self.app.answer(Call(request.method, self.app.base_path + request.path, headers, request.body))
        response, took = None, 0.001
        if answer is not None:
            took += answer[3]
            response = Response(
                answer[0], tuple((name, redact_text(value, _KEY)) for name, value in answer[1]), redact(answer[2], _KEY)
            )
        return Exchange(
            f"e{number}" if tries == 1 else f"e{number}.{tries}", request, self.target.base_url + request.path,
            response, None if response else "the connection was cut", float(self._clock), took, tries,
        )  # fmt: skip


def _settled(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.status < _SERVER_ERROR


@cache
def _prepared(contract: Contract) -> tuple[Target, Plan]:
    target = Target(
        "mock",
        f"http://127.0.0.1{App(Rules(contract, _KEY)).base_path}",
        contract,
        {contract.key_env or "API_KEY": _KEY},
    )
    return target, plan(target, Settings())


@cache
def _catalogue(contract: Contract) -> Mapping[str, Fault]:
    return faults(contract)


@cache
def _loaded(name: str) -> Contract:
    return load(name)


def row(contract: Contract, one: str, other: str) -> PairResult:
    """Play two faults together."""
    run = play(contract, (one, other))
    known = _catalogue(contract)
    named = [
        {c for cause in run.causes for c in cause.requirements if fnmatchcase(c, known[name].breaks)}
        for name in (one, other)
    ]
    own = [frozenset(cause.id for cause in run.causes if clauses.intersection(cause.requirements)) for clauses in named]
    hidden = bool(run.notice) or not all(named) or len(named[0] | named[1]) < 2
    return PairResult((one, other), run.causes, own[0], own[1], hidden)


def _job(job: tuple[str, str, str]) -> PairResult:
    return row(_loaded(job[0]), job[1], job[2])


def chosen(contract: Contract, sample: int, seed: int = 0) -> list[tuple[str, str]]:
    """Return pairs of faults: so many drawn at random, or all for 0."""
    everything = list(combinations(faults(contract), 2))
    return random.Random(seed).sample(everything, sample) if 0 < sample < len(everything) else everything


def measure(
    name: str,
    *,
    jobs: int,
    sample: int = 0,
    seed: int = 0,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> Pairs:
    """Play pairs of a contract's faults in as many processes as `jobs`."""
    pairs = chosen(load(name), sample, seed)
    rows = []
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for found in pool.map(_job, [(name, *pair) for pair in pairs], chunksize=8):
            rows.append(found)
            advance(len(rows), len(pairs))
    return Pairs(name, tuple(rows))
