"""Moving from one target to another: what breaks, what changes in silence, what works, and where each planted difference shows."""

import json
import os
import tracemalloc
from pathlib import Path

import pytest

from conformance.compare.clause_table import ClauseState
from conformance.compare.compared import ComparedTarget
from conformance.compare.comparison import CanReplace, Comparison, ComparisonExit, FailOn, compare
from conformance.compare.migration import Effect, Migration
from conformance.compare.portable import Portability
from conformance.compare.recorded_traffic import TrafficError, read
from conformance.compare.survey import SurveyPlan, aligned, judged_both_ways, recall
from conformance.compare.uses import SERVICE, UnknownUseError, Vocabulary
from conformance.contract import Contract, load, names
from conformance.recording import Recording, begin
from conformance.running import End, Target
from tests.compare.conftest import FAULTS, REACH, asked, subject
from tests.contract.pages import Schemas, page
from tests.sampling import sampled


def migration(comparison: Comparison, target: str) -> Migration:
    return next(one for one in comparison.migrations if one.target == target)


def effects(comparison: Comparison, target: str) -> dict[str, Effect]:
    return {use.said: migration(comparison, target).effect(use.said) for use in comparison.uses}


def differing(comparison: Comparison, target: str) -> set[str]:
    """Clauses whose state at a target is not that of the first."""
    number = comparison.names.index(target)
    return {
        line.clause.id for line in comparison.by_reference.rows if line.cells[number].state is not line.cells[0].state
    }


def behaving(comparison: Comparison, target: str) -> set[str]:
    """Habits that a target does not share with the first."""
    number = comparison.names.index(target)
    return {
        behaviour.id for behaviour in comparison.behaviours if behaviour.cells[number].key != behaviour.cells[0].key
    }


