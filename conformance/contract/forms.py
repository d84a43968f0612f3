"""Forms that nothing tells apart: by the letter of `oneOf` no value that fits two of them is valid, and nobody means that."""

from collections.abc import Sequence
from typing import Any

from conformance.contract.instances import instances
from conformance.contract.schema import Schema, within
from conformance.contract.validation import validator

# Where the letter of such a `oneOf` is kept, for whoever looks a document through.
LETTER = "x-one-of"


def meant(schema: Schema) -> Schema:
    """Return a schema with `anyOf` in place of each `oneOf` of which a plain value of one form fits another form too."""
    found = within(schema, meant)
    forms = found.get("oneOf")
    if not forms or not _overlap(forms):
        return found
    rest = {key: value for key, value in found.items() if key != "oneOf"}
    choice = {"anyOf": forms} if "anyOf" not in rest else {"allOf": [*rest.get("allOf", ()), {"anyOf": forms}]}
    return {**rest, **choice, LETTER: forms}


def by_the_letter(schema: Schema) -> Schema:
    """Return a schema with the `oneOf` that the document has."""
    if LETTER not in schema:
        return schema
    return {key: value for key, value in schema.items() if key not in {"anyOf", LETTER}} | {"oneOf": schema[LETTER]}


def _overlap(forms: Sequence[Schema]) -> bool:
    plain: list[Any] = [next(instances(form), ...) for form in forms]
    return any(
        value is not ... and validator(form).is_valid(value)
        for at, value in enumerate(plain)
        for other, form in enumerate(forms)
        if other != at
    )
