"""Roles by what fields look like: names that only hold a usual one count for less, and what is marked stays as it is."""

from typing import Any

import pytest

from conformance.contract import proposal

TEXT: dict[str, Any] = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}


def _roles(**properties: Any) -> dict[str, tuple[str, str]]:
    """Return the field and the reason of each role that is proposed for a request."""
    guesses = proposal.of_request({"type": "object", "properties": {**properties, "documents": TEXTS}})
    return {guess.role: (guess.path[-1], guess.reason) for guess in guesses}


@pytest.mark.parametrize("name", ["myquery", "queryinput"])
def test_name_that_holds_a_usual_one_needs_more(name: str) -> None:
    """A name that begins or ends with a usual one is a sign, and enough only beside a description that says so."""
    assert "query" not in _roles(**{name: TEXT})
    field, reason = _roles(**{name: {**TEXT, "description": "The search query."}})["query"]
    assert field == name
    assert "its name holds “query”" in reason
    assert "query" not in _roles(colour={**TEXT, "description": "The search query."})


def test_marked_field_leaves_the_others_to_be_proposed() -> None:
    """A field that has its role already is not proposed again, whatever stands behind it is."""
    roles = _roles(model={**TEXT, "x-rerank-role": "model"}, query=TEXT)
    assert set(roles) == {"query", "documents"}
