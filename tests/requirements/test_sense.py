"""What no reader would dispute, what is lost between chunks, and what each model is asked: clauses beside the faults that break them."""

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from conformance.checks.reading import Reading
from conformance.contract import Contract, load
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.faults import faults
from conformance.mock.rules import Rules
from conformance.model.exchange import Exchange, Response
from conformance.model.verdict import Outcome
from conformance.probes.kit import Kit
from conformance.probes.pool import LONG, QUESTIONS, graded, kindred
from conformance.requirements.catalogue import requirements
from conformance.requirements.evidence import Evidence
from conformance.requirements.scores import CUT, _cut
from conformance.selftest.stage import play
from tests.sampling import sampled

CONTRACT = load("siliconflow")


def test_kindred_texts_hold_words_of_the_question() -> None:
    """The unrelated text of every list has none of any question's words, others have many, and what is from elsewhere is not weighed."""
    texts = graded(65)
    for question in (*QUESTIONS, LONG):
        kin = [kindred(question, text) for text in texts]
        assert kin[1] == 0
        assert max(one for one in kin if one is not None) >= 6
        assert kindred(question, "Bananas are rich in potassium.") is None


@pytest.mark.parametrize(
    "name",
    sampled(
        [
            "long_question_inverts",
            "long_question_refused",
            "blank_best",
            "question_itself_worst",
            "overlap_leaves_out",
            "other_charset",
            "echo_image_as_text",
            "echo_65535_characters",
            "index_byte",
            "guarded",
        ],
        3,
    ),
)
def test_fault_breaks_its_clause_alone(name: str) -> None:
    """What is served wrongly is one finding, for the clause that says so."""
    _breaks_alone(CONTRACT, name)


@pytest.mark.parametrize(
    ("contract", "name"),
    sampled([("infinity", "echo_moves_scores"), ("voyage", "echo_moves_scores"), ("siliconflow", "limit_default")], 1),
)
def test_fault_accuses_no_neighbour(contract: str, name: str) -> None:
    """Scores that move with what is shown say nothing of the limit and its default, and a list cut short nothing of the question."""
    _breaks_alone(load(contract), name)


def _breaks_alone(contract: Contract, name: str) -> None:
    run = play(contract, (name,))
    broken = [verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL]
    assert len(broken) == 1
    assert fnmatchcase(broken[0], faults(contract)[name].breaks)


def test_every_model_is_asked_by_a_full_kit() -> None:
    """A small kit screens the first model alone; a full one all, and long documents where a model takes chunks."""
    field = CONTRACT.fields["model"].name
    for full, wanted in ((False, 1), (True, len(CONTRACT.models))):
        listed = {item.clause.id: item for item in requirements(Kit(CONTRACT, full=full))}
        asked = {probe.request.json[field] for probe in listed["ranking.query.long"].probes}
        assert len(asked) == wanted
        chunked = {probe.request.json[field] for probe in listed["ranking.chunks.last"].probes}
        takes = {name for name in CONTRACT.models if CONTRACT.takes(name, "max_chunks_per_doc")}
        assert chunked == (takes if full else chunked & takes)


def test_a_limit_that_no_text_reaches_is_none() -> None:
    """Of the options that cut a text, a limit of more chunks than it can have is as good as none; a small one is not."""
    kit, text = Kit(CONTRACT), "x" * 20_000

    def cut(**roles: int) -> tuple[str, ...]:
        request = kit.request(kit.body(documents=[text], **roles))
        return _cut(Reading(Exchange("e1", request, "http://127.0.0.1", None, None, 0.0, 0.0), CONTRACT), text)

    assert "chunk_limit" in CUT
    assert cut(chunk_limit=2**63 - 1) == cut(chunk_limit=1024)
    assert set(cut(chunk_limit=2)) - set(cut(chunk_limit=1024)) == {"2"}
    assert "79" in cut(chunk_overlap=79)


def test_an_image_is_not_its_address() -> None:
    """A text that reads as an image's address is scored apart from the image, and both can be looked up."""
    address = "https://example.com/image.jpg"
    kit = Kit(CONTRACT)
    image = kit.content(kit.primary.items, "image", address)
    judged = []
    for document, score in ((address, 0.1), (image, 0.9)):
        request = kit.request(kit.body(documents=[document]))
        answer = {"id": str(score), "results": [{"index": 0, "relevance_score": score}]}
        response = Response(200, (("content-type", "application/json"),), json.dumps(answer).encode())
        judged.append(Exchange(f"e{score}", request, "http://127.0.0.1", response, None, 0.0, 0.0))
    evidence = Evidence.of_exchanges(CONTRACT, judged, kit.control)
    assert evidence.blamed == ()
    assert len(evidence.scores.seen) == 2


@pytest.mark.parametrize(("asked", "found"), [("query", False), ("both", False), ("instruction", True)])
def test_a_model_that_reads_the_instruction_for_the_question_is_found(asked: str, *, found: bool) -> None:
    """Where one model ranks by the instruction alone, the best text is its worst; one that ranks by both, or by the question, is right."""
    rules = Rules(CONTRACT, MOCK_KEY)
    score, model = rules.score, CONTRACT.models[4]

    def words(text: str) -> set[str]:
        return set(re.findall(r"\w+", text.lower()))

    def covered(body: Any, query: Any, position: int, item: Any) -> float:
        if not isinstance(query, str) or "image" in item:
            return score(body, query, position, item)
        told = body.get("instruction", "") if body["model"] == model else ""
        wanted = words({"query": query, "both": f"{query} {told}", "instruction": told or query}[asked])
        text = item if isinstance(item, str) else item["text"]
        return len(wanted & words(text)) / max(len(wanted), 1)

    rules.score = covered  # type: ignore[method-assign]
    failed = {verdict.clause.id for verdict in play(CONTRACT, rules=rules).verdicts if verdict.outcome is Outcome.FAIL}
    assert ("ranking.relevance.graded" in failed) is found
