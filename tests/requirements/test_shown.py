"""A clause that hides behind its own doubts finds nothing: what a faithful server keeps is shown."""

import pytest

from conformance.model.verdict import Outcome
from conformance.selftest.stage import loaded, play
from tests.sampling import sampled

# What no answer had, and what only a night asks.
EXCUSES = ("Not shown: no answer shows it.", "Not shown: a request that it needs was not sent.")


@pytest.mark.parametrize("vendor", sampled(["cohere", "jina", "siliconflow", "voyage", "woagent"], 2))
def test_what_is_kept_is_shown(vendor: str) -> None:
    """Of a faithful server every clause is shown whose requests were answered, and none fails."""
    run = play(loaded(vendor))
    hidden = {verdict.clause.id: verdict.detail for verdict in run.verdicts if verdict.outcome is not Outcome.PASS}
    assert {clause: detail for clause, detail in hidden.items() if detail not in EXCUSES} == {}
    assert all(clause.startswith(("error.", "ranking.")) for clause in hidden)
