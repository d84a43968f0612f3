"""A contract's document as the generator is to see it."""

import json
import re
from collections import Counter
from copy import deepcopy
from typing import Any, cast

from conformance.contract.operation import is_json
from conformance.contract.schema import annotates, escape, objects, types

_COMPONENTS = "#/components/schemas/"


def prepared(document: Any) -> Any:
    """Return the document as the generator is to see it.

    A default that the service applies is no value for a client to send, so it
    moves from `default` into the description. So does a format: callers pass,
    and read, the string that is on the wire.
    """
    result = _needed(deepcopy(document))
    _call_once(result)
    _name_apart(result)
    schemas = (result.get("components") or {}).get("schemas") or {}
    for name in schemas:
        _cut(schemas, name, ())
    _together(result, schemas)
    for name, schema in list(schemas.items()):
        _named_within(schemas, schema, name)
    for schema in schemas.values():
        _describe(schema)
    for path, item in result["paths"].items():
        item.pop("parameters", None)
        for operation in item.values():
            if isinstance(operation, dict):
                _operation(operation, path)
    return result


def _operation(operation: dict[str, Any], path: str) -> None:
    tags = operation.get("tags")
    if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        operation.pop("tags", None)
    if not isinstance(operation.get("operationId"), str):
        operation.pop("operationId", None)
    # Only what stands in the path; the runtime sends the rest.
    operation["parameters"] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{([^{}]+)}", path)
    ]
    body = operation.get("requestBody") or {}
    body["content"] = _json_alone(body.get("content"))
    for media in body["content"].values():
        _describe(media.get("schema") or {})
    answers = operation.get("responses") or {}
    if "default" in answers and not any(str(status).startswith("2") for status in answers):
        # What is not told apart may be the success as well.
        answers["200"] = deepcopy(answers["default"])
    for answer in answers.values():
        if isinstance(answer, dict) and "$ref" not in answer:
            answer["description"] = str(answer.get("description") or "")
        if isinstance(answer, dict) and "content" in answer:
            answer["content"] = _json_alone(answer["content"])


def _needed(document: Any) -> Any:
    """Return a document without what the generator does not need and may stumble over: servers, keys, tags."""
    info = document.get("info") if isinstance(document.get("info"), dict) else {}
    version = str(document.get("openapi"))
    parts = (document.get("components") or {}).items()
    return {
        "openapi": version if re.match(r"3\.[01]\.", version) else "3.0.3" if version == "3.0" else "3.1.0",
        "info": {"title": str(info.get("title") or ""), "version": str(info.get("version") or "")},
        "paths": document["paths"],
        "components": {kind: items for kind, items in parts if kind != "securitySchemes"},
    }


def _json_alone(content: Any) -> Any:
    """Return the JSON form of a body, under the name that the generator knows; what has none stays as it is."""
    known = {kind: entry for kind, entry in (content or {}).items() if is_json(kind)}
    first = next((kind for kind in known if kind == "application/json"), next(iter(known), None))
    return content or {} if first is None else {"application/json": known[first]}


def _call_once(document: Any) -> None:
    """Take away the components that are another name of one, and the titles that several share: of each the generator makes the same class twice."""
    schemas = (document.get("components") or {}).get("schemas") or {}
    others = {
        f"{_COMPONENTS}{escape(name)}": schema["$ref"]
        for name, schema in schemas.items()
        if isinstance(schema, dict) and str(schema.get("$ref", "")).startswith(_COMPONENTS)
    }
    for node in list(objects(document)):
        seen: set[str] = set()
        while isinstance(node.get("$ref"), str) and node["$ref"] in others and node["$ref"] not in seen:
            seen.add(node["$ref"])
            cast("dict[str, Any]", node)["$ref"] = others[node["$ref"]]
    for name in [name for name in schemas if f"{_COMPONENTS}{escape(name)}" in others]:
        del schemas[name]
    titles = Counter(
        _folded(str(schema.get("title", name))) for name, schema in schemas.items() if isinstance(schema, dict)
    )
    for name, schema in schemas.items():
        if isinstance(schema, dict) and titles[_folded(str(schema.get("title", name)))] > 1:
            schema.pop("title", None)


