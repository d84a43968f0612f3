"""One run: a plan of probes, sent; what came back, judged."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from attrs import define, field, frozen

from conformance.causes import causes
from conformance.causes.dialect import hints
from conformance.contract import Contract
from conformance.drift.collector import Collector
from conformance.exchange.budget import Budget
from conformance.exchange.journal import Journal
from conformance.exchange.sender import Sender
from conformance.model.deviation import Deviation
from conformance.model.exchange import Exchange, Headers, Request
from conformance.model.exit import Exit
from conformance.model.run import Run
from conformance.model.verdict import Observation
from conformance.probes.kit import Kit
from conformance.probes.pinned import pinned
from conformance.probes.probe import Expect, Probe
from conformance.probes.tokens import Meter
from conformance.requirements.catalogue import requirements, single_checks
from conformance.requirements.evidence import Evidence
from conformance.requirements.expectation import outcome
from conformance.requirements.generated import ALLOWED, FORBIDDEN, generated_requirements
from conformance.requirements.observations import observe, questions
from conformance.requirements.requirement import Requirement
from conformance.requirements.tally import Tally
from conformance.trial import attempt, is_trial
from conformance.verdict.standing import standings
from conformance.verdict.weigh import exit_status, weigh

_UNAUTHORISED = {401, 403}
LIMITS = {"smoke": 150, "nightly": 500, "deep": 20_000}
# To see a fault that shows in one answer of twenty with 99 % certainty takes ninety answers that could show it.
_SOAK = 95


class EmptySelectionError(ValueError):
    """No requirement is left to judge."""


class End(StrEnum):
    """How sending ended."""

    COMPLETE = "complete"
    GONE = "gone"
    INTERRUPTED = "interrupted"
    KILLED = "killed"


_NOTICES = {
    End.GONE: "The service stopped answering, a plain lawful request too; the run was stopped early.",
    End.INTERRUPTED: "The run was interrupted; `rerank-conformance run --resume` goes on with its folder.",
    End.KILLED: "The recording breaks off without an end; `rerank-conformance run --resume` goes on with its folder.",
}


@frozen
class Target:
    """An endpoint: where it is, its contract, its key, and what is known of it.

    `secrets` maps names of environment variables to values that go out and
    must not be written; `key_env` names the one that is the key (default: the
    contract's). `models` replaces the contract's list. `timeout` is in seconds,
    `rate` in requests a minute; `proxy` is a URL, `ca_file` a file of certificates to trust;
    `deviations` are those known of the service.
    """

    name: str
    base_url: str
    contract: Contract
    secrets: Mapping[str, str] = field(factory=dict, repr=False)
    models: tuple[str, ...] = ()
    headers: Headers = ()
    concurrency: int = 8
    timeout: float = 30.0
    key_env: str | None = None
    rate: float | None = None
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    deviations: tuple[Deviation, ...] = ()

    @property
    def variable(self) -> str | None:
        """Name of the variable that stands for the key in requests."""
        return self.key_env or self.contract.key_env

    @property
    def kit(self) -> Kit:
        """What probes are made from."""
        return Kit(self.contract, self.models, self.headers, self.key_env)

    def sender(self, **more: Any) -> Sender:
        """Return a sender that keeps to what the target asks for; `more` are further fields of it."""
        return Sender(self.base_url, self.secrets, self.concurrency, self.timeout, rate=self.rate, proxy=self.proxy, ca_file=self.ca_file, **more)


@frozen
class Settings:
    """What a run is asked to do: profile, selection by globs on ids, budget and seed; `strict` knows no deviation."""

    profile: str = "smoke"
    select: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    max_requests: int | None = None
    max_tokens: int | None = None
    max_time_s: float | None = None
    seed: int = 0
    strict: bool = False

    @property
    def requests(self) -> int:
        """How many requests may go out, retries too."""
        return LIMITS[self.profile] if self.max_requests is None else self.max_requests

    def selected(self, name: str) -> bool:
        """Whether the settings choose an id."""
        wanted = not self.select or any(fnmatchcase(name, glob) for glob in self.select)
        return wanted and not any(fnmatchcase(name, glob) for glob in self.deselect)

    @property
    def fuzzes(self) -> bool:
        """Whether requests are generated."""
        return self.profile != "smoke" and any(self.selected(clause.id) for clause in (ALLOWED, FORBIDDEN))


@define(slots=False, eq=False)
class Plan:
    """Which requirements are judged and which requests that needs, cheapest knowledge first."""

    kit: Kit
    settings: Settings
    known: tuple[Deviation, ...] = ()
    clauses: frozenset[str] = field(init=False)
    requirements: tuple[Requirement, ...] = field(init=False)
    requests: tuple[Request, ...] = field(init=False)
    probes: tuple[Probe, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Derive the requirements and order their probes."""
        everything = requirements(self.kit)
        self.clauses = frozenset(item.clause.id for item in (*everything, *generated_requirements()))
        if self.settings.fuzzes:
            everything = (*everything, *generated_requirements())
        self.requirements = tuple(item for item in everything if self.settings.selected(item.clause.id))
        if not self.requirements:
            msg = "No requirement is left by --select and --deselect; `rerank-conformance requirements` lists their ids."
            raise EmptySelectionError(msg)
        # A check of single answers has no probes of its own: it reads off everybody's.
        borrowed = everything if any(not item.probes for item in self.requirements) else self.requirements
        asked = [probe for item in borrowed for probe in item.probes]
        asked += [question.probe for question in questions(self.kit) if self.settings.selected(question.id)]
        if self.settings.profile == "smoke":
            asked = [probe for probe in asked if probe.core]
        else:
            from conformance.fuzz import soak

            asked += soak(self.kit, _SOAK, self.settings.seed)
            asked += [probe for _, probe in pinned(self.kit)]
        first: dict[str, Probe] = {}
        # What a class of values needs comes before what repeats it.
        for probe in sorted(asked, key=lambda probe: (not probe.core, probe.priority)):
            first.setdefault(probe.request.key, probe)
        self.probes = tuple(first.values())
        self.requests = tuple(probe.request for probe in self.probes)

    @property
    def lawful(self) -> tuple[Request, ...]:
        """The requests that the contract says must be taken, likeliest first."""
        return tuple(probe.request for probe in self.probes if probe.expect is Expect.ACCEPT)


def plan(target: Target, settings: Settings) -> Plan:
    """Return what a run would ask; raises EmptySelectionError."""
    return Plan(target.kit, settings, () if settings.strict else target.deviations)


@define(slots=False, eq=False)
class Ledger:
    """All that was seen in a run: planned exchanges as they are, generated ones as a tally."""

    kit: Kit
    journal: Journal | None = None
    known: tuple[Deviation, ...] = ()
    requests: int = field(default=0, init=False)
    tokens: int = field(default=0, init=False)
    exchanges: list[Exchange] = field(factory=list, init=False, repr=False)
    trials: list[Exchange] = field(factory=list, init=False, repr=False)
    tally: Tally = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing."""
        self.tally = Tally(self.kit, single_checks(self.kit.contract), self.known)
        self._meter = Meter(self.kit.contract)
        self.seen = Collector(self.kit.contract, self.kit.models)

    def record(self, exchange: Exchange) -> None:
        """Take in an exchange as it happens, the journal first."""
        if self.journal is not None:
            self.journal.record(exchange)
        self.recall(exchange)

    def recall(self, exchange: Exchange) -> None:
        """Take in an exchange that was recorded earlier."""
        self.requests += 1
        if is_trial(exchange):
            self.trials.append(exchange)
            return
        self.tokens += self._meter.charge(exchange)
        self.seen.add(exchange)
        if exchange.generated:
            self.tally.add(exchange)
        else:
            self.exchanges.append(exchange)

    @property
    def evidence(self) -> Evidence:
        """What the judges read."""
        return Evidence(self.kit.contract, self.exchanges, self.kit.control, self.tally)


@frozen
class Past:
    """What a resumed run has behind it: the exchanges, how to look one up by its request, when it began, how long it took."""

    exchanges: Callable[[], Any]
    look_up: Callable[[str], Exchange | None]
    started: float
    duration_s: float


def conduct(
    target: Target,
    settings: Settings,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    journal: Journal | None = None,
    past: Past | None = None,
) -> Run:
    """Run the suite against a target and return what was found.

    Every exchange goes to the journal as it happens. Ctrl-C ends the sending:
    what was answered by then is judged, with exit status 130. Raises
    EmptySelectionError, FuzzingUnavailableError, and OSError for a CA file that cannot be read.
    """
    clock = time.perf_counter()
    # A recording's own moment, so that the run has the same id when its folder is judged again.
    begun = journal.started if journal is not None else None
    started, before = (past.started, past.duration_s) if past else (time.time() if begun is None else begun, 0.0)
    the_plan = plan(target, settings)
    if settings.fuzzes:
        from conformance.fuzz import require

        require()
    ledger, meter = Ledger(the_plan.kit, journal, the_plan.known), Meter(target.contract)
    budget = Budget(settings.requests, settings.max_tokens, settings.max_time_s, meter.estimate, meter.charge)
    sender = target.sender(budget=budget, control=the_plan.kit.control, record=ledger.record)
    if past:
        for exchange in past.exchanges():
            ledger.recall(exchange)
            budget.recall(exchange)
            sender.numbered = max(sender.numbered, int(exchange.id.removeprefix("e").partition(".")[0]))
        sender.recall = past.look_up
    end = End.COMPLETE
    try:
        if wait_for(send_all(the_plan, sender, ledger, progress)) and settings.fuzzes and not sender.gone:
            from conformance.fuzz import Fuzzer

            with sender.one_by_one() as send:
                # Shrinking takes requests too; a part is kept for it, and for trying again what went unanswered.
                Fuzzer(the_plan.kit, settings.seed, lambda exchange: exchange.id in ledger.tally.guilty).run(send, int((budget.left or 0) * 0.9))
        if sender.gone:
            end = End.GONE
    except (KeyboardInterrupt, asyncio.CancelledError):
        end = End.INTERRUPTED
    duration = before + time.perf_counter() - clock
    if journal is not None:
        journal.end(end, duration)
    return judged(target, settings, the_plan, ledger, end, started, duration)


def judged(target: Target, settings: Settings, the_plan: Plan, ledger: Ledger, end: End, started: float, duration: float) -> Run:
    """Judge what was recorded; no I/O."""
    evidence = ledger.evidence
    evidence.gone = end is End.GONE
    silent = silence(evidence, target.variable)
    verdicts, away = weigh(the_plan.requirements, evidence, silent=silent, known=the_plan.known)
    observations: tuple[Observation, ...] = () if silent else tuple(o for o in observe(the_plan.kit, evidence) if settings.selected(o.id))
    status = exit_status(verdicts, away, silent=silent)
    if status is Exit.KEPT and end in {End.GONE, End.KILLED}:
        status = Exit.INCONCLUSIVE
    if end is End.INTERRUPTED:
        status = Exit.INTERRUPTED
    return Run(
        target=target.name,
        base_url=target.base_url,
        contract=target.contract.name,
        contract_version=target.contract.version,
        contract_sha256=target.contract.sha256,
        profile=settings.profile,
        seed=settings.seed,
        started=started,
        duration_s=duration,
        requests=ledger.requests,
        exit_code=int(status),
        key_env=target.variable,
        verdicts=tuple(verdicts),
        observations=observations,
        exchanges={exchange.id: exchange for exchange in (*ledger.exchanges, *ledger.tally.held.values(), *ledger.tally.pending.values())},
        tokens=ledger.tokens,
        facts=ledger.seen.facts(),
        notice=" ".join(filter(None, (_NOTICES.get(end, ""), silent))),
        variables=tuple(target.secrets) or ((target.variable,) if target.variable else ()),
        causes=causes(verdicts, evidence.by_id, target.contract),
        hints=() if status is Exit.KEPT else hints(target.contract, target.base_url, evidence.by_id, ledger.trials),
        deviations=standings(the_plan.known, verdicts, the_plan.clauses, datetime.fromtimestamp(started, UTC).date()),
    )


def wait_for(coroutine: Coroutine[Any, Any, bool]) -> bool:
    """Run a coroutine to its end, also where a loop is running already (notebooks, browser tests)."""
    try:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(coroutine)
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, coroutine).result()
    except ExceptionGroup as group:
        # A task group wraps what its first task raised, a full disk for one.
        raise group.exceptions[0] from group


async def send_all(the_plan: Plan, sender: Sender, ledger: Ledger, progress: Callable[[int, int], None]) -> bool:
    """Send the plan, the control first; return whether there is somebody to ask more."""
    control = the_plan.kit.control
    total = len({control.key, *(request.key for request in the_plan.requests)})

    def arrived() -> None:
        progress(len(sender.exchanges), total)

    async with sender.wire() as wire:
        await sender.send(wire, [control], arrived)
        if not ledger.evidence.accepted_any and not _hopeless(sender, control):
            await sender.send(wire, the_plan.lawful[:8], arrived)
        if not ledger.evidence.accepted_any:
            await attempt(the_plan.kit, sender)
            return False
        await sender.send(wire, the_plan.requests, arrived)
        for _ in range(2):
            # Once more, one by one, what went unanswered: an outage passes, a crash on one request does not.
            away = [key for key, exchange in sender.exchanges.items() if exchange.unavailable and key != control.key]
            if not away or sender.gone or len(away) > max(len(sender.exchanges) // 4, 3):
                break
            await sender.again(wire, away)
    return True


def _hopeless(sender: Sender, control: Request) -> bool:
    """Whether asking more would show nothing: nobody there, or nobody let in."""
    exchange = sender.exchanges.get(control.key)
    return exchange is None or exchange.unavailable or (exchange.response is not None and exchange.response.status in _UNAUTHORISED)


def silence(evidence: Evidence, variable: str | None) -> str:
    """Return why nothing can be said of the target, or an empty string."""
    if evidence.accepted_any:
        return ""
    if not evidence.readings:
        return "The budget allows no request."
    first = evidence.of(evidence.control) or evidence.readings[0]
    url = first.exchange.url
    if first.exchange.response is None:
        return f"No answer from {url}: {first.exchange.error}."
    words = outcome(first)
    if first.exchange.unavailable:
        return f"{url} is not available: {words}"
    if first.status in _UNAUTHORISED:
        return f"{url} refused the credentials (set {variable or 'the key'}): {words}"
    return f"{url} accepted no request that the contract allows: {words}"


@frozen
class Cost:
    """What requests may cost if all are taken: tokens, US dollars of those whose model has a price, and how many have none."""

    tokens: int
    usd: float
    priced: int
    unpriced: int


def estimate(target: Target, probes: Sequence[Probe]) -> Cost:
    """Return about what probes may cost."""
    meter = Meter(target.contract)
    prices = [meter.usd(probe.request) for probe in probes if meter.estimate(probe.request)]
    known = [price for price in prices if price is not None]
    return Cost(sum(meter.estimate(probe.request) for probe in probes), sum(known), len(known), len(prices) - len(known))
