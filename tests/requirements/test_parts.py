"""Lost parts, wrong counts, and answers that are not new: played in this process against the mock's faults."""

from fnmatch import fnmatchcase
from statistics import mean
from typing import Any

import pytest

from conformance.contract import load
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.faults import faults
from conformance.mock.rules import Rules
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.running import Settings
from conformance.selftest.stage import play
from tests.sampling import sampled

CONTRACT = load("siliconflow")


def failed(run: Run) -> set[str]:
    return {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}


@pytest.mark.parametrize(
    ("fault", "clause"),
    sampled(
        [
            ("query_first_line", "ranking.query.*"),
            ("query_after_quote", "ranking.query.*"),
            ("query_after_emoji", "ranking.query.*"),
            ("query_before_template", "ranking.query.*"),
            ("query_500_characters", "ranking.query.long"),
            ("query_after_16_signs", "ranking.query.*"),
            ("document_first_line", "ranking.document.whole"),
            ("document_after_separator", "ranking.document.whole"),
            ("document_after_ampersand", "ranking.document.whole"),
            ("document_after_bars", "ranking.document.whole"),
            ("script_kana", "ranking.scripts"),
            ("script_thai", "ranking.scripts"),
        ],
        4,
    ),
)
def test_lost_part_is_named(fault: str, clause: str) -> None:
    """What is lost of a question or a document breaks the clause of that part, and the proof is a request that asks it alone."""
    run = play(CONTRACT, (fault,))
    hit = [
        verdict
        for verdict in run.verdicts
        if verdict.outcome is Outcome.FAIL and fnmatchcase(verdict.clause.id, clause)
    ]
    assert hit, failed(run)
    smallest = min(len(run.exchanges[proof.exchange].request.body) for verdict in hit for proof in verdict.proofs)
    assert smallest < 4_000


@pytest.mark.parametrize(
    ("vendor", "fault"),
    sampled(
        [("jina", "long_prompt"), ("jina", "long_middle"), ("cohere", "long_overflow"), ("siliconflow", "long_prompt")],
        2,
    ),
)
def test_long_document_is_read(vendor: str, fault: str) -> None:
    """A long document whose question, middle or score is lost breaks the clause on questions or on documents, also where no contract promises chunks."""
    contract = load(vendor)
    assert faults(contract)[fault].breaks in failed(play(contract, (fault,)))


@pytest.mark.parametrize(
    ("fault", "aspect"),
    sampled(
        [
            ("count_constant", "grows"),
            ("counts_no_query", "grows"),
            ("counts_once", "grows"),
            ("counts_echo", "free"),
            ("counts_capped", "grows"),
            ("count_results", "free"),
        ],
        2,
    ),
)
def test_wrong_count_breaks_its_clause(fault: str, aspect: str) -> None:
    """A count that does not grow, depends on what comes back, or is none of tokens breaks the clause that says so, for what is used and for what is billed."""
    broken = {name for name in failed(play(CONTRACT, (fault,))) if fnmatchcase(name, f"usage.*.{aspect}")}
    assert len(broken) == 2


def test_an_id_that_comes_again_is_found() -> None:
    """An id that an earlier answer had breaks the one clause on ids, though each answer by itself is in order."""
    broken = failed(play(CONTRACT, ("ids_come_again",)))
    assert len(broken) == 1
    assert fnmatchcase(broken.pop(), faults(CONTRACT)["ids_come_again"].breaks)


@pytest.mark.parametrize("fault", sampled(["cache_unordered", "limit_ranks_first", "second_model_latin"], 2))
def test_serious_fault_is_found(fault: str) -> None:
    """A list remembered whatever its order, a limit that ranks the first documents alone and a model that reads no Chinese break their clauses."""
    broken = failed(play(CONTRACT, (fault,)))
    assert any(fnmatchcase(name, faults(CONTRACT)[fault].breaks) for name in broken), broken


@pytest.mark.parametrize(
    ("fault", "clause"),
    sampled(
        [
            ("limit_first_line", "ranking.limit_free"),
            ("echo_switch_first_line", "ranking.echo"),
            ("limit_question_start", "ranking.query.marks"),
            ("limit_first_chunk", "ranking.chunks.seamless"),
            ("limit_shards", "ranking.limit"),
            ("document_loses_items", "ranking.words"),
            ("question_loses_labels", "ranking.words"),
        ],
        3,
    ),
)
def test_what_is_lost_beside_a_field_is_found(fault: str, clause: str) -> None:
    """What is lost only under a limit or with an echo, and words of one kind, break the clause that says so."""
    assert clause in failed(play(CONTRACT, (fault,)))


def _mean_beside(*roles: str) -> Rules:
    """Return a server that takes the mean of chunks where a request has all of some fields."""
    made, asked = Rules(CONTRACT, MOCK_KEY), [False]
    score, combine = made.score, made.combine

    def scored(body: Any, *rest: Any) -> float:
        asked[0] = {made.names[role] for role in roles} <= body.keys()
        return score(body, *rest)

    made.score = scored  # type: ignore[method-assign]
    made.combine = lambda scores: mean(scores) if asked[0] else combine(scores)  # type: ignore[method-assign]
    return made


def test_a_plan_of_a_night_asks_more_than_one_of_smoke() -> None:
    """A mean of chunks beside an overlap is found; one beside an overlap and an echo by a plan of a night, as is said of the settings."""
    assert "ranking.chunks.best" in failed(play(CONTRACT, rules=_mean_beside("chunk_overlap")))
    both = "chunk_overlap", "echo_switch"
    assert not failed(play(CONTRACT, rules=_mean_beside(*both)))
    assert "ranking.chunks.best" in failed(play(CONTRACT, rules=_mean_beside(*both), settings=Settings("nightly")))


def test_documents_that_share_a_limit_of_chunks_are_found() -> None:
    """A limit of chunks that the first document of a list uses up leaves others unread; a limit of each document's own is none of that."""
    made = Rules(CONTRACT, MOCK_KEY)
    score = made.score

    def shared(body: Any, query: str, position: int, item: Any) -> float:
        limit = body.get(made.names["chunk_limit"])
        return 0.0 if isinstance(limit, int) and position >= limit else score(body, query, position, item)

    made.score = shared  # type: ignore[method-assign]
    found = {verdict.clause.id: verdict for verdict in play(CONTRACT, rules=made).verdicts}
    assert "leaves documents without a chunk" in found["ranking.chunks.limit"].wrong
    # What most answers say is not what is expected where most of them are blamed.
    assert all(proof.actual not in proof.expected for proof in found["ranking.own_score"].proofs)


@pytest.mark.parametrize("fault", ["slower", "instruction_replaces", "refuses_chunked"])
def test_one_clause_names_it(fault: str) -> None:
    """What wears a server out, what becomes of an instruction, and what refuses one way of sending alone breaks the clause that says so."""
    assert faults(CONTRACT)[fault].breaks in failed(play(CONTRACT, (fault,)))
