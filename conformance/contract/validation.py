"""Compiled validators of JSON Schema."""

import json
from functools import lru_cache
from typing import Any

from conformance.contract.errors import ContractError
from conformance.contract.schema import POINTER, Schema, escape


def validator(schema: Schema) -> Any:
    """Return a compiled validator of JSON Schema 2020-12; equal schemas share one.

    jsonschema-rs, because a fuzzed mock validates thousands of bodies a second.
    Raises ContractError for a schema that is none.
    """
    from jsonschema_rs import ReferencingError, ValidationError

    try:
        return _compiled(json.dumps(schema))
    except (ValidationError, ReferencingError, ValueError, TypeError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        within = "".join(f"/{escape(str(part))}" for part in getattr(error, "instance_path", ()))
        place = f"{schema.get(POINTER, 'A schema')}{within}"
        raise ContractError(f"{place} is no usable schema: {first[:300]}") from error


@lru_cache(maxsize=1_024)
def _compiled(schema: str) -> Any:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(json.loads(schema), validate_formats=True)
