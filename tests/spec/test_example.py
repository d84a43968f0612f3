"""Each breaking line has an example: what callers send today, beside the body too, or what comes in answer."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract
from scripts.spec.change import ABSENT
from scripts.spec.compare import compare
from tests.spec.test_lawful import OBJECT, changed, contract

pytestmark = pytest.mark.needs_npm
TEXT = {"type": "string"}


def sent(*parameters: dict[str, Any], shared: tuple[dict[str, Any], ...] = (), **operation: Any) -> Contract:
    """Return a contract whose operation takes parameters, those of its path among them."""
    document = deepcopy(dict(contract(OBJECT).document))
    item = document["paths"]["/rerank"]
    item["post"] |= {"parameters": list(parameters), **operation}
    item |= {"parameters": list(shared)} if shared else {}
    return Contract("t", document, document, Path("t"))


def header(schema: dict[str, Any] = TEXT, **more: Any) -> dict[str, Any]:
    return {"name": "X-Region", "in": "header", "schema": schema, **more}


def query(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "pages", "in": "query", "required": True, "schema": schema, **more}


def breaking(old: Contract, new: Contract) -> list[Any]:
    """Return the examples of the breaking lines."""
    return [change.example for change in compare(old, new) if change.severity == "breaking"]


@pytest.mark.parametrize(
    ("old", "new", "example"),
    [
        (sent(query({"minimum": 1})), sent(query({"minimum": 3})), {"query": {"pages": 1}}),
        (sent(query({"enum": ["a", "b"]})), sent(query({"enum": ["b"]})), {"query": {"pages": "a"}}),
        (sent(header()), sent(header(required=True)), {"header": {}}),
        (sent(), sent(header(required=True)), {"header": {}}),
        (contract(OBJECT), sent(header(), header(required=True, name="X-Zone")), {"header": {}}),
    ],
)
def test_narrowed_parameter_is_shown_by_what_is_sent_today(old: Contract, new: Contract, example: Any) -> None:
    """A parameter that takes less, or that is required from now on, is shown by a value of today, or by its absence."""
    assert breaking(old, new) == [example]


def test_other_place_among_parameters_hides_nothing() -> None:
    """A parameter that comes before another one does not stand for it: the one that is narrowed is named by its example."""
    first, second = query({"minimum": 1}), query({"minimum": 4})
    (example,) = breaking(sent(header(), first), sent(second, header()))
    assert example["query"] == {"pages": 1}


def test_parameter_that_goes_is_shown_as_it_is_sent() -> None:
    """Where no value is narrowed, the example is the parameter as callers send it."""
    (gone,) = breaking(sent(header(required=True)), sent())
    assert gone["header"].keys() == {"X-Region"}


def test_parameter_in_other_words_or_at_its_path_is_no_change() -> None:
    """A parameter that its path declares now, or a constant for an enum of one, breaks nothing."""
    assert breaking(sent(shared=(header(required=True),)), sent(header(required=True))) == []
    assert breaking(sent(header(required=True)), sent(shared=(header(required=True),))) == []
    assert breaking(sent(query({"enum": ["a"]})), sent(query({"const": "a"}))) == []


def test_field_that_goes_or_is_served_otherwise_is_shown_by_a_request() -> None:
    """A field that is removed is shown by a request that has it, a default that moves by one that leaves the field out."""
    fields = {name: schema for name, schema in OBJECT["properties"].items() if name != "top_n"}
    (gone,) = breaking(contract(OBJECT), contract({**OBJECT, "properties": fields}))
    assert "top_n" in gone
    assert contract(OBJECT).request_validator.is_valid(gone)
    (moved,) = breaking(*(contract(changed(depth={"type": "integer", "default": value})) for value in (1, 2)))
    assert "depth" not in moved


def test_models_that_go_are_shown_by_a_request_for_one() -> None:
    """A model that is served no longer stands in the example."""
    old, new = (
        contract(changed(model={"type": "string", "x-rerank-role": "model", "x-rerank-models": names}))
        for names in (["acme/1", "acme/2"], ["acme/1"])
    )
    assert [example["model"] for example in breaking(old, new)] == ["acme/2"]


def test_status_header_and_address_have_examples() -> None:
    """A status, a header of an answer, an address and a scheme of the key that change are shown by what is sent or what comes."""
    described = contract(OBJECT).document["paths"]["/rerank"]["post"]["responses"]["200"]
    both = {"200": described, "429": {"description": "busy", "content": {"application/json": {"schema": {"const": 1}}}}}
    assert {"status": "429", "body": 1} in breaking(sent(responses=both), sent(responses={"200": described}))
    traced = {**described, "headers": {"X-Trace": {"required": True, "schema": {"const": "t"}}}}
    examples = breaking(sent(responses={"200": traced}), sent(responses={"200": described}))
    assert {"status": "200", "headers": {"X-Trace": "t"}} in examples
    old, new = (sent(servers=[{"url": url}]) for url in ("https://api.example/v1", "https://api.example/v2"))
    assert ABSENT not in breaking(old, new)
    assert {"url": "https://api.example/v1/rerank"} in breaking(old, new)
