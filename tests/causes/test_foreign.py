"""Servers of other dialects: few causes, and all that is wrong among them."""

import json
import re
import shlex
import uuid
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest
from attrs import frozen

from conformance.contract import Contract, load
from conformance.mock import scorer
from conformance.mock.app import Call
from conformance.model.exchange import Exchange
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.running import Settings, Target, conduct
from conformance.selftest.stage import play, played
from tests.peers import foreign
from tests.peers.foreign import DIALECTS, KEY, Served, serving
from tests.sampling import sampled

CONTRACT, WOAGENT = load("siliconflow"), load("woagent")
_MOST = 12


def judged(url: str, models: tuple[str, ...] = (), contract: Contract = CONTRACT, variable: str = "") -> Run:
    variable = variable or contract.key_env or "API_KEY"
    return conduct(Target("foreign", url, contract, {variable: KEY}, models=models, key_env=variable), Settings())


def heard(name: str) -> Run:
    """Judge a dialect in this process: causes need no socket, hints do."""
    return played(Served(DIALECTS[name]), CONTRACT, key=KEY)


def pasted(hint: str) -> Run:
    """Judge as the command of a hint says, with the one key that there is."""
    command = shlex.split(hint.split("`")[-2])
    assert command[:2] == ["rerank-conformance", "run"]
    given = dict(zip(command[3::2], command[4::2], strict=True))
    contract = load(given.pop("--contract"))
    models = tuple(filter(None, [given.pop("--model", "")]))
    variable = given.pop("--api-key-env", contract.key_env or "")
    assert not given
    return judged(command[2], models, contract, variable)


def speaks(monkeypatch: pytest.MonkeyPatch, rank: Callable[[foreign.Body], Any], **more: Any) -> str:
    """Return the name of a dialect that answers so."""
    monkeypatch.setitem(DIALECTS, "own", foreign.Dialect(rank, **{"error": foreign.own_error, "trace": True, **more}))
    return "own"


@pytest.mark.parametrize("name", sampled(DIALECTS, 3))
def test_a_foreign_server_has_few_causes(name: str) -> None:
    """At most twelve causes are told of a foreign server, and each thing that is wrong with it is among them."""
    found = heard(name)
    assert len(found.causes) <= _MOST, [cause.title for cause in found.causes]
    shares = [re.match(r"(\d+) of (\d+) ", cause.title) for cause in found.causes]
    assert all(int(share[1]) < int(share[2]) for share in shares if share)
    assert not [proof for verdict in found.verdicts for proof in verdict.proofs if "schemas listed" in proof.actual]
    told = [clause for cause in found.causes for clause in cause.requirements]
    assert [
        topic for topic, glob in DIALECTS[name].planted.items() if not any(fnmatchcase(clause, glob) for clause in told)
    ] == []


def test_a_gateway_that_answers_500_is_one_cause() -> None:
    """A gateway that answers 500 to every bad request has that one cause, beside the one field that it does not support."""
    found = heard("gateway")
    wide = found.causes[0]
    assert wide.id == "status:500"
    assert "Every invalid request" in wide.title
    assert {cause.id for cause in found.causes[1:]} <= {"clause:ranking.chunks.limit"}


def test_answers_tell_another_contract() -> None:
    """Answers that follow another shipped contract clearly better give the command that judges by it."""
    with serving("renamed") as url:
        found = judged(url)
    assert len(found.hints) == 1
    assert "`voyage`" in found.hints[0]
    assert f"rerank-conformance run {url} --contract voyage --api-key-env SILICONFLOW_API_KEY`" in found.hints[0]


@pytest.mark.parametrize("version", ["/v1", "/v3"])
def test_a_base_url_without_its_version(version: str) -> None:
    """A base URL that lacks its version is noticed with a few requests more, and the right command is offered."""
    with serving("gateway", version) as url:
        found = judged(url.removesuffix(version))
    assert found.exit_code == 3
    assert f"rerank-conformance run {url} --contract siliconflow`" in " ".join(found.hints)


def test_a_base_url_with_a_version_too_many() -> None:
    """A base URL that should not have `/v1` is noticed too."""
    with serving("gateway", prefix="") as url:
        found = judged(f"{url}/v1")
    assert f"rerank-conformance run {url} --contract siliconflow`" in " ".join(found.hints)