# What each fault changes, and nothing else does: uses that do not work, clauses in another state, habits.
PLANTED = {
    "percent": (
        {"results.relevance_score": Effect.CHANGES},
        {"response.results.items.relevance_score.maximum"},
        {"score.scale"},
    ),
    "no limit": ({"top_n": Effect.BREAKS}, {"response.results.limit", "ranking.limit"}, {"field.limit"}),
    "odd 400": ({"error.400": Effect.BREAKS}, {"error.400.shape", "error.says"}, {"error.bad_request"}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_planted_difference_is_found_and_nothing_else(compared: Comparison, name: str) -> None:
    """A server that is wrong in one way differs there, in all parts of the report, and nowhere else."""
    uses, clauses, behaviours = PLANTED[name]
    assert {
        use: effect for use, effect in effects(compared, name).items() if effect in {Effect.BREAKS, Effect.CHANGES}
    } == uses
    assert differing(compared, name) == clauses
    assert behaving(compared, name) == behaviours
    assert compared.answer(migration(compared, name)) == (
        CanReplace.NO if Effect.BREAKS in uses.values() else CanReplace.CARE
    )


# What one wrong decision changes for whoever uses everything; clauses that it only hides are no changes.
ALSO = {
    "unsorted": {"results.relevance_score"},
    "index_negative": {"results.document", "results.index"},
    "echo_refused": {"documents", "return_documents"},
    "echo_rotated": {"results.document"},
    "dedup": {"documents", "results", "top_n"},
    "results_object": {"results"},
    "status_201": {SERVICE.said},
    "status_422": {SERVICE.said},
    "no_auth": {SERVICE.said},
    "crash_deep": {SERVICE.said},
    "count_constant": {"meta.tokens.input_tokens", "meta.billed_units.input_tokens"},
}


@pytest.mark.parametrize("fault", sampled(ALSO, 1))
def test_each_difference_is_told_where_it_is_met(zoo: list[ComparedTarget], siliconflow: Contract, fault: str) -> None:
    """A fault is told of the uses that meet it, and of no others; it never goes unsaid."""
    found = compare([zoo[0], subject("other", siliconflow, asked(siliconflow), fault)], siliconflow, REACH)
    assert {
        use for use, effect in effects(found, "other").items() if effect in {Effect.BREAKS, Effect.CHANGES}
    } == ALSO[fault]
    assert found.answer(found.migrations[0]) in {CanReplace.NO, CanReplace.CARE}


def test_a_name_in_request_and_answer_is_two_uses() -> None:
    """Where a contract calls a field of the request and one of the answer alike, each has a use of its own."""
    for name in names():
        every = [use.said for use in Vocabulary(load(name)).uses]
        assert len(every) == len(set(every)), name
    words = Vocabulary(load("voyage"))
    said = [use.said for use in words.uses]
    assert {"request.model", "response.model"} <= set(said)
    assert [use.area for use in words.parse("model")] == ["request", "answer"]
    assert [use.said for use in words.parse("request.model=rerank-2")] == ["request.model=rerank-2"]


def test_a_range_of_statuses_is_a_use(siliconflow: Contract) -> None:
    """A contract that documents its errors as 4XX has them as one use, which works where their shape is kept and breaks where it is another."""
    voyage = load("voyage")
    first, again, other = (
        subject(name, contract, asked(voyage))
        for name, contract in (("first", voyage), ("again", voyage), ("other", siliconflow))
    )
    found = compare([first, again, other], voyage, REACH)
    assert [migration(found, name).effect("error.4XX") for name in ("again", "other")] == [Effect.WORKS, Effect.BREAKS]


def test_observed(compared: Comparison) -> None:
    """The service as it is seen differs from its contract's mock in its errors and in what the observations tell of it."""
    changed = {
        use for use, effect in effects(compared, "observed").items() if effect in {Effect.BREAKS, Effect.CHANGES}
    }
    # Its errors have other shapes, and a long document is refused, with a status that the contract does not name.
    assert changed == {"error.400", "error.401", "error.404", "documents", SERVICE.said}
    broken = {
        line.clause.id
        for line in compared.by_reference.rows
        if line.cells[compared.names.index("observed")].state is ClauseState.BROKEN
    }
    assert {"error.401.shape", "request.documents.large", "response.status.documented"} <= broken
    assert all(clause.startswith(("error.", "request.documents.large", "response.status")) for clause in broken)
    assert {
        "score.determinism",
        "trailing_slash",
        "usage.where",
        "error.stranger",
        "error.bad_request",
        "error.path",
    } <= behaving(compared, "observed")
    assert not {"score.scale", "limit.beyond", "field.limit"} & behaving(compared, "observed")


def test_woagent_for_siliconflow(compared: Comparison) -> None:
    """What the other vendor's contract lacks breaks, what it leaves open changes in silence, what is common works."""
    found = effects(compared, "woagent")
    for name in (
        "documents",
        "documents.text",
        "documents.image",
        "query.image",
        "model",
        "meta.tokens.input_tokens",
        "x-siliconcloud-trace-id",
        "error.400",
        "error.401",
    ):
        assert found[name] is Effect.BREAKS, name
    for name in ("top_n", "max_chunks_per_doc", "overlap_tokens", "instruction", "query"):
        assert found[name] is Effect.CHANGES, name
    for name in ("return_documents", "id", "results.index", "results.relevance_score", "results.document.text"):
        assert found[name] is Effect.WORKS, name
    assert found["error.429"] is Effect.UNKNOWN
    words = " ".join(finding.words for finding in migration(compared, "woagent").of("meta.tokens.input_tokens"))
    assert "`tokens.input_tokens`" in words
    assert ("path", "POST /v1/rerank", "POST /rerank") in migration(compared, "woagent").to_set


def test_every_finding_that_was_shown_names_its_exchange(compared: Comparison) -> None:
    """A finding that rests on an exchange names one that the target's record holds."""
    for one in compared.migrations:
        held = compared.subject(one.target).exchanges
        for finding in one.findings:
            assert set(finding.exchanges) <= set(held)
            assert finding.exchanges or finding.basis != "shown", finding


def test_stated_use(zoo: list[ComparedTarget], siliconflow: Contract) -> None:
    """Only what is used counts: a list of strings is one form of a field that breaks in another."""
    words = Vocabulary(siliconflow)
    narrow = compare(
        zoo[:2],
        siliconflow,
        REACH,
        words.parse("return_documents, results[].document.text, documents=list, results.relevance_score"),
    )
    assert narrow.exit_code is ComparisonExit.CAN_REPLACE
    assert narrow.answer(narrow.migrations[0]) == CanReplace.YES
    wide = compare(zoo[:2], siliconflow, REACH, words.parse("documents,return_documents"))
    assert wide.exit_code is ComparisonExit.BREAKS
    models = words.parse("model=BAAI/bge-reranker-v2-m3")
    assert compare(zoo[:2], siliconflow, REACH, models).migrations[0].effect(models[0].said) is Effect.WORKS
    other = words.parse("model=Qwen/Qwen3-VL-Reranker-8B")
    assert compare(zoo[:2], siliconflow, REACH, other).migrations[0].effect(other[0].said) is Effect.BREAKS


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("top_m", "top_n"),
        ("results.document.txt", "results.document.text"),
        ("nothing like it", "query"),
        (",", "query"),
    ],
)
def test_unknown_use(siliconflow: Contract, name: str, hint: str) -> None:
    """A name that the contract does not have is refused, with the one that was perhaps meant."""
    with pytest.raises(UnknownUseError, match=hint.replace(".", r"\.")):
        Vocabulary(siliconflow).parse(name)


