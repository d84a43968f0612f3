"""The comparison of two contracts: what it reads of lists of models."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract
from scripts.spec.compare import compare
from tests.spec.test_lawful import OBJECT, changed, contract

pytestmark = pytest.mark.needs_npm
NAMES = ["acme/rank-1", "acme/rank-2"]


def told(old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    """Return the lines about the list of models, each with its severity."""
    before, after = (contract(changed(model={"type": "string", **model})) for model in (old, new))
    parts = [part for change in compare(before, after) for part in (change.parts or (change,))]
    return {part.sentence: part.severity.value for part in parts if "x-rerank-models" in part.pointer}


def test_enum_is_the_list_of_models() -> None:
    """Models that an overlay listed and that the vendor's own enum lists now are not removed; one that is missing there is."""
    assert told({"x-rerank-models": NAMES}, {"enum": NAMES[::-1]}) == {}
    assert told({"x-rerank-models": NAMES}, {"enum": [*NAMES, "acme/rank-3"]}) == {
        "The models of `model`: now also acme/rank-3.": "compatible"
    }
    assert told({"x-rerank-models": NAMES}, {"enum": NAMES[:1]}) == {
        "The models of `model`: no longer acme/rank-2.": "breaking"
    }
    assert told({"x-rerank-models": NAMES}, {}) == {
        "The models of `model`: no longer acme/rank-1, acme/rank-2.": "breaking"
    }


def test_models_that_go_with_a_form_have_a_line() -> None:
    """Where two forms become one object, and a list stands elsewhere, the models that are lost are told all the same."""
    forms = [{"x-rerank-models": [name], "x-rerank-role": "model", "type": "string"} for name in NAMES]
    old = contract({"anyOf": [changed(model=form) for form in forms]})
    new = contract(changed(model=forms[0]))
    parts = [part for change in compare(old, new) for part in (change.parts or (change,))]
    assert "The models of `model`: no longer acme/rank-2." in {part.sentence for part in parts}


def test_field_called_as_an_extension_is_a_field() -> None:
    """A field of the request whose name begins with `x-` is removed as any other field is."""
    old, new = contract(changed(**{"x-mode": {"type": "string"}})), contract(changed())
    (change,) = compare(old, new)
    assert (change.severity.value, change.rule) == ("breaking", "request-property-removed")


def test_change_of_type_hides_no_other_change() -> None:
    """Where a field takes another type, so that no request is allowed by both, a lower bound and a field that is required have lines too."""
    new = changed(query={"type": "integer", "x-rerank-role": "query"}, top_n={"type": "integer", "maximum": 64})
    new["required"] = [*OBJECT["required"], "mode"]
    breaking = [change for change in compare(contract(OBJECT), contract(new)) if change.severity == "breaking"]
    parts = [part for change in breaking for part in (change.parts or (change,))]
    told = " ".join(f"{part.pointer} {part.sentence}" for part in parts)
    assert all(name in told for name in ("properties/query/type", "properties/top_n/maximum", "`mode`"))


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("contentEncoding", "base64"),
        ("prefixItems", [{"type": "string"}]),
        ("propertyNames", {"pattern": "^a"}),
        ("contains", {"const": 1}),
        ("not", {"const": 1}),
        ("discriminator", {"propertyName": "kind"}),
        ("readOnly", True),
        ("$comment", "words"),
        ("x-other", 1),
    ],
)
def test_every_keyword_has_a_line(keyword: str, value: Any) -> None:
    """Whatever keyword a field gets, the diff tells of it, be it one that nobody enforces."""
    (change,) = compare(contract(changed(kind={})), contract(changed(kind={keyword: value})))
    assert change.pointer.endswith(f"/properties/kind/{keyword}")


@pytest.mark.parametrize(
    ("security", "severity", "words"),
    [
        ([{"key": [], "tenant": []}], "breaking", "`key` is no longer accepted"),
        ([{"key": []}, {}], "compatible", "`security[1]` was added"),
        ([{"key": []}, {"tenant": []}], "editorial", "`security[1]` was added"),
        ([{"tenant": []}], "breaking", "tenant"),
    ],
)
def test_key_that_is_asked_for_besides(security: list[Any], severity: str, words: str) -> None:
    """A second key at the same time breaks every caller; one that may be left out, or sent in place of the first, breaks none."""
    schemes = {
        "key": {"type": "http", "scheme": "bearer"},
        "tenant": {"type": "apiKey", "in": "header", "name": "X-Tenant"},
    }

    def asking(given: list[Any]) -> Contract:
        document = deepcopy(dict(contract(changed()).document))
        document["components"] = {**document.get("components", {}), "securitySchemes": schemes}
        return Contract("acme", {**document, "security": given}, document, Path("acme.yaml"))

    found = compare(asking([{"key": []}]), asking(security))
    assert found[0].severity.value == severity
    assert any(words in change.sentence for change in found)