def test_a_model_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no known model is served, one that the service lists is tried, and offered by name; the trial is no exchange to be judged."""

    def strict(body: foreign.Body) -> foreign.Body:
        foreign.need(body.get("model") == "my-reranker", 404, "The model does not exist.")
        return foreign.gateway({**body, "model": foreign.MODELS[0]})

    monkeypatch.setitem(foreign.DIALECTS, "one model", foreign.Dialect(strict, foreign.envelope))
    with serving("one model") as url:
        found = judged(url)
        assert f"rerank-conformance run {url} --contract siliconflow --model my-reranker`" in " ".join(found.hints)
        assert not any(_tried(exchange) for exchange in found.exchanges.values())
        assert judged(url, ("my-reranker",)).notice == ""


@pytest.mark.parametrize(
    ("dialect", "contract"),
    sampled([("renamed", "jina"), ("gateway", "voyage"), ("renamed", "siliconflow"), ("inference", "voyage")], 2),
)
def test_a_hint_works_when_it_is_pasted(dialect: str, contract: str) -> None:
    """The command of a hint is whole: contract, model and the variable of the one key that there is; requests are accepted by it."""
    with serving(dialect) as url:
        found = judged(url, contract=load(contract))
        assert len(found.hints) == 1, found.notice
        assert "accepted no request" not in pasted(found.hints[0]).notice


def test_a_contract_that_is_not_accepted_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that look like another contract's give no hint where its requests are refused."""

    def rank(body: foreign.Body) -> foreign.Body:
        foreign.need(body.get("model") in foreign.MODELS and "instruction" not in body, 400, "no")
        foreign.need("max_tokens_per_doc" not in body, 400, "no")
        whole = foreign.gateway(body)
        return {
            "id": whole["id"],
            "results": whole["results"],
            "meta": {"billed_units": {"search_units": 1}, "api_version": {"version": "2"}},
        }

    def error(_status: int, words: str, _kind: str) -> Any:
        return {"message": words}

    with serving(speaks(monkeypatch, rank, error=error, trace=False)) as url:
        found = judged(url)
        assert found.exit_code == 1
        for hint in found.hints:
            assert "accepted no request" not in pasted(hint).notice


def test_models_that_are_not_served_are_one_cause() -> None:
    """Where one model is served, the others are one thing to mend, not the fields and texts that only their requests carry."""
    found = heard("inference")
    refused = [cause for cause in found.causes if cause.kind == "refused"]
    # Single strings are refused too.
    assert [cause.id for cause in refused] == ["refused:model", "refused:forms"]
    assert "request.model.listed" in refused[0].requirements
    assert "models are refused" in refused[0].title


def test_refusals_with_the_status_of_a_success_are_one_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway that answers 200 with an error to whatever it refuses has that one cause: keys and fields are looked at."""

    def rank(body: foreign.Body) -> Any:
        try:
            return foreign.gateway(body)
        except foreign.Refused as refused:
            return {"code": 40001, "message": refused.words}

    found = heard(speaks(monkeypatch, rank))
    assert found.causes[0].id == "disguised"
    assert "request.model.unknown" in found.causes[0].requirements
    assert not [cause.id for cause in found.causes if cause.kind in {"keys", "unchecked", "ignored-fields"}]
    assert "`code` and `message`" in found.causes[0].title


def test_bare_scores_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where answers have a score for each document and nothing that says whose it is, the list is named."""

    def rank(body: foreign.Body) -> Any:
        limited = {name: value for name, value in body.items() if name != "top_n"}
        rows = sorted(foreign.gateway(limited)["results"], key=lambda row: int(row["index"]))
        return {"scores": [row["relevance_score"] for row in rows], "request_id": uuid.uuid4().hex}

    cause = next(one for one in heard(speaks(monkeypatch, rank)).causes if one.kind == "shape")
    assert "`scores` has a bare number for each document, in the order of the request" in cause.title


