"""Asking a target once for everything that the comparison needs, and judging what came by two contracts: a contract is asked at another vendor's path, with that one's key and models."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from attrs import define, evolve, field, frozen

from conformance.checks.reading import Reading
from conformance.compare import behaviour_table
from conformance.compare.behaviour_table import LimitSearch
from conformance.compare.compared import ComparedTarget
from conformance.compare.workload import Workload, model_of
from conformance.contract import Contract
from conformance.exchange.budget import Budget, Purpose
from conformance.exchange.journal import Journal
from conformance.model.exchange import Exchange, Request
from conformance.model.run import Run
from conformance.probes.kit import Kit
from conformance.probes.tokens import Meter
from conformance.recording import Recording
from conformance.running import End, Found, Ledger, Plan, Settings, Target, ended, judged, send_all, wait_for


def asked_at(reference: Contract, own: Contract) -> Contract:
    """Return the reference as it is asked of a server of another contract: where and with what that one is asked, every schema the reference's."""
    if reference.path == own.path and _sent(reference) == _sent(own):
        return reference
    document: dict[str, Any] = dict(reference.document)
    paths = dict(document["paths"])
    item = paths.pop(reference.path)
    paths.pop(own.path, None)
    if _sent(reference) != _sent(own):
        method = reference.method.lower()
        item = {
            **item,
            method: {**item[method], "security": own.operation.get("security", own.document.get("security")) or []},
        }
        schemes = (own.document.get("components") or {}).get("securitySchemes") or {}
        document["components"] = {**(document.get("components") or {}), "securitySchemes": schemes}
    document["paths"] = {own.path: item, **paths}
    return Contract(reference.name, document, reference.vendored, reference.source, reference.unmatched)


def _sent(contract: Contract) -> tuple[str, str] | None:
    """Return in which header, and behind what, a contract's key goes."""
    return None if contract.credential is None else (contract.credential.header, contract.credential.prefix)


def aligned(target: Target, first: Contract) -> Target:
    """Return the target with the models that it shares with the first contract in that one's order.

    So both are asked of the same model, and a request that two contracts ask for is one request.
    """
    own = target.models or target.contract.models
    shared = [name for name in first.models if name in own]
    if not shared:
        return target
    return evolve(target, models=(*shared, *(name for name in own if name not in shared)))