def test_portable_subset(compared: Comparison, siliconflow: Contract, woagent: Contract) -> None:
    """The subset holds what all keep, within the narrowest bounds and the forms and models in common."""
    overlaps = [
        field.schema
        for contract in (siliconflow, woagent)
        if (field := contract.request_field("chunk_overlap")) is not None
    ]
    low, high = max(schema.get("minimum", 0) for schema in overlaps), min(schema["maximum"] for schema in overlaps)
    held = {item.use: item for item in compared.portable}
    assert held["documents"].reach is Portability.EVERYWHERE
    assert held["documents"].within == ("list of string", "items ≥ 1")
    assert held["overlap_tokens"].within[:2] == ("integer", f"{low}..{high}")
    assert "Qwen/Qwen3-VL-Reranker-8B" not in " ".join(held["model"].within)
    assert held["return_documents"].reach is Portability.EVERYWHERE
    for gone in ("meta.tokens", "documents.text", "x-siliconcloud-trace-id", "results.relevance_score", "top_n"):
        assert held[gone].reach is Portability.NOT, gone


def test_unknown_is_never_kept(compared: Comparison) -> None:
    """What no answer held, and what nothing provoked, is not shown; a kept cell always names its exchange."""
    number = compared.names.index("woagent")
    states = {line.clause.id: line.cells[number].state for line in compared.by_reference.rows}
    assert states["response.meta.tokens.type"] is ClauseState.UNKNOWN
    assert states["error.429.shape"] is ClauseState.UNKNOWN
    for matrix in (compared.own, compared.by_reference):
        for line in matrix.rows:
            for cell in line.cells:
                assert cell.state is not ClauseState.KEPT or cell.exchanges
                assert cell.state is not ClauseState.UNKNOWN or cell.detail
    own = {line.key: line.cells[number].state for line in compared.own.rows}
    assert own["error.400.shape"] is ClauseState.ABSENT


def test_clauses_meet_by_role(compared: Comparison) -> None:
    """Judged by their own contracts, clauses on the same role share a line, wherever the field stands."""
    line = next(line for line in compared.own.rows if line.clause.id == "response.meta.tokens.input_tokens.type")
    assert [cell.requirement for cell in line.cells[:2]] == [
        "response.meta.tokens.input_tokens.type",
        "response.tokens.input_tokens.type",
    ]


