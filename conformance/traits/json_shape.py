"""The shape of what a server sent, without its words: JSON Schema through genson, which merges many values into one."""

from typing import Any

from conformance.model.fact import is_name

_DEPTH = 6
_ITEMS = 20
_KEYS = 40


class Shape:
    """The schema of all values that were added."""

    def __init__(self) -> None:
        """Begin with nothing."""
        from genson import SchemaBuilder

        self._builder = SchemaBuilder(schema_uri=None)

    def add(self, value: Any) -> None:
        """Take in a value."""
        self._builder.add_object(_pruned(value, _DEPTH))

    def schema(self) -> dict[str, Any]:
        """Return the schema; keys that look like no names are left out, and nothing is said to be required."""
        schema: dict[str, Any] = _loose(self._builder.to_schema())
        return schema


def _pruned(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        kept = [key for key in value if is_name(key)][:_KEYS] if depth else []
        return {key: _pruned(value[key], depth - 1) for key in kept}
    if isinstance(value, list):
        return [_pruned(item, depth - 1) for item in value[:_ITEMS]] if depth else []
    return value


def _loose(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _loose(value) for key, value in schema.items() if key != "required" or not isinstance(value, list)}
    return [_loose(item) for item in schema] if isinstance(schema, list) else schema


def openapi(schema: Any, *, modern: bool) -> dict[str, Any]:
    """Return a shape as a schema object of OpenAPI 3.1 (`modern`), or of 3.0, which has no lists of types and no null."""
    if modern or not isinstance(schema, dict):
        return dict(schema) if isinstance(schema, dict) else {}
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            result[key] = {name: openapi(item, modern=False) for name, item in value.items()}
        elif key == "items":
            result[key] = openapi(value, modern=False)
        elif key not in {"type", "anyOf"}:
            result[key] = value
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else list(types)
    branches = [openapi(branch, modern=False) for branch in schema.get("anyOf", ())]
    if "null" in types:
        types.remove("null")
        result["nullable"] = True
    if len(types) == 1 and not branches:
        result["type"] = types[0]
    elif types or branches:
        branches = [*({"type": name} for name in types), *branches]
        if any(branch.pop("nullable", False) for branch in branches):
            result["nullable"] = True
        branches = [leaf for branch in branches for leaf in branch.get("anyOf", [branch]) if leaf]
        result |= branches[0] if len(branches) == 1 else {"anyOf": branches}
    if result.get("type") == "array":
        result.setdefault("items", {})
    return result
