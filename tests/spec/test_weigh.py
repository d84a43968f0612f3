"""Changes weighed by examples: each thing that is no longer allowed has its line, and no line denies another."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from conformance.contract import Contract
from scripts.spec import weigh
from scripts.spec.change import Change, Severity
from tests.spec.test_lawful import OBJECT, changed, contract

SCHEMA = "#/paths/~1rerank/post/requestBody/content/application~1json/schema"
UNION = {"anyOf": [OBJECT, {**OBJECT, "title": "again"}]}
NARROWED = Change("schema-type-changed", Severity.BREAKING, f"{SCHEMA}/type", "Type of `RerankRequest` narrowed.")


def weighed(old: Any, new: Any, *changes: Change) -> dict[str, str]:
    return {change.sentence: change.severity.value for change in weigh.weighed(changes, contract(old), contract(new))}


def test_union_that_becomes_an_object_hides_no_lower_bound() -> None:
    """A line of the whole request does not stand for its fields: the bound that falls at the same time has its own line."""
    new = changed(top_n={"type": "integer", "minimum": 1, "maximum": 64})
    assert weighed(UNION, new, NARROWED) == {
        "Type of `RerankRequest` narrowed. What is allowed changes only where another line says so.": "editorial",
        "`top_n` as 80 was allowed in a request, and is no more.": "breaking",
    }
    assert weighed(UNION, OBJECT, NARROWED) == {
        "Type of `RerankRequest` narrowed. What is allowed stays the same.": "editorial"
    }


def test_dropped_form_does_not_say_that_nothing_changes() -> None:
    """Where a form of the request is dropped and its values are refused from now on, its line says that another line tells of them."""
    other = deepcopy(OBJECT)
    other["properties"]["query"] = {"type": "object", "required": ["image"], "x-rerank-role": "query"}
    dropped = Change("schema-combinator-changed", Severity.BREAKING, f"{SCHEMA}/anyOf/1", "`anyOf` was cut.")
    found = weighed({"anyOf": [OBJECT, other]}, {"anyOf": [OBJECT]}, dropped)
    assert not [sentence for sentence in found if "stays the same" in sentence]
    assert "breaking" in found.values()


def test_status_that_another_one_stands_for_is_not_lost() -> None:
    """A status that goes is no loss where its class or the default describes the same answer; where that says otherwise it is."""

    def described(status: str, **fields: Any) -> Contract:
        document = deepcopy(dict(contract(OBJECT).document))
        responses = document["paths"]["/rerank"]["post"]["responses"]
        responses[status] = responses.pop("200")
        responses[status]["content"]["application/json"]["schema"]["properties"] |= fields
        return Contract("t", document, document, Path("t"))

    for before, after, fields_, severity in (
        ("200", "2XX", {}, "editorial"),
        ("default", "200", {}, "editorial"),
        ("200", "2XX", {"took": {"type": "integer"}}, "breaking"),
    ):
        gone = Change("response-removed", Severity.BREAKING, f"#/paths/~1rerank/post/responses/{before}", "Gone.", "x")
        (found,) = weigh.weighed([gone], described(before), described(after, **fields_))
        assert found.severity.value == severity


def test_one_change_of_the_key_is_one_line() -> None:
    """Schemes and requirements that come and go because the key is sent otherwise are one line; another field has its own."""
    places = ("#/components/securitySchemes/old", "#/components/securitySchemes/new", "#/security/0", f"{SCHEMA}/type")
    found = [Change("rule", Severity.BREAKING, pointer, f"{pointer} changed.") for pointer in places]
    assert sorted(len(change.parts) for change in weigh.grouped(found)) == [0, 3]