def models_of(reference: Contract, own: Contract, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the models to ask by the reference: those that the server knows too first; its own where none is shared."""
    known = given or own.models
    if not known or not reference.models:
        return given
    shared = tuple(name for name in reference.models if name in known)
    if not shared:
        return known
    return (*shared, *(name for name in reference.models if name not in shared))


def kit_for(reference: Contract, own: Kit) -> Kit:
    """Return what the reference's probes of a server are made from: its own where the reference is its own contract.

    The key stands under the server's own variable, so that a request that both
    contracts ask for is one request.
    """
    models = models_of(reference, own.contract, own.models)
    same = (reference.name, reference.document) == (own.contract.name, own.contract.document)
    if same and models == (own.models or own.contract.models):
        return own
    variable = own.variable or own.contract.key_env or ("API_KEY" if own.contract.credential else None)
    return Kit(asked_at(reference, own.contract), models, own.headers, variable)


# Two contracts' probes, what is only observed, and the same work twice.
LIMITS = {"smoke": 600, "nightly": 1_200}


@frozen
class Survey:
    """What a comparison asks of every target.

    `references` are the contracts that judge all of them, the first target's
    first; `model` is the one that the same work is asked of, where a target knows it.
    """

    references: tuple[Contract, ...]
    settings: Settings = field(factory=Settings)
    reach: LimitSearch = field(factory=LimitSearch)
    model: str | None = None


@define(slots=False, eq=False)
class SurveyPlan:
    """All that is asked of one target: by its own contract, by the reference, and what is only observed."""

    kit: Kit
    asked: Survey
    own: Plan = field(init=False)
    judgements: dict[str, Plan] = field(init=False)
    observed: tuple[Request, ...] = field(init=False)
    work: Workload = field(init=False)
    _read: dict[tuple[Contract, str], Reading] = field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Derive the plans; raises EmptySelectionError."""
        self.own = Plan(self.kit, self.asked.settings)
        kits = {reference.name: kit_for(reference, self.kit) for reference in self.asked.references}
        settings = self.asked.settings
        self.judgements = {name: self.own if kit is self.kit else Plan(kit, settings) for name, kit in kits.items()}
        self.observed = behaviour_table.requests(self.kit, list(kits.values()), self.asked.reach)
        self.work = Workload(self.kit, model_of(self.kit, self.asked.model))

    def readings(self, contract: Contract, exchanges: Iterable[Exchange]) -> list[Reading]:
        """Return exchanges read by a contract: each is read once, and judged once by each check, in however many rounds."""
        found = []
        for exchange in exchanges:
            reading = self._read.get((contract, exchange.id))
            if reading is None or reading.exchange is not exchange:
                reading = self._read[contract, exchange.id] = Reading(exchange, contract)
            found.append(reading)
        return found

    @property
    def labels(self) -> dict[str, str]:
        """What is odd about each request, by its key, in a few words."""
        found: dict[str, str] = {self.kit.control.key: "the simplest valid request"}
        for plan in (self.own, *self.judgements.values()):
            for probe in plan.probes:
                found.setdefault(probe.request.key, probe.label)
        kits = [plan.kit for plan in self.judgements.values()]
        for trait in behaviour_table.traits(self.kit, kits, self.asked.reach):
            for request in trait.requests:
                found.setdefault(request.key, trait.sentence)
        for query, requests in self.work.asked:
            for number, request in enumerate(requests):
                found.setdefault(request.key, f"pinned query {query.id}{', once more' if number else ''}")
        return found

    @property
    def requests(self) -> tuple[Request, ...]:
        """What is sent side by side, each distinct request once."""
        first: dict[str, Request] = {}
        others = [request for plan in self.judgements.values() for request in (plan.kit.control, *plan.asked)]
        for request in (*self.own.asked, *others, *self.observed):
            first.setdefault(request.key, request)
        return tuple(first.values())


def ask(
    name: str,
    target: Target,
    asked: Survey,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    journal: Journal | None = None,
) -> ComparedTarget:
    """Send a target everything that the comparison needs, each distinct request once, and judge it.

    The same work goes out last, one request at a time. Every exchange goes to the journal as it happens.
    """
    started, clock = time.time(), time.perf_counter()
    target = aligned(target, asked.references[0])
    plans = SurveyPlan(target.kit, asked)
    everything = Plan(plans.kit, asked.settings)
    everything.requests, everything.spare = plans.requests, ()
    ledger, meter = Ledger(plans.kit, journal, expected=everything.expected), Meter(target.contract)
    settings = asked.settings
    limit = LIMITS[settings.profile] if settings.max_requests is None else settings.max_requests
    budget = Budget(limit, settings.max_tokens, settings.max_time_s, meter.estimate, meter.charge)
    sender = target.sender(control=plans.kit.control, record=ledger.record, budget=budget)

    async def carry() -> bool:
        alive = await send_all(everything, sender, ledger, progress)
        if alive:
            async with sender.wire() as wire:
                for plan in plans.judgements.values():
                    # The target's own contract has looked closer already; so does each that it is judged by.
                    while wanted := _unasked(plan, plans.readings(plan.kit.contract, ledger.exchanges)):
                        before = len(sender.exchanges)
                        await sender.send(wire, wanted, purpose=Purpose.CLOSER)
                        if len(sender.exchanges) == before:
                            break
                for request in plans.work.requests:
                    await sender.send(wire, [request])
        return alive

    wait_for(carry())
    end = ended(sender)
    duration = time.perf_counter() - clock
    if journal is not None:
        journal.end(end, duration)
    return judged_both_ways(name, target, plans, ledger.exchanges, end, started, duration)


def recall(name: str, recording: Recording, asked: Survey, contract: Contract | None = None) -> ComparedTarget:
    """Return a recorded run as one of those compared, judged again."""
    target = recording.target
    if contract is not None:
        target = evolve(target, contract=contract, key_env=target.variable)
    plans = SurveyPlan(target.kit, asked)
    came, took = list(recording.exchanges()), (recording.started, recording.duration_s)
    return judged_both_ways(name, target, plans, came, recording.end, *took, folder=str(recording.folder))


def gathered(plan: Plan, readings: Sequence[Reading]) -> Ledger:
    """Return the recorded exchanges that a plan asked for, after the answers too."""
    ledger = Ledger(plan.kit, expected=plan.expected)
    wanted = {plan.kit.control.key, *(request.key for request in plan.asked)}
    left, place = list(readings), {reading.exchange.id: at for at, reading in enumerate(readings)}
    while wanted:
        taken = [one for one in left if one.exchange.request.key in wanted or one.exchange.generated]
        left = [one for one in left if not (one.exchange.request.key in wanted or one.exchange.generated)]
        for reading in taken:
            ledger.take(reading)
        ledger.readings.sort(key=lambda reading: place[reading.exchange.id])
        more = (request.key for group in plan.wanted(ledger.evidence) for request in group)
        wanted = {*more} & {one.exchange.request.key for one in left}
    return ledger


def _unasked(plan: Plan, readings: Sequence[Reading]) -> Sequence[Request]:
    """Return what a plan would ask now."""
    ledger = gathered(plan, readings)
    return plan.more(ledger.asked, ledger.evidence)


def judged_both_ways(
    name: str,
    target: Target,
    plans: SurveyPlan,
    exchanges: Iterable[Exchange],
    end: End,
    started: float,
    duration: float,
    *,
    folder: str = "",
) -> ComparedTarget:
    """Judge what was recorded by both contracts, each by the requests that it asks for; no I/O."""
    held = list(exchanges)

    def by(plan: Plan, judge: Target) -> Run:
        ledger = gathered(plan, plans.readings(plan.kit.contract, held))
        return judged(judge, plan.settings, plan, ledger, Found(end, duration), started)

    own = by(plans.own, target)
    judgements = {}
    for contract, plan in plans.judgements.items():
        judge = evolve(target, contract=plan.kit.contract, key_env=plan.kit.variable)
        judgements[contract] = own if plan is plans.own else by(plan, judge)
    return ComparedTarget(
        name=name,
        where=target.base_url,
        kit=plans.kit,
        kits={name: plan.kit for name, plan in plans.judgements.items()},
        exchanges={exchange.id: exchange for exchange in held if not exchange.generated},
        own=own,
        judgements=judgements,
        work=plans.work,
        asked=not folder,
        folder=folder,
        sent=len(held),
        labels=plans.labels,
    )