def test_one_recording_serves_both_judgements(siliconflow: Contract, woagent: Contract) -> None:
    """Each distinct request is planned once, and what both contracts ask for is the same request."""
    target = aligned(Target("t", "http://127.0.0.1:1", woagent), siliconflow)
    plans = SurveyPlan(target.kit, asked(siliconflow))
    keys = [request.key for request in plans.requests]
    assert len(keys) == len(set(keys))
    own, other = ({request.key for request in plan.requests} for plan in (plans.own, plans.judgements["siliconflow"]))
    # Wrong values come beside other fields by the one contract than by the other.
    assert len(own & other) > len(own) / 3
    assert other <= set(keys)
    assert {dict(request.headers).get("Authorization") for request in plans.requests if request.key in other & own} >= {
        "Bearer $WOAGENT_API_KEY"
    }


def test_recorded_runs_are_judged_alike(siliconflow: Contract, zoo: list[ComparedTarget], tmp_path: Path) -> None:
    """A recording that is read again gives the same comparison, and sends nothing."""
    what = asked(siliconflow)
    folder = tmp_path / "percent"
    held = zoo[3]
    target = Target(held.name, held.where, siliconflow, {"SILICONFLOW_API_KEY": "mock-key"})
    journal = begin(folder, target, what.settings)
    for exchange in held.exchanges.values():
        journal.record(exchange)
    journal.end("complete", 1.0)
    journal.close()
    again = recall("percent", Recording.read(folder), what)
    assert not again.asked
    first, second = (compare([zoo[0], one], siliconflow, REACH) for one in (held, again))
    assert [finding.words for finding in first.migrations[0].findings] == [
        finding.words for finding in second.migrations[0].findings
    ]
    assert [line.cells[1].state for line in first.by_reference.rows] == [
        line.cells[1].state for line in second.by_reference.rows
    ]
    assert "mock-key" not in (folder / "journal.jsonl").read_text()


def test_what_was_not_asked_is_not_kept(siliconflow: Contract, woagent: Contract) -> None:
    """A run that was recorded for its own contract alone leaves the other's clauses open, with the reason."""
    alone = subject("alone", woagent, asked(woagent))
    plans = SurveyPlan(alone.kit, asked(siliconflow))
    target = Target("alone", alone.where, woagent, {"WOAGENT_API_KEY": ""})
    held = judged_both_ways("alone", target, plans, alone.exchanges.values(), End.COMPLETE, 0.0, 1.0, folder="alone")
    found = {verdict.clause.id: verdict for verdict in held.judged_by(siliconflow).verdicts}
    assert found["request.documents.oneOf"].outcome != "pass"
    assert not held.asked


def har(path: Path, *bodies: object, url: str = "https://api.siliconflow.cn/v1/rerank") -> Path:
    answer = {"id": "a", "results": [{"index": 0, "relevance_score": 0.5, "document": {"text": "a"}}]}
    entries = [
        {
            "request": {
                "method": "POST",
                "url": url,
                "postData": {"mimeType": "application/json", "text": json.dumps(body)},
            },
            "response": {"status": 200, "content": {"mimeType": "application/json", "text": json.dumps(answer)}},
        }
        for body in bodies
    ]
    path.write_text(
        json.dumps({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}})
    )
    return path


def test_runs_of_their_own_contracts_combine(siliconflow: Contract, woagent: Contract) -> None:
    """Of two runs that were each recorded for its own contract, a field is missed only in answers to what both were asked."""
    first, other = (
        Target(name, "http://127.0.0.1:1", contract, {str(contract.key_env): ""})
        for name, contract in (("first", siliconflow), ("other", woagent))
    )
    held = []
    for target in (first, other):
        own = subject(target.name, target.contract, asked(target.contract))
        wanted = {request.key for request in SurveyPlan(target.kit, asked(target.contract)).own.requests}
        exchanges = [exchange for exchange in own.exchanges.values() if exchange.request.key in wanted]
        held.append(
            judged_both_ways(
                target.name,
                target,
                SurveyPlan(target.kit, asked(siliconflow)),
                exchanges,
                End.COMPLETE,
                0.0,
                1.0,
                folder=target.name,
            )
        )
    one = compare(held, siliconflow, REACH).migrations[0]
    assert one.effect("results.document.text") is not Effect.BREAKS
    assert one.effect("meta.tokens.input_tokens") is Effect.BREAKS
    assert one.effect("results.relevance_score") is Effect.WORKS


