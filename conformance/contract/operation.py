"""Which operation of a document ranks, and the document without anything that this operation does not reach."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from conformance.contract import proposal
from conformance.contract.errors import ContractError
from conformance.contract.forms import meant
from conformance.contract.roles import ROLE
from conformance.contract.schema import (
    Schema,
    convert,
    escape,
    flatten,
    follow,
    objects,
    resolve,
    target,
    types,
    unescape,
    walk,
)
from conformance.document.text import few

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# At the root of an overlay: the path of the operation that ranks, where a document has several.
OPERATION = "x-rerank-operation"
BUNDLE = "put the files together first, for example with `npx @redocly/cli bundle`."
_NAMED = re.compile(r"re-?rank|\branking\b|\brank\b", re.IGNORECASE)
_SHARED = ("parameters", "servers", "summary", "description")
_EXAMPLES = frozenset({"example", "examples"})
_WORDS = ("summary", "description", "externalValue")
_COMPONENT = re.compile(r"#/components/[^/]+/[^/]+")
# Others say so behind a plus, or with the version of a protocol.
_JSON = re.compile(r"\+json$|^application/x-[\w.]+-json-[\d.]+$")
_KINDS = frozenset({"responses", "parameters", "headers", "examples"})
Where = tuple[str, str]


@frozen
class Reduced:
    """A document with one operation and what that refers to; `notes` say what was broken and is not needed."""

    document: dict[str, Any]
    notes: tuple[str, ...] = ()


def body_schema(document: Mapping[str, Any], operation: Mapping[str, Any], pointer: str) -> tuple[str, Schema] | None:
    """Return media type and converted schema of an operation's JSON body; None where it takes none."""
    body, where = resolve(document, operation.get("requestBody"), f"{pointer}/requestBody")
    content = (body or {}).get("content") or {}
    for media in sorted(content, key=lambda name: name != "application/json"):
        if is_json(media):
            entry = content[media] if isinstance(content[media], Mapping) else {}
            return media, _typed(
                meant(
                    convert(
                        document, entry.get("schema", {}), f"{where}/content/{escape(media)}/schema", side="request"
                    )
                )
            )
    return None


def _typed(schema: Schema) -> Schema:
    """Return a body's schema with the type that it has by its fields: by the letter of JSON Schema a list has no wrong field."""
    flat = flatten(schema)
    if "type" not in flat and types(flat) == {"object"}:
        schema = {**schema, "type": "object"}
    return {**schema, **{key: list(map(_typed, schema[key])) for key in ("oneOf", "anyOf") if schema.get(key)}}


def is_json(media: str) -> bool:
    """Whether a media type is JSON as a whole: a stream of lines of JSON is not."""
    kind = media.partition(";")[0].strip().lower()
    return kind in {"application/json", "text/json", "*/*", "application/*"} or bool(_JSON.search(kind))


def concrete(media: str) -> str:
    """Return a media type as a header has it: without parameters, and JSON for a range of them."""
    kind = media.partition(";")[0].strip().lower()
    return "application/json" if "*" in kind else kind


def operations(document: Mapping[str, Any]) -> Iterator[tuple[Where, Mapping[str, Any]]]:
    """Yield every operation with a request body by path and method."""
    for path, raw in (document.get("paths") or {}).items():
        item = _item(document, raw, path)
        for method in METHODS:
            operation = item.get(method)
            if isinstance(operation, Mapping) and "requestBody" in operation:
                yield (str(path), method), operation


def at(document: Mapping[str, Any], where: Where) -> Mapping[str, Any]:
    """Return the operation at a path by its method."""
    found: Mapping[str, Any] = _item(document, document["paths"][where[0]], where[0])[where[1]]
    return found


def _item(document: Mapping[str, Any], raw: Any, path: Any) -> Mapping[str, Any]:
    if isinstance(raw, Mapping) and "$ref" in raw:
        try:
            raw = {
                **resolve(document, {"$ref": raw["$ref"]}, f"#/paths/{escape(str(path))}")[0],
                **{key: value for key, value in raw.items() if key != "$ref"},
            }
        except (ContractError, TypeError):
            return {}
    return raw if isinstance(raw, Mapping) else {}


