"""Whatever the schemas of a small contract ask of an answer, the mock's answers keep."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.contract import Contract, validator
from conformance.mock import MockServer
from conformance.model.verdict import Outcome
from conformance.running import Settings, Target, conduct

REQUEST: dict[str, Any] = {
    "type": "object",
    "required": ["query", "documents"],
    "properties": {
        "query": {"type": "string", "x-rerank-role": "query"},
        "documents": {"type": "array", "items": {"type": "string"}, "x-rerank-role": "documents"},
    },
}
INDEX: dict[str, Any] = {"type": "integer", "x-rerank-role": "index"}
SCORE: dict[str, Any] = {"type": "number", "x-rerank-role": "score"}
BODY = {"query": "apple", "documents": ["a bicycle", "apple pie", "apple"]}


def row(index: dict[str, Any] = INDEX, score: dict[str, Any] = SCORE) -> dict[str, Any]:
    return {"type": "object", "required": ["index", "score"], "properties": {"index": index, "score": score}}


def contract(
    request: dict[str, Any] = REQUEST,
    item: dict[str, Any] | None = None,
    headers: dict[str, Any] | None = None,
    most: dict[str, Any] | None = None,
    **members: Any,
) -> Contract:
    """Return a contract of a request, an item of the results, headers, bounds on the list of results, and members of the answer beside it."""
    results = {"type": "array", "items": item or row(), "x-rerank-role": "results", **(most or {})}
    answer = {"type": "object", "required": ["results", *members], "properties": {"results": results, **members}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "paths": {
            "/rerank": {
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": request}}},
                    "responses": {
                        "200": {
                            "description": "ok",
                            "content": {"application/json": {"schema": answer}},
                            "headers": headers or {},
                        },
                        "400": {"description": "wrong"},
                    },
                }
            }
        },
    }
    return Contract("small", document, document, Path("small.yaml"))


def ask(served: Contract, *bodies: Any) -> list[httpx.Response]:
    with MockServer(served) as mock, httpx.Client() as client:
        return [client.post(mock.base_url + served.path, json=body) for body in bodies]


@pytest.mark.parametrize(
    "form",
    [
        {"type": "string", "format": "uuid"},
        {"type": "string", "pattern": "^req-[0-9]{8}$"},
        {"type": "string", "minLength": 40},
        {"type": "string", "maxLength": 8},
        {"type": "integer"},
    ],
    ids=lambda form: next(reversed(form)),
)
def test_trace_has_the_headers_form(form: dict[str, Any]) -> None:
    """The id of a request in a header keeps the header's schema, and differs from answer to answer."""
    served = contract(headers={"X-Request-Id": {"schema": form, "x-rerank-role": "trace"}})
    found = [answer.headers["x-request-id"] for answer in ask(served, BODY, BODY)]
    assert len(set(found)) == 2
    assert all(validator(form).is_valid(int(value) if form["type"] == "integer" else value) for value in found)


@pytest.mark.parametrize("union", ["", "anyOf", "oneOf"])
def test_body_without_a_type_is_an_object(union: str) -> None:
    """A body whose schema lists fields and names no type is an object all the same: a list and a number are refused."""
    untyped = {key: value for key, value in REQUEST.items() if key != "type"}
    served = contract({union: [untyped, {"required": ["other"]}]} if union else untyped)
    assert [answer.status_code for answer in ask(served, BODY, [1], [], 1)] == [200, 400, 400, 400]


def test_numbers_are_written_as_strings_where_only_strings_may_stand() -> None:
    """An index and a score that are strings say what numbers would, each text's own."""
    text = {"type": "string", "example": "0.85"}
    item = row({**text, "x-rerank-role": "index"}, {**text, "x-rerank-role": "score"})
    (answer,) = ask(contract(item=item), BODY)
    assert {one["index"] for one in answer.json()["results"]} == {"0", "1", "2"}
    scores = [float(one["score"]) for one in answer.json()["results"]]
    assert scores == sorted(set(scores), reverse=True)


@pytest.mark.parametrize(
    "bounds", [({"minimum": 1}, {}), ({}, {"exclusiveMinimum": 0}), ({"minimum": 1.5}, {"minimum": 3})]
)
def test_counts_keep_their_bounds(bounds: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """What is counted keeps the contract's lower bounds where there is nothing to count, and the total is still the sum."""
    roles = ("input_tokens", "output_tokens", "total_tokens")
    members = {
        role: {"type": "integer", "x-rerank-role": role, **bound}
        for role, bound in zip(roles, (bounds[0], {}, bounds[1]), strict=True)
    }
    usage = {"type": "object", "required": list(roles), "properties": members, "x-rerank-role": "usage"}
    for answer in ask(contract(usage=usage), BODY, {**BODY, "documents": []}):
        assert validator(usage).is_valid(answer.json()["usage"])
        read, written, total = (answer.json()["usage"][role] for role in roles)
        assert total == read + written


def test_ranking_is_never_shorter_than_it_may_be() -> None:
    """A request whose ranking would have fewer results than the contract allows is refused."""
    served = contract(most={"minItems": 1, "maxItems": 2})
    some, none = ask(served, BODY, {**BODY, "documents": []})
    assert (len(some.json()["results"]), none.status_code) == (2, 400)


@pytest.mark.parametrize(
    "bounds",
    [
        {"multipleOf": 0.01},
        {"multipleOf": 0.01, "minimum": 0, "exclusiveMaximum": 1},
        {"exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "integer", "exclusiveMinimum": 0, "maximum": 5},
        {"minimum": 5},
        {"maximum": -1},
    ],
    ids=str,
)
def test_scores_keep_bounds_and_steps(bounds: dict[str, Any]) -> None:
    """Scores are of the contract's range and step to the last digit, and the best comes first."""
    form = {**SCORE, **bounds}
    texts = ["apple", "nothing alike", *(f"apple {'and more ' * number}" for number in range(20))]
    (answer,) = ask(contract(item=row(score=form)), {**BODY, "documents": texts})
    scores = [result["score"] for result in answer.json()["results"]]
    assert all(map(validator(form).is_valid, scores))
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1


def test_form_of_images_alone_is_not_held_to_texts() -> None:
    """Where one form of the request takes texts and the other only images, lists of one image have one score, and nothing is found."""
    image = {"type": "object", "required": ["image"], "properties": {"image": {"type": "string", "format": "uri"}}}
    kinds = [("text", {"type": "string"}), ("image", image)]
    forms = [
        {
            "type": "object",
            "required": [*BODY, "kind"],
            "properties": {
                **REQUEST["properties"],
                "documents": {**REQUEST["properties"]["documents"], "items": items},
                "kind": {"type": "string", "enum": [kind]},
            },
        }
        for kind, items in kinds
    ]
    served = contract({"oneOf": forms})
    with MockServer(served) as mock:
        run = conduct(Target("mock", mock.base_url, served, {}), Settings(select=("ranking.*",)))
    outcomes = {verdict.clause.id: verdict.outcome for verdict in run.verdicts}
    assert outcomes["ranking.tells_apart"] is Outcome.PASS
    assert Outcome.FAIL not in outcomes.values()
