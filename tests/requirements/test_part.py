"""Parts of a text that a screen makes doubtful are asked several at a time: few requests, and what is lost is found."""

import math
import re
from collections.abc import Callable

import pytest

from conformance.contract import load
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.rules import Rules
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.selftest.stage import play
from tests.sampling import sampled


def _covered(query: str, text: str) -> float:
    """Return the share of a question's words that a text has."""
    asked, held = ({*re.findall(r"[\u3400-\u9fff]|\w+", one.casefold())} for one in (query, text))
    return len(asked & held) / len(asked) if asked else 0.0


def _squared(share: float) -> float:
    return round(share * share * 255) / 255


def _steep(share: float) -> float:
    return 1 / (1 + math.exp(15 - 30 * share))


def _narrow(share: float) -> float:
    return round(0.4 + 0.2 * share, 3)


CURVES = (_squared, _steep, _narrow)


def _played(vendor: str, curve: Callable[[float], float], lose: Callable[[str], str] = str) -> tuple[set[str], Run]:
    rules = Rules(load(vendor), MOCK_KEY)
    rules.score_chunk = lambda query, text: curve(_covered(lose(query), lose(text)))  # type: ignore[method-assign]
    run = play(rules.contract, rules=rules)
    return {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}, run


@pytest.mark.parametrize(
    ("vendor", "curve"), sampled([(vendor, curve) for vendor in ("cohere", "jina") for curve in CURVES], 3)
)
def test_few_requests_clear_many_doubts(vendor: str, curve: Callable[[float], float]) -> None:
    """Where a question of many parts leaves next to nothing to each, they are not asked one by one, and nobody is accused."""
    failed, run = _played(vendor, curve)
    assert failed == set()
    assert run.requests <= 190


LOSSES = (
    (_steep, lambda text: re.sub(r"[*`]+\w+[*`]+", "", text), "ranking.words"),
    (_steep, lambda text: re.sub("[\u0400-\u04ff]", " ", text), "ranking.scripts"),
    (_steep, lambda text: re.sub("<think>.*</think>", "", text), "ranking.document.whole"),
    *((curve, lambda text: text.split(" </s> ")[0], "ranking.query.tokens") for curve in CURVES),
)


@pytest.mark.parametrize(("curve", "lose", "clause"), sampled(LOSSES, 3))
def test_what_is_lost_is_found_among_others(
    curve: Callable[[float], float], lose: Callable[[str], str], clause: str
) -> None:
    """A part that is lost stays doubtful among parts that count, is asked alone, and is found."""
    failed, run = _played("siliconflow", curve, lose)
    assert clause in failed, failed
    assert run.requests <= 190
