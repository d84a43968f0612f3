"""A run in a few words: its headline, what verdicts and exit statuses are called, and its causes."""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.document.text import many
from conformance.model.cause import Cause
from conformance.model.deviation import GRADES
from conformance.model.exit import Exit
from conformance.model.run import Run
from conformance.model.verdict import Outcome, Verdict

NAMES: Mapping[Outcome, str] = {
    Outcome.PASS: "passed",
    Outcome.FAIL: "failed",
    Outcome.KNOWN_DEVIATION: "known deviation",
    Outcome.SURPRISE_PASS: "unexpectedly passed",
    Outcome.INCONCLUSIVE: "inconclusive",
    Outcome.NOT_APPLICABLE: "skipped",
}
_MEANINGS = {
    Exit.KEPT: "passed",
    Exit.BROKEN: "at least one clause fails",
    Exit.INCONCLUSIVE: "inconclusive",
    Exit.INTERNAL: "an error inside the suite",
    Exit.INTERRUPTED: "interrupted",
}
_UNJUDGED = {Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE}


def headline(run: Run) -> str:
    """Return the result of a run, in one sentence without any of the server's words; it counts what was judged."""
    found = counts(run)
    failed, passed, known = found[Outcome.FAIL], found[Outcome.PASS], found[Outcome.KNOWN_DEVIATION]
    judged = sum(count for outcome, count in found.items() if outcome not in _UNJUDGED)
    if failed:
        told = f"{failed} of {many(judged, 'clause')} {'fails' if failed == 1 else 'fail'}"
        return told if failed == 1 else f"{told}, with {many(len(causes(run)), 'cause')}"
    if run.exit_code == Exit.INTERNAL:
        return f"An error inside the suite: none of the {many(judged, 'clause')} that were judged fails"
    if run.exit_code == Exit.INCONCLUSIVE:
        return "Inconclusive: too few requests were answered to judge"
    if run.exit_code == Exit.INTERRUPTED:
        return f"Interrupted: none of the {many(judged, 'clause')} judged so far fails"
    if known:
        return f"No new failure: {many(passed, 'clause')} passed, {known} failed as known"
    if not passed:
        return "No clause failed, and none could be judged"
    told = f"All {passed} clauses" if passed > 1 else "The one clause"
    return f"{told} that could be judged passed"


def causes(run: Run) -> Sequence[Cause]:
    """Return what explains the failed clauses, the worst first; a clause that no cause of the run explains is its own."""
    explained = {name for cause in run.causes for name in cause.requirements}
    lone = [_lone(verdict) for verdict in failed(run) if verdict.clause.id not in explained]
    return (*run.causes, *lone)


def _lone(verdict: Verdict) -> Cause:
    clause = verdict.clause
    proofs = tuple(dict.fromkeys(proof.exchange for proof in verdict.proofs))
    exchanges = proofs or verdict.exchanges
    return Cause(clause.id, "clause", clause.sentence, clause.level, (clause.id,), exchanges, verdict.detail)


def proven(run: Run, cause: Cause) -> tuple[Verdict, int] | None:
    """Return the clause of a cause that proves it best, and the number of the proof to show; None where the run holds no exchange of it."""
    failing = {verdict.clause.id: verdict for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}
    verdicts = [failing[name] for name in cause.requirements if name in failing]
    # The clause that stands first says best what is wrong.
    for verdict in verdicts:
        for wanted in (*cause.exchanges, None):
            for number, proof in enumerate(verdict.proofs):
                if proof.exchange in run.exchanges and wanted in {proof.exchange, None}:
                    return verdict, number
    return None


def judged(run: Run) -> str:
    """Return how many of the MUST clauses were judged; empty where no request can show one, and where the notice says it."""
    count, musts = run.musts
    said = f"{count} of the {musts} MUST clauses that a request can show"
    return f"{said} ({100 * count // musts}%)" if musts and said not in run.notice else ""


def pace(run: Run) -> str:
    """Return what the service takes, and what to write into targets.toml; empty where it set no limit."""
    if run.pace is None:
        return ""
    return f"the service takes about {run.pace / 60:.2g} requests a second; `requests_per_minute = {run.pace:.0f}` in targets.toml keeps to that from the start"


def meaning(run: Run) -> str:
    """Return what the exit status says."""
    return _MEANINGS.get(Exit(run.exit_code), "") if run.exit_code in set(Exit) else ""


def counts(run: Run) -> dict[Outcome, int]:
    """Return how many verdicts there are of each kind."""
    return {outcome: sum(verdict.outcome is outcome for verdict in run.verdicts) for outcome in Outcome}


def failed(run: Run) -> list[Verdict]:
    """Return the verdicts on failed clauses: MUSTs before SHOULDs, else in the run's order."""
    return sorted((v for v in run.verdicts if v.outcome is Outcome.FAIL), key=lambda verdict: verdict.clause.level)


def variables(run: Run) -> tuple[str, ...]:
    """Return the names that the shell expands in a command: the key's, and those of other secrets."""
    return (*run.variables, *([run.key_env] if run.key_env and run.key_env not in run.variables else []))


def warnings(run: Run) -> list[str]:
    """Return what is wrong with the known deviations that were applied, a sentence each."""
    return [standing.warning for standing in run.deviations if standing.warning]


def told(run: Run) -> dict[str, Any]:
    """Return what every template says of a run, by name."""
    parts = {part.__name__: part(run) for part in (headline, meaning, judged, pace, warnings)}
    return {"run": run, "grades": GRADES, **parts}