def _name_apart(document: Any) -> None:
    """Give a title to what is described in place and would be called as a component is: the generator gives no name twice."""
    schemas = (document.get("components") or {}).get("schemas") or {}
    taken = {_folded(name) for name in schemas}
    for name, schema in schemas.items():
        for member, inner in ((schema.get("properties") if isinstance(schema, dict) else None) or {}).items():
            if isinstance(inner, dict) and "$ref" not in inner and ("properties" in inner or inner.get("enum")):
                called = f"{name}{member}" if "title" not in inner else str(inner["title"])
                if _folded(called) in taken or _folded(f"{name}{called}") in taken:
                    inner["title"] = f"{name} {member} in place"


def _folded(name: str) -> str:
    return re.sub(r"\W|_", "", name).lower()


def _cut(schemas: dict[str, Any], name: str, trail: tuple[str, ...]) -> None:
    """End circles of references through what is no object, where the generator, which ends them at classes, would go round."""
    trail = (*trail, name)
    waiting = [schemas[name]] if isinstance(schemas[name], dict) and "properties" not in schemas[name] else []
    while waiting:
        node = waiting.pop()
        for key, value in list(node.items()) if isinstance(node, dict) else enumerate(node):
            there = str(value.get("$ref")).rpartition("/")[2] if isinstance(value, dict) else ""
            if there in trail:
                node[key] = {}
            elif there in schemas:
                _cut(schemas, there, trail)
            elif isinstance(value, dict | list):
                waiting.append(value)


def _together(node: Any, schemas: Any) -> None:
    """Put together, in every schema below a node, what the generator overlooks where it stands apart."""
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _together(value, schemas)
    if isinstance(node, dict):
        if isinstance(node.get("allOf"), list):
            # A part that only describes what another says makes no class of its own.
            saying = [part for part in node["allOf"] if not isinstance(part, dict) or not all(map(annotates, part))]
            node["allOf"] = _told_once(saying or node["allOf"], schemas)
        for key in ("oneOf", "anyOf"):
            if isinstance(node.get(key), list) and isinstance(node.get("properties"), dict):
                _beside(node, key)


def _named_within(schemas: Any, schema: Any, called: str) -> None:
    """Give what is described inside a component that is no object itself a name among the components, as the generator would call it: it makes the classes inside an unnamed one twice."""
    if not isinstance(schema, dict):
        return
    kinds = schema.get("type")
    kinds = [*kinds] if isinstance(kinds, list) else [kinds, "null"] if kinds and schema.get("nullable") is True else []
    if len(kinds) > 1 and {"properties", "items", "additionalProperties"} & schema.keys():
        alone = {key: value for key, value in schema.items() if key not in {"nullable", "title"}}
        said = {key: value for key, value in schema.items() if annotates(key) and key != "nullable"}
        schema.clear()
        schema |= {**said, "anyOf": [deepcopy({**alone, "type": kind}) for kind in kinds]}
    for key in ("oneOf", "anyOf"):
        forms: Any = schema.get(key)
        for number, form in enumerate(forms if isinstance(forms, list) else ()):
            forms[number] = _hoisted(schemas, form, f"{called}_type_{number}")
    if "properties" not in schema and "items" in schema:
        schema["items"] = _hoisted(schemas, schema["items"], f"{called}_item")
    if "properties" not in schema and isinstance(schema.get("additionalProperties"), dict):
        schema["additionalProperties"] = _hoisted(
            schemas, schema["additionalProperties"], f"{called}_additional_property"
        )


def _hoisted(schemas: Any, schema: Any, called: str) -> Any:
    """Return a reference to an object that holds others, put among the components, or a schema of another kind with its own parts named."""
    fields = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(fields, dict) or not isinstance(schema.get("type"), str | None):
        _named_within(schemas, schema, called)
        return schema
    if called in schemas or not any(
        {"properties", "enum"} & node.keys() or "object" in types(cast("Any", node))
        for one in fields.values()
        for node in objects(one)
    ):
        return schema
    schemas[called] = schema
    return {"$ref": f"{_COMPONENTS}{escape(called)}"}


_FIELDS = ("type", "properties", "required", "allOf")


def _beside(schema: dict[str, Any], key: str) -> None:
    """Say the fields that stand beside a union in each of its forms; forms that only say which of them go together are checked by the client all the same."""
    fields: dict[str, Any] = {name: schema.pop(name) for name in _FIELDS if name in schema}
    forms = schema.pop(key)
    schema.pop("discriminator", None)
    whole = [form for form in forms if isinstance(form, dict)]
    if any({"properties", "$ref", "allOf", "oneOf", "anyOf"} & form.keys() for form in whole):
        titles = [{"title": form["title"]} if "title" in form else {} for form in whole]
        schema[key] = [{"allOf": [deepcopy(fields), form]} | title for form, title in zip(whole, titles, strict=True)]
    else:
        schema |= fields


