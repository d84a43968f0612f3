"""The comparison of two contracts: what it reads of lists of models."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract
from scripts.spec.compare import compare
from tests.spec.test_lawful import changed, contract

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