def test_an_error_with_the_status_of_a_success_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in a list under 200 is no ranking: the valid request that gets it is told as refused, and keys are looked at."""

    def rank(body: foreign.Body) -> Any:
        try:
            foreign.need(len(body.get("documents") or ()) <= 100, 400, "too many")
            return {"data": {"rerank": foreign.gateway(body)}}
        except foreign.Refused as refused:
            return {"data": None, "errors": [{"message": refused.words}]}

    with serving(speaks(monkeypatch, rank)) as url:
        found = judged(url)
    many = next(cause for cause in found.causes if "request.documents.many" in cause.requirements)
    assert many.kind == "refused"
    assert "items in the list `documents` are refused with status 200" in many.title
    assert "disguised" in {cause.kind for cause in found.causes}
    assert not {"keys", "unchecked"} & {cause.kind for cause in found.causes}


@frozen
class One:
    """A server that gives whatever is sent one answer; `{id}` in it is another one each time."""

    status: int
    media: str
    body: str
    base_path: str = "/v1"

    def answer(self, _call: Call) -> tuple[int, list[tuple[str, str]], bytes, float]:
        """Return status, headers, body and delay."""
        return self.status, [("content-type", self.media)], self.body.replace("{id}", uuid.uuid4().hex).encode(), 0.0


@pytest.mark.parametrize(
    ("status", "media", "body"),
    [
        (200, "application/json", '{"code": 20042, "message": "busy", "data": null, "request": "{id}"}'),
        (200, "text/html", "<html>Welcome</html>"),
        (200, "application/json", "{}"),
        (204, "application/json", ""),
    ],
)
def test_one_answer_for_everything_accuses_of_nothing_else(status: int, media: str, body: str) -> None:
    """Where every request gets one answer without results, nothing shows that a key or a value was accepted: those clauses are open, and the run fails for the answer."""
    found = played(One(status, media, body), CONTRACT, key=KEY)
    assert found.exit_code == 1
    assert found.causes[0].id == "one-answer"
    assert "gets one answer, whatever it asks" in found.causes[0].title
    states = {verdict.clause.id: verdict.outcome for verdict in found.verdicts}
    shown = {name for name, state in states.items() if state in {Outcome.FAIL, Outcome.PASS}}
    assert not [
        name for name in shown if name.startswith(("auth.", "request.", "path.", "method.", "body.", "media_type."))
    ]


def test_one_ranking_for_everything_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers everything with one ranking is told so, and that a stranger gets it too."""
    ranking = '{"id": "{id}", "results": [{"index": 0, "relevance_score": 0.9}, {"index": 1, "relevance_score": 0.4}, {"index": 2, "relevance_score": 0.1}]}'
    found = played(One(200, "application/json", ranking), CONTRACT, key=KEY)
    assert {"repeated", "keys"} <= {cause.kind for cause in found.causes}


def test_one_error_for_the_wrong_contract_finds_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all valid requests of a contract get one error under 200, what is accepted is found, and strangers that are refused are passed."""

    def rank(body: foreign.Body) -> Any:
        if body.get("model") not in foreign.MODELS:
            return {"data": None, "errors": [{"message": "no such model"}]}
        return foreign.gateway(body)

    with serving(speaks(monkeypatch, rank)) as url:
        found = judged(url, contract=load("jina"))
    assert "one-answer" in {cause.id for cause in found.causes}
    assert not {"keys", "unchecked"} & {cause.kind for cause in found.causes}
    assert "--contract siliconflow" in " ".join(found.hints)


def test_everyone_is_sent_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect of every request is told as that, not with a field that every request has."""

    def rank(_body: foreign.Body) -> Any:
        raise foreign.Refused(307, "over there")

    with serving(speaks(monkeypatch, rank)) as url:
        (cause,) = judged(url).causes
    assert cause.title == "Every valid request is sent elsewhere with status 307."


