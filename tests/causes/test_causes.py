"""What explains the failed clauses: one cause for one thing that is wrong, whatever it breaks."""

import random
import re
from collections import Counter
from functools import cache

import pytest
from attrs import define

from conformance.causes import causes, grouped
from conformance.checks.features import features, planned, unusual
from conformance.contract import catalogue, load
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.app import App, Call
from conformance.mock.faults import faults
from conformance.mock.rules import Rules
from conformance.model.clause import WHOLE
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from conformance.selftest.stage import play, played
from tests.sampling import sampled

CONTRACT = load("siliconflow")


@cache
def run(*names: str) -> Run:
    return play(CONTRACT, names)


def kinds(found: Run) -> list[str]:
    return [cause.kind for cause in found.causes]


@pytest.mark.parametrize(
    ("fault", "kind", "clauses"),
    sampled(
        [
            ("status_500", "status", {"response.no_server_error"}),
            ("status_404", "status", set()),
            ("no_auth", "keys", {"auth.missing", "auth.wrong", "auth.empty", "auth.before_body"}),
            ("any_token", "keys", {"auth.wrong", "auth.prefix", "auth.suffix"}),
            ("unauthorised_400", "credentials", set()),
            ("model_gone", "refused", {"request.model.listed", "request.branch.RerankVLRequest"}),
            ("echo_refused", "refused", {"request.return_documents.taken"}),
            ("refuses_one", "refused", {"request.documents.few"}),
            ("redirect_large", "refused", {"response.no_redirect", "request.documents.large"}),
            ("crash_nul", "broke", {"response.no_server_error"}),
            ("crash_empty", "broke", {"response.no_server_error"}),
            ("wrapped", "shape", {"response.id.required", "response.results.required"}),
            ("html_page", "no-json", {"response.json", "response.media_type"}),
            ("index_rank", "index-is-rank", {"ranking.permutation", "response.results.items.document.exact"}),
            (
                "index_one_based",
                "place",
                {"response.results.items.index.range", "response.results.items.document.exact"},
            ),
            (
                "score_logits",
                "logits",
                {"response.results.items.relevance_score.minimum", "response.results.items.relevance_score.maximum"},
            ),
            ("score_random", "unstable", {"ranking.repeatable"}),
            ("score_inverted", "relevance", {"ranking.relevance.english", "ranking.relevance.chinese"}),
            ("first_chunk", "chunks", {"ranking.chunks.middle", "ranking.chunks.last"}),
            (
                "count_constant",
                "counts",
                {"usage.meta.tokens.input_tokens.grows", "usage.meta.billed_units.input_tokens.grows"},
            ),
            ("long_middle", "chunks", {"ranking.chunks.middle", "ranking.chunks.seamless", "ranking.document.whole"}),
            ("document_after_emoji", "clause", {"ranking.document.whole", "ranking.relevance.graded"}),
            ("cache_by_query", "repeated", {"response.results.all", "response.results.items.index.range"}),
            ("cache_without_top_n", "repeated", {"response.results.limit"}),
            ("overlap_tokens+model1:score_swap", "clause", {"ranking.own_score"}),
            ("top_n+model3:index_shift", "place", {"response.results.items.index.range", "ranking.own_score"}),
            ("query_last_word", "clause", {"ranking.query.marks", "ranking.query.long", "ranking.query_beside"}),
            ("long_prompt", "chunks", {"ranking.query.marks", "ranking.query.long", "ranking.chunks.first"}),
            ("instruction_replaces", "clause", {"ranking.query_beside", "ranking.query.own"}),
            ("open.model7", "keys", {"auth.length", "auth.word"}),
            ("cap_50", "results", {"response.results.all", "response.results.limit"}),
            ("ignores.query.oneOf", "unchecked-field", {"request.query.oneOf", "request.query.type"}),
            ("empty_header.x-siliconcloud-trace-id", "header", {"response.headers.x-siliconcloud-trace-id.schema"}),
        ],
        6,
    ),
)
def test_one_fault_is_one_cause(fault: str, kind: str, clauses: set[str]) -> None:
    """A single wrong decision of the server is told once, with all the clauses that it breaks."""
    found = run(fault)
    assert kinds(found) == [kind], [cause.title for cause in found.causes]
    assert clauses <= set(found.causes[0].requirements)


@pytest.mark.parametrize("name", sampled(["jina", "siliconflow", "woagent", "cohere", "voyage", "infinity"], 1))
def test_faults_of_every_contract(name: str) -> None:
    """Of a sample of each contract's faults nine of ten give one cause each; one that needs two features at once may show as two."""
    contract = load(name)
    sample = [fault for fault in list(faults(contract))[3::200] if fault != "status_200"]
    many = {
        fault: [cause.id for cause in found.causes]
        for fault in sample
        if len((found := play(contract, [fault])).causes) > 1 and not found.notice
    }
    assert len(many) <= max(1, len(sample) * 0.1), many


@pytest.mark.parametrize(
    "names",
    sampled(
        [
            "status_500",
            "status_200",
            "index_rank no_auth",
            "crash_nul status_422",
            "score_overflows error_400_shape model_gone",
            "",
        ],
        3,
    ),
)
def test_each_failed_clause_belongs_to_one_cause(names: str) -> None:
    """Causes share out the failed clauses: none is left, none comes twice, no passed one is accused; their exchanges exist, the plainest first, and what nobody can read last."""
    found = run(*names.split())
    failed = {verdict.clause.id for verdict in found.verdicts if verdict.outcome is Outcome.FAIL}
    told = Counter(clause for cause in found.causes for clause in cause.requirements)
    assert told == Counter(failed)
    assert len({cause.id for cause in found.causes}) == len(found.causes)
    for cause in found.causes:
        asked = [found.exchanges[name].request for name in cause.exchanges]
        odd = [
            (not isinstance(request.json, dict), len(unusual(features(planned(request, CONTRACT)))), len(request.body))
            for request in asked
        ]
        assert odd
        assert odd == sorted(odd)
        assert cause.title.endswith(".")
        assert cause.explains