def test_use_from_traffic(zoo: list[ComparedTarget], siliconflow: Contract, tmp_path: Path) -> None:
    """Traffic tells fields, forms and models; what the other contract does not allow of it breaks, with its entry."""
    ask = {"model": "BAAI/bge-reranker-v2-m3", "query": "q", "documents": ["a", "b"], "top_n": 2}
    traffic = read(har(tmp_path / "t.har", ask, {**ask, "documents": "one", "truncate": 1}), siliconflow)
    assert traffic.undeclared == ("truncate",)
    held = {use.name: use for use in traffic.uses}
    assert held["documents"].given == ("list of string", "string")
    assert held["model"].given == ("BAAI/bge-reranker-v2-m3",)
    assert "results.document.text" in held
    assert "return_documents" not in held
    found = compare(zoo[:2], siliconflow, REACH, (), traffic)
    words = [
        finding.words for finding in found.migrations[0].of(held["documents"].said) if finding.effect is Effect.BREAKS
    ]
    assert any("1 of 2 recorded requests" in told and "entries 1" in told for told in words)
    plain = compare(
        zoo[:2],
        siliconflow,
        REACH,
        (),
        read(har(tmp_path / "p.har", {key: ask[key] for key in ("model", "query", "documents")}), siliconflow),
    )
    assert plain.migrations[0].effect("documents=list of string") is Effect.WORKS


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"log": {}}', '{"log": {"entries": [{}, 7, {"request": {"url": 1}}]}}', '{"log": {"entries": 1}}'],
)
def test_bad_traffic(siliconflow: Contract, tmp_path: Path, content: str) -> None:
    """A file that is no HAR, or holds no such request, is refused with its name."""
    path = tmp_path / "bad.har"
    path.write_text(content)
    with pytest.raises(TrafficError, match=r"bad\.har"):
        read(path, siliconflow)


@pytest.mark.parametrize("place", ["/dev/zero", "pipe"])
def test_traffic_without_end(siliconflow: Contract, tmp_path: Path, place: str) -> None:
    """A pipe or a device in the place of recorded traffic is refused at once: nobody waits for it, and no memory goes into it."""
    if place == "pipe":
        os.mkfifo(tmp_path / "pipe")
    (tmp_path / "endless.har").symlink_to(place)
    with pytest.raises(TrafficError, match=r"endless\.har cannot be read: it is no regular file"):
        read(tmp_path / "endless.har", siliconflow)


def test_traffic_of_no_use_is_never_built(siliconflow: Contract, tmp_path: Path) -> None:
    """Two hundred thousand lists beside what is recorded take no memory; a request that is too large to be read costs itself alone."""
    ask = {"model": "m", "query": "q", "documents": ["a"]}
    path = har(tmp_path / "odd.har", ask, {**ask, "documents": ["a" * 3_000_000]}, {**ask, "top_n": 1})
    odd = f'{{"odd": [{",".join(["[]"] * 200_000)}], "log": '
    path.write_text(path.read_text().replace('{"log": ', odd, 1), encoding="utf-8-sig")
    tracemalloc.start()
    held = read(path, siliconflow)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [sent.entry for sent in held.sent] == [0, 2]
    assert held.sent[1].body == {**ask, "top_n": 1}
    # The large request itself, read in pieces; the lists would take eleven million bytes more.
    assert most < 15_000_000


