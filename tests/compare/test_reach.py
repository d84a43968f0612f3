"""How far a service goes, and how much a field does: less than before is told, as much or more is not."""

from typing import Any

import pytest

from conformance.compare.behaviour_table import LimitSearch
from conformance.compare.compared import ComparedTarget
from conformance.compare.comparison import CanReplace, Comparison, compare
from conformance.compare.migration import Effect
from conformance.compare.survey import Survey, ask
from conformance.contract import Contract
from conformance.mock import MockServer
from conformance.mock.rules import Rules
from conformance.running import Target
from conformance.traits.trait import TraitValue

REACH = LimitSearch(documents=256, bytes=0)
KEY = "mock-key"


class Forgetful(Rules):
    """Ranks the first 200 documents and says nothing of the others."""

    def candidates(self, documents: list[Any]) -> list[int]:
        """Return the first ones."""
        return super().candidates(documents)[:200]


class Own(Rules):
    """Scores by the model too, as models do."""

    def score(self, body: dict[str, Any], query: str, position: int, item: Any) -> float:
        """Return another power of the score for each length of name."""
        return round(super().score(body, query, position, item) ** (1 + len(self.value(body, "model")) / 40), 8)


def asked(rules: type[Rules], contract: Contract) -> ComparedTarget:
    with MockServer(contract, rules=rules(contract, KEY), key=KEY) as server:
        target = Target(rules.__name__, server.base_url, contract, {str(contract.key_env): KEY})
        return ask(rules.__name__, target, Survey((contract,), reach=REACH))


@pytest.fixture(scope="module")
def targets(siliconflow: Contract) -> dict[type[Rules], ComparedTarget]:
    return {rules: asked(rules, siliconflow) for rules in (Rules, Forgetful, Own)}


def found(one: ComparedTarget, other: ComparedTarget, role: str) -> tuple[Effect, CanReplace]:
    told: Comparison = compare([one, other], one.contract, REACH)
    (migration,) = told.migrations
    use = next(use.said for use in told.uses if use.own == role)
    return migration.effect(use), told.answer(migration)


@pytest.mark.matrix
def test_documents_that_go_missing_from_a_long_list(targets: dict[type[Rules], ComparedTarget]) -> None:
    """Beyond what the contract's clauses ask, a list that is cut without a word breaks the use of documents; a longer reach breaks nothing."""
    assert found(targets[Rules], targets[Forgetful], "documents") == (Effect.BREAKS, CanReplace.NO)
    assert found(targets[Forgetful], targets[Rules], "documents") == (Effect.WORKS, CanReplace.YES)


def test_a_model_that_answers_for_another(targets: dict[type[Rules], ComparedTarget]) -> None:
    """Where two models scored apart and now score alike, the use of the model changes; the other way round nothing is lost."""
    assert found(targets[Own], targets[Rules], "model")[0] is Effect.CHANGES
    assert found(targets[Rules], targets[Own], "model")[0] is Effect.WORKS


@pytest.mark.parametrize(
    ("reach", "other", "reaches"),
    [
        (256, 128, True),
        (128, 128, True),
        (64, 128, False),
        (0.004, 0.006, True),
        (0.0004, 0.2, False),
        (None, 3, False),
    ],
)
def test_reach(reach: float | None, other: float, *, reaches: bool) -> None:
    """A count must be as large; an effect on scores needs to be of the other's order only, for each model has its own."""
    assert TraitValue("", "", reach=reach).reaches(TraitValue("", "", reach=other)) is reaches
