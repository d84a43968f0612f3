"""Compiled validators of JSON Schema."""

from typing import Any

from conformance.contract.errors import ContractError
from conformance.contract.schema import POINTER, Schema


def validator(schema: Schema) -> Any:
    """Return a compiled validator of JSON Schema 2020-12.

    jsonschema-rs, because a fuzzed mock validates thousands of bodies a second.
    Raises ContractError for a schema that is none.
    """
    from jsonschema_rs import Draft202012Validator, ReferencingError, ValidationError

    try:
        return Draft202012Validator(schema, validate_formats=True)
    except (ValidationError, ReferencingError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        msg = f"{schema.get(POINTER, 'A schema')} is no usable schema: {first[:300]}"
        raise ContractError(msg) from error