def test_a_wrapper_of_all_answers_hides_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where refusals come in the envelope of all answers, with status 200, what is no ranking is a refusal; what is taken beside them is told apart."""

    def rank(body: foreign.Body) -> Any:
        try:
            known = {name: value for name, value in body.items() if name != "instruction"}
            return {"code": 0, "msg": "success", "data": foreign.gateway(known)}
        except foreign.Refused as refused:
            return {"code": 400, "msg": refused.words, "data": None}

    found = heard(speaks(monkeypatch, rank))
    assert {"shape", "disguised", "ignored-fields"} <= {cause.kind for cause in found.causes}
    ignored = next(cause for cause in found.causes if cause.kind == "ignored-fields")
    assert ignored.title == "No invalid value of `instruction` is refused."
    assert "unchecked" not in {cause.kind for cause in found.causes}


def test_refusals_are_told_apart_by_their_status(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter before a server refuses markup with 403 and long questions with 400: two causes, each with its trait, and no third of invalid requests."""

    def rank(body: foreign.Body) -> Any:
        spelt = json.dumps(body, ensure_ascii=False)
        foreign.need("<b>" not in spelt and "<script" not in spelt, 403, "forbidden")
        foreign.need(len(str(body.get("query"))) < 2000, 400, "too long")
        return foreign.gateway(body)

    found = heard(speaks(monkeypatch, rank))
    titles = [cause.title for cause in found.causes if cause.kind == "refused"]
    assert "Requests with HTML in a text are refused with status 403." in titles
    assert [title for title in titles if re.search(r"more than [\d,]+ characters in `query` .* status 400", title)]
    assert not [title for cause in found.causes if "get status 403" in (title := cause.title)]


def test_what_breaks_on_an_unknown_model_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers 500 for an unknown model alone breaks on that, not on so many of its invalid requests."""

    def rank(body: foreign.Body) -> Any:
        foreign.need(not isinstance(body.get("model"), str) or body["model"] in foreign.MODELS, 500, "model")
        try:
            return foreign.gateway(body)
        except foreign.Refused as refused:
            raise foreign.Refused(400, refused.words) from None

    found = heard(speaks(monkeypatch, rank))
    cause = next(cause for cause in found.causes if "response.no_server_error" in cause.requirements)
    assert cause.title == "Requests with a model that the contract does not name are answered with status 500."


def test_distances_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores that rise from result to result, and fit the query the less the higher they are, are one cause: distances."""

    def rank(body: foreign.Body) -> Any:
        whole = foreign.gateway(body)
        for result in whole["results"]:
            result["relevance_score"] = 1 - result["relevance_score"]
        return whole

    found = heard(speaks(monkeypatch, rank, unread=500))
    cause = next(cause for cause in found.causes if "response.results.sorted" in cause.requirements)
    assert cause.title == "Results come with the lowest score first: scores are distances, not relevance."
    assert "ranking.relevance.english" in cause.requirements


def test_what_is_wrong_with_every_key_is_no_matter_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place of answers that is wrong whoever asks stays a cause of its own where keys are not looked at."""

    def rank(body: foreign.Body) -> Any:
        whole = foreign.gateway(body)
        for result in whole["results"]:
            result["document"] = "text"
        return whole

    found = heard(speaks(monkeypatch, rank, keyed=False))
    keys = next(cause for cause in found.causes if cause.kind == "keys")
    assert not [clause for clause in keys.requirements if clause.startswith("response.results")]


def test_an_empty_ranking_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that ranks no documents where it is given none checks too little; it hides no refusal behind a status of success."""

    def rank(body: foreign.Body) -> Any:
        if body.get("documents") in (None, []):
            return {**foreign.gateway({**body, "documents": ["none"]}), "results": []}
        return foreign.gateway(body)

    found = heard(speaks(monkeypatch, rank, unread=500))
    assert "disguised" not in {cause.kind for cause in found.causes}
    lenient = next(cause for cause in found.causes if "request.documents.minItems" in cause.requirements)
    assert lenient.title.startswith("Wrong values of `documents` are accepted: missing, ")


