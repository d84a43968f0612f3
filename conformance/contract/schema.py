"""OpenAPI schema objects as JSON Schema 2020-12.

OpenAPI 3.0 differs from JSON Schema in a few keywords (`nullable`, boolean
exclusive bounds, `example`, siblings of `$ref`); 3.1 does not. Everything
after this module sees one form only.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from sys import float_info
from typing import Any
from urllib.parse import unquote

from attrs import define, field

from conformance.contract.errors import ContractError

Schema = dict[str, Any]

# Where a converted schema came from, as a JSON pointer into the effective contract.
POINTER = "x-pointer"

_SCHEMA = "additionalProperties items not contains propertyNames if then else unevaluatedProperties".split()
_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas")
# References are inlined, so nothing with a dollar may name or move a base, or make a validator fetch something.
_ADDRESSES = ("$schema", "$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$vocabulary", "$defs")
_NOTES = "nullable example examples externalDocs xml discriminator readOnly writeOnly deprecated".split()
_DROPPED = frozenset({*_ADDRESSES, *_NOTES})
# What only people read: beside a reference it takes the place of the reference's own.
_SAID = frozenset({"title", "description", "default", "$comment", *_NOTES})
_LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
# Keywords that count.
COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_LARGEST = int(float_info.max)
_MAX_DEPTH = 64
# Inlined, a few references that each point twice at the next can stand for gigabytes.
_MAX_SCHEMAS = 20_000
# Two unions side by side have as many forms as the product of theirs.
_MAX_FORMS = 1_000


def escape(part: str) -> str:
    """Escape one part of a JSON pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")


def placeless(schema: Any) -> Any:
    """Return a converted schema without where it and its parts stand."""
    if isinstance(schema, Mapping):
        return {key: placeless(value) for key, value in schema.items() if key != POINTER}
    return [placeless(item) for item in schema] if isinstance(schema, list) else schema


