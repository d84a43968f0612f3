"""Requests whose fields stand inside other objects, seen as if they stood at the top: `input.query`.

An envelope is an object of the request that has no role itself and holds
fields that have one. Whoever speaks of fields by role sees a flat body and a
flat schema; only what crosses the wire is nested.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from conformance.contract.schema import POINTER, Schema, alternatives, annotates, flatten, types

Path = tuple[str, ...]
# On the flat schema's member that stands for the envelope itself.
ENVELOPE = "x-envelope"
_ROLE = "x-rerank-role"
_OPEN = frozenset({"type", "properties", "required", "additionalProperties", "title", "description", "$comment"})


def opened(schema: Schema) -> Schema:
    """Return a request's schema with the members of its envelopes at the top, by dotted names; itself where it has none."""
    if not any(_envelopes(leaf) for leaf in alternatives(schema)):
        return schema
    leaves = [_opened(leaf) for leaf in alternatives(schema)]
    if len(leaves) == 1:
        return leaves[0]
    flat = flatten(schema)
    keyword = "oneOf" if flat.get("oneOf") else "anyOf"
    # The leaves say what stands beside them too.
    return {**{key: value for key, value in flat.items() if annotates(key)}, keyword: leaves}


def envelopes(schema: Schema) -> frozenset[Path]:
    """Return where a request's envelopes stand."""
    return frozenset(path for leaf in alternatives(schema) for path in _paths(leaf, ()))


def nest(body: Any, where: Iterable[Path]) -> Any:
    """Return a flat body as it goes over the wire; what is no object stays as it is."""
    holders = sorted(where, key=len, reverse=True)
    if not holders or not isinstance(body, Mapping):
        return body
    wire: dict[str, Any] = {}
    for name, value in body.items():
        path = next(
            ((*holder, name[len(prefix) :]) for holder in holders if name.startswith(prefix := ".".join(holder) + ".")),
            None,
        )
        if path is None:
            path = next((holder for holder in holders if name == ".".join(holder)), (name,))
        _put(wire, path, value)
    return wire


def _put(wire: dict[str, Any], path: Path, value: Any) -> None:
    holder = wire
    for key in path[:-1]:
        holder = holder.setdefault(key, {})
        if not isinstance(holder, dict):
            # The envelope itself was given as something else.
            return
    before = holder.get(path[-1])
    holder[path[-1]] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value


def flat(body: Any, where: Iterable[Path]) -> Any:
    """Return a body from the wire as if its envelopes' members stood at the top."""
    holders = frozenset(where)
    return _flat(body, holders, ()) if holders and isinstance(body, Mapping) else body


def _flat(body: Mapping[str, Any], holders: frozenset[Path], above: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in body.items():
        path = (*above, name)
        if path in holders and isinstance(value, Mapping) and value:
            found |= _flat(value, holders, path)
        else:
            found[".".join(path)] = value
    return found


def _paths(schema: Schema, above: Path) -> Iterable[Path]:
    for name, member in _envelopes(schema).items():
        yield (*above, name)
        yield from _paths(member, (*above, name))


def _envelopes(schema: Schema) -> dict[str, Schema]:
    members = flatten(schema).get("properties", {}).items()
    return {name: flatten(member) for name, member in members if _is_envelope(member)}


def _is_envelope(schema: Schema) -> bool:
    whole = flatten(schema)
    more = any(key not in _OPEN and not key.startswith("x-") for key in whole)
    if more or _ROLE in whole or types(whole) != {"object"}:
        return False
    return any(_ROLE in flatten(member) or _is_envelope(member) for member in whole.get("properties", {}).values())


def _opened(schema: Schema) -> Schema:
    """Return an object's schema with its envelopes opened."""
    whole = flatten(schema)
    inner = {name: _opened(member) for name, member in _envelopes(whole).items()}
    if not inner:
        return whole
    required = set(whole.get("required", ()))
    properties: dict[str, Any] = {}
    dependent: dict[str, list[str]] = {}
    patterns: dict[str, Any] = {}
    for name, member in whole.get("properties", {}).items():
        if name not in inner:
            properties[name] = member
            continue
        envelope = inner[name]
        properties[name] = {"type": "object", ENVELOPE: name in required, POINTER: envelope.get(POINTER, "#")}
        properties |= {f"{name}.{key}": value for key, value in envelope["properties"].items()}
        needed = [f"{name}.{key}" for key in envelope.get("required", ())]
        if name in required:
            required |= set(needed)
        else:
            members = [f"{name}.{key}" for key in envelope["properties"]] if needed else []
            dependent |= {one: [other for other in needed if other != one] for one in members}
            dependent |= {name: needed} if needed else {}
        known = "|".join(re.escape(key) for key in envelope["properties"])
        if envelope.get("additionalProperties") is False:
            patterns[f"^{re.escape(name)}\\.(?!(?:{known})$)"] = False
        elif whole.get("additionalProperties") is False:
            patterns[f"^{re.escape(name)}\\."] = {}
    result = {
        **whole,
        "properties": properties,
        "required": [name for name in properties if name in required and name not in inner],
    }
    if dependent:
        result["dependentRequired"] = dependent
    if patterns:
        result["patternProperties"] = {**whole.get("patternProperties", {}), **patterns}
    return result
