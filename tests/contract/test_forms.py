"""What a document's `oneOf` means where nothing tells its forms apart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.audit import audit
from conformance.contract.forms import by_the_letter, meant
from conformance.contract.validation import validator
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.rules import Rules
from conformance.model.verdict import Outcome
from conformance.selftest.stage import play
from tests.contract.pages import Schemas, page

OBJECT, WHOLE, NUMBER, TEXT = ({"type": kind} for kind in ("object", "integer", "number", "string"))


def _open(schemas: Schemas) -> None:
    """Let no object of one field require it."""
    for schema in schemas.values():
        if len(schema.get("properties", ())) == 1:
            schema.pop("required", None)


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


@pytest.mark.parametrize("change", [lambda _schemas: None, _open], ids=["as it is", "open requests"])
def test_a_page_under_another_title_can_be_kept(tmp_path: Path, change: Callable[[Schemas], None]) -> None:
    """Who publishes SiliconFlow's document as their own is told of its forms by the audit, and a faithful server breaks no clause."""
    contract = page(tmp_path, change)
    assert any(finding.kind == "oneOf" for finding in audit(contract))
    assert [one.clause.id for one in play(contract).verdicts if one.outcome is Outcome.FAIL] == []


def test_none_of_the_forms_is_found(tmp_path: Path) -> None:
    """A document that comes back in no form of the contract breaks it all the same."""
    rules = Rules(page(tmp_path, lambda _schemas: None), MOCK_KEY)
    rules.echo = lambda _item: 5  # type: ignore[method-assign]
    failed = {one.clause.id for one in play(rules.contract, rules=rules).verdicts if one.outcome is Outcome.FAIL}
    assert any("document" in clause for clause in failed)
