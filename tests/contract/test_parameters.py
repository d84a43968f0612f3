"""Parameters beside the body: plain values in headers and in the query; all else is refused where it is required."""

from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract, ContractError
from conformance.contract.parameters import keeps, text
from conformance.probes.kit import Kit
from tests.contract.test_operation import document

CASES = [
    ("query", {"type": "string"}, "5", "?p=5"),
    ("query", {"type": "integer", "minimum": 3}, 4, "?p=4"),
    ("query", {"type": ["null", "boolean"]}, True, "?p=true"),
    ("query", {"type": "string", "default": "a b&c"}, "a b&c", "?p=a%20b%26c"),
    ("header", {"type": "number"}, 1.5, ""),
    ("header", {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]}, "a", ""),
]


def contract_with(parameters: list[dict[str, Any]]) -> Contract:
    """Return a contract whose operation takes parameters."""
    found = document()
    found["paths"]["/sort"]["post"]["parameters"] = parameters
    return Contract("t", found, found, Path("t"))


@pytest.mark.parametrize(("place", "schema", "value", "query"), CASES)
def test_required_value_is_sent_and_read_back(place: str, schema: dict[str, Any], value: Any, query: str) -> None:
    """A required parameter goes with every request, and what was sent keeps the schema again."""
    contract = contract_with([{"name": "p", "in": place, "required": True, "schema": schema}])
    (item,) = contract.parameters
    assert keeps(item, [("p", text(value))]) is True
    assert keeps(item, [("q", "1")]) is None
    kit = Kit(contract)
    assert keeps(item, [("p", text(kit.parameters[place, "p"]))]) is True
    request = kit.request({}, parameters={(place, "p"): value})
    assert request.path.removeprefix("/sort") == query
    assert request.header("p") == (text(value) if place == "header" else None)


@pytest.mark.parametrize(
    ("place", "schema"), [("cookie", {"type": "string"}), ("query", {"type": "array"}), ("header", {"type": "object"})]
)
def test_what_is_no_plain_value_is_refused_where_it_is_required(place: str, schema: dict[str, Any]) -> None:
    """A document that requires a cookie, a list or an object is refused in a sentence that names it; an optional one is neither sent nor read."""
    said = {"name": "p", "in": place, "schema": schema}
    with pytest.raises(ContractError, match=r"`p` \(\w+\) is required; beside the body only plain values"):
        _ = contract_with([{**said, "required": True}]).parameters
    (item,) = contract_with([said]).parameters
    assert keeps(item, [("p", "apple")]) is None


def test_what_is_no_value_is_not_taken_for_null() -> None:
    """Words where a number or null is asked for keep no schema; they are no null that was hard to read."""
    (item,) = contract_with([{"name": "p", "in": "query", "schema": {"type": ["integer", "null"]}}]).parameters
    assert keeps(item, [("p", "7")]) is True
    assert keeps(item, [("p", "seven")]) is False


def test_only_headers_have_names_of_http() -> None:
    """In a query any name may be sent; a header that HTTP cannot name is no parameter."""
    schema = {"schema": {"type": "string"}}
    places = ("query", "header")
    contract = contract_with([{"name": name, "in": at, **schema} for name in ("kind", "kind[of it]") for at in places])
    found = {(item.name, item.place) for item in contract.parameters}
    assert found == {("kind", at) for at in places} | {("kind[of it]", "query")}
