"""What is proposed for a vendor that nobody has heard of, and how long its text may be."""

import re
from copy import deepcopy
from itertools import chain
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from conformance.contract import Contract, load, operation, proposal
from scripts.spec import models, newcomer, prose
from tests.sampling import sampled

LENGTH = 100_000
HOSTILE = {
    "data URI": "iVBORw0KGgoAAAANSUhEUgAA",
    "digits": "1",
    "counted": "1,",
    "letters": "a",
    "dashes": "a/" + "-" * 500,
    "dashed": "a/b-1",
    "slashes": "a/",
    "links": "](",
    "quotes": "`",
    "quoted": "`a1",
    "reranker": "rerank",
    "prices": "rerank-1 $1",
    "numbers of": "number ",
    "returns": "return ",
    "order": "highest sorted by ",
    "keys": "export A_",
    "prefixes": "Token  ",
    "spaces": " ",
    "返回": "返回",
}


def patterns() -> list[re.Pattern[str]]:
    """Return every pattern that descriptions are searched with."""
    own = chain.from_iterable(vars(module).values() for module in (newcomer, models, prose, operation, proposal))
    hints = (hint.words for side in proposal._hints().values() for hint in side.values())
    return [value for value in chain(own, hints) if isinstance(value, re.Pattern)]


@pytest.mark.parametrize("piece", sampled(HOSTILE.values(), 7), ids=HOSTILE)
def test_time_grows_with_the_text(piece: str) -> None:
    """No pattern takes more than a moment for a description of 100 kB, whatever it repeats; tried from every character it would take minutes."""
    text = (piece * LENGTH)[:LENGTH]
    for pattern in patterns():
        begun = process_time()
        assert sum(1 for _ in pattern.finditer(text)) >= 0
        assert process_time() - begun < 2, pattern.pattern
    begun = process_time()
    models.named(text)
    assert process_time() - begun < 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`rerank-2` costs $0.05 per million tokens.", [("rerank-2", "0.05")]),
        ("The model acme/rerank-2-lite: $0.02 / 1M tokens", [("acme/rerank-2-lite", "0.02")]),
        ("It costs $0.05 per million.", []),
    ],
)
def test_price_belongs_to_the_model_before_it(text: str, found: list[tuple[str, str]]) -> None:
    """A price for a million tokens is that of the whole name before it; words that name no model have none."""
    assert newcomer._PRICE.findall(text) == found


def test_names_of_models_in_prose() -> None:
    """A name has a number and a joint, or two joints; links and words that a slash joins are none."""
    text = "`BAAI/bge-reranker-v2-m3`, acme/rank_large_en or [more](/docs/rank-2/a) for image/video, see https://a.example/b/c-1."
    assert models.named(text) == ("BAAI/bge-reranker-v2-m3", "acme/rank_large_en")


def test_second_key_is_named() -> None:
    """Of two keys that a request carries at once one is sent, and a person is told of the other one."""
    document: Any = deepcopy(dict(load(str(Path(__file__).parents[1] / "data" / "documents" / "nim.yaml")).document))
    tenant = {"type": "apiKey", "in": "header", "name": "X-Tenant"}
    document["components"]["securitySchemes"] = {"login": {"type": "http", "scheme": "bearer"}, "tenant": tenant}
    document["security"] = [{"login": [], "tenant": []}]
    told = list(newcomer.doubts(Contract("nim", document, document, Path("nim.yaml")), (), ()))
    assert any("2 keys at once, and of them `tenant` (a second key) is not sent" in line for line in told)


@pytest.mark.parametrize("fixed", [{"const": "picture"}, {"type": "string", "enum": ["picture"]}])
def test_what_tells_objects_apart_is_no_text(fixed: dict[str, object]) -> None:
    """In an object that may be a document, a field of listed values has no role, also where it is the only string."""
    text = {"type": "object", "properties": {"kind": {"const": "words"}, "words": {"type": "string"}}}
    picture = {"type": "object", "properties": {"kind": {"type": "string", **fixed}, "source": {"type": "object"}}}
    documents = {"type": "array", "items": {"anyOf": [text, picture]}}
    schema = {"type": "object", "properties": {"query": {"type": "string"}, "documents": documents}}
    found = {(guess.role, guess.path[-1]) for guess in proposal.of_request(schema)}
    assert found == {("query", "query"), ("documents", "documents"), ("text", "words")}


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        (None, "asks for no key"),
        ({"type": "http", "scheme": "basic"}, "asks for `login` (HTTP basic), which is not sent"),
        ({"type": "oauth2", "flows": {}}, "asks for `login` (OAuth 2), which is not sent"),
        ({"type": "apiKey", "in": "query", "name": "k"}, "asks for `login` (a key in the query), which is not sent"),
        (
            {"type": "apiKey", "in": "header", "name": "Content-Length"},
            "asks for `login` (a key in the header), which is not sent",
        ),
        ({"type": "http", "scheme": "bearer"}, None),
    ],
)
def test_key_that_is_not_sent_is_named(scheme: dict[str, Any] | None, said: str | None) -> None:
    """A document that asks for a key which no header carries is not said to ask for none."""
    document: Any = deepcopy(dict(load(str(Path(__file__).parents[1] / "data" / "documents" / "nim.yaml")).document))
    document["components"]["securitySchemes"] = {"login": scheme} if scheme else {}
    document["security"] = [{"login": []}] if scheme else []
    told = [
        line
        for line in newcomer.doubts(Contract("nim", document, document, Path("nim.yaml")), (), ())
        if "asks for" in line
    ]
    assert [said in line for line in told if said] == ([True] if said else [])
    assert bool(told) == bool(said)


def test_echo_is_called_after_the_documents() -> None:
    """A field of a result that is called as one of the documents is the echo, and a switch of that name is the echo's: `candidates`, `includeCandidates`, `candidate`."""
    text = {"type": "string"}
    item = {"type": "object", "properties": {"id": text, "content": text}}
    row = {"index": {"type": "integer"}, "score": {"type": "number"}, "candidate": item}
    rows = {"type": "array", "items": {"type": "object", "properties": row}}
    fields = {"query": text, "candidates": {"type": "array", "items": item}, "includeCandidates": {"type": "boolean"}}
    asked = proposal.of_request({"type": "object", "properties": fields})
    answered = proposal.of_answer({"type": "object", "properties": {"rankings": rows}})
    assert {guess.path: guess.role for guess in asked}["includeCandidates",] == "echo_switch"
    assert {guess.path: guess.role for guess in answered}["rankings", "*", "candidate"] == "echo"
