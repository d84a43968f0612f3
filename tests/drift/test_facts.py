"""What exchanges show beside verdicts."""

import json
from typing import Any

import attrs
import pytest

from conformance.model.fact import MANY, ODD, Kind, parsed, path_of, plain, spot
from conformance.probes.pinned import pinned
from conformance.traits.facts import facts
from conformance.traits.json_shape import Shape, openapi
from tests.drift.answers import CONTRACT, KIT, exchange, seen, success, undocumented


def test_nothing_beyond_the_contract() -> None:
    """A lawful answer holds documented fields and nothing else; the connection's own headers say nothing."""
    found = seen(exchange(200, success(), x_siliconcloud_trace_id="t", date="now", server="s"))
    assert all(fact.documented for fact in found.values())
    assert (Kind.FIELD, "200 /results/*/relevance_score") in found
    assert found[Kind.MODEL, CONTRACT.models[0]].value == "served"
    assert (Kind.HEADER, "x-siliconcloud-trace-id") in found
    assert not {place for kind, place in found if kind is Kind.HEADER} - {"x-siliconcloud-trace-id"}


def test_undocumented_answers() -> None:
    """Fields at any depth, statuses, headers and codes that the contract does not name are facts, with the types of what stood there."""
    deep = success()
    deep["meta"]["tokens"]["total_tokens"] = 5
    deep["results"][0]["segment"] = {"start": 1, "title": None}
    found = seen(
        exchange(200, deep, x_cache="hit"),
        exchange(402, {"code": 30001, "message": "Sorry", "data": None}),
        exchange(400, {"code": 20015, "message": "The parameter is invalid.", "data": "x"}),
        exchange(429, {"code": 50602, "message": "slow down", "data": "x"}),
    )
    beyond = {(str(kind), place): fact.value for (kind, place), fact in found.items() if not fact.documented}
    assert beyond == {
        ("field", "200 /meta/tokens/total_tokens"): {"type": "integer"},
        ("field", "200 /results/*/segment"): {
            "type": "object",
            "properties": {"start": {"type": "integer"}, "title": {"type": "null"}},
        },
        ("field", "429 /code"): {"type": "integer"},
        ("header", "x-cache"): None,
        ("status", "402"): {
            "application/json": {
                "type": "object",
                "properties": {"code": {"type": "integer"}, "message": {"type": "string"}, "data": {"type": "null"}},
            }
        },
        ("error_code", "400 20015"): None,
        ("error_code", "402 30001"): None,
        ("error_code", "429 50602"): None,
    }
    assert not undocumented(exchange(400, {"code": 20012, "message": "no such model", "data": "x"}))


def test_only_the_operation_is_looked_at() -> None:
    """Another path, an outage's gateway page, no answer, and the key echoed as a name are no facts of the API."""
    elsewhere = KIT.request(KIT.body(), path="/elsewhere")
    assert not undocumented(
        exchange(404, "404 page not found", "text/plain", request=elsewhere), exchange(502, "<html>", "text/html")
    )
    assert not undocumented(attrs.evolve(exchange(200, {}), response=None, error="cut"))
    assert undocumented(exchange(200, success(**{"[redacted key]": 1}))) == {("field", f"200 /{ODD}")}


def test_what_a_caller_wrote_is_no_news() -> None:
    """A key that the caller wrote into a document and that comes back in its echo is not the service's; one that the service adds there is."""
    documents, switch = KIT.named("documents").name, KIT.named("echo_switch").name
    asked = KIT.request(
        json.dumps({**KIT.body(), documents: [{"text": "a", "colour": {"deep": 1}}], switch: True}).encode()
    )
    row = {"index": 0, "relevance_score": 0.5}
    assert not undocumented(
        exchange(200, success(results=[{**row, "document": {"text": "a", "colour": {"deep": 1}}}]), request=asked)
    )
    assert undocumented(
        exchange(200, success(results=[{**row, "colour": 1, "document": {"text": "a", "cached": True}}]), request=asked)
    ) == {("field", "200 /results/*/colour"), ("field", "200 /results/*/document/cached")}


@pytest.mark.parametrize(
    "name", ["a b", "<script>", "$ref}", "x" * 65, "\u202egnp", "\x1b[31m", "", "1st", "a\nb", "\ud83d"]
)
def test_hostile_names(name: str) -> None:
    """What looks like no field's name is not repeated anywhere in the facts."""
    found = facts(CONTRACT, [exchange(200, success(**{name: {name: name}}), **{"X_" + "y" * 80: "z"})])
    told = json.dumps([plain(fact) for fact in found])
    assert name == "" or name not in told.replace("x-", "")
    assert ODD in told
    assert "yyyy" not in told


