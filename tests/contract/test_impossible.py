"""What no answer can keep is named as the document's fault, and no service is accused of it."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract, load
from conformance.contract.audit import audit
from conformance.contract.catalogue import names
from conformance.contract.impossible import impossible
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.rules import Rules
from conformance.model.verdict import Outcome, Verdict
from conformance.selftest.stage import play
from tests.contract.test_audit import CLEAN

ITEMS = "properties/data/items"
SCORE = f"{ITEMS}/properties/score"


def _contract(item: dict[str, Any], score: dict[str, Any]) -> Contract:
    document = deepcopy(CLEAN)
    operation = document["paths"]["/rerank"]["post"]
    del operation["requestBody"]["content"]["application/json"]["schema"]["properties"]["top"]
    found = operation["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["data"]
    found["items"]["required"] = ["at", "score"]
    found["items"]["properties"]["score"] |= score
    found["items"] |= item
    return Contract("example", document, document, Path("example.yaml"))


def _failed(verdicts: tuple[Verdict, ...]) -> set[str]:
    return {verdict.clause.id for verdict in verdicts if verdict.outcome is Outcome.FAIL}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "one score": ({}, {"const": 0.5}, SCORE, "`data.items.score` cannot tell them apart"),
    "one listed score": ({}, {"enum": [0.5]}, SCORE, "`data.items.score` cannot tell them apart"),
    "no score between bounds": ({}, {"minimum": 2, "maximum": 1}, SCORE, "`minimum` and `maximum`"),
    "listed values of another type": ({}, {"enum": ["high", "low"]}, SCORE, "`type` and `enum`"),
    "a forbidden key required": (
        {"required": ["at", "score", "rank"], "additionalProperties": False},
        {},
        ITEMS,
        "`required` and `additionalProperties`",
    ),
    "what is required is forbidden": ({"not": {"required": ["score"]}}, {}, ITEMS, "`required` and `not`"),
}


@pytest.mark.parametrize(("item", "score", "where", "why"), CASES.values(), ids=CASES)
def test_what_no_answer_can_keep(item: dict[str, Any], score: dict[str, Any], where: str, why: str) -> None:
    """The audit says where and which keywords contradict one another, and a run does not judge what follows from that."""
    contract = _contract(item, score)
    found = {finding.pointer: finding.sentence for finding in audit(contract) if finding.kind == "impossible"}
    (pointer,) = (pointer for pointer, sentence in found.items() if why in sentence)
    assert pointer.endswith(f"/schema/{where}")
    verdicts = play(contract).verdicts
    assert _failed(verdicts) == set()
    assert any("no answer can" in one.detail for one in verdicts if one.outcome is Outcome.INCONCLUSIVE)


@pytest.mark.parametrize("vendor", names())
def test_shipped_contracts_can_be_kept(vendor: str) -> None:
    """Nothing in a shipped contract is impossible, so that every breach of it counts."""
    assert impossible(load(vendor)) == {}


def test_another_breach_counts_beside_it() -> None:
    """A service that breaks what can be kept is accused, though the contract asks for something impossible elsewhere."""
    contract = _contract({}, {})
    contract.document["paths"]["/rerank"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["note"] = {"type": "string", "minLength": 5, "maxLength": 3}  # fmt: skip
    rules = Rules(contract, MOCK_KEY)
    rules.order = lambda rows: rows  # type: ignore[method-assign]
    assert len(impossible(contract)) == 1
    assert any(
        clause.startswith("ranking.") or "sorted" in clause for clause in _failed(play(contract, rules=rules).verdicts)
    )
    rules = Rules(contract, MOCK_KEY)
    shape = rules.shape
    rules.shape = lambda answer, body: {**shape(answer, body), "data": [{"at": 0, "score": "high"}]}  # type: ignore[method-assign]
    assert "response.data.items.score.type" in _failed(play(contract, rules=rules).verdicts)
