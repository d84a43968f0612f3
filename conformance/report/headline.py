"""The run in one sentence, and what its verdicts and exit status are called."""

from conformance.model.exit import Exit
from conformance.model.run import Run
from conformance.model.verdict import Outcome, Verdict

NAMES = {
    Outcome.PASS: "kept",
    Outcome.FAIL: "broken",
    Outcome.KNOWN_DEVIATION: "known deviation",
    Outcome.SURPRISE_PASS: "kept by surprise",
    Outcome.INCONCLUSIVE: "inconclusive",
    Outcome.NOT_APPLICABLE: "not applicable",
}
_MEANINGS = {
    Exit.KEPT: "kept",
    Exit.BROKEN: "at least one clause is broken",
    Exit.INCONCLUSIVE: "inconclusive",
    Exit.INTERNAL: "an error inside the suite",
    Exit.INTERRUPTED: "interrupted",
}


def headline(run: Run) -> str:
    """Return what came of the run, in one sentence without any of the server's words."""
    failed = sum(verdict.outcome is Outcome.FAIL for verdict in run.verdicts)
    kept = sum(verdict.outcome is Outcome.PASS for verdict in run.verdicts)
    if failed:
        return f"{failed} of {len(run.verdicts)} clauses {'is' if failed == 1 else 'are'} broken"
    if run.exit_code == Exit.INCONCLUSIVE:
        return "Inconclusive: too little was answered to judge"
    if run.exit_code == Exit.INTERNAL:
        return f"An error inside the suite: nothing failed among the {kept} clauses that were judged"
    if run.exit_code == Exit.INTERRUPTED:
        return f"Interrupted: nothing broken among the {kept} clauses that were shown"
    known = sum(verdict.outcome is Outcome.KNOWN_DEVIATION for verdict in run.verdicts)
    if known:
        return f"Nothing new is broken: {kept} clauses are kept, {known} broken as is known"
    if kept < 2:
        return "The one clause that could be shown is kept" if kept else "Nothing is broken, and no clause could be shown to be kept"
    return f"All {kept} clauses that could be shown are kept"


def meaning(run: Run) -> str:
    """Return what the exit status says."""
    return _MEANINGS.get(Exit(run.exit_code), "") if run.exit_code in set(Exit) else ""


def counts(run: Run) -> dict[Outcome, int]:
    """Return how many verdicts there are of each kind."""
    return {outcome: sum(verdict.outcome is outcome for verdict in run.verdicts) for outcome in Outcome}


def broken(run: Run) -> list[Verdict]:
    """Return what broke: MUSTs before SHOULDs, else in the run's order."""
    return sorted((v for v in run.verdicts if v.outcome is Outcome.FAIL), key=lambda verdict: verdict.clause.level)


def variables(run: Run) -> tuple[str, ...]:
    """Return the names that the shell expands in a command: the key's, and those of other secrets."""
    return (*run.variables, *([run.key_env] if run.key_env and run.key_env not in run.variables else []))


def warnings(run: Run) -> list[str]:
    """Return what is wrong with the known deviations that were applied, a sentence each."""
    return [standing.warning for standing in run.deviations if standing.warning]