def test_ids_are_the_same_on_another_night() -> None:
    """Ids follow from what is wrong, not from the run: they hold when other things are wrong as well, and when verdicts come in another order."""
    one = run("score_logits", "no_auth")
    other = run("score_logits", "no_auth", "status_422")
    assert {cause.id for cause in one.causes} < {cause.id for cause in other.causes}
    again = causes(one.verdicts[::-1], dict(reversed(one.exchanges.items())), CONTRACT)
    assert {(cause.id, frozenset(cause.requirements)) for cause in again} == {
        (cause.id, frozenset(cause.requirements)) for cause in one.causes
    }


def test_what_failing_requests_share_is_named() -> None:
    """The trait that all failing requests have and no passing one has stands in the sentence: a bound, a model, a text."""
    assert re.search(r"more than [2-6]\d .* \(nearest tried: 6\d\)", run("refuses_many").causes[0].title)
    assert CONTRACT.models[-1] in run("model_gone").causes[0].title
    assert "NUL" in run("crash_nul").causes[0].title
    assert "fewer than 2" in run("refuses_one").causes[0].title


def test_two_crashes_are_two_causes() -> None:
    """Requests that break the server for different reasons are told apart by their traits."""
    found = run("crash_nul", "crash_emoji")
    assert kinds(found) == ["broke", "broke"]


def test_a_fault_behind_another_status() -> None:
    """A field that is not checked has its own cause also where every other invalid request gets a wrong status."""
    found = run("status_422", "coerces.top_n.null")
    assert {"status:422", "clause:request.top_n.null"} == {cause.id for cause in found.causes}


def test_each_clause_says_what_is_wrong_and_where() -> None:
    """Every clause has a sentence, another one on a service that fails it, and one on what to mend; what it is about is in the contract, and what it rests on is a clause."""
    ids, rests = set(), set()
    for contract in map(load, catalogue.names()):
        places = [place for answer in contract.answers.values() for place in answer.places]
        known = {one.role for one in (*contract.fields.values(), *contract.request_places, *places)}
        known |= {"body", "credentials", "error", "route", "trace", WHOLE, *(one.lower() for one in contract.answers)}
        for clause in (item.clause for item in requirements(Kit(contract))):
            for words in (clause.sentence, clause.wrong, clause.mend):
                assert words.endswith("."), clause.id
            assert clause.sentence not in {clause.wrong, clause.mend}
            assert set(clause.roles) <= known | {clause.id.partition("response.")[2].rpartition(".")[0]}, clause.id
            ids.add(clause.id)
            rests.update(clause.rests_on)
    # What may be said of any field is named whatever its schema.
    assert {one for one in rests - ids if not one.endswith((".oneOf", ".required", ".absent", ".present"))} == set()


def test_a_lost_part_of_a_text_is_named() -> None:
    """What is not read stands in the title, and not only that something is not."""
    assert run("document_after_emoji").causes[0].title == "Not read: what follows an emoji in a document."


def test_fields_that_are_checked_in_part_are_one_cause() -> None:
    """From three fields on that lack a check or two, one thing is to mend; two are told apart."""
    three = ("coerces.top_n.a boolean", "coerces.return_documents.a number", "ignores.query.minLength")
    assert [cause.id for cause in run(*three).causes] == ["lenient"]
    assert kinds(run(*three[:2])) == ["clause", "clause"]


def test_faults_of_other_requests_stay_apart() -> None:
    """Clauses that fail in some of the same requests, and in others besides, are not taken for one fault."""
    assert len(run("overlap_moves_scores", "echo_strips").causes) == 2
    assert len(run("no_limit", "limit_moves_scores").causes) == 2


def test_a_run_without_failures_has_no_cause() -> None:
    """Where nothing fails, nothing is explained, and no hint is given."""
    assert run().causes == ()
    assert run().hints == ()


def test_clauses_can_be_grouped_by_cause() -> None:
    """A list of clauses, such as what is newly broken, is grouped by the causes that explain it; the others stand alone."""
    found = run("no_auth", "unsorted")
    assert grouped(["response.results.sorted", "auth.wrong", "auth.missing", "something.else"], found.causes) == {
        "keys": ["auth.missing", "auth.wrong"],
        "clause:response.results.sorted": ["response.results.sorted"],
        "something.else": ["something.else"],
    }


def test_what_is_refused_together_is_named() -> None:
    """Where two things are taken alone and not together, the cause names both, though lists of many odd texts are refused too."""
    (cause,) = run("some+accents:refuses").causes
    assert cause.requirements == ("request.combinations",)
    assert "documents and characters beyond ASCII" in cause.title


@define
class Rainy:
    """An application that cuts one connection in twelve."""

    app: App
    chance: random.Random
    base_path: str = "/v1"

    def answer(self, call: Call) -> tuple[int, list[tuple[str, str]], bytes, float] | None:
        """Return the application's answer, or None."""
        return self.app.answer(call) if self.chance.random() > 1 / 12 else None


@pytest.mark.parametrize("seed", [2, 4])
def test_what_passes_hides_no_cause(seed: int) -> None:
    """Where connections are cut now and then, a fault is told by the answers that came, not by a later try without one."""
    rules = Rules(CONTRACT, MOCK_KEY)
    faults(CONTRACT)["index_string"].apply(rules)
    found = played(Rainy(App(rules), random.Random(seed)), CONTRACT)
    assert [cause.title for cause in found.causes] == [
        "`results.items.index` is a string, which the contract does not allow."
    ]
