"""Values around everything that a schema says."""

from typing import Any

import pytest

from conformance.contract.schema import convert
from conformance.probes.mutation import cases

BOUNDS: dict[str, dict[str, Any]] = {
    "string": {"minLength": 2, "maxLength": 9, "pattern": "^[a-z]+$"},
    "array": {"items": {"type": "string"}, "minItems": 2, "maxItems": 9, "uniqueItems": True},
    "object": {"properties": {"a": {"type": "integer", "maximum": 3}}, "additionalProperties": False},
    "integer": {"minimum": 2, "maximum": 9, "multipleOf": 2},
}


@pytest.mark.parametrize("kind", BOUNDS)
@pytest.mark.parametrize("base", [None, "usual"])
def test_bounds_of_what_may_be_null(kind: str, base: str | None) -> None:
    """A field that may be null is tried at every bound that it has beside that, also where null is what it usually holds."""
    usual: dict[str, Any] = {"string": "abc", "array": ["a", "b"], "object": {"a": 1}, "integer": 4}

    def tried(named: Any, value: Any) -> set[tuple[str, str]]:
        schema = convert({"openapi": "3.1.0"}, {"type": named, **BOUNDS[kind]}, "#/field")
        found = cases(schema, value, ("field",))
        return {(".".join(case.path), case.keyword) for case in found if case.keyword != "type"}

    assert tried([kind, "null"], None if base is None else usual[kind]) == tried(kind, usual[kind])
