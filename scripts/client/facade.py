"""What the templates need to know of a contract: the call's parameters, its answers, and how each property is read."""

import json
import pprint
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from conformance.contract import Contract, validator
from conformance.contract.roles import COUNTS
from conformance.contract.schema import POINTER
from conformance.probes.kit import Kit

_DROPPED = {POINTER, "description", "title", "x-examples", "default"}


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
    call: tuple[tuple[str, str], ...]
    short: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]
    success: str
    model: str
    listed: bool
    success_reader: str
    readers: tuple[tuple[str, str], ...]
    imports: tuple[str, ...]
    nullable: list[str]
    results: str
    index: str
    score: str


def describe(contract: Contract, parsed: Any) -> Facade:
    """Return the facade of a contract, from what the generator parsed."""
    endpoint = next(e for c in parsed.endpoint_collections_by_tag.values() for e in c.endpoints if _raw(e.path) == contract.template)
    body = endpoint.bodies[0].prop
    by_name = {str(model.class_info.name): model for model in parsed.models}
    # A reference to a model carries no properties; the model itself does.
    models = [by_name[str(m.class_info.name)] for m in getattr(body, "inner_properties", [body]) if hasattr(m, "class_info")]
    enums = {str(enum.class_info.name): enum.value_type.__name__ for enum in parsed.enums}
    classes = set(by_name) | set(enums)
    parameters = tuple(_parameters(contract, models, by_name, enums))
    patterns = list(endpoint.responses.patterns)
    success = next(p for p in patterns if p.status_code.range[0] // 100 == 2)
    errors = [(_status(p), reader(p.prop)) for p in patterns if p is not success]
    if endpoint.responses.default:
        errors.append(("default", reader(endpoint.responses.default.prop)))
    name = _raw(success.prop.get_type_string(no_optional=True))
    listed = type(success.prop).__name__ == "ListProperty"
    model = _raw(success.prop.inner_property.get_type_string(no_optional=True)) if listed else name
    used = {cls for parameter in parameters for cls in classes if re.search(rf"\b{cls}\b", parameter.type)} | {model}
    by_role = {field.role: field.name for field in contract.fields.values() if field.role}
    limit = next((p.name for p in parameters if p.wire == by_role.get("limit")), None)
    return Facade(
        title=_safe(str(contract.document["info"].get("title", contract.name))),
        summary=_safe(str(contract.operation.get("description") or contract.operation.get("summary") or "Rerank documents.")),
        server=_safe(contract.server),
        key_env=_safe(_variable(contract) or ""),
        parameters=parameters,
        documents=next(p for p in parameters if p.wire == by_role["documents"]),
        limit=limit,
        success=name,
        model=model,
        listed=listed,
        call=_example(contract, parameters, "Which planet is known as the red planet?", ["Bananas are rich in potassium.", "Mars is known as the red planet."], limit=1),
        short=_example(contract, parameters, "apple", ["apple pie", "a bicycle"]),
        refused=_example(contract, parameters, "apple", None),
        success_reader=reader(success.prop),
        readers=tuple(errors),
        imports=tuple(sorted(used)),
        nullable=sorted(p.wire for p in parameters if p.nullable),
        **{role: _attribute(contract, role, success.prop, by_name) for role in ("results", "index", "score")},
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


def _variable(contract: Contract) -> str | None:
    """Return the environment variable of the key: the contract's, else the suite's own; None where no key is asked for."""
    return None if contract.credential is None else contract.key_env or Kit(contract).key_name


def _example(contract: Contract, parameters: tuple[Parameter, ...], query: str, texts: list[str] | None, **roles: Any) -> tuple[tuple[str, str], ...]:
    """Return the arguments of a call as Python: what is required, and roles that the contract has; no texts for documents that it forbids."""
    kit = Kit(contract)
    branch = kit.primary
    known = {role: value for role, value in roles.items() if kit.has(role)}
    if kit.has("model") and kit.knows_models:
        known["model"] = kit.model(branch)
    if texts is None:
        documents: Any = [] if not validator(kit.named("documents").schema).is_valid([]) else 7
    else:
        documents = kit.documents(branch, texts)
    body = kit.body(branch, query=kit.query(branch, query), documents=documents, **known)
    return tuple((parameter.name, repr(body[parameter.wire])) for name in body for parameter in parameters if parameter.wire == name)


def _attribute(contract: Contract, role: str, answer: Any, models: Mapping[str, Any]) -> str:
    """Return where a role stands in an answer, or in one of its results, as attributes by their names in Python."""
    top, place = contract.success.place("results"), contract.success.place(role)
    if top is None or place is None:
        raise ValueError(f"no field of an answer has the role {role}")
    names, prop = [], answer
    for key in place.path:
        if key == "*":
            prop = next(item.inner_property for item in _options(prop) if hasattr(item, "inner_property"))
        else:
            members = (member for item in _options(prop) if hasattr(item, "class_info") for member in _members(models[str(item.class_info.name)]))
            prop = next(member for member in members if _raw(member.name) == key)
        names.append("*" if key == "*" else str(prop.python_name))
    return ".".join(names if role == "results" else names[len(top.path) + 1 :])


def _options(prop: Any) -> list[Any]:
    return list(getattr(prop, "inner_properties", [prop]))


def _members(model: Any) -> list[Any]:
    return [*(model.required_properties or []), *(model.optional_properties or [])]


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


def _parameters(contract: Contract, models: list[Any], by_name: Mapping[str, Any], enums: Mapping[str, str]) -> Iterator[Parameter]:
    found: dict[str, list[Any]] = {}
    needed: dict[str, bool] = {}
    for model in models:
        for path, prop, required in _fields(contract, model, by_name, ()):
            found.setdefault(".".join(path), []).append(prop)
            needed[".".join(path)] = needed.get(".".join(path), True) and required
    classes = {*by_name, *enums}
    last = Counter(str(props[0].python_name) for props in found.values())
    merged = []
    for wire, props in found.items():
        tokens = list(dict.fromkeys(token for prop in props for token in _split(_type(prop))))
        null = "None" in tokens
        tokens = [_widened(token, classes) for token in tokens if token != "None"]
        tokens += [enums[token] for token in tokens if token in enums]
        if any(token in by_name for token in tokens) and "Mapping[str, Any]" not in tokens:
            tokens.append("Mapping[str, Any]")
        required = len(props) == len(models) and needed[wire]
        words = _safe(_raw(props[0].description or ""))
        name = str(props[0].python_name)
        name = name if last[name] == 1 or "." not in wire else f"{wire.rpartition('.')[0].replace('.', '_')}_{name}"
        merged.append(Parameter(name, wire, " | ".join(dict.fromkeys(tokens)), required, null, words or wire))
    yield from sorted(merged, key=lambda parameter: not parameter.required)


def _fields(contract: Contract, model: Any, models: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, bool]]:
    """Yield the fields of a request's model, those inside envelopes in the envelope's place: path, property, whether it is required."""
    for prop in _members(model):
        path = (*above, _raw(prop.name))
        if path not in contract.envelopes:
            yield path, prop, bool(prop.required)
            continue
        inside = models[str(next(item for item in _options(prop) if hasattr(item, "class_info")).class_info.name)]
        yield from ((below, member, required and bool(prop.required)) for below, member, required in _fields(contract, inside, models, path))


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


def read(prop: Any) -> str:  # noqa: PLR0911 - one return a kind of property
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
    beside = Kit(contract).beside
    values = {
        "PACKAGE": package,
        "SERVER": contract.server,
        "PATH": contract.path + beside.query,
        "METHOD": contract.method,
        "MEDIA": media,
        "KEY_HEADER": contract.credential.header if contract.credential is not None else None,
        "KEY_PREFIX": contract.credential.prefix if contract.credential is not None else "",
        "KEY_NEEDED": contract.secured,
        "KEY_ENV": _variable(contract),
        "TRACE": trace.name.lower() if trace else None,
        "ROLES": {field.role: field.name for field in contract.fields.values() if field.role},
        "MODELS": list(contract.models),
        "ONLY_MODELS": only,
        "PLACES": places,
        "ERROR_MESSAGES": names["error_message"],
        "ERROR_CODES": names["error_code"],
        "ENVELOPES": sorted(contract.envelopes, key=lambda path: (-len(path), path)),
        "SCHEMA": plain(contract.request_rules),
        **({"HEADERS": dict(beside.headers)} if beside.headers else {}),
    }
    lines = ['"""The contract\'s facts, for the runtime."""', "", "from typing import Any", ""]
    for name, value in values.items():
        kind = {"SCHEMA": "dict[str, Any]", "ENVELOPES": "list[tuple[str, ...]]", "PLACES": "dict[str, list[tuple[str, ...]]]", "ONLY_MODELS": "dict[str, list[str]]", "MODELS": "list[str]", "ERROR_MESSAGES": "list[str]", "ERROR_CODES": "list[str]", "KEY_HEADER": "str | None", "KEY_ENV": "str | None", "TRACE": "str | None"}.get(name)
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
    environment.filters.update(literal=literal, words=markdown.escape, code=markdown.code)
    found = {}
    for name in ("pyproject.toml", "README.md"):
        found[name] = environment.get_template(f"{name}.jinja").render(package=package, project=package.replace("_", "-"), facade=described, contract=contract)
    return found