def test_a_key_in_another_header_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that checks keys, but takes one from another header too, is not told to check keys."""
    found = heard(speaks(monkeypatch, foreign.gateway, unread=500, bare_key="x-api-key"))
    cause = next(cause for cause in found.causes if "auth.elsewhere" in cause.requirements)
    assert cause.requirements == ("auth.elsewhere",)
    assert "the key in other headers" in cause.title


@pytest.mark.parametrize("field", ["return_documents", "top_n"])
def test_a_field_that_is_refused_accuses_no_other(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    """What is refused for one field wherever it stands is no fault of the other things that its requests carry: those are asked again without it."""

    def rank(body: foreign.Body) -> Any:
        foreign.need(field not in body, 500, f"unknown field {field}")
        return foreign.gateway(body)

    with serving(speaks(monkeypatch, rank, unread=500)) as url:
        found = judged(url)
    accused = {name for name, _ in accusing(found, "request.")}
    assert accused
    assert all(name.startswith(f"request.{field}.") for name in accused), accused
    passed = {verdict.clause.id for verdict in found.verdicts if verdict.outcome is Outcome.PASS}
    assert {"request.documents.empty_string", "request.documents.any_text", "request.documents.large"} <= passed


def test_a_short_list_accuses_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where long lists are refused, texts with odd characters are asked in short ones, and pass."""

    def rank(body: foreign.Body) -> Any:
        foreign.need(not isinstance(body["documents"], list) or len(body["documents"]) <= 32, 500, "too many")
        return foreign.gateway(body)

    found = heard(speaks(monkeypatch, rank, unread=500))
    assert {name for name, _ in accusing(found, "request.")} == {"request.documents.many"}


def test_a_value_is_asked_by_a_model_that_is_served() -> None:
    """Where the models that support a field are not served, whether its values are checked is seen by one that is."""
    found = heard("inference")
    ignored = next(cause for cause in found.causes if cause.kind == "ignored-fields")
    assert "request.instruction.type" in ignored.requirements
    assert "request.instruction.minLength" in ignored.requirements


@pytest.mark.parametrize(
    ("wrap", "told"),
    [
        (lambda whole: [{"index": r["index"], "score": r["relevance_score"]} for r in whole["results"]],
         ["a list, not an object", "its items have no `relevance_score`, but `score`"]),
        (lambda whole: {"code": 0, "data": whole}, ["`id` and `results` missing", "`data.results`"]),
        (lambda whole: {"id": whole["id"], "rankings": [{"index": r["index"], "logit": 1.0} for r in whole["results"]]},
         ["`results` missing", "the items of `rankings` have no `relevance_score`, but `logit`"]),
    ],
)  # fmt: skip
def test_another_shape_says_where_the_results_stand(
    monkeypatch: pytest.MonkeyPatch, wrap: Callable[[foreign.Body], Any], told: list[str]
) -> None:
    """A foreign answer is one cause, whose title says where its results stand and what they have instead."""
    found = heard(speaks(monkeypatch, lambda body: wrap(foreign.gateway(body)), unread=500))
    shape = next(cause for cause in found.causes if cause.kind == "shape")
    assert all(words in shape.title for words in told), shape.title


def test_nulls_in_answers_are_one_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nulls that stand for what is absent, in three places or more, are one habit, told without the validator's words."""

    def rank(body: foreign.Body) -> Any:
        whole = foreign.gateway(body)
        for result in whole["results"]:
            result.setdefault("document", None)
        for counts in (whole["meta"]["tokens"], whole["meta"]["billed_units"]):
            counts["image_tokens"] = None
        return whole

    found = heard(speaks(monkeypatch, rank, unread=500))
    nulls = next(cause for cause in found.causes if cause.kind == "null-places")
    assert len(nulls.requirements) == 3
    assert not [cause.title for cause in found.causes if "schemas listed" in cause.title]


def test_one_answer_for_all_is_one_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mock that answers every request with its example is told so, once, whatever breaks by it."""
    example: list[Any] = []

    def rank(body: foreign.Body) -> Any:
        example.append(foreign.own_shape(body, echoes=True))
        return example[0]

    found = heard(speaks(monkeypatch, rank))
    same = next(cause for cause in found.causes if cause.kind == "repeated")
    assert same.title == "Every request gets the same answer, whatever it asks."
    assert {"response.results.all", "ranking.query_matters", "response.id.unique"} <= set(same.requirements)


def test_results_that_fall_out_are_told_by_what_their_requests_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that drops documents that come twice is not told to return no more than so many results."""

    def rank(body: foreign.Body) -> Any:
        whole, seen = foreign.gateway(body), set()
        kept = []
        for result in whole["results"]:
            words = json.dumps(body["documents"][result["index"]]) if isinstance(body["documents"], list) else ""
            if words not in seen:
                kept.append(result)
            seen.add(words)
        return {**whole, "results": kept}

    found = heard(speaks(monkeypatch, rank, unread=500))
    results = next(cause for cause in found.causes if "response.results.all" in cause.requirements)
    assert results.title == "A document that comes twice gets one result."


