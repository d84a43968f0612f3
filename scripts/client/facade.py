"""What the templates need to know of a contract: the call's parameters, its answers, and how each property is read."""

import json
import pprint
import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from conformance.contract import Contract, validator
from conformance.contract.roles import COUNTS
from conformance.contract.schema import POINTER

_DROPPED = {POINTER, "description", "title", "x-examples", "default", "format"}


@frozen
class Parameter:
    """A keyword of `rerank`: Python name, wire name, type, whether it is required or may be null, and what it means."""

    name: str
    wire: str
    type: str
    required: bool
    nullable: bool
    description: str

    @property
    def literal(self) -> str:
        """The wire name as a string of Python."""
        return literal(self.wire)


@frozen
class Facade:
    """The call as the templates write it."""

    title: str
    summary: str
    server: str
    key_env: str
    parameters: tuple[Parameter, ...]
    documents: Parameter
    limit: str | None
    success: str
    success_reader: str
    readers: tuple[tuple[str, str], ...]
    imports: tuple[str, ...]
    nullable: list[str]
    results: str
    index: str
    score: str
    wrong: str


def describe(contract: Contract, parsed: Any) -> Facade:
    """Return the facade of a contract, from what the generator parsed."""
    endpoint = next(e for c in parsed.endpoint_collections_by_tag.values() for e in c.endpoints if _raw(e.path) == contract.path)
    body = endpoint.bodies[0].prop
    by_name = {str(model.class_info.name): model for model in parsed.models}
    # A reference to a model carries no properties; the model itself does.
    models = [by_name[str(m.class_info.name)] for m in getattr(body, "inner_properties", [body]) if hasattr(m, "class_info")]
    classes = {str(model.class_info.name) for model in parsed.models} | {str(enum.class_info.name) for enum in parsed.enums}
    parameters = tuple(_parameters(contract, models, classes))
    patterns = list(endpoint.responses.patterns)
    success = next(p for p in patterns if p.status_code.range[0] // 100 == 2)
    errors = [(_status(p), reader(p.prop)) for p in patterns if p is not success]
    if endpoint.responses.default:
        errors.append(("default", reader(endpoint.responses.default.prop)))
    name = _raw(success.prop.get_type_string(no_optional=True))
    used = {cls for parameter in parameters for cls in classes if re.search(rf"\b{cls}\b", parameter.type)} | {name}
    by_role = {field.role: field.name for field in contract.fields.values() if field.role}
    limit = next((p.name for p in parameters if p.wire == by_role.get("limit")), None)
    return Facade(
        title=_safe(str(contract.document["info"].get("title", contract.name))),
        summary=_safe(str(contract.operation.get("description") or contract.operation.get("summary") or "Rerank documents.")),
        server=_safe(contract.server),
        key_env=_safe(contract.key_env or "(the contract names none)"),
        parameters=parameters,
        documents=next(p for p in parameters if p.wire == by_role["documents"]),
        limit=limit,
        success=name,
        success_reader=reader(success.prop),
        readers=tuple(errors),
        imports=tuple(sorted(used)),
        nullable=sorted(p.wire for p in parameters if p.nullable),
        wrong=_wrong(contract),
        **{role: _attribute(contract, role) for role in ("results", "index", "score")},
    )


# What the templates' own code calls its parameters, variables and methods.
_TAKEN = frozenset(
    {
        *("additional_keys", "additional_properties", "batch_size", "batching", "call", "client", "cls", "concurrency", "content", "done", "extra_body"),
        *("extra_headers", "field_dict", "found", "from_dict", "given", "given_documents", "part", "prop", "prop_name", "src_dict", "start", "starts"),
        *("timeout", "to_dict", "trace_id", "whole"),
    }
)


def separate(parsed: Any, config: Any) -> None:
    """Give fields that are called as something in the templates' own code a name of their own; their wire names stay."""
    for model in parsed.models:
        for prop in [*(model.required_properties or []), *(model.optional_properties or [])]:
            if str(prop.python_name) in _TAKEN:
                prop.set_python_name(f"{prop.python_name}_", config, skip_snake_case=True)


def _attribute(contract: Contract, role: str) -> str:
    """Return where a role stands in an answer, or in one of its results, as attributes."""
    top, place = contract.success.place("results"), contract.success.place(role)
    if top is None or place is None:
        raise ValueError(f"no field of an answer has the role {role}")
    path = place.path if role == "results" else place.path[len(top.path) + 1 :]
    return ".".join(path)


def _wrong(contract: Contract) -> str:
    """Return an argument for the documents that the contract forbids."""
    documents = contract.request_field("documents")
    return "[]" if documents is not None and not validator(documents.schema).is_valid([]) else "7"


def _raw(value: Any) -> str:
    """Return the words behind the generator's wrappers; what goes into code is escaped where it goes."""
    for name in ("get_untrusted_value", "as_unembedded_code"):
        if hasattr(value, name):
            return str(getattr(value, name)())
    return str(value)


def _safe(text: str) -> str:
    """Return words for a docstring: on one line, without what could end it."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.replace("\\", "/").replace('"', "'").split())


def literal(text: str) -> str:
    """Return a text as a string of Python between double quotes; JSON's rules are Python's here, and TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _status(pattern: Any) -> str:
    low, high = pattern.status_code.range
    return str(low) if low == high else f"{low // 100}XX"


def _parameters(contract: Contract, models: list[Any], classes: set[str]) -> Iterator[Parameter]:
    found: dict[str, list[Any]] = {}
    for model in models:
        for prop in [*(model.required_properties or []), *(model.optional_properties or [])]:
            found.setdefault(_raw(prop.name), []).append(prop)
    merged = []
    for wire, props in found.items():
        tokens = list(dict.fromkeys(token for prop in props for token in _split(_type(prop))))
        null = "None" in tokens
        tokens = [_widened(token, classes) for token in tokens if token != "None"]
        if any(token in classes for token in tokens) and "Mapping[str, Any]" not in tokens:
            tokens.append("Mapping[str, Any]")
        required = len(props) == len(models) and all(prop.required for prop in props)
        words = _safe(_raw(props[0].description or ""))
        merged.append(Parameter(str(props[0].python_name), wire, " | ".join(dict.fromkeys(tokens)), required, null, words or wire))
    del contract
    yield from sorted(merged, key=lambda parameter: not parameter.required)


def _type(prop: Any) -> str:
    return _raw(prop.get_type_string(no_optional=True))


def _split(text: str) -> list[str]:
    """Split a union at its top level."""
    parts, depth, current = [], 0, ""
    for char in text:
        depth += (char == "[") - (char == "]")
        if char == "|" and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += char
    return [*parts, current.strip()]


def _widened(token: str, classes: set[str]) -> str:
    """Return what a caller may pass for a type: any sequence for a list, a mapping for a model."""
    if token.startswith("list[") and token.endswith("]"):
        inner = [_widened(part, classes) for part in _split(token[5:-1])]
        if any(part in classes for part in inner):
            inner.append("Mapping[str, Any]")
        return f"Sequence[{' | '.join(inner)}]"
    return token


_SIMPLE = {
    "StringProperty": "_reading.string",
    "IntProperty": "_reading.integer",
    "FloatProperty": "_reading.number",
    "BooleanProperty": "_reading.boolean",
    "NoneProperty": "_reading.null",
    "DateTimeProperty": "_reading.enumerated(datetime.datetime.fromisoformat)",
    "DateProperty": "_reading.enumerated(lambda value: datetime.datetime.fromisoformat(value).date())",
    "UuidProperty": "_reading.enumerated(UUID)",
}


def reader(prop: Any) -> str:
    """Return an expression for what reads a property's values."""
    kind = type(prop).__name__
    if kind == "ModelProperty":
        return f"{prop.class_info.name}.from_dict"
    if kind == "ListProperty":
        return f"_reading.listed({reader(prop.inner_property)})"
    if kind == "UnionProperty":
        return f"_reading.either({', '.join(map(reader, prop.inner_properties))})"
    if kind == "EnumProperty":
        return f"_reading.enumerated({prop.class_info.name})"
    return _SIMPLE.get(kind, "_reading.anything")


def read(prop: Any) -> str:
    """Return the statement that reads a property in place; the common types inline, for they are what costs."""
    name, wire, kind = str(prop.python_name), _literal(prop), type(prop).__name__
    if kind == "StringProperty":
        return f'if type({name}) is not str:\n    _reading.wrong({wire}, "a string", {name})'
    if kind == "IntProperty":
        return f"if type({name}) is not int:\n    {name} = _reading.member(_reading.integer, {name}, {wire})"
    if kind == "FloatProperty":
        return f"if type({name}) is not float:\n    {name} = _reading.member(_reading.number, {name}, {wire})"
    if kind == "BooleanProperty":
        return f'if {name} is not True and {name} is not False:\n    _reading.wrong({wire}, "true or false", {name})'
    if kind == "ListProperty":
        return f"{name} = _reading.members({_inner(prop)}, {name}, {wire})"
    if kind == "ModelProperty":
        return f"{name} = _reading.member({reader(prop)}, {name}, {wire})"
    if kind == "AnyProperty":
        return f"{name} = {name}"
    return f"{name} = _reading.member(_READ_{name.upper()}, {name}, {wire})"


def _inner(prop: Any) -> str:
    simple = type(prop.inner_property).__name__ in {"ModelProperty", *_SIMPLE}
    return reader(prop.inner_property) if simple else f"_READ_{str(prop.python_name).upper()}"


def _literal(prop: Any) -> str:
    return literal(_raw(prop.name))


def readers(model: Any) -> Iterator[tuple[str, str]]:
    """Yield the readers that a model's module holds: made once, of those that are made of others."""
    for prop in [*(model.required_properties or []), *(model.optional_properties or [])]:
        name = f"_READ_{str(prop.python_name).upper()}"
        if type(prop).__name__ == "ListProperty":
            if _inner(prop) == name:
                yield name, reader(prop.inner_property)
        elif name in read(prop):
            yield name, reader(prop)


def nullable(prop: Any) -> bool:
    """Whether null is a value of a property, not the lack of one."""
    return any(type(inner).__name__ == "NoneProperty" for inner in getattr(prop, "inner_properties", ()))


def data(contract: Contract, package: str) -> str:
    """Return the module that holds the contract's facts for the runtime."""
    wanted = {"results", "index", "score"}
    places: dict[str, list[tuple[str, ...]]] = {}
    for place in contract.success.places:
        if place.role in wanted | COUNTS.keys():
            places.setdefault(place.role, []).append(place.path)
    names = {role: sorted({p.path[-1] for a in contract.answers.values() for p in a.places if p.role == role and p.path}) for role in ("error_message", "error_code")}
    trace = contract.success.header("trace")
    media = next((kind for kind in contract.request_media if "json" in kind), "application/json")
    takers = {name: [model for model in contract.models if contract.takes(model, name)] for name in contract.fields}
    only = {name: models for name, models in takers.items() if len(models) < len(contract.models)}
    values = {
        "PACKAGE": package,
        "SERVER": contract.server,
        "PATH": contract.path,
        "METHOD": contract.method,
        "MEDIA": media,
        "KEY_HEADER": contract.credential.header if contract.credential is not None else None,
        "KEY_PREFIX": contract.credential.prefix if contract.credential is not None else "",
        "KEY_NEEDED": contract.secured,
        "KEY_ENV": contract.key_env,
        "TRACE": trace.name.lower() if trace else None,
        "ROLES": {field.role: field.name for field in contract.fields.values() if field.role},
        "MODELS": list(contract.models),
        "ONLY_MODELS": only,
        "PLACES": places,
        "ERROR_MESSAGES": names["error_message"],
        "ERROR_CODES": names["error_code"],
        "SCHEMA": plain(contract.request_schema),
    }
    lines = ['"""The contract\'s facts, for the runtime."""', "", "from typing import Any", ""]
    for name, value in values.items():
        kind = {"SCHEMA": "dict[str, Any]", "PLACES": "dict[str, list[tuple[str, ...]]]", "ONLY_MODELS": "dict[str, list[str]]", "MODELS": "list[str]", "ERROR_MESSAGES": "list[str]", "ERROR_CODES": "list[str]", "KEY_HEADER": "str | None", "KEY_ENV": "str | None", "TRACE": "str | None"}.get(name)
        lines.append(f"{name}{f': {kind}' if kind else ''} = {pprint.pformat(value, width=110, sort_dicts=False)}")
    return "\n".join(lines) + "\n"


def plain(schema: Any) -> Any:
    """Return a converted schema without what only people read."""
    if isinstance(schema, list):
        return [plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: plain(item) for name, item in value.items()} if key in {"properties", "patternProperties"} else plain(value) if key not in {"enum", "const"} else value
        for key, value in schema.items()
        if key not in _DROPPED and not (key.startswith("x-") and key != "properties")
    }


def metadata(contract: Contract, package: str, described: Facade) -> dict[str, str]:
    """Return the files that make a wheel of the package."""
    from pathlib import Path

    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from conformance.report import markdown

    environment = Environment(loader=FileSystemLoader(Path(__file__).parent / "metadata"), keep_trailing_newline=True, undefined=StrictUndefined, autoescape=False)  # noqa: S701
    text = next((b.models[0] for b in contract.branches if b.models), "")
    environment.filters.update(literal=literal, words=markdown.escape, code=markdown.code)
    found = {}
    for name in ("pyproject.toml", "README.md"):
        found[name] = environment.get_template(f"{name}.jinja").render(package=package, project=package.replace("_", "-"), facade=described, contract=contract, model=text)
    return found
