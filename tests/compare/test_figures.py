"""Numbers that are lawful each, and other ones than before: scores, and what is billed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from conformance.compare.compared import ComparedTarget
from conformance.compare.comparison import CanReplace, compare
from conformance.compare.uses import Vocabulary
from conformance.contract import Contract
from conformance.model.exchange import Exchange
from tests.compare.conftest import REACH
from tests.compare.test_anything import answered


def cubed(answer: Any) -> None:
    for result in answer["results"]:
        result["relevance_score"] = result["relevance_score"] ** 3


def billed_twice(answer: Any) -> None:
    answer["meta"]["billed_units"]["input_tokens"] *= 2


def a_little(answer: Any) -> None:
    for result in answer["results"]:
        result["relevance_score"] = round(result["relevance_score"], 2)
    answer["meta"]["billed_units"]["input_tokens"] += 1


@pytest.mark.parametrize(
    ("change", "use", "expected"),
    [
        (cubed, "results.relevance_score", CanReplace.CARE),
        (cubed, "query", CanReplace.YES),
        (billed_twice, "meta.billed_units.input_tokens", CanReplace.CARE),
        (billed_twice, "meta.tokens.input_tokens", CanReplace.YES),
        (a_little, "results.relevance_score", CanReplace.YES),
    ],
)
def test_other_numbers_are_no_yes(
    zoo: list[ComparedTarget], siliconflow: Contract, change: Callable[[Any], None], use: str, expected: CanReplace
) -> None:
    """Who reads a number is told where most of the same requests get another one; who does not, and whom a hundredth moves, is not."""

    def other(_: int, exchange: Exchange) -> Exchange:
        response = exchange.response
        if response is None or response.status != 200:
            return exchange
        answer = json.loads(response.body)
        change(answer)
        return evolve(exchange, response=evolve(response, body=json.dumps(answer).encode()))

    uses = Vocabulary(siliconflow).parse(use)
    found = compare([zoo[0], answered(zoo[0], siliconflow, other)], siliconflow, REACH, uses=uses, made=1.7e9)
    assert found.answer(found.migrations[0]) is expected
