"""The run in one sentence."""

from conformance.verdict.run import Run
from conformance.verdict.verdict import Outcome
from conformance.verdict.weigh import Exit


def headline(run: Run) -> str:
    """Return what came of the run, in one sentence without any of the server's words."""
    failed = sum(verdict.outcome is Outcome.FAIL for verdict in run.verdicts)
    kept = sum(verdict.outcome is Outcome.PASS for verdict in run.verdicts)
    if failed:
        return f"{failed} of {len(run.verdicts)} clauses {'is' if failed == 1 else 'are'} broken"
    if run.exit_code == Exit.INCONCLUSIVE:
        return "Inconclusive: too little was answered to judge"
    return f"All {kept} clauses that could be shown are kept"
