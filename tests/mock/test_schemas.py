"""Whatever the schemas of a small contract ask of an answer, the mock's answers keep."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.contract import Contract, validator
from conformance.mock import MockServer

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
