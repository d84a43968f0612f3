"""Parameters beside the body, by their style: how values are spelt, and what a text is read as."""

from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract, Parameter
from conformance.contract.styles import cookies, encoded, keeps, spelt
from conformance.probes.kit import Kit
from tests.contract.test_operation import document

WORDS = {"type": "array", "items": {"type": "string"}}
NUMBERS = {"type": "array", "items": {"type": "integer"}, "minItems": 1}
BOX = {"type": "object", "required": ["w"], "properties": {"w": {"type": "integer"}, "on": {"type": "boolean"}}}
DEEP = {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "number"}}}, "c": WORDS}}
CASES: list[tuple[str, dict[str, Any], Any, str]] = [
    ("query", {"schema": WORDS}, ["a", "b c"], "p=a&p=b%20c"),
    ("query", {"schema": NUMBERS, "explode": False}, [1, 2], "p=1,2"),
    ("query", {"schema": NUMBERS, "style": "spaceDelimited", "explode": False}, [1, 2], "p=1%202"),
    ("query", {"schema": WORDS, "style": "pipeDelimited"}, ["a", "b"], "p=a%7Cb"),
    ("query", {"schema": BOX}, {"w": 1, "on": True}, "w=1&on=true"),
    ("query", {"schema": BOX, "explode": False}, {"w": 1, "on": True}, "p=w,1,on,true"),
    ("query", {"schema": BOX, "style": "deepObject"}, {"w": 1, "on": False}, "p%5Bw%5D=1&p%5Bon%5D=false"),
    ("query", {"schema": DEEP, "style": "deepObject"}, {"a": {"b": 1.5}, "c": ["x", "y"]}, "p%5Ba%5D%5Bb%5D=1.5&p%5Bc%5D=x&p%5Bc%5D=y"),
    ("query", {"content": {"application/json": {"schema": BOX}}}, {"w": 1}, "p=%7B%22w%22%3A%201%7D"),
    ("query", {"schema": {"type": "string"}}, "5", "p=5"),
    ("header", {"schema": NUMBERS}, [1, 2], "1,2"),
    ("header", {"schema": BOX}, {"w": 1, "on": True}, "w,1,on,true"),
    ("header", {"schema": BOX, "explode": True}, {"w": 1, "on": True}, "w=1,on=true"),
    ("cookie", {"schema": {"type": "string"}}, "a;b", "p=a%3Bb"),
    ("cookie", {"schema": NUMBERS, "explode": False}, [1, 2], "p=1%2C2"),
]  # fmt: skip


def contract_with(parameters: list[dict[str, Any]], **schemes: Any) -> Contract:
    """Return a contract whose operation takes parameters, with a key by each scheme."""
    found = document()
    found["paths"]["/sort"]["post"]["parameters"] = parameters
    found["components"]["securitySchemes"] = schemes
    found["security"] = [{name: []} for name in schemes]
    return Contract("t", found, found, Path("t"))


def declared(place: str, raw: dict[str, Any]) -> tuple[Contract, Parameter]:
    """Return a contract with one required parameter, and the parameter."""
    contract = contract_with([{"name": "p", "in": place, "required": True, **raw}])
    (item,) = contract.parameters
    return contract, item


@pytest.mark.parametrize(("place", "raw", "value", "wire"), CASES)
def test_value_is_spelt_by_style_and_read_back(place: str, raw: dict[str, Any], value: Any, wire: str) -> None:
    """A value crosses the wire as its style says, and what was sent keeps the schema again."""
    item = declared(place, raw)[1]
    sent = spelt(item, value)
    assert (sent[0][1] if place == "header" else encoded(item, sent)) == wire
    assert keeps(item, sent) is True
    if place == "cookie":
        assert cookies(f"other=1; {wire}")[1:] == sent


@pytest.mark.parametrize(("place", "raw", "value", "wire"), CASES)
def test_required_parameter_of_any_style_is_sent(place: str, raw: dict[str, Any], value: Any, wire: str) -> None:
    """A required parameter goes with every request by a value that can be read where it stands."""
    contract, item = declared(place, raw)
    kit = Kit(contract)
    assert keeps(item, spelt(item, kit.parameters[place, "p"])) is True
    request = kit.request({})
    assert (request.header({"cookie": "Cookie"}.get(place, "p")) is not None) is (place != "query")
    assert ("?" in request.path) is (place == "query")


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        ({"schema": NUMBERS}, [("p", "1,2")]),
        ({"schema": NUMBERS, "explode": False}, [("p", "1|2")]),
        ({"schema": BOX, "style": "deepObject"}, [("p[on]", "true")]),
        ({"schema": BOX, "style": "deepObject"}, [("p[w]", "apple")]),
        ({"schema": BOX}, [("on", "true")]),
        ({"content": {"application/json": {"schema": BOX}}}, [("p", "w,1")]),
    ],
)
def test_value_of_another_style_is_refused(raw: dict[str, Any], sent: list[tuple[str, str]]) -> None:
    """What is spelt in another way, or lacks a required member, does not keep the schema; what is not sent at all is told apart."""
    item = declared("query", raw)[1]
    assert keeps(item, sent) is False
    assert keeps(item, [("q", "1")]) is None


def test_parameter_that_may_be_null_is_sent_as_a_value() -> None:
    """A required parameter whose schema allows null first is sent with a value: null has no spelling."""
    schema = {"type": ["null", "array"], "items": {"type": "integer"}}
    assert Kit(declared("query", {"schema": schema})[0]).request({}).path.startswith("/sort?p=")


def test_key_in_a_cookie_stands_beside_the_others() -> None:
    """A cookie that the contract requires and one that holds the key go in one header; the key's own name is no parameter."""
    contract = contract_with(
        [{"name": name, "in": "cookie", "required": True, "schema": {"type": "string"}} for name in ("sid", "token")],
        key={"type": "apiKey", "in": "cookie", "name": "token"},
    )
    request = Kit(contract).request({})
    assert [value for name, value in request.headers if name == "Cookie"] == ["token=$API_KEY; sid=Apple"]
    assert contract.credential is not None
    assert contract.credential.found("sid=apple; token=key") == "token=key"


def test_what_is_no_value_is_not_taken_for_null() -> None:
    """Words where a number or null is asked for keep no schema; they are no null that was hard to read."""
    item = declared("query", {"schema": {"type": ["integer", "null"]}})[1]
    assert keeps(item, [("p", "7")]) is True
    assert keeps(item, [("p", "seven")]) is False


def test_only_headers_and_cookies_have_names_of_http() -> None:
    """In a query any name may be sent; a header or cookie that HTTP cannot name is no parameter."""
    schema = {"schema": {"type": "string"}}
    places = ("query", "header", "cookie")
    contract = contract_with([{"name": name, "in": at, **schema} for name in ("kind", "kind[of it]") for at in places])
    found = {(item.name, item.place) for item in contract.parameters}
    assert found == {("kind", at) for at in places} | {("kind[of it]", "query")}