def within(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """Return a converted schema with each schema that stands right in it changed."""

    def changed(key: str, value: Any) -> Any:
        if key in _NAMED and isinstance(value, Mapping):
            return {name: change(item) if isinstance(item, dict) else item for name, item in value.items()}
        if key in _SCHEMAS and isinstance(value, list):
            return [change(item) if isinstance(item, dict) else item for item in value]
        return change(value) if key in _SCHEMA and isinstance(value, dict) else value

    return {key: changed(key, value) for key, value in schema.items()}


def objects(node: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object in a value, itself first."""
    if isinstance(node, Mapping):
        yield node
    for value in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from objects(value)


def unescape(part: str) -> str:
    """Return what an escaped part of a JSON pointer stands for."""
    return part.replace("~1", "/").replace("~0", "~")


def follow(document: Mapping[str, Any], reference: str) -> Any:
    """Return what a local `$ref` points at, by a JSON pointer or by the name of an anchor; raises ContractError for any other."""
    return target(document, reference)[0]


def target(document: Mapping[str, Any], reference: str) -> tuple[Any, str]:
    """Return what a local `$ref` points at, and where that stands, as a JSON pointer in which nothing is percent-encoded."""
    if not reference.startswith("#") or reference == "#":
        raise ContractError(f"The reference {reference!r} does not point into the document itself.")
    if not reference.startswith("#/"):
        return _anchored(document, reference)
    node: Any = document
    found: list[str] = []
    for raw in reference[2:].split("/"):
        part = unescape(raw)
        try:
            if isinstance(node, Mapping) and part not in node:
                # A fragment of a URI encodes what no URI has.
                part = unquote(part)
            node = node[int(part)] if isinstance(node, list) else node[part]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise ContractError(f"The reference {reference!r} points at nothing.") from error
        found.append(part)
    return node, "#/" + "/".join(map(escape, found))


def _anchored(document: Mapping[str, Any], reference: str) -> tuple[Any, str]:
    """Return the schema whose anchor a reference names, and where it stands."""
    waiting: list[tuple[Any, str]] = [(document, "#")]
    while waiting:
        node, where = waiting.pop()
        if isinstance(node, Mapping):
            if reference[1:] in (node.get("$anchor"), node.get("$dynamicAnchor")):
                return node, where
            waiting += ((value, f"{where}/{escape(str(key))}") for key, value in node.items())
        elif isinstance(node, list):
            waiting += ((value, f"{where}/{number}") for number, value in enumerate(node))
    raise ContractError(f"The reference {reference!r} points at nothing.")


def resolve(document: Mapping[str, Any], node: Any, pointer: str, steps: int | None = None) -> tuple[Any, str]:
    """Follow `$ref` until there is none, or so many steps; return the node and where it stands."""
    seen: set[str] = set()
    while isinstance(node, Mapping) and "$ref" in node and (steps is None or len(seen) < steps):
        reference = node["$ref"]
        if not isinstance(reference, str):
            raise ContractError(f"{pointer} has a $ref that is no string.")
        if reference in seen:
            raise ContractError(f"The reference {reference!r} points at itself.")
        seen.add(reference)
        try:
            node, pointer = target(document, reference)
        except ContractError as error:
            raise ContractError(f"{pointer} is broken: {error}") from error
    return node, pointer


def combine(document: Mapping[str, Any], raw: Any, pointer: str) -> tuple[Any, str]:
    """Follow `$ref` as OpenAPI 3.1 has it, where what stands beside a reference counts too.

    A sibling adds to what the reference says and takes nothing away from it:
    where both speak of one keyword the schema is a part of an `allOf`.
    """
    node = raw
    beside: dict[str, Any] = {}
    seen: set[str] = set()
    while isinstance(node, Mapping) and "$ref" in node:
        found, there = resolve(document, {"$ref": node["$ref"]}, pointer, steps=1)
        if there in seen:
            raise ContractError(f"The reference {there!r} points at itself.")
        seen.add(there)
        beside = {**{key: value for key, value in node.items() if key != "$ref"}, **beside}
        if isinstance(found, Mapping) and set(beside) & set(found) - _SAID:
            return {**beside, "allOf": [*beside.get("allOf", ()), {"$ref": there}]}, pointer
        node, pointer = found, there
    return ({**node, **beside} if isinstance(node, Mapping) else node), pointer


def convert(document: Mapping[str, Any], schema: Any, pointer: str, *, side: str = "") -> Schema:
    """Return a schema object as JSON Schema 2020-12, references inlined.

    `pointer` is where the schema stands; each converted schema carries its own
    under `x-pointer`. A schema that contains itself is cut off (anything goes)
    where it does so. On the side `request` properties that are `readOnly` are
    left out, on the side `answer` those that are `writeOnly`.
    """
    hidden = {"request": "readOnly", "answer": "writeOnly"}.get(side, "")
    modern = not str(document.get("openapi", "3.0")).startswith("3.0")
    return _Converter(document, modern=modern, hidden=hidden).convert(schema, pointer, ())


@define
class _Converter:
    document: Mapping[str, Any]
    modern: bool = field(kw_only=True)
    hidden: str = ""
    left: int = _MAX_SCHEMAS

    def convert(self, raw: Any, pointer: str, trail: tuple[str, ...]) -> Schema:
        if isinstance(raw, bool):
            return _either(raw, pointer)
        self.left -= 1
        if self.left < 0:
            msg = (
                f"Its schemas are more than {_MAX_SCHEMAS:,} once references are followed; that is no rerank contract."
            )
            raise ContractError(msg)
        node, where = combine(self.document, raw, pointer) if self.modern else resolve(self.document, raw, pointer)
        if isinstance(node, bool):
            return _either(node, where)
        if not isinstance(node, Mapping):
            raise ContractError(f"{where} is no schema.")
        if where in trail or len(trail) > _MAX_DEPTH:
            return {}
        result: Schema = {POINTER: where}
        for key, value in node.items():
            if key not in _DROPPED:
                result[key] = self._keyword(key, value, f"{where}/{escape(key)}", (*trail, where))
        if "x-examples" not in result and (examples := _examples(node)):
            result["x-examples"] = examples
        _exclusive(result, "exclusiveMinimum", "minimum")
        _exclusive(result, "exclusiveMaximum", "maximum")
        if not self.modern and node.get("nullable") is True:
            _allow_null(result)
        if self.hidden and isinstance(node.get("properties"), Mapping):
            self._hide(result, node["properties"])
        self._discriminate(result, node)
        return result

    def _discriminate(self, result: Schema, node: Mapping[str, Any]) -> None:
        """Say in each form which values of a discriminator name it, where a mapping tells: a server goes by nothing else."""
        for key in ("oneOf", "anyOf"):
            for number, raw in enumerate(node[key] if isinstance(node.get(key), list) else ()):
                result[key][number] = _named(result[key][number], *_mapped(node, raw))
        for raw in node["allOf"] if isinstance(node.get("allOf"), list) else ():
            base = resolve(self.document, raw, result[POINTER])[0] if isinstance(raw, Mapping) else None
            if isinstance(base, Mapping):
                result |= _named(result, *_mapped(base, {"$ref": result[POINTER]}))

    def _hide(self, result: Schema, properties: Mapping[str, Any]) -> None:
        """Leave out the members that only the other side sends."""
        for name, member in properties.items():
            flag = resolve(self.document, member, result[POINTER])[0] if isinstance(member, Mapping) else None
            if isinstance(flag, Mapping) and (flag.get(self.hidden) is True or member.get(self.hidden) is True):
                del result["properties"][name]
                if name in result.get("required", ()):
                    result["required"] = [other for other in result["required"] if other != name]

    def _keyword(self, key: str, value: Any, where: str, trail: tuple[str, ...]) -> Any:
        if key in _SCHEMA and isinstance(value, Mapping):
            return self.convert(value, where, trail)
        if key in _SCHEMAS and isinstance(value, list):
            return [self.convert(item, f"{where}/{number}", trail) for number, item in enumerate(value)]
        if key in _NAMED and isinstance(value, Mapping):
            return {name: self.convert(item, f"{where}/{escape(name)}", trail) for name, item in value.items()}
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise ContractError(f"{where} is a number of {len(str(value))} digits, which no reader of JSON holds.")
        # Some tools write every number with a point; a count is made of whole ones.
        return int(value) if key in COUNTS and isinstance(value, float) and value.is_integer() else value


def _mapped(node: Mapping[str, Any], form: Any) -> tuple[str, list[str]]:
    """Return the property that a schema's discriminator reads, and the values that its mapping has for a form."""
    said = node.get("discriminator")
    said = said if isinstance(said, Mapping) else {}
    mapping = said.get("mapping")
    where = form.get("$ref") if isinstance(form, Mapping) else None
    if not isinstance(mapping, Mapping) or not isinstance(where, str):
        return "", []
    names = {where, where.rpartition("/")[2]}
    return str(said.get("propertyName")), [str(value) for value, there in mapping.items() if there in names]


def _named(form: Schema, name: str, values: list[str]) -> Schema:
    """Return a form whose property has one of some values, unless it says its values itself."""
    member = flatten(form).get("properties", {}).get(name)
    if not values or member is None or {"const", "enum"} & flatten(member).keys():
        return form
    return {**form, "allOf": [*form.get("allOf", ()), {"properties": {name: {"enum": values}}}]}


def _either(allowed: bool, pointer: str) -> Schema:
    """Return a schema that is a boolean as an object: anything goes, or nothing does."""
    return {POINTER: pointer} if allowed else {POINTER: pointer, "not": {}}


def _examples(node: Mapping[str, Any]) -> list[Any]:
    found = [node["example"]] if "example" in node else []
    more = node.get("examples")
    if isinstance(more, list):
        found.extend(more)
    return found


def _exclusive(schema: Schema, exclusive: str, inclusive: str) -> None:
    if isinstance(schema.get(exclusive), bool) and schema.pop(exclusive) and inclusive in schema:
        schema[exclusive] = schema.pop(inclusive)


def _allow_null(schema: Schema) -> None:
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]


def flatten(schema: Schema) -> Schema:
    """Return a schema with the parts of its `allOf` merged in, where they are objects' parts: of what two of them say of one thing, both hold.

    A part that says what no one value of a keyword can say beside the others (a second `pattern`) stays in `allOf` as well.
    """
    if "allOf" not in schema:
        return schema
    merged: Schema = {key: value for key, value in schema.items() if key != "allOf"}
    kept: list[Schema] = []
    for raw in schema["allOf"]:
        part = flatten(raw)
        lost = False
        for key, value in part.items():
            if key == "allOf":
                kept += (inner for inner in value if inner not in kept)
            elif key not in merged:
                merged[key] = value
            else:
                merged[key], whole = _both(key, merged[key], value)
                lost = lost or not whole
        if lost and raw not in kept:
            kept.append(raw)
    return {**merged, "allOf": kept} if kept else merged


def _both(key: str, one: Any, other: Any) -> tuple[Any, bool]:  # noqa: PLR0911 - one return a kind of keyword
    """Return the value of a keyword that allows what both of its values allow, and whether it does: the first where no one value can."""
    if one == other or annotates(key):
        return one, True
    if key in {"properties", "patternProperties"}:
        return {**other, **one, **{name: _joined(one[name], other[name]) for name in one if name in other}}, True
    if key == "items" and isinstance(one, dict) and isinstance(other, dict):
        return _joined(one, other), True
    if key == "required":
        return [*one, *(name for name in other if name not in one)], True
    if key == "type":
        shared = _types(one, other)
        return shared or one, bool(shared)
    if key == "enum":
        listed = [value for value in one if value in other]
        return listed or one, bool(listed)
    if key in _LOWER | _UPPER and isinstance(one, int | float) and isinstance(other, int | float):
        return (max if key in _LOWER else min)(one, other), True
    if key == "uniqueItems":
        return True, True
    if key == "additionalProperties":
        # Two objects that each allow their own fields alone are meant as one that allows both.
        closed = one is False or other is False
        return False if closed else one if other is True else other if one is True else one, closed or True in (
            one,
            other,
        )
    return one, False


def annotates(key: str) -> bool:
    """Whether a keyword allows and forbids nothing."""
    return key in _SAID or key.startswith("x-")


def _joined(one: Schema, other: Schema) -> Schema:
    return one if one == other else flatten({"allOf": [one, other]})


def _types(one: Any, other: Any) -> Any:
    """Return the types that two schemas share, an integer being a number; None where they share none."""
    first, second = ([named] if isinstance(named, str) else list(named) for named in (one, other))
    shared = [kind for kind in first if kind in second or (kind == "integer" and "number" in second)]
    shared += ["integer"] if "number" in first and "integer" in second and "integer" not in shared else []
    return None if not shared else shared[0] if len(shared) == 1 else shared


def alternatives(schema: Schema) -> list[Schema]:
    """Return the branches of a schema's `anyOf` or `oneOf`, those of branches included, each with what the schema says beside them; itself if it has none."""
    found = list(islice(_leaves(schema), _MAX_FORMS + 1))
    if len(found) > _MAX_FORMS:
        msg = f"{schema.get(POINTER, 'A schema')} has more than {_MAX_FORMS:,} forms once its unions are multiplied; that is no rerank contract."
        raise ContractError(msg)
    return found


def _leaves(schema: Schema) -> Iterator[Schema]:
    flat = flatten(schema)
    key = "oneOf" if flat.get("oneOf") else "anyOf"
    if not flat.get(key):
        yield flat
        return
    beside = {other: value for other, value in flat.items() if other != key and not annotates(other)}
    for branch in flat[key]:
        yield from _leaves({**branch, "allOf": [*branch.get("allOf", ()), beside]} if beside else branch)


def types(schema: Schema) -> frozenset[str]:
    """Return the JSON types a schema names itself (not those of its branches); empty for any."""
    named = schema.get("type", ())
    if isinstance(named, str):
        return frozenset({named})
    if named:
        return frozenset(named)
    if "properties" in schema or "required" in schema:
        return frozenset({"object"})
    return frozenset()


def all_types(schema: Schema) -> frozenset[str]:
    """Return the JSON types that a schema and its branches name; empty for any."""
    return frozenset().union(*map(types, alternatives(schema)))


def walk(schema: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Yield every schema below a schema with the path of the values it describes (`*` for an item)."""
    yield path, schema
    for key in _SCHEMAS:
        for branch in schema.get(key, ()):
            if key == "prefixItems":
                yield from walk(branch, (*path, "*"))
            else:
                yield from walk(branch, path)
    for name, item in schema.get("properties", {}).items():
        yield from walk(item, (*path, name))
    if isinstance(schema.get("items"), dict):
        yield from walk(schema["items"], (*path, "*"))
