"""One run: a plan of probes, sent; what came back, judged."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from typing import Any

from attrs import define, field, frozen

from conformance.contract import Contract
from conformance.exchange.exchange import Exchange, Headers, Request
from conformance.exchange.sender import Sender
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect, Probe
from conformance.requirements.catalogue import requirements
from conformance.requirements.evidence import Evidence
from conformance.requirements.expectation import outcome
from conformance.requirements.observations import observe, questions
from conformance.requirements.requirement import Requirement
from conformance.verdict.run import Run
from conformance.verdict.verdict import Observation
from conformance.verdict.weigh import exit_status, weigh

_UNAUTHORISED = {401, 403}
LIMITS = {"smoke": 150, "nightly": 500, "deep": 20_000}
# To see a fault that shows in one answer of twenty with 99 % certainty takes ninety answers that could show it.
_SOAK = 95


class EmptySelectionError(ValueError):
    """No requirement is left to judge."""


@frozen
class Target:
    """An endpoint: where it is, its contract, its key, and what is known of it.

    `secrets` maps names of environment variables to values that go out and
    must not be written; `models` replaces the contract's list.
    """

    name: str
    base_url: str
    contract: Contract
    secrets: Mapping[str, str] = field(factory=dict, repr=False)
    models: tuple[str, ...] = ()
    headers: Headers = ()
    concurrency: int = 8
    timeout: float = 30.0


@frozen
class Settings:
    """What a run is asked to do: profile, selection by globs on ids, budget and seed."""

    profile: str = "smoke"
    select: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    max_requests: int | None = None
    seed: int = 0


@define(slots=False, eq=False)
class Plan:
    """Which requirements are judged and which requests that needs, cheapest knowledge first."""

    kit: Kit
    settings: Settings
    requirements: tuple[Requirement, ...] = field(init=False)
    requests: tuple[Request, ...] = field(init=False)
    probes: tuple[Probe, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Derive the requirements and order their probes."""
        everything = requirements(self.kit)
        self.requirements = tuple(item for item in everything if self.selected(item.clause.id))
        if not self.requirements:
            msg = "No requirement is left by --select and --deselect; `rerank-conformance requirements` lists their ids."
            raise EmptySelectionError(msg)
        # A check of single answers has no probes of its own: it reads off everybody's.
        borrowed = everything if any(not item.probes for item in self.requirements) else self.requirements
        asked = [probe for item in borrowed for probe in item.probes]
        asked += [question.probe for question in questions(self.kit) if self.selected(question.id)]
        if self.settings.profile == "smoke":
            asked = [probe for probe in asked if probe.core]
        else:
            from conformance.fuzz import soak

            asked += soak(self.kit, _SOAK, self.settings.seed)
        first: dict[str, Probe] = {}
        for probe in sorted(asked, key=lambda probe: probe.priority):
            first.setdefault(probe.request.key, probe)
        self.probes = tuple(first.values())
        self.requests = tuple(probe.request for probe in self.probes)

    def selected(self, name: str) -> bool:
        """Whether the settings choose an id."""
        wanted = not self.settings.select or any(fnmatchcase(name, glob) for glob in self.settings.select)
        return wanted and not any(fnmatchcase(name, glob) for glob in self.settings.deselect)

    def fuzz(self, sender: Sender, budget: int) -> None:
        """Spend what is left of the budget on generated requests; their requirements join the plan's."""
        from conformance.fuzz import Fuzzer

        fuzzer = Fuzzer(self.kit, self.settings.seed)
        with sender.one_by_one() as send:
            # Shrinking takes requests too; a part is kept for it, and for trying again what went unanswered.
            fuzzer.run(send, int((budget - sender.sent) * 0.9))
        self.requirements += tuple(item for item in fuzzer.requirements() if self.selected(item.clause.id))

    @property
    def lawful(self) -> tuple[Request, ...]:
        """The requests that the contract says must be taken, likeliest first."""
        return tuple(probe.request for probe in self.probes if probe.expect is Expect.ACCEPT)


def plan(target: Target, settings: Settings) -> Plan:
    """Return what a run would ask; raises EmptySelectionError."""
    return Plan(Kit(target.contract, target.models, target.headers), settings)


