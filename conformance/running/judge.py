"""From what was recorded to a run's verdicts; no I/O."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from attrs import evolve, frozen

from conformance.causes import causes
from conformance.causes.dialect import Asking, hints
from conformance.checks.outcome import outcome
from conformance.model.clause import Level
from conformance.model.exit import Exit
from conformance.model.failure import failure
from conformance.model.run import Run
from conformance.requirements.evidence import Evidence
from conformance.running.ledger import Ledger
from conformance.running.plan import Plan
from conformance.running.settings import Settings
from conformance.running.target import Target
from conformance.traits.observations import observe
from conformance.verdict.deviation import standings
from conformance.verdict.weigh import SHARE, exit_status, weigh

UNAUTHORISED = frozenset({401, 403})
_FAILURES = 3
_T = TypeVar("_T")


class End(StrEnum):
    """How sending ended."""

    COMPLETE = "complete"
    GONE = "gone"
    INTERRUPTED = "interrupted"
    KILLED = "killed"
    LIMITED = "limited"
    CLOSED = "closed"


_NOTICES = {
    End.GONE: "The service stopped answering, a plain valid request too; the run was stopped early.",
    End.LIMITED: "The service refused every request for its rate limit, a plain valid one too, for half a minute; the run was stopped early. Try later, or with a lower --rate.",
    End.CLOSED: "The service accepted requests, and then refused every one, a plain valid one too; the run was stopped early. A quota may be used up, or a key withdrawn.",
    End.INTERRUPTED: "The run was interrupted; `rerank-conformance run --resume` goes on with its folder.",
    End.KILLED: "The recording breaks off without an end; `rerank-conformance run --resume` goes on with its folder.",
}
_NEVER = "The service never answered, not even a plain valid request; the run was stopped early."


def notice(end: End, *, answered: bool) -> str:
    """Return what a reader should know of how sending ended; `answered` tells whether the service ever did."""
    return _NEVER if end is End.GONE and not answered else _NOTICES.get(end, "")


@frozen
class Found:
    """How sending went: its end, its seconds, the pace in requests a minute, and the limits of the budget that were reached."""

    end: End
    duration_s: float
    pace: float | None = None
    spent: tuple[str, ...] = ()


def judged(target: Target, settings: Settings, the_plan: Plan, ledger: Ledger, found: Found, started: float) -> Run:
    """Judge what was recorded; no I/O."""
    evidence, end = ledger.evidence, found.end
    silent = silence(evidence, target.variable)
    verdicts, failures = weigh(the_plan.requirements, evidence, silent=silent, known=the_plan.known)
    failures = [*ledger.failures, *failures]

    def beside(what: str, work: Callable[[], Iterable[_T]]) -> tuple[_T, ...]:
        """Return what is said beside the verdicts; what goes wrong in it keeps nothing from being judged."""
        try:
            return tuple(work())
        except Exception as error:  # noqa: BLE001 - whatever it is
            failures.append(failure(what, error))
            return ()

    observations = beside(
        "observing", lambda: () if silent else (o for o in observe(the_plan.kit, evidence) if settings.selected(o.id))
    )
    explained = beside("looking for causes", lambda: causes(verdicts, evidence.by_id, target.contract))
    status = exit_status(verdicts, silent=silent, fail_on=settings.fail_on or Level.SHOULD)
    if status is Exit.KEPT and end in {End.GONE, End.LIMITED, End.CLOSED, End.KILLED}:
        status = Exit.INCONCLUSIVE
    if end is End.INTERRUPTED:
        status = Exit.INTERRUPTED
    asking = Asking(
        target.base_url, target.contract, target.variable, target.headers, target.name if target.embedded else ""
    )
    kept = status is Exit.KEPT
    hinted = beside("looking for hints", lambda: () if kept else hints(asking, evidence.by_id, ledger.trials))
    if failures:
        status = Exit.INTERNAL
    run = Run(
        target=target.name,
        base_url=target.base_url,
        contract=target.contract.name,
        contract_version=target.contract.version,
        contract_sha256=target.contract.sha256,
        profile=settings.profile,
        seed=settings.seed,
        started=started,
        duration_s=found.duration_s,
        requests=ledger.requests,
        exit_code=int(status),
        key_env=target.variable,
        verdicts=tuple(verdicts),
        observations=observations,
        exchanges={
            exchange.id: exchange
            for exchange in (*ledger.exchanges, *ledger.tally.held.values(), *ledger.tally.pending.values())
        },
        tokens=ledger.tokens,
        facts=ledger.seen.facts(),
        variables=tuple(target.secrets) or ((target.variable,) if target.variable else ()),
        deviations=standings(the_plan.known, verdicts, the_plan.clauses, datetime.fromtimestamp(started, UTC).date()),
        pace=found.pace,
        silent=bool(silent),
        causes=explained,
        hints=hinted,
    )
    told = (
        _internal(failures),
        notice(end, answered=any(reading.available for reading in evidence.readings)),
        silent or _short(the_plan, evidence, found),
        "" if silent else _share(run),
    )
    return evolve(run, id=run.id, notice=" ".join(filter(None, told)))


def _internal(failures: Sequence[str]) -> str:
    """Return in sentences at what the suite itself failed; empty where it did not."""
    if not failures:
        return ""
    more = f"; and {len(failures) - _FAILURES} more" if len(failures) > _FAILURES else ""
    return f"An error inside the suite: {'; '.join(failures[:_FAILURES])}{more}. The recording is complete: `rerank-conformance judge` with this folder judges it again. Please report it."


def _short(the_plan: Plan, evidence: Evidence, found: Found) -> str:
    """Return a sentence on what a budget kept from being asked; empty where everything planned was asked."""
    planned = {request.key for request in the_plan.requests}
    unasked = len(planned - evidence.by_key.keys())
    doubtful = sum(evidence.doubtful(reading) for key, reading in evidence.by_key.items() if key in planned)
    bounds = " and ".join(found.spent)
    if not bounds or not (unasked or doubtful):
        return ""
    told = [
        f"{unasked} of {len(planned)} planned requests were not asked" if unasked else "",
        f"{doubtful} were not asked often enough to tell a failure from an outage" if doubtful else "",
    ]
    return (
        f"The budget is exhausted: {bounds}. {' and '.join(filter(None, told)).capitalize()}; a larger one shows more."
    )


def _share(run: Run) -> str:
    """Return a sentence on how much was judged where that is all that keeps a run from passing; reports tell the share of any run."""
    judged, musts = run.musts
    if judged < SHARE * musts and run.exit_code == Exit.INCONCLUSIVE:
        return f"{judged} of the {musts} MUST clauses that a request can show were judged; exit status 0 needs {SHARE:.0%} of them."
    return ""


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
    words = outcome(first, taken=False)
    if first.exchange.unavailable:
        return f"{url} is not available: {words}"
    if first.status in UNAUTHORISED:
        return f"{url} refused the credentials (is {f'the key in {variable}' if variable else 'the key'} set, and right?): {words}"
    return f"{url} accepted no request that the contract allows: {words}"
