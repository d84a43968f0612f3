"""The least that texts cost: it holds whatever a tokenizer does, and who counts less is seen."""

import math
import re
from collections.abc import Callable
from typing import Any

import pytest

from conformance.exchange.environment import MOCK_KEY
from conformance.mock import scorer
from conformance.mock.rules import Rules
from conformance.model.verdict import Outcome
from conformance.running import Settings
from conformance.selftest.stage import loaded, play

Tokens = Callable[[str], int]


def counting(
    vendor: str, tokens: Tokens, *, template: int = 0, context: float = math.inf, settings: Settings | None = None
) -> set[str]:
    """Return the failed clauses of a server that counts by a tokenizer, with a template and a context of its own."""
    rules = Rules(loaded(vendor), MOCK_KEY)
    kept = rules.count

    def count(body: Any, rows: Any) -> dict[str, int]:
        query = tokens(rules.query(body))
        read = sum(min(tokens(rules.text(item)), context) + query + template for item in rules.documents(body))
        floor = rules.floors.get("input_tokens", 0)
        return {**kept(body, rows), **dict.fromkeys(("input_tokens", "total_tokens"), max(int(read), floor))}

    rules.count = count  # type: ignore[method-assign]
    run = play(loaded(vendor), rules=rules, settings=settings or Settings())
    return {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}


@pytest.mark.parametrize(
    ("vendor", "tokens", "template", "context"),
    [
        ("siliconflow", lambda text: math.ceil(1.5 * scorer.count(text)), 80, math.inf),
        ("jina", lambda text: sum(-(-len(word.encode(errors="replace")) // 4) for word in text.split()), 4, 512),
        ("infinity", scorer.count, 0, 512),
    ],
)
def test_every_tokenizer_is_kept(vendor: str, tokens: Tokens, template: int, context: float) -> None:
    """Words in parts, a template around each document, and texts cut at a context are no breach."""
    assert counting(vendor, tokens, template=template, context=context) == set()


def test_what_stands_between_spaces_may_be_a_token() -> None:
    """A question of nothing but character references is one token to whoever counts what stands between spaces, and Chinese signs."""
    settings = Settings(profile="nightly", select=("usage.*", "ranking.query.literal"))
    assert (
        counting("infinity", lambda text: len(re.sub("([一-鿿])", r" \1 ", text).split()), settings=settings) == set()
    )


@pytest.mark.parametrize(
    ("vendor", "tokens"),
    [("siliconflow", lambda text: min(len(text.split()), 20)), ("voyage", lambda text: min(len(text.split()), 20))],
)
def test_words_that_are_not_counted_are_seen(vendor: str, tokens: Tokens) -> None:
    """A text of which the first words alone count breaks a clause."""
    assert any(clause.endswith(".grows") for clause in counting(vendor, tokens))
