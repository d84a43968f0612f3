"""The order of things: plan, send, judge."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

from attrs import frozen

from conformance.exchange.budget import Budget, Purpose
from conformance.exchange.journal import Journal
from conformance.exchange.sender import Sender
from conformance.exchange.wire import Wire
from conformance.model.exchange import Exchange, Request
from conformance.model.failure import failure
from conformance.model.run import Run
from conformance.probes.tokens import Meter
from conformance.running.judge import UNAUTHORISED, End, Found, judged
from conformance.running.ledger import Ledger
from conformance.running.plan import Plan, plan
from conformance.running.settings import Settings
from conformance.running.stop import stop_here, stoppable
from conformance.running.target import Target
from conformance.running.trial import attempt, confirm


@frozen
class Past:
    """What a resumed run has behind it: the exchanges, how to look one up by its request, when it began, how long it took."""

    exchanges: Callable[[], Any]
    look_up: Callable[[str], Exchange | None]
    started: float
    duration_s: float


def ended(sender: Sender) -> End:
    """Return how a sender came to its end by itself."""
    if not sender.over:
        return End.COMPLETE
    return End.GONE if sender.gone else End.CLOSED if sender.closed else End.LIMITED


def conduct(
    target: Target,
    settings: Settings,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    journal: Journal | None = None,
    past: Past | None = None,
    tell: Callable[[str], None] = lambda _sentence: None,
    meanwhile: Iterable[None] = (),
) -> Run:
    """Run the suite against a target and return what was found.

    Every exchange goes to the journal as it happens. Ctrl-C ends the sending:
    what was answered by then is judged, with exit status 130. `tell` is called with sentences for a person who
    waits; `meanwhile` is gone through while the last answers are awaited. Raises EmptySelectionError, and OSError for a CA file that cannot be read.
    """
    clock = time.perf_counter()
    # A recording's own moment, so that the run has the same id when its folder is judged again.
    begun = journal.started if journal is not None else None
    started, before = (past.started, past.duration_s) if past else (time.time() if begun is None else begun, 0.0)
    the_plan = plan(target, settings)
    fuzzes = settings.fuzzes and _available(tell)
    ledger = Ledger(the_plan.kit, journal, the_plan.known, the_plan.expected)
    sender = target.sender(
        budget=budget(target, settings, journal),
        control=the_plan.kit.control,
        witness=the_plan.witness,
        record=ledger.record,
        ceilings=settings.ceilings,
        tell=tell,
    )
    if past:
        _recall(past, ledger, sender)
    try:
        if wait_for(send_all(the_plan, sender, ledger, progress, meanwhile)) and fuzzes and not sender.over:
            from conformance.fuzzing.fuzz import Fuzzer

            with sender.one_by_one() as send:

                def carry(request: Request) -> Exchange | None:
                    stop_here()
                    return send(request)

                left = min(sender.budget.left or 0, max(the_plan.most - ledger.asked, 0) + the_plan.generated)
                # Shrinking takes requests too; a part is kept for it.
                Fuzzer(the_plan.kit, settings.seed, lambda exchange: exchange.id in ledger.tally.guilty).run(
                    carry, int(left * 0.9)
                )
        end = ended(sender)
    except (KeyboardInterrupt, asyncio.CancelledError):
        end = End.INTERRUPTED
    pace = sender.pace.found and sender.pace.found * 60
    found = Found(end, before + time.perf_counter() - clock, pace, tuple(sender.budget.spent))
    if journal is not None:
        journal.end(end, found.duration_s, pace=found.pace, spent=found.spent)
    return judged(target, settings, the_plan, ledger, found, started)


def _available(tell: Callable[[str], None]) -> bool:
    """Return whether requests can be generated, and say so if not."""
    from conformance.fuzzing.fuzz import MISSING, available

    found = available()
    if not found:
        tell(MISSING)
    return found


def budget(target: Target, settings: Settings, journal: Journal | None = None) -> Budget:
    """Return what a run may spend."""
    meter = Meter(target.contract)
    return Budget(
        settings.max_requests, settings.max_tokens, settings.max_time_s, meter.estimate, meter.charge,
        shares=settings.shares, max_bytes=settings.ceilings.run, written=(lambda: journal.written) if journal is not None else (lambda: 0),
    )  # fmt: skip


def _recall(past: Past, ledger: Ledger, sender: Sender) -> None:
    """Let ledger and sender know what an earlier recording holds."""
    for exchange in past.exchanges():
        ledger.recall(exchange)
        planned = exchange.generated or exchange.request.key in ledger.expected
        sender.budget.recall(exchange, Purpose.PLANNED if planned else Purpose.CLOSER)
        sender.weather.add(exchange)
        sender.numbered = max(sender.numbered, int(exchange.id.removeprefix("e").partition(".")[0]))
    sender.recall = past.look_up


def wait_for(coroutine: Coroutine[Any, Any, bool]) -> bool:
    """Run a coroutine to its end, also where a loop is running already (notebooks, browser tests)."""
    try:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(stoppable(coroutine))
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, coroutine).result()
    except ExceptionGroup as group:
        # A task group wraps what its first task raised, a full disk for one.
        raise group.exceptions[0] from group


async def send_all(
    the_plan: Plan, sender: Sender, ledger: Ledger, progress: Callable[[int, int], None], meanwhile: Iterable[None] = ()
) -> bool:
    """Send the plan, the control first, then what the answers make worth asking; return whether there is somebody to ask more."""
    control = the_plan.kit.control
    total = len({control.key, *(request.key for request in the_plan.asked)})

    def arrived() -> None:
        progress(min(len(sender.exchanges), total), total)

    async with sender.wire() as wire:
        await sender.send(wire, [control], arrived)
        # A key is not wrong, and a path not missing, because one answer says so.
        await look_again(sender, ledger, wire)
        if not ledger.evidence.accepted_any and not _hopeless(sender, control):
            await sender.send(wire, the_plan.lawful[:8], arrived)
        if not ledger.evidence.accepted_any:
            await attempt(the_plan.kit, sender)
            return False
        await sender.send(wire, the_plan.requests, arrived, meanwhile=chain(ledger.judge_each(), meanwhile))
        await look_again(sender, ledger, wire)
        await look_closer(the_plan, sender, ledger, wire, arrived)
        tried: set[str] = set()
        while not sender.over and (left := the_plan.left(tried, ledger.asked, ledger.evidence)):
            tried |= {request.key for request in left}
            await sender.send(wire, left, arrived)
            await look_again(sender, ledger, wire)
            await look_closer(the_plan, sender, ledger, wire, arrived)
        if sender.budget.max_requests is not None:
            # What was held back for asking again may go to what is left.
            sender.budget.shares[Purpose.PLANNED] = sender.budget.max_requests
            await sender.send(wire, the_plan.asked, arrived)
            await look_again(sender, ledger, wire)
        if ledger.evidence.read:
            await confirm(the_plan.kit, sender, ledger.exchanges)
        else:
            await attempt(the_plan.kit, sender)
    return True


async def look_again(sender: Sender, ledger: Ledger, wire: Wire) -> None:
    """Ask again what was answered otherwise than the contract expects, until it is known whether such answers pass."""
    while not sender.over and (doubtful := list(ledger.passing.doubtful())):
        before = ledger.requests
        await sender.again(wire, doubtful)
        if ledger.requests == before:
            break
    sender.closed = bool(ledger.passing.closed)


async def look_closer(the_plan: Plan, sender: Sender, ledger: Ledger, wire: Wire, arrived: Callable[[], None]) -> None:
    """Ask in rounds what the plan wants to know after it saw the answers, until it wants nothing or the isolation budget is spent."""
    while not sender.over and sender.budget.left_for(Purpose.CLOSER) != 0:
        before = len(sender.exchanges)
        try:
            wanted = the_plan.more(ledger.asked, ledger.evidence)
        except Exception as error:  # noqa: BLE001 - what was answered is judged all the same
            ledger.failures.append(failure("working out what to ask next", error))
            return
        await sender.send(wire, wanted, arrived, Purpose.CLOSER)
        if len(sender.exchanges) == before:
            return
        await look_again(sender, ledger, wire)


def _hopeless(sender: Sender, control: Request) -> bool:
    """Whether asking more would show nothing: nobody there, or nobody let in."""
    exchange = sender.exchanges.get(control.key)
    return (
        exchange is None
        or (exchange.unavailable and not exchange.mangled)
        or (exchange.response is not None and exchange.response.status in UNAUTHORISED)
    )
