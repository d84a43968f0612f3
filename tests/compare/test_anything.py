"""Whatever servers answer, a comparison comes out, and says what it saw."""

import json
import math
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import jsonschema_rs
import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.compare.clause_table import ClauseState
from conformance.compare.compared import ComparedTarget
from conformance.compare.comparison import Comparison, compare
from conformance.compare.survey import SurveyPlan, judged_both_ways
from conformance.compare.uses import Vocabulary
from conformance.contract import Contract
from conformance.document import schema
from conformance.model.exchange import Exchange, Response
from conformance.report import comparison as comparison_report
from conformance.report import comparison_csv, comparison_page
from conformance.report.formats import render
from conformance.running import End, Target
from tests.compare.conftest import REACH, asked
from tests.sampling import sampled

SCHEMA = schema("comparison")
NUMBERS = [
    "-7",
    "3",
    "1e400",
    "-1e308",
    "1" + "0" * 400,
    "0.1e-320",
    "NaN",
    "-0.0",
    "95.5",
    "true",
    "null",
    '"0.5"',
    "[]",
    '"\\ud800"',
    "{}",
    '"\\u0000</script>"',
]
BODIES = [
    b"", b"null", b"[]", b"{}", b"7", b'"x"', b"\xff\xfe", b"[" * 5_000, b'{"results": null}', b'{"results": {}}', b'{"results": [null, 1, "x", [], {}]}',
    b'{"results": [{"index": 0}, {"relevance_score": 1}]}', b'{"id": {"a": ["\\ud83d"]}, "results": [], "meta": []}', b'{"data": null, "message": {}}', b'{"a": 1, "a": 2}',
]  # fmt: skip


def answered(
    subject: ComparedTarget, contract: Contract, change: Callable[[int, Exchange], Exchange]
) -> ComparedTarget:
    """Return a subject as if its server had answered otherwise."""
    held = [change(number, exchange) for number, exchange in enumerate(subject.exchanges.values())]
    target = Target("changed", subject.where, subject.contract, {"SILICONFLOW_API_KEY": ""})
    return judged_both_ways("changed", target, SurveyPlan(subject.kit, asked(contract)), held, End.COMPLETE, 0.0, 1.0)


def complete(comparison: Comparison) -> None:
    """Write all forms, and see that nothing unknown passes for kept."""
    jsonschema_rs.validate(SCHEMA, json.loads(render("comparison", "json", comparison)), validate_formats=True)
    assert comparison_csv.render(comparison)
    assert comparison_report.markdown(comparison)
    assert comparison_page.render(comparison)
    assert not [
        cell
        for line in comparison.by_reference.rows
        for cell in line.cells
        if cell.state is ClauseState.KEPT and not cell.exchanges
    ]


@pytest.mark.parametrize(
    ("status", "body"), sampled([*((200, body) for body in BODIES), (400, b""), (400, BODIES[-2])], 2)
)
def test_one_answer_for_everything(zoo: list[ComparedTarget], siliconflow: Contract, status: int, body: bytes) -> None:
    """A server that answers everything with one body, of any kind, is compared; its rankings are not shown."""
    response = Response(status, (("Content-Type", "application/json"),), body)
    alike = answered(zoo[0], siliconflow, lambda _, exchange: evolve(exchange, response=response))
    found = compare([zoo[0], alike], siliconflow, REACH, made=1.7e9)
    complete(found)
    assert found.agreement is not None
    assert found.agreement.known[1].ndcg is None
    assert found.answer(found.migrations[0]) != "yes"
    # No single use is a yes either, and what nothing is known of can be replaced by nothing.
    for use in Vocabulary(siliconflow).uses[::4]:
        for pair in ([zoo[0], alike], [alike, zoo[0]]):
            one = compare(pair, siliconflow, REACH, uses=(use,), made=1.7e9)
            assert one.answer(one.migrations[0]) != "yes"


def _spoil(value: Any, draw: Iterator[str]) -> str:
    """Return JSON in which every number is another one, written as drawn."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_spoil(part, draw)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_spoil(part, draw) for part in value) + "]"
    return next(draw) if isinstance(value, int | float) and not isinstance(value, bool) else json.dumps(value)


def test_any_number_anywhere(zoo: list[ComparedTarget], siliconflow: Contract) -> None:
    """Indices, scores and counts that are no numbers, no finite ones or beyond all bounds break no part of the report."""

    @settings(max_examples=1, deadline=None, database=None)
    @example([NUMBERS[1], NUMBERS[2], NUMBERS[3]])
    @given(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=8))
    def comes_out(numbers: list[str]) -> None:
        drawn = cycle(numbers)

        def change(_: int, exchange: Exchange) -> Exchange:
            response = exchange.response
            if response is None or response.status != 200 or len(response.body) > 20_000:
                return exchange
            return evolve(exchange, response=evolve(response, body=_spoil(json.loads(response.body), drawn).encode()))

        found = compare([zoo[0], answered(zoo[0], siliconflow, change)], siliconflow, REACH, made=1.7e9)
        complete(found)
        assert found.agreement is not None
        assert all(known.ndcg is None or math.isfinite(known.ndcg) for known in found.agreement.known)

    comes_out()