def test_a_default_of_its_own_is_one_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that come back when nothing is said of them are one thing to mend: the default."""

    def rank(body: foreign.Body) -> Any:
        whole = foreign.gateway(body)
        return foreign.own_shape(body, body.get("return_documents", True)) if whole else whole

    found = heard(speaks(monkeypatch, rank, unread=500))
    cause = next(cause for cause in found.causes if cause.kind == "default")
    assert set(cause.requirements) == {"request.return_documents.default", "response.results.items.document.absent"}


def accusing(found: Run, prefix: str) -> list[tuple[str, Any]]:
    """Return the failed clauses whose ids begin so."""
    return [(v.clause.id, v) for v in found.verdicts if v.outcome is Outcome.FAIL and v.clause.id.startswith(prefix)]


def _tried(exchange: Exchange) -> bool:
    return b"my-reranker" in exchange.request.body or exchange.request.method == "GET"


def test_scores_that_tell_the_rank_alone_are_one_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every list of as many documents gets the same scores, they are made of ranks: not the texts, nor chunks, are to blame."""

    def rank(body: foreign.Body) -> Any:
        whole = foreign.gateway(body)
        for place, result in enumerate(whole["results"]):
            result["relevance_score"] = round(1 / (place + 2), 6)
        return whole

    found = heard(speaks(monkeypatch, rank, unread=500))
    cause = next(cause for cause in found.causes if "ranking.own_score" in cause.requirements)
    assert cause.title == "A score tells the rank alone: every list of as many documents gets the same scores."
    # The gateway knows no chunks.
    assert {one.id for one in found.causes if one.id.startswith("clause:ranking.")} <= {"clause:ranking.chunks.limit"}


def test_scores_below_0_need_not_be_logits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cosines leave the contract's range, and are no logits."""

    def rank(body: foreign.Body) -> Any:
        whole = foreign.gateway(body)
        for result in whole["results"]:
            result["relevance_score"] -= 0.25
        return whole

    cause = next(one for one in heard(speaks(monkeypatch, rank, unread=500)).causes if one.kind == "score-range")
    assert cause.title.startswith("Scores leave the contract's range: from -0.2")


def test_a_refusal_for_something_else_checks_no_field(monkeypatch: pytest.MonkeyPatch) -> None:
    """An invalid value in a request that is refused for its size or its model is not looked at; the bound is told with what was tried beyond it."""

    def rank(body: foreign.Body) -> Any:
        foreign.need(len(json.dumps(body)) < 6_000, 413, "too much")
        foreign.need("Qwen3-Reranker-4B" not in str(body.get("model")), 400, "no such model")
        return foreign.gateway({name: value for name, value in body.items() if name != "instruction"})

    found = heard(speaks(monkeypatch, rank, unread=500))
    ignored = next(cause for cause in found.causes if cause.kind == "ignored-fields")
    assert ignored.title == "No invalid value of `instruction` is refused."
    assert [one for one in found.causes if re.search(r"more than [\d,]+ .* \(nearest tried: [\d,]+\)\.$", one.title)]


def test_a_status_is_told_with_what_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one field is what is wrong with the requests that get another status, the field is named."""

    def rank(body: foreign.Body) -> Any:
        foreign.need(body.get("model") in foreign.MODELS, 404, "no such model")
        try:
            return foreign.gateway(body)
        except foreign.Refused as refused:
            raise foreign.Refused(400, refused.words) from None

    found = heard(speaks(monkeypatch, rank))
    cause = next(cause for cause in found.causes if cause.kind == "status")
    assert cause.title == "Requests with a wrong value of `model`, or none, get status 404, not 400."


def test_a_document_that_nobody_asked_for_is_told_in_another_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers in another shape are told with documents that come where no request asks for them."""

    def rank(body: foreign.Body) -> Any:
        whole = foreign.gateway({"return_documents": True, **body})
        return {"model": body["model"], "data": whole["results"]}

    cause = next(cause for cause in heard(speaks(monkeypatch, rank)).causes if cause.kind == "shape")
    assert "`document` comes where no request asks for it" in cause.title


