"""Texts that templates, guards and languages take for their own words: played in this process against the mock's faults."""

from fnmatch import fnmatchcase

import pytest

from conformance.mock.faults import faults
from conformance.model.verdict import Outcome
from conformance.selftest.stage import loaded, play
from tests.sampling import sampled

FAULTS = (
    "query_of_signs",
    "query_nought",
    "ranks_read_back",
    "likes_merged",
    "large_together",
    "limit_beside_blank",
    "accept_one",
    "media_unspaced",
    "path_below",
    "lost_double_braces",
    "lost_fence",
    "lost_comment",
    "lost_thoughts",
)
CASES = [
    *(("siliconflow", name) for name in (*FAULTS, "instruction_ascii", "echo_quotes", "counts_up")),
    *(("cohere", name) for name in (*FAULTS, "handling_other")),
    *(("infinity", name) for name in (*FAULTS, "echo_quotes", "counts_up")),
]


@pytest.mark.parametrize(("vendor", "fault"), sampled(CASES, 8))
def test_words_taken_for_their_own_are_found(vendor: str, fault: str) -> None:
    """Each of these faults breaks the clause that it is meant to break."""
    run = play(loaded(vendor), (fault,))
    failed = {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}
    assert any(fnmatchcase(clause, faults(loaded(vendor))[fault].breaks) for clause in failed), failed
