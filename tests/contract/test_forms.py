"""What a document's `oneOf` means where nothing tells its forms apart."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract, document, load
from conformance.contract.audit import audit
from conformance.contract.catalogue import contracts_root
from conformance.contract.forms import by_the_letter, meant
from conformance.contract.validation import validator
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.rules import Rules
from conformance.model.verdict import Outcome
from conformance.selftest.stage import play

OBJECT, WHOLE, NUMBER, TEXT = ({"type": kind} for kind in ("object", "integer", "number", "string"))


def _contract(tmp_path: Path, *, closed: bool) -> Contract:
    """Return SiliconFlow's page under another one's title, which no overlay corrects; not `closed` for requests in which no object requires anything."""
    told: Any = deepcopy(document.load(contracts_root() / "siliconflow" / "rerank.yaml"))
    told["info"]["title"] = "A service like that one"
    for schema in told["components"]["schemas"].values() if not closed else ():
        if len(schema.get("properties", ())) == 1:
            schema.pop("required", None)
    path = tmp_path / "rerank.json"
    path.write_text(json.dumps(told))
    return load(str(path))


@pytest.mark.parametrize(
    ("forms", "value", "alike"),
    [
        ([{**OBJECT, "properties": {"text": TEXT}}, {**OBJECT, "properties": {"image": TEXT}}], {"text": "a"}, True),
        ([WHOLE, NUMBER], 1, True),
        ([{**TEXT, "format": "uri"}, TEXT], "https://example.com", True),
        ([{**OBJECT, "required": ["text"]}, {**OBJECT, "required": ["image"]}], {"text": "", "image": ""}, False),
        ([TEXT, {"type": "array", "items": TEXT}], [1], False),
    ],
)
def test_forms_that_nothing_tells_apart_are_a_choice(forms: list[Any], value: Any, *, alike: bool) -> None:
    """A value of two forms is valid where a plain value of one fits the other, and where it does not `oneOf` keeps its meaning; its letter stays."""
    schema = {**OBJECT, "properties": {"oneOf": {"title": "a field of this name", "oneOf": forms}}}
    found = meant(schema)
    assert validator(found).is_valid({"oneOf": value}) is alike
    assert by_the_letter(found["properties"]["oneOf"])["oneOf"] == forms
    assert not validator(found).is_valid({"oneOf": None})


def test_both_choices_of_a_schema_hold() -> None:
    """What stands beside such a `oneOf` keeps its meaning, another choice too."""
    found = validator(meant({"anyOf": [{"minimum": 1}, {"maximum": -1}], "oneOf": [WHOLE, NUMBER]}))
    assert [found.is_valid(value) for value in (1, 0, -1, "1")] == [True, False, True, False]


@pytest.mark.parametrize("closed", [True, False])
def test_a_page_under_another_title_can_be_kept(tmp_path: Path, *, closed: bool) -> None:
    """Who publishes SiliconFlow's document as their own is told of its forms by the audit, and a faithful server breaks no clause."""
    contract = _contract(tmp_path, closed=closed)
    assert any(finding.kind == "oneOf" for finding in audit(contract))
    assert [one.clause.id for one in play(contract).verdicts if one.outcome is Outcome.FAIL] == []


def test_none_of_the_forms_is_found(tmp_path: Path) -> None:
    """A document that comes back in no form of the contract breaks it all the same."""
    rules = Rules(_contract(tmp_path, closed=True), MOCK_KEY)
    rules.echo = lambda _item: 5  # type: ignore[method-assign]
    failed = {one.clause.id for one in play(rules.contract, rules=rules).verdicts if one.outcome is Outcome.FAIL}
    assert any("document" in clause for clause in failed)