def test_maps_of_any_keys() -> None:
    """An answer with hundreds of keys of its own is told as such, not key by key; so are codes and headers."""
    answer = success(**{f"key{number}": number for number in range(500)})
    headers = {f"X_H{number}": "1" for number in range(200)}
    found = facts(
        CONTRACT,
        [
            exchange(200, answer, **headers),
            *(exchange(400, {"code": number, "message": "m", "data": "d"}) for number in range(200)),
        ],
    )
    assert len(found) < 120
    assert ("200 /" + MANY) in {fact.place for fact in found}


def test_value_has_no_words() -> None:
    """The shape of a value holds types and names, none of the server's texts or numbers."""
    shape = Shape()
    for value in ({"secret": "sk-12345678", "n": [98765, None]}, None, {"n": []}):
        shape.add(value)
    assert "sk-1" not in json.dumps(shape.schema())
    assert "98765" not in json.dumps(shape.schema())


@pytest.mark.parametrize(
    ("values", "three", "one"),
    [
        ([1], {"type": "integer"}, {"type": "integer"}),
        ([1, 2.5], {"type": "number"}, {"type": "number"}),
        ([1, None], {"type": "integer", "nullable": True}, {"type": ["integer", "null"]}),
        ([None], {"nullable": True}, {"type": "null"}),
        ([1, "a"], {"anyOf": [{"type": "integer"}, {"type": "string"}]}, {"type": ["integer", "string"]}),
        ([[]], {"type": "array", "items": {}}, {"type": "array"}),
        ([{"a": 1}, None], {"type": "object", "properties": {"a": {"type": "integer"}}, "nullable": True}, None),
        (
            [{"a": [None, "x"]}],
            {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string", "nullable": True}}}},
            None,
        ),
        (
            [{"a": 1}, 2, None],
            {
                "anyOf": [{"type": "integer"}, {"type": "object", "properties": {"a": {"type": "integer"}}}],
                "nullable": True,
            },
            None,
        ),
    ],
)
def test_shape_as_openapi(values: list[Any], three: Any, one: Any) -> None:
    """A shape is a schema of OpenAPI 3.0, which has no null and no lists of types, and of 3.1 as it is."""
    shape = Shape()
    for value in values:
        shape.add(value)
    assert openapi(shape.schema(), modern=False) == three
    if one is not None:
        assert openapi(shape.schema(), modern=True) == one


def test_models_served_and_refused() -> None:
    """A model that a lawful request names is served if any such request is taken, refused if all are; a failure of the service says nothing."""
    first, second, third = CONTRACT.models[:3]

    def asking(model: str, status: int) -> Any:
        return exchange(
            status,
            success() if status == 200 else {"code": 20012, "message": "m", "data": "d"},
            request=KIT.request({**KIT.body(), KIT.named("model").name: model}),
        )

    found = seen(
        asking(first, 400), asking(first, 200), asking(second, 400), asking(third, 503), asking("some/unknown", 400)
    )
    assert {place: fact.value for (kind, place), fact in found.items() if kind is Kind.MODEL} == {
        first: "served",
        second: "refused",
    }


def test_pinned_scores() -> None:
    """An answered question of the pinned set gives the scores in the order of its documents, whatever the order of the results."""
    query, probe = next(pinned(KIT))
    rows = [{"index": index, "relevance_score": index / 10} for index in range(len(query.documents))]
    answer = {"id": "x", "results": sorted(rows, key=lambda row: -float(row["relevance_score"]))}
    found = seen(exchange(200, answer, request=probe.request))
    (scores,) = [fact for (kind, _), fact in found.items() if kind is Kind.SCORES]
    assert scores.value == [index / 10 for index in range(len(query.documents))]
    assert scores.place == f"v1 {query.id} {CONTRACT.models[0]}"


@pytest.mark.parametrize("path", [("a",), ("a", "*", "b/c", "d~e"), ("~odd",), ("~many",), ("a", "~0odd")])
def test_place_of_a_path(path: tuple[str, ...]) -> None:
    """A place is read back as the path that it stands for."""
    assert path_of(spot(200, path)) == ("200", path)


def test_facts_survive_their_file() -> None:
    """A fact read from `run.json` is the one that was written."""
    for fact in facts(CONTRACT, [exchange(200, success(extra=[1]), x_more="1"), exchange(402, {"code": 1})]):
        assert parsed(json.loads(json.dumps(plain(fact)))) == fact
