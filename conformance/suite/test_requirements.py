"""Each requirement of the contract, judged on the target."""

from typing import Any

import pytest

from conformance.document.text import one_line
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.report.curl import reproduce


def test_requirement(requirement: str, conformance_run: Run, conformance_verdicts: dict[str, Any]) -> None:
    """The target keeps the clause; what could not be shown is skipped, a known deviation is expected to fail, each with the reason."""
    verdict = conformance_verdicts[requirement]
    if verdict.outcome in {Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE}:
        pytest.skip(one_line(verdict.detail))
    if verdict.outcome is Outcome.KNOWN_DEVIATION:
        pytest.xfail("; ".join(item.told for item in verdict.deviations))
    if verdict.outcome is Outcome.FAIL:
        proof = verdict.proofs[0]
        exchange = conformance_run.exchanges[proof.exchange]
        lines = (
            f"{requirement} ({verdict.clause.level}): {verdict.clause.sentence}",
            f"expected: {one_line(proof.expected)}",
            f"got:      {one_line(proof.actual)}",
            f"again:    {reproduce(exchange, conformance_run.variables)}",
        )
        pytest.fail("\n".join(lines), pytrace=False)