def conduct(target: Target, settings: Settings, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Run:
    """Run the suite against a target and return what was found; raises EmptySelectionError."""
    started, clock = time.time(), time.perf_counter()
    the_plan = plan(target, settings)
    fuzzes = settings.profile != "smoke" and the_plan.selected("fuzz.allowed")
    if fuzzes:
        from conformance.fuzz import require

        require()
    budget = settings.max_requests
    if budget is None:
        budget = LIMITS[settings.profile]
    sender = Sender(target.base_url, target.secrets, target.concurrency, target.timeout, max_requests=budget)
    silent = _await(_send(the_plan, sender, progress))
    if fuzzes and not silent:
        the_plan.fuzz(sender, budget)
    return judged(target, settings, the_plan, list(sender.exchanges.values()), sender.sent, started, time.perf_counter() - clock, silent)


def judged(
    target: Target,
    settings: Settings,
    the_plan: Plan,
    exchanges: Sequence[Exchange],
    sent: int,
    started: float,
    duration: float,
    silent: str,
) -> Run:
    """Judge what was recorded; no I/O."""
    evidence = Evidence(target.contract, exchanges, the_plan.kit.control)
    verdicts, away = weigh(the_plan.requirements, evidence, silent=silent)
    observations: tuple[Observation, ...] = () if silent else tuple(o for o in observe(the_plan.kit, evidence) if the_plan.selected(o.id))
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
        requests=sent,
        exit_code=int(exit_status(verdicts, away, silent=silent)),
        key_env=target.contract.key_env,
        verdicts=tuple(verdicts),
        observations=observations,
        exchanges={exchange.id: exchange for exchange in exchanges},
        notice=silent,
        variables=tuple(target.secrets),
    )


def _await(coroutine: Coroutine[Any, Any, str]) -> str:
    """Run a coroutine to its end, also where a loop is running already (notebooks, browser tests)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


async def _send(the_plan: Plan, sender: Sender, progress: Callable[[int, int], None]) -> str:
    """Send the plan, the control first; return why nothing can be said, or an empty string."""
    control = the_plan.kit.control
    total = len({control.key, *(request.key for request in the_plan.requests)})

    def arrived() -> None:
        progress(len(sender.exchanges), total)

    await sender.send([control], arrived)
    silent = _silence(sender, the_plan)
    if silent and not _hopeless(sender, control):
        await sender.send(the_plan.lawful[:8], arrived)
        silent = _silence(sender, the_plan)
    if silent:
        return silent
    await sender.send(the_plan.requests, arrived)
    await _insist(sender, control)
    return ""


async def _insist(sender: Sender, control: Request) -> None:
    """Ask once more, one by one, what went unanswered: an outage passes, a crash on one request does not."""
    for _ in range(2):
        away = [key for key, exchange in sender.exchanges.items() if exchange.unavailable]
        if not away or len(away) > max(len(sender.exchanges) // 4, 3):
            return
        await sender.again([key for key in away if key != control.key])


def _hopeless(sender: Sender, control: Request) -> bool:
    """Whether asking more would show nothing: nobody there, or nobody let in."""
    exchange = sender.exchanges.get(control.key)
    return exchange is None or exchange.unavailable or (exchange.response is not None and exchange.response.status in _UNAUTHORISED)


def _silence(sender: Sender, the_plan: Plan) -> str:
    """Return why nothing can be said of the target so far, or an empty string."""
    contract = the_plan.kit.contract
    readings = Evidence(contract, list(sender.exchanges.values()), the_plan.kit.control)
    if readings.accepted_any:
        return ""
    if not readings.readings:
        return "The budget allows no request."
    first = readings.readings[0]
    url = first.exchange.url
    if first.exchange.response is None:
        return f"No answer from {url}: {first.exchange.error}."
    words = outcome(first)
    if first.exchange.unavailable:
        return f"{url} is not available: {words}"
    if first.status in _UNAUTHORISED:
        return f"{url} refused the credentials (set {contract.key_env or 'the key'}): {words}"
    return f"{url} accepted no request that the contract allows: {words}"
