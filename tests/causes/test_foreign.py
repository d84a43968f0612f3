"""Servers of other dialects: few causes, and all that is wrong among them."""

from fnmatch import fnmatchcase

import pytest

from conformance.contract import load
from conformance.model.exchange import Exchange
from conformance.model.run import Run
from conformance.running import Settings, Target, conduct
from tests.peers.foreign import DIALECTS, KEY, serving

CONTRACT = load("siliconflow")
_MOST = 12


def judged(url: str, models: tuple[str, ...] = ()) -> Run:
    return conduct(Target("foreign", url, CONTRACT, {CONTRACT.key_env or "API_KEY": KEY}, models=models), Settings())


@pytest.mark.parametrize("name", DIALECTS)
def test_a_foreign_server_has_few_causes(name: str) -> None:
    """At most twelve causes are told of a foreign server, and each thing that is wrong with it is among them."""
    with serving(name) as url:
        found = judged(url)
    assert len(found.causes) <= _MOST, [cause.title for cause in found.causes]
    told = [clause for cause in found.causes for clause in cause.requirements]
    assert [
        topic for topic, glob in DIALECTS[name].planted.items() if not any(fnmatchcase(clause, glob) for clause in told)
    ] == []


def test_a_gateway_that_answers_500_is_one_cause() -> None:
    """A gateway that answers 500 to every bad request has that one cause, beside the one field that it does not support."""
    with serving("gateway") as url:
        found = judged(url)
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
    assert f"rerank-conformance run {url} --contract voyage" in found.hints[0]


def test_a_base_url_without_its_version() -> None:
    """A base URL that lacks `/v1` is noticed with one request more, and the right command is offered."""
    with serving("gateway") as url:
        found = judged(url.removesuffix("/v1"))
    assert found.exit_code == 3
    assert f"rerank-conformance run {url}`" in " ".join(found.hints)


def test_a_base_url_with_a_version_too_many() -> None:
    """A base URL that should not have `/v1` is noticed too."""
    with serving("gateway", prefix="") as url:
        found = judged(f"{url}/v1")
    assert f"rerank-conformance run {url}`" in " ".join(found.hints)


def test_a_model_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no known model is served, one that the service lists is tried, and offered by name; the trial is no exchange to be judged."""
    from tests.peers import foreign

    def strict(body: foreign.Body) -> foreign.Body:
        foreign.need(body.get("model") == "my-reranker", 404, "The model does not exist.")
        return foreign.gateway({**body, "model": foreign.MODELS[0]})

    monkeypatch.setitem(foreign.DIALECTS, "one model", foreign.Dialect(strict, foreign.envelope))
    with serving("one model") as url:
        found = judged(url)
        assert f"rerank-conformance run {url} --model my-reranker" in " ".join(found.hints)
        assert not any(_tried(exchange) for exchange in found.exchanges.values())
        assert judged(url, ("my-reranker",)).notice == ""


def _tried(exchange: Exchange) -> bool:
    return b"my-reranker" in exchange.request.body or exchange.request.method == "GET"