def ranks(document: Mapping[str, Any]) -> list[Where]:
    """Return the operations that may rank, the likeliest first: those with a field of role `documents`, then those whose name and form say so."""
    found = []
    listed = list(operations(document))
    if not any(ROLE in node for node in objects(document)):
        listed = [item for item in listed if _named(*item)] or listed
    if len(listed) == 1 and _named(*listed[0]):
        # Nothing else would be chosen, and guessing roles takes as long as reading the document.
        return [listed[0][0]]
    for number, ((path, method), operation) in enumerate(listed):
        try:
            body = body_schema(document, operation, f"#/paths/{escape(path)}/{method}")
            schema = body[1] if body else {}
            roles = {node[ROLE] for _, node in walk(schema) if ROLE in node}
            guessed = {item.role for item in proposal.of_request(schema)} if body else set()
        except (ContractError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
            # What is broken in it is said where it is chosen by its name.
            body, roles, guessed = None, set(), set()
        telling = ("documents" in roles, {"documents", "query"} <= guessed, _named((path, method), operation))
        if any(telling):
            found.append(((*telling, body is not None, _version(path), -number), (path, method)))
    return [where for _, where in sorted(found, reverse=True)]


def _named(where: Where, operation: Mapping[str, Any]) -> bool:
    return bool(_NAMED.search(f"{where[0]} {operation.get('operationId', '')} {operation.get('summary', '')}"))


def _version(path: str) -> int:
    found = re.search(r"/v(\d{1,3})\b", path)
    return int(found[1]) if found else 0


def choose(document: Mapping[str, Any], wanted: str | None = None) -> Where:
    """Return path and method of the operation that ranks, or of the one at the path `wanted`; raises ContractError."""
    listed = list(operations(document))
    paths = [path for (path, _), _ in listed]
    if wanted is not None:
        for where, _ in listed:
            if where[0] == wanted:
                return where
        raise ContractError(f"it has no operation with a request body at {wanted}; it has {shown(paths)}.")
    found = ranks(document) if listed else []
    if not found and (outside := _elsewhere(document)) is not None:
        raise ContractError(outside)
    if not listed:
        raise ContractError("it has no operation with a request body.")
    if not found:
        raise ContractError(
            f"it has no operation that reranks: none is called so, and none has fields that could be a query and documents ({shown(paths)}). "
            "If there is one all the same, name it: `x-rerank-operation: PATH` in an overlay beside it, or `--operation PATH` of `nox -s vendor`."
        )
    return found[0]


def _elsewhere(document: Mapping[str, Any]) -> str | None:
    """Return in a sentence which path is described in another file, the likeliest to rank first; None where none is."""
    found = [
        (str(path), raw["$ref"])
        for path, raw in (document.get("paths") or {}).items()
        if isinstance(raw, Mapping) and isinstance(raw.get("$ref"), str) and not raw["$ref"].startswith("#")
    ]
    for path, reference in sorted(found, key=lambda item: not _NAMED.search(item[0])):
        there = f"{reference[:80]!r}, another file, and nothing else is fetched; {BUNDLE}"
        return f"#/paths/{escape(path)} refers to {there}"
    return None


def shown(names: list[str], none: str = "none") -> str:
    """Return the first of some names for a sentence, and how many more there are."""
    return few(names, 8) if names else none


def reduce(document: Mapping[str, Any], where: Where) -> Reduced:
    """Return a document without other operations and without what this one does not refer to; the values kept are the document's own."""
    path, method = where
    notes: list[str] = []
    raw = document["paths"][path]
    item = _item(document, raw, path)
    kept = {key: value for key, value in item.items() if key == method or key in _SHARED}
    result = {key: value for key, value in document.items() if key not in {"paths", "components", "webhooks"}}
    operation = _clean(kept, document, f"#/paths/{escape(path)}", notes)
    told = {key: value for key, value in operation[method].items() if key != "callbacks"}
    operation[method] = _sound(told, document, f"#/paths/{escape(path)}/{method}", notes)
    if "parameters" in operation:
        operation = _sound(operation, document, f"#/paths/{escape(path)}", notes)
    if "callbacks" in kept[method]:
        notes.append(f"#/paths/{escape(path)}/{method}/callbacks is not looked at.")
    result["paths"] = {path: operation}
    known = document["components"] if isinstance(document.get("components"), Mapping) else {}
    components: dict[str, dict[str, Any]] = {}
    gathered: dict[str, dict[str, Any]] = {}
    waiting = [result["paths"]]
    while waiting:
        node = waiting.pop()
        _renamed(node, document, gathered)
        for reference in _references(node):
            kind, _, rest = reference.removeprefix("#/components/").partition("/")
            name = unescape(rest.partition("/")[0])
            there = gathered[kind] if name in gathered.get(kind, ()) else known.get(kind)
            if not reference.startswith("#/components/") or not isinstance(there, Mapping):
                continue
            if name in there and name not in components.setdefault(kind, {}):
                components[kind][name] = _clean(there[name], document, f"#/components/{kind}/{escape(name)}", notes)
                waiting.append(components[kind][name])
    if isinstance(known.get("securitySchemes"), Mapping):
        components["securitySchemes"] = dict(known["securitySchemes"])
    # In the document's own order, so that nothing seems to have moved.
    ordered: dict[str, dict[str, Any]] = {}
    for kind in dict.fromkeys([*known, *gathered]):
        if held := components.get(kind):
            order = (*(known.get(kind) or ()), *gathered.get(kind, ()))
            ordered[kind] = {name: held[name] for name in order if name in held}
    if ordered:
        result["components"] = ordered
    return Reduced(result, tuple(dict.fromkeys(notes)))


def _renamed(
    node: Any, document: Mapping[str, Any], gathered: dict[str, dict[str, Any]], *, named: bool = False
) -> None:
    """Refer to what stands at any other place by a name among the components: no tool after this one follows such a reference."""
    if isinstance(node, list):
        for value in node:
            _renamed(value, document, gathered)
    elif isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and _there(document, reference):
            reference = node["$ref"] = target(document, reference)[1]
        if isinstance(reference, str) and not _COMPONENT.fullmatch(reference) and _there(document, reference):
            *_, above, last = reference.split("/")
            kind = "requestBodies" if last == "requestBody" else above if above in _KINDS else "schemas"
            name = re.sub(r"\W+", "_", reference.replace("~1", "_")).strip("_")
            gathered.setdefault(kind, {})[name] = follow(document, reference)
            node["$ref"] = f"#/components/{kind}/{name}"
        for key, value in node.items():
            # Under `properties` every key is the name of a field.
            if named or not (_extension(key) or key in _EXAMPLES):
                _renamed(value, document, gathered, named=key == "properties" and not named)


def _sound(node: Mapping[str, Any], document: Mapping[str, Any], pointer: str, notes: list[str]) -> dict[str, Any]:
    """Return an operation without parameters, answers and headers of answers that are no objects, or refer to nothing."""
    result = dict(node)
    for key, kind in (("parameters", list), ("responses", dict)):
        if key not in result:
            continue
        where = f"{pointer}/{key}"
        if not isinstance(result[key], kind):
            wanted = "a list" if kind is list else "an object"
            notes.append(f"{where} is {_kind(result[key])}, not {wanted}; it is left out.")
            result[key] = kind()
        elif kind is list:
            listed = enumerate(result[key])
            result[key] = [
                item for at, item in listed if _whole(item, document, f"{where}/{at}", notes, ("name", "in"))
            ]
        else:
            found = _wholes(result[key], document, where, notes)
            result[key] = {at: _headed(item, document, f"{where}/{at}", notes) for at, item in found.items()}
    return result


def _wholes(items: Mapping[Any, Any], document: Mapping[str, Any], pointer: str, notes: list[str]) -> dict[str, Any]:
    """Return those parts by name that are whole."""
    where = {str(name): f"{pointer}/{escape(str(name))}" for name in items}
    return {str(name): item for name, item in items.items() if _whole(item, document, where[str(name)], notes)}


def _headed(
    answer: Mapping[str, Any], document: Mapping[str, Any], pointer: str, notes: list[str]
) -> Mapping[str, Any]:
    if "headers" not in answer:
        return answer
    headers = answer["headers"] if isinstance(answer["headers"], Mapping) else {}
    return {**answer, "headers": _wholes(headers, document, f"{pointer}/headers", notes)}


def _whole(
    item: Any, document: Mapping[str, Any], pointer: str, notes: list[str], needed: tuple[str, ...] = ()
) -> bool:
    """Whether a part is an object, where its reference leads, with the strings that it needs; if not, a note says that it is left out."""
    try:
        found = resolve(document, item, pointer)[0]
    except ContractError as error:
        notes.append(f"{error} It is left out.")
        return False
    has_all = isinstance(found, Mapping) and all(isinstance(found.get(name), str) for name in needed)
    if has_all and found.get("schema", {}) is not None:
        return True
    notes.append(f"{pointer} is {_kind(found)}, not an object with all that it needs; it is left out.")
    return False


def _kind(value: Any) -> str:
    return "nothing" if value is None else "an object" if isinstance(value, Mapping) else f"a {type(value).__name__}"


def _references(node: Any, *, named: bool = False) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for key, value in node.items():
            if named or not _extension(key):
                yield from _references(value, named=key == "properties" and not named)
        told = node.get("discriminator")
        mapping = told.get("mapping") if isinstance(told, Mapping) else None
        yield from (value for value in (mapping or {}).values() if isinstance(value, str))
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _extension(key: Any) -> bool:
    return str(key).startswith("x-")


def _clean(node: Any, document: Mapping[str, Any], pointer: str, notes: list[str]) -> Any:
    """Return a part of the document without examples and extensions that refer to what is not there: nothing rests on them."""
    if isinstance(node, list):
        return [_clean(value, document, f"{pointer}/{number}", notes) for number, value in enumerate(node)]
    if not isinstance(node, Mapping):
        return node
    result = {}
    for key, value in node.items():
        where = f"{pointer}/{escape(str(key))}"
        if (_extension(key) or key in _EXAMPLES) and not pointer.endswith("/properties"):
            references = (inner["$ref"] for inner in objects(value) if isinstance(inner.get("$ref"), str))
            broken = next((reference for reference in references if not _there(document, reference)), None)
            if broken is not None:
                why = "which is not in the document; nothing rests on it, and it is left out"
                notes.append(f"{where} refers to {broken[:80]!r}, {why}.")
                continue
            by_name = key == "examples" and _shows(node, pointer)
            sound = _sound_examples(value, document, where, notes) if by_name else value
            if sound is not None:
                result[key] = sound
        else:
            result[key] = _clean(value, document, where, notes)
    return result


def _shows(node: Mapping[str, Any], pointer: str) -> bool:
    """Whether a part of the document is no schema but has one, so that its examples are objects by name: a media type, a parameter, a header."""
    above, _, last = pointer.rpartition("/")
    return "schema" in node or (above.endswith("/content") and "~1" in last)


def _sound_examples(
    examples: Any, document: Mapping[str, Any], pointer: str, notes: list[str]
) -> Mapping[str, Any] | None:
    """Return examples by name without those that are none; None where there is nothing to take a name from."""
    if not isinstance(examples, Mapping):
        notes.append(f"{pointer} is {_kind(examples)}, not an object of examples by name; it is left out.")
        return None
    found = {}
    for name, item in examples.items():
        value = resolve(document, item, pointer)[0]
        if isinstance(value, Mapping) and all(isinstance(value.get(word, ""), str) for word in _WORDS):
            found[name] = item
        else:
            where = f"{pointer}/{escape(str(name))}"
            notes.append(f"{where} is no example object; nothing rests on it, and it is left out.")
    return found


def _there(document: Mapping[str, Any], reference: str) -> bool:
    try:
        follow(document, reference)
    except ContractError:
        return False
    return True
