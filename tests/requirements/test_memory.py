"""Servers that remember too much, or forget an option, and servers that may do the same within the contract: played in this process."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from conformance.exchange.environment import MOCK_KEY
from conformance.mock.faults import faults
from conformance.mock.faults.fault import replace
from conformance.mock.rules import Rules
from conformance.model.verdict import Outcome
from conformance.running import Settings
from conformance.selftest.stage import loaded, play
from tests.sampling import sampled

CASES = [
    *(("siliconflow", name) for name in ("cache_without_spaces", "echo_by_likeness")),
    *(("siliconflow", name) for name in ("echo_typewriter", "key_same_end")),
    *(("woagent", name) for name in ("model_by_prefix", "model_any_tag", "counts_first_lines")),
    *(("infinity", name) for name in ("cache_without_raw_scores", "raw_scores_dropped", "total_with_echo")),
]
SMOKE, NIGHT = Settings(), Settings(profile="nightly")


def failed(vendor: str, rules: Rules | None = None, *names: str, settings: Settings = SMOKE) -> set[str]:
    """Return the failed clauses of a server of some rules or faults."""
    run = play(loaded(vendor), names, rules, settings)
    return {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}


@pytest.mark.parametrize(("vendor", "fault"), sampled(CASES, 6))
def test_what_is_remembered_or_dropped_is_found(vendor: str, fault: str) -> None:
    """Each of these faults breaks the clause that it is meant to break."""
    found = failed(vendor, None, fault)
    assert any(fnmatchcase(clause, faults(loaded(vendor))[fault].breaks) for clause in found), found


@pytest.mark.parametrize("vendor", ["voyage", "siliconflow"])
def test_lists_that_begin_alike_are_told_apart_at_night(vendor: str) -> None:
    """A server that knows a list by the beginnings of its documents gives back what another list held."""
    rules = Rules(loaded(vendor), MOCK_KEY)
    known: dict[str, Any] = {}

    def rank(original: Any, rules: Rules, body: Any) -> Any:
        rest = {name: value for name, value in body.items() if name != rules.names["documents"]}
        key = repr((sorted(rest.items()), [rules.text(item)[:64] for item in rules.documents(body)]))
        return known.setdefault(key, original(body))

    replace("rank", rank)(rules)
    assert any(clause.endswith(".exact") for clause in failed(vendor, rules, settings=NIGHT))


@pytest.mark.parametrize("vendor", ["voyage", "woagent"])
def test_case_and_white_space_may_not_matter_to_a_score(vendor: str) -> None:
    """A model that reads neither, and remembers scores by what it reads, breaks nothing: its echo is another matter."""
    rules = Rules(loaded(vendor), MOCK_KEY)
    known: dict[tuple[str, str], float] = {}

    def score(original: Any, _rules: Rules, query: str, chunk: str) -> float:
        read = " ".join(query.casefold().split()), " ".join(chunk.casefold().split())
        return known.setdefault(read, original(*read))

    replace("score_chunk", score)(rules)
    assert failed(vendor, rules) == set()


@pytest.mark.parametrize("vendor", ["siliconflow", "woagent"])
def test_an_instruction_may_change_nothing(vendor: str) -> None:
    """A model that makes nothing of an instruction breaks no clause, at night either: what it is for is left to the model."""
    rules = Rules(loaded(vendor), MOCK_KEY)
    original, name = rules.value, "instruction"
    rules.value = lambda body, role: None if role == name else original(body, role)  # type: ignore[method-assign]
    assert failed(vendor, rules, settings=NIGHT) == set()