def test_differences_are_grouped_by_cause(
    zoo: list[ComparedTarget], compared: Comparison, siliconflow: Contract
) -> None:
    """Few causes tell what many findings do: each failed clause that is used stands in exactly one, and the worst comes first."""
    wrong = subject("wrong", siliconflow, asked(siliconflow), "index_rank")
    found = compare([zoo[0], wrong], siliconflow, REACH)
    failed = {
        finding.requirement
        for finding in found.migrations[0].findings
        if finding.effect is not Effect.WORKS and finding.requirement
    }
    assert len(failed) > 4
    assert len(found.differences[0]) < 3
    assert found.differences[0][0].effect is Effect.BREAKS
    assert len(found.differences[0][0].requirements) > 3
    order = [Effect.BREAKS, Effect.CHANGES, Effect.DIFFERS]
    for one, causes in zip(compared.migrations, compared.differences, strict=True):
        told = [finding for finding in one.findings if finding.effect in order]
        names = [name for cause in causes for name in cause.requirements]
        assert len(names) == len(set(names))
        assert set(names) == {finding.requirement for finding in told if finding.requirement}
        assert {use for cause in causes for use in cause.uses} == {finding.use for finding in told}
        assert [order.index(cause.effect) for cause in causes] == sorted(order.index(cause.effect) for cause in causes)
    woagent = compared.differences[compared.names.index("woagent") - 1]
    assert len(woagent) < 10 < sum(finding.effect in order for finding in migration(compared, "woagent").findings)


def _questioned(schemas: Schemas) -> None:
    """Call the query a question."""
    for name in ("RerankClassicRequest", "RerankVLRequest"):
        fields = schemas[name]["properties"]
        fields["question"] = fields.pop("query")
        schemas[name]["required"] = ["question", "documents"]


def test_the_same_words_are_said_once(zoo: list[ComparedTarget], siliconflow: Contract, tmp_path: Path) -> None:
    """What holds of several uses in the same words is one difference, which names them all."""
    contract = page(tmp_path, _questioned)
    found = compare([zoo[0], subject("stranger", contract, asked(siliconflow, contract))], siliconflow, REACH)
    (renamed,) = (one for one in found.differences[0] if "called `question` there" in one.title)
    assert renamed.uses == ("query", "query.image")
    assert len(found.differences[0]) < 3


@pytest.mark.parametrize(
    ("fail_on", "percent", "no_limit"), [(FailOn.BREAKS, 0, 1), (FailOn.CHANGES, 1, 1), (FailOn.NEVER, 0, 0)]
)
def test_fail_on(
    zoo: list[ComparedTarget], siliconflow: Contract, fail_on: FailOn, percent: int, no_limit: int
) -> None:
    """What the exit status is 1 for is the caller's choice: what breaks, what changes silently too, or nothing."""
    held = {one.name: one for one in zoo}
    statuses = [
        compare([zoo[0], held[name]], siliconflow, REACH, fail_on=fail_on).exit_code for name in ("percent", "no limit")
    ]
    assert statuses == [percent, no_limit]


def test_a_stated_use_that_was_not_shown_is_no_yes(zoo: list[ComparedTarget], siliconflow: Contract) -> None:
    """Two alike servers are a yes for what was shown; a use that was named and not shown makes it a yes with care, alone it is not shown."""
    words = Vocabulary(siliconflow)
    found = [
        compare([zoo[0], zoo[0]], siliconflow, REACH, words.parse(uses))
        for uses in ("query", "query,error.429", "error.429")
    ]
    assert [one.answer(one.migrations[0]) for one in found] == [CanReplace.YES, CanReplace.CARE, CanReplace.UNKNOWN]


def test_what_both_fail_is_no_yes(siliconflow: Contract) -> None:
    """A clause that both fail and that touches a use is told, and is no reason against the move."""
    both = [subject(name, siliconflow, asked(siliconflow), "unsorted") for name in ("one", "two")]
    found = compare(both, siliconflow, REACH, Vocabulary(siliconflow).parse("results.document.text"))
    assert found.answer(found.migrations[0]) is CanReplace.CARE
    assert any(finding.words.startswith("Fails at both") for finding in found.migrations[0].findings)