def _crashing(body: foreign.Body) -> Any:
    """Rank as the gateway does, but break on single strings and on unknown models, and refuse the rest with 422 or 400."""
    foreign.need(not isinstance(body.get("documents"), str), 500, "a string")
    try:
        return foreign.gateway(body)
    except foreign.Refused as refused:
        raise foreign.Refused(400 if "top_n" in body else 422, refused.words) from None


def test_what_breaks_is_told_apart_from_what_is_refused_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that breaks the server, bodies that do, and refusals with a wrong status are three causes; a valid request is to be accepted."""
    found = heard(speaks(monkeypatch, _crashing, unread=500))
    by_kind = {cause.id: cause for cause in found.causes}
    assert by_kind["broke:forms"].title == "Requests with `documents` as a string are answered with status 500."
    assert "request.documents.oneOf" in by_kind["broke:forms"].requirements
    assert "the contract allows them" in by_kind["broke:forms"].mend
    assert "a body that is not JSON" in by_kind["broke:unread"].title
    assert "error.status.invalid" in by_kind["status:422"].requirements


def test_several_statuses_are_one_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where invalid requests get two wrong statuses, that is told once, with both of them."""

    def rank(body: foreign.Body) -> Any:
        try:
            return foreign.gateway(body)
        except foreign.Refused as refused:
            raise foreign.Refused(404 if "model" in refused.words else 422, refused.words) from None

    found = heard(speaks(monkeypatch, rank, unread=422))
    assert [cause.id for cause in found.causes if "error.status.invalid" in cause.requirements] == ["status:404"]
    assert "status 404 or 422, not 400" in next(cause.title for cause in found.causes if cause.id == "status:404")


def test_another_list_of_results_is_no_likeness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers whose results stand where no shipped contract has them are like none, however like the errors are."""

    def rank(body: foreign.Body) -> Any:
        whole = foreign.gateway(body)
        return {"rankings": whole["results"], "usage": {"prompt_tokens": 3, "total_tokens": 3}, "model": body["model"]}

    with serving(speaks(monkeypatch, rank, error=foreign.detail, trace=False)) as url:
        assert not [hint for hint in judged(url).hints if "answers as" in hint]


def test_many_wrong_values_are_one_cause() -> None:
    """Wrong values of a few fields are told one by one, those of many fields together."""
    few = play(CONTRACT, ("coerces.top_n.null", "optional.model")).causes
    assert [len(cause.requirements) for cause in few] == [1, 1]
    (many,) = play(
        CONTRACT, ("coerces.top_n.null", "coerces.overlap_tokens.null", "optional.model", "optional.query")
    ).causes
    assert many.title.startswith("Wrong values of ")
    assert len(many.requirements) == 4


def test_names_in_other_case_are_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that finds fields under their name in other case takes no request without them, and is not told so."""

    def rank(body: foreign.Body) -> Any:
        found = {name.lower(): value for name, value in body.items()}
        foreign.need(isinstance(found.get("model"), str), 400, "model")
        return foreign.gateway({**found, "model": foreign.MODELS[0]})

    found = played(Served(DIALECTS[speaks(monkeypatch, rank)]), load("jina"), key=KEY)
    cause = next(cause for cause in found.causes if "request.query.required" in cause.requirements)
    assert cause.title == "Fields are taken under their name in other case: `DOCUMENTS`, `MODEL` and `QUERY`."
    assert not [
        cause
        for cause in found.causes
        if "request.query.required" not in cause.requirements and "without" in cause.title
    ]


def test_a_text_that_ends_early_comes_back_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose texts end at a NUL ranks and returns what stands before it: that is one thing to mend."""

    def cut(value: Any) -> Any:
        if isinstance(value, list):
            return [cut(item) for item in value]
        if isinstance(value, dict):
            return {key: cut(item) for key, item in value.items()}
        return value.partition("\0")[0] if isinstance(value, str) else value

    monkeypatch.setattr(foreign, "relevance", scorer.score)
    found = heard(speaks(monkeypatch, lambda body: foreign.gateway(cut(body)), unread=500))
    cause = next(cause for cause in found.causes if "ranking.document.nul" in cause.requirements)
    assert cause.title == "Not read: what follows a NUL."
    assert "response.results.items.document.exact" in cause.requirements


def test_errors_of_two_kinds_are_told_by_what_most_look_like(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a gateway and the service behind it have an envelope each, a status is told with the one that most of its errors have."""

    def rank(body: foreign.Body) -> Any:
        try:
            return foreign.gateway(body)
        except foreign.Refused as refused:
            raise foreign.Refused(400, refused.words) from None

    def error(status: int, words: str, kind: str) -> Any:
        return (
            {"id": "1", "message": words}
            if status == 400 and words != "model"
            else foreign.envelope(status, words, kind)
        )

    found = heard(speaks(monkeypatch, rank, error=error))
    cause = next(cause for cause in found.causes if cause.kind == "envelope")
    assert "400 as an object with `id` and `message`" in cause.title
    assert "401 and 404 as an object with `error`" in cause.title