def _told_once(parts: list[Any], schemas: Any) -> list[Any]:
    """Return the parts of an `allOf` without a field that is any object in one of them, where another one says which."""
    seen = [_resolved(part, schemas) for part in parts]
    result = []
    for part, own in zip(parts, seen, strict=True):
        fields: dict[str, Any] = own["properties"] if isinstance(own.get("properties"), dict) else {}
        said = {
            name
            for name, member in fields.items()
            if _any_object(member)
            and any(name in (other.get("properties") or {}) for other in seen if other is not own)
            and not all(_any_object((other.get("properties") or {}).get(name, {})) for other in seen)
        }
        slim = {**own, "properties": {name: member for name, member in fields.items() if name not in said}}
        result.append(deepcopy(slim) if said else part)
    return result


def _resolved(part: Any, schemas: Any) -> dict[str, Any]:
    there = str(part.get("$ref")).removeprefix(_COMPONENTS) if isinstance(part, dict) else ""
    found = schemas.get(there, part)
    return found if isinstance(found, dict) else {}


def _any_object(schema: Any) -> bool:
    """Whether a schema says no more of a value than that it is an object, if that."""
    said = {key for key in schema if not annotates(key)} if isinstance(schema, dict) else {"not"}
    return said <= {"type"} and schema.get("type", "object") == "object"


def _objects_alone(schema: Any) -> None:
    """Put an object where a schema is `true` or `false`, which the generator does not know; the client checks them all the same."""
    mapped = schema.get("discriminator")
    if "discriminator" in schema and not (isinstance(mapped, dict) and isinstance(mapped.get("propertyName"), str)):
        del schema["discriminator"]
    for key in ("items", "not"):
        if isinstance(schema.get(key), bool):
            schema[key] = {}
    for key in ("properties", "patternProperties"):
        if isinstance(schema.get(key), dict):
            schema[key] = {name: {} if isinstance(member, bool) else member for name, member in schema[key].items()}
    for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
        if isinstance(schema.get(key), list):
            schema[key] = [{} if isinstance(member, bool) else member for member in schema[key]]


def _nameable(values: list[Any]) -> bool:
    """Whether a class can be made of some values: they are of one type, and each has a name of its own in it."""
    told = [value for value in values if value is not None]
    names = [re.sub(r"[\W_]+", "_", value).upper() for value in told if isinstance(value, str) and value[:1].isalpha()]
    return len({type(value) for value in told}) <= 1 and len(set(names)) == len(names)


_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "multipleOf": "a multiple of",
    "minLength": "length at least",
    "maxLength": "length at most",
    "minItems": "items at least",
    "maxItems": "items at most",
}


def _describe(schema: Any) -> None:
    if isinstance(schema, list):
        for item in schema:
            _describe(item)
    elif isinstance(schema, dict):
        _objects_alone(schema)
        if isinstance(schema.get("const"), list | dict):
            del schema["const"]
        if isinstance(schema.get("enum"), list) and not _nameable(schema["enum"]):
            # The client checks them all the same.
            del schema["enum"]
        if "string" in (schema.get("type"), *(schema["type"] if isinstance(schema.get("type"), list) else ())):
            schema.pop("format", None)
        if isinstance(schema.get("allOf"), list) and {"properties", "required"} & schema.keys():
            # Beside a lone `allOf` the generator overlooks them.
            own = {key: schema.pop(key) for key in ("properties", "required") if key in schema}
            schema["allOf"].append({"type": "object", **own})
        for name, member in (schema.get("properties") or {}).items():
            if isinstance(member, dict):
                _say(member, needed=name in schema.get("required", ()))
        for value in schema.values():
            _describe(value)


def _say(member: dict[str, Any], *, needed: bool) -> None:
    """Say in a field's description what the service does without it, and its bounds."""
    said = [str(member.get("description") or "").strip()]
    if "default" in member and not needed:
        said.append(f"The service's default is {json.dumps(member.pop('default'), ensure_ascii=False)}.")
    bounds = [f"{words} {member[key]}" for key, words in _BOUNDS.items() if isinstance(member.get(key), int | float)]
    if member.get("type") == "string" and isinstance(member.get("format"), str):
        bounds.append(f"format {member['format']}")
    if bounds:
        said.append(f"Contract: {', '.join(bounds)}.")
    if said[1:]:
        member["description"] = " ".join(filter(None, said))
