"""woagent's document says what its page says, word by word, and nothing more."""

import json
import re
from typing import Any

import pytest

from conformance.contract import Contract, load
from conformance.contract.resources import contracts_root

TYPES = "|".join(
    map(re.escape, ("string[]", "object[]", "enum<string>", "string", "integer", "boolean", "number", "object"))
)
FIELD = re.compile(rf"^(?P<name>[a-z_.]+) (?P<type>{TYPES})(?P<required> required)?$")
BULLET = re.compile(r"^\s*[*•-]\s+")


def sections() -> dict[str, list[str]]:
    """Return the page's lines of text by the heading they stand under."""
    result: dict[str, list[str]] = {"": []}
    heading = ""
    for raw in (contracts_root() / "woagent" / "page.md").read_text().splitlines():
        line = BULLET.sub("", raw.strip())
        if line in {"Authorizations", "Body", "Response"}:
            heading = line
            result[heading] = []
        elif line:
            result[heading].append(line)
    return result


def fields(lines: list[str]) -> dict[str, tuple[str, bool, list[str]]]:
    """Return what a section says of each field: type, required, and its remaining lines."""
    result: dict[str, tuple[str, bool, list[str]]] = {}
    name = ""
    for line in lines:
        if match := FIELD.match(line):
            name = match["name"]
            result[name] = (match["type"], bool(match["required"]), [])
        elif name:
            result[name][2].append(line)
    return result


def said(schema: dict[str, Any]) -> list[str]:
    """Return a field's schema in the words of the page."""
    lines = [schema["description"]] if "description" in schema else []
    if "enum" in schema:
        lines.append(f"Available options: {', '.join(schema['enum'])}")
    if "minItems" in schema:
        lines.append(f"Minimum length: {schema['minItems']}")
    if "maximum" in schema:
        lines.append(f"Required range: x <= {schema['maximum']}")
    if "example" in schema:
        shown = json.dumps(schema["example"])
        lines += ["Example:", "json", shown] if isinstance(schema["example"], list) else [f"Example: {shown}"]
    return lines


def kind(schema: dict[str, Any]) -> str:
    """Return a field's type as the page prints it."""
    if "enum" in schema:
        return f"enum<{schema['type']}>"
    return f"{schema['items']['type']}[]" if schema["type"] == "array" else str(schema["type"])


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load("woagent")


@pytest.fixture(scope="module")
def body(contract: Contract) -> dict[str, Any]:
    operation = contract.vendored["paths"]["/rerank"]["post"]
    schema: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
    return schema


@pytest.fixture(scope="module")
def answer(contract: Contract) -> dict[str, Any]:
    operation = contract.vendored["paths"]["/rerank"]["post"]
    schema: dict[str, Any] = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return schema


def test_request_fields(body: dict[str, Any]) -> None:
    """Every field of the page's body is there in its order, with its type, words, bounds and example, and no other."""
    page = fields(sections()["Body"])
    assert len(page) > 5
    assert list(body["properties"]) == list(page)
    assert body["required"] == [name for name, (_, required, _) in page.items() if required]
    for name, (type_, _, lines) in page.items():
        assert (kind(body["properties"][name]), said(body["properties"][name])) == (type_, lines), name


def test_no_keyword_beside_the_page(body: dict[str, Any], answer: dict[str, Any]) -> None:
    """No keyword stands in the document that the page has no words for."""
    words = {"type", "description", "enum", "minItems", "maximum", "example", "items", "properties", "required"}

    def keywords(schema: dict[str, Any]) -> set[str]:
        below = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
        return set(schema) | {word for item in below for word in keywords(item)}

    assert keywords(body) | keywords(answer) <= words


def flat(schema: dict[str, Any], prefix: str = "") -> dict[str, tuple[str, bool, list[str]]]:
    """Return an object's fields as the page lists them: the parts of a list's items without a prefix, those of objects with one."""
    result: dict[str, tuple[str, bool, list[str]]] = {}
    for name, member in schema["properties"].items():
        result[prefix + name] = (kind(member), name in schema.get("required", ()), said(member))
        inner = member.get("items", member)
        if "properties" in inner:
            result |= flat(inner, "" if member is not inner else f"{prefix}{name}.")
    return result


def test_answer_fields(answer: dict[str, Any]) -> None:
    """Every field of the page's answer is there in its order, with its type and words, and no other."""
    page = {
        name: (type_, required, [line for line in lines if line != "Hide child attributes"])
        for name, (type_, required, lines) in fields(sections()["Response"]).items()
    }
    assert flat(answer) == page
    assert list(flat(answer)) == list(page)


def test_around_the_fields(contract: Contract) -> None:
    """Title, summary, address, security and the one answer are the page's."""
    parts = sections()
    document = contract.vendored
    operation = document["paths"]["/rerank"]["post"]
    assert parts[""] == [
        "Skip to content",
        document["info"]["title"],
        document["info"]["description"],
        "http",
        f"POST {contract.server}{contract.path}",
    ]
    assert (operation["summary"], operation["description"]) == (
        document["info"]["title"],
        document["info"]["description"],
    )
    scheme = document["components"]["securitySchemes"]["bearerAuth"]
    assert parts["Authorizations"] == ["Authorization string header required", scheme["description"]]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert parts["Body"][0] in operation["requestBody"]["content"]
    assert parts["Response"][:2] == ["200 application/json", operation["responses"]["200"]["description"]]
    assert list(operation["responses"]) == ["200"]
