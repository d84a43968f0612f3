"""Words that are lost where they stand, and scores that are no scores: played in this process against the mock's faults."""

from fnmatch import fnmatchcase

import pytest

from conformance.contract import load
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.faults import faults
from conformance.mock.lawful import Lawful
from conformance.model.verdict import Outcome
from conformance.selftest.stage import play
from tests.sampling import sampled

FAULTS = (
    "lost_braces",
    "lost_combining",
    "lost_first_word",
    "lost_digits_alone",
    "query_middle",
    "query_by_start",
    "sigmoid_again",
    "padding_null",
    "limit_16_bits",
    "model_any_tag",
)
CASES = [*(("siliconflow", name) for name in (*FAULTS, "counts_echo_as_output")), *(("jina", name) for name in FAULTS)]


@pytest.mark.parametrize(("vendor", "fault"), sampled(CASES, 4))
def test_lost_words_and_scores_are_found(vendor: str, fault: str) -> None:
    """Each of these faults breaks the clause that it is meant to break, with no more requests than smoke may send."""
    contract = load(vendor)
    run = play(contract, (fault,))
    failed = {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}
    assert any(fnmatchcase(clause, faults(contract)[fault].breaks) for clause in failed), failed


def test_question_said_over_and_over_is_the_same_question() -> None:
    """A question that repeats another one may have its scores: a faithful scorer of words cannot tell them apart."""
    contract = load("infinity")
    run = play(contract, rules=Lawful(contract, MOCK_KEY, 15))
    assert not [verdict for verdict in run.verdicts if verdict.outcome is Outcome.FAIL]
