"""From what was recorded to a run's verdicts; no I/O."""

from datetime import UTC, datetime

from conformance.causes import causes
from conformance.causes.dialect import hints
from conformance.model.exit import Exit
from conformance.model.run import Run
from conformance.model.verdict import Observation
from conformance.requirements.evidence import Evidence
from conformance.requirements.expectation import outcome
from conformance.requirements.observations import observe
from conformance.running.end import NOTICES, End
from conformance.running.ledger import Ledger
from conformance.running.plan import Plan
from conformance.running.settings import Settings
from conformance.running.target import Target
from conformance.verdict.standing import standings
from conformance.verdict.weigh import exit_status, weigh

UNAUTHORISED = frozenset({401, 403})


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
        notice=" ".join(filter(None, (NOTICES.get(end, ""), silent))),
        variables=tuple(target.secrets) or ((target.variable,) if target.variable else ()),
        causes=causes(verdicts, evidence.by_id, target.contract),
        hints=() if status is Exit.KEPT else hints(target.contract, target.base_url, evidence.by_id, ledger.trials),
        deviations=standings(the_plan.known, verdicts, the_plan.clauses, datetime.fromtimestamp(started, UTC).date()),
    )


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
    if first.status in UNAUTHORISED:
        return f"{url} refused the credentials (set {variable or 'the key'}): {words}"
    return f"{url} accepted no request that the contract allows: {words}"
