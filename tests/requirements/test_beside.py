"""What holds of a plain request holds of one that carries more, and what is nearly a key or a model is none: faults of the mock that show nowhere else."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from conformance.contract import load
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.rules import Row, Rules
from conformance.model.verdict import Outcome
from conformance.running import Settings
from conformance.selftest.stage import play


def _failed(rules: Rules, profile: str = "smoke") -> set[str]:
    run = play(rules.contract, rules=rules, settings=Settings(profile))
    return {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}


def _words(text: str) -> set[str]:
    return {*re.findall(r"\w+", text.casefold())}


def _first_line(rules: Rules) -> None:
    query = rules.query
    rules.query = lambda body: query(body).split("\n")[0] if _instructed(rules, body) else query(body)  # type: ignore[method-assign]


def _first_words(rules: Rules) -> None:
    # Of words alone, so that two questions whose numbers are in no text have one score.
    rules.score_chunk = lambda query, text: len(_words(query) & _words(text)) / 20  # type: ignore[method-assign]
    score = rules.score

    def cut(body: Any, query: str, position: int, item: Any) -> float:
        text = rules.text(item)
        return score(body, query, position, " ".join(text.split(" ")[:8]) if _instructed(rules, body) else item)

    rules.score = cut  # type: ignore[method-assign]


def _blank(rules: Rules) -> None:
    score = rules.score

    def highest(body: Any, query: str, position: int, item: Any) -> float:
        return 1.0 if _instructed(rules, body) and not rules.text(item) else score(body, query, position, item)

    rules.score = highest  # type: ignore[method-assign]


def _whole_limit(rules: Rules) -> None:
    shown = rules._shown

    def one_less(body: Any, documents: list[Any], rows: list[Row]) -> list[Row]:
        found = shown(body, documents, rows)
        whole = rules.value(body, "limit") == len(documents) > 1 and rules.echoes(body)
        return found[:-1] if whole else found

    rules._shown = one_less  # type: ignore[method-assign]


def _instructed(rules: Rules, body: Any) -> bool:
    return isinstance(rules.value(body, "instruction"), str)


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        (_first_line, "ranking.query_beside"),
        (_first_words, "ranking.query_beside"),
        (_blank, "ranking.relevance.blank"),
        (_whole_limit, "response.results.limit"),
    ],
)
def test_what_an_instruction_or_a_limit_brings_is_found(change: Callable[[Rules], None], clause: str) -> None:
    """Beside an instruction a question's second line, a text's end and an empty text are looked at, and beside an echo a limit of just the list's length."""
    rules = Rules(load("siliconflow"), MOCK_KEY)
    change(rules)
    assert clause in _failed(rules)


def test_what_is_behind_a_key_is_read() -> None:
    """A key with a word behind a hyphen, which some gateways take for a channel, is another key."""
    rules = Rules(load("siliconflow"), MOCK_KEY)
    authorise = rules.authorise
    rules.authorise = lambda header: authorise(header and header.removesuffix("-x"))  # type: ignore[method-assign]
    assert _failed(rules) == {"auth.suffix"}


def test_what_stands_before_one_model_makes_no_other() -> None:
    """A name made of one model and of what stands before another one is no model's: a service that drops that is found by a plan of a night."""
    rules = Rules(load("siliconflow"), MOCK_KEY)
    accept, name = rules.accept_model, rules.names["model"]

    def lenient(body: Any) -> None:
        accept({**body, name: body[name].removeprefix("Pro/")} if isinstance(body.get(name), str) else body)

    rules.accept_model = lenient  # type: ignore[method-assign]
    assert _failed(rules, "nightly") == {"request.model.unknown"}
