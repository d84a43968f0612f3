"""Words that are lost where they stand, and scores that are no scores: played in this process against the mock's faults."""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase

import pytest

from conformance.contract import load
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.faults import faults
from conformance.mock.faults.fault import scoring
from conformance.mock.lawful import Lawful
from conformance.mock.rules import Rules
from conformance.model.verdict import Outcome
from conformance.running import Settings
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


def _covered(query: str, text: str) -> float:
    """Return the share of a question's words that a text has: 0.0 for most texts."""
    asked, held = ({*re.findall(r"[\u3400-\u9fff]|\w+", one.casefold())} for one in (query, text))
    return len(asked & held) / len(asked) if asked else 0.0


@pytest.mark.parametrize(
    ("lose", "clause"),
    sampled(
        [
            (lambda query: query.splitlines()[-1] if query.split() else query, "ranking.query.*"),
            (lambda query: " ".join(query.split()[-30:]), "ranking.query.*"),
            (lambda query: re.sub(r"<[^>]*>", "", query), "ranking.words"),
            (lambda query: re.sub("[\u0590-\u08ff]", " ", query), "ranking.scripts"),
            (lambda query: re.sub("%([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), query), "ranking.words"),
        ],
        2,
    ),
)
def test_what_is_lost_to_the_lowest_score_is_found(lose: Callable[[str], str], clause: str) -> None:
    """Where most texts have the lowest score, a part of the question that is lost shows all the same: texts like those have more."""
    rules = Rules(load("siliconflow"), MOCK_KEY)
    rules.score_chunk = lambda query, text: _covered(lose(query), text)  # type: ignore[method-assign]
    run = play(rules.contract, rules=rules)
    failed = {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}
    assert any(fnmatchcase(one, clause) for one in failed), failed


@pytest.mark.parametrize(
    "lose",
    sampled(
        [
            # Letters beyond the first plane are two units in some languages, and four bytes.
            lambda text: text[: len(text) - 2 * sum(letter > "\uffff" for letter in text)],
            lambda text: text.partition(" ")[2] if text.startswith("\ufeff") else text,
            lambda text: " ".join(word for word in text.split(" ") if len(word) <= 100 or not word.isascii()),
        ],
        2,
    ),
)
def test_what_is_lost_of_documents_is_found(lose: Callable[[str], str]) -> None:
    """A text with emoji is read to its end, one with a byte order mark from its beginning, and a long run without a space at all."""
    rules = Rules(load("siliconflow"), MOCK_KEY)
    rules.score_chunk = lambda query, text: _covered(query, lose(text))  # type: ignore[method-assign]
    run = play(rules.contract, rules=rules)
    assert "ranking.words" in {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}


def test_nobody_is_accused_who_gives_most_texts_the_lowest_score() -> None:
    """The same server that reads the whole question breaks nothing."""
    rules = Rules(load("siliconflow"), MOCK_KEY)
    rules.score_chunk = _covered  # type: ignore[method-assign]
    run = play(rules.contract, rules=rules)
    assert not [verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL]


@pytest.mark.parametrize("flat", [True, False])
def test_images_that_are_not_looked_at_are_seen(flat: bool) -> None:
    """Images that all have one score, whatever the question and wherever on the scale, are not looked at; unlike ones are."""
    contract = load("siliconflow")
    rules = Rules(contract, MOCK_KEY)
    score = scoring(
        lambda own, _rules, _body, _place, item: (
            (0.5 if flat else 0.3 + len(item["image"]) % 7 / 20) if isinstance(item, dict) and "image" in item else own
        )
    )
    score(rules)
    run = play(contract, rules=rules, settings=Settings(profile="nightly"))
    failed = {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}
    assert ("ranking.tells_apart" in failed) is flat