def test_calls_that_fail_come_before_statuses_of_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that valid calls may not carry is worse than the status that such calls share with wrong ones."""

    def rank(body: foreign.Body) -> Any:
        foreign.need("overlap_tokens" not in body, 422, "unknown field")
        try:
            return foreign.gateway(body)
        except foreign.Refused as refused:
            raise foreign.Refused(422, refused.words) from None

    found = heard(speaks(monkeypatch, rank, unread=422))
    assert [cause.kind for cause in found.causes[:2]] == ["refused", "status"]


def test_a_field_that_nothing_may_carry_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a field is refused whatever stands in it, the field is to blame, and no letter in its text."""

    def rank(body: foreign.Body) -> Any:
        foreign.need(not body.keys() & {"instruction", "overlap_tokens", "max_chunks_per_doc"}, 400, "unknown field")
        body["model"] = foreign.MODELS[0] if body.get("model") in WOAGENT.models else ""
        return {**foreign.gateway(body), "tokens": {"input_tokens": 3, "output_tokens": 0}}

    found = played(Served(DIALECTS[speaks(monkeypatch, rank)]), WOAGENT, key=KEY)
    (cause,) = [cause for cause in found.causes if "request.instruction.any_text" in cause.requirements]
    assert cause.id == "refused:field"
    assert "`instruction`" in cause.title


def test_a_status_that_the_contract_leaves_open_is_not_contradicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a contract documents no refusal, a 404 for a bad request is told by what it says, and not as if it were no 4xx."""

    def rank(body: foreign.Body) -> Any:
        try:
            return foreign.gateway({**body, "model": foreign.MODELS[0] if body.get("model") in WOAGENT.models else ""})
        except foreign.Refused as refused:
            raise foreign.Refused(404, refused.words) from None

    found = played(Served(DIALECTS[speaks(monkeypatch, rank, unread=404)]), WOAGENT, key=KEY)
    (cause,) = [cause for cause in found.causes if "error.status.true" in cause.requirements]
    assert cause.title.endswith("status 404, as if the credentials, the path or the method were wrong.")
    assert "4xx" not in cause.title


def test_fields_that_are_checked_nowhere_are_not_told_by_a_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where wrong values of a field are accepted in any request, what one such request has besides is not to blame."""

    def rank(body: foreign.Body) -> Any:
        asked = {name: body[name] for name in ("model", "query") if name in body}
        return foreign.gateway({**asked, "documents": [str(item) for item in body["documents"]]})

    assert "unchecked-beside" not in {cause.kind for cause in heard(speaks(monkeypatch, rank)).causes}


def test_refusals_with_a_success_lead_and_show_a_request_that_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors with status 200 are worse than a header that they lack too; the proof is a request whose body can be read."""

    def rank(body: foreign.Body) -> Any:
        try:
            foreign.need("VL" not in str(body.get("model")), 400, "model")
            return foreign.gateway(body)
        except foreign.Refused as refused:
            return {"code": 20015, "message": refused.words, "data": None}

    found = heard(speaks(monkeypatch, rank, trace=False))
    kinds = [cause.kind for cause in found.causes]
    assert kinds[0] == "disguised"
    assert "header" in kinds
    first = found.exchanges[found.causes[0].exchanges[0]]
    assert isinstance(first.request.json, dict)
    verdict = next(one for one in found.verdicts if one.clause.id == found.causes[0].requirements[0])
    assert first.id in {proof.exchange for proof in verdict.proofs}
