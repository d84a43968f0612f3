"""Faults in what is taken and what is refused: derived from the contract, so that they follow it."""

from collections.abc import Callable, Iterator
from typing import Any

from conformance.contract import Contract, Field, validator
from conformance.contract.instances import sampled
from conformance.contract.schema import Schema, all_types, walk
from conformance.mock.faults.fault import Fault, refusing, replace
from conformance.mock.rules import Rules
from conformance.probes.kit import Kit

_BOUNDS = {"minimum": 1, "maximum": -1, "minLength": 1, "maxLength": -1, "minItems": 1, "maxItems": -1}
_LAX = (*_BOUNDS, *"exclusiveMinimum exclusiveMaximum multipleOf pattern enum uniqueItems oneOf anyOf not".split())


def request_faults(contract: Contract) -> Iterator[Fault]:
    """Yield, for every field and keyword, a server that ignores it and one that is off by one, and every coercion."""
    schema = contract.request_schema
    # A model that is not listed is refused by the model list too; ignoring its enum alone changes nothing.
    model = contract.request_field("model")
    nodes = sorted(
        {
            (path, key)
            for path, node in walk(schema)
            for key in node
            if path and key in _LAX and not (model and path == (model.name,) and key == "enum")
        }
    )
    for path, keyword in nodes:
        name = ".".join("items" if part == "*" else part for part in path)
        yield Fault.of("ignores.{name}.{keyword}", _schema(path, keyword, None), name=name, keyword=keyword)
        if keyword in _BOUNDS:
            step = _BOUNDS[keyword]
            yield Fault.of("strict.{name}.{keyword}", _schema(path, keyword, step), name=name, keyword=keyword)
            yield Fault.of("loose.{name}.{keyword}", _schema(path, keyword, -step), name=name, keyword=keyword)
    for field in contract.fields.values():
        if any(name.startswith(f"{field.name}.") and other.required for name, other in contract.fields.items()):
            # An envelope: whatever is taken for it, what stands in it is lacking.
            continue
        if field.required:
            yield Fault.of("optional.{field.name}", _default(contract, field.name), field=field)
        for kind, taken, change in _coercions(field.schema):
            yield Fault.of("coerces.{field.name}.{kind}", _coerce(field, taken, change), field=field, kind=kind)
    if contract.models:
        breaks = "request.*.unknown" if not _listed(contract) else "request.*.enum"
        yield Fault("any_model", "Any model is taken.", breaks, _any_model(contract))
    if len(contract.models) > 1:
        gone = contract.models[-1]
        yield Fault.of("model_gone", unserved(gone), gone=gone)


def _listed(contract: Contract) -> bool:
    field = contract.request_field("model")
    return field is not None and "enum" in field.schema


def _edit(schema: Any, wanted: tuple[str, ...], keyword: str, step: int | None, path: tuple[str, ...] = ()) -> Any:
    """Return the schema without a keyword at a path, or with its bound moved."""
    if not isinstance(schema, dict):
        return schema
    result = {}
    for key, value in schema.items():
        if key == keyword and path == wanted:
            if step is not None:
                result[key] = value + step
            elif key in {"oneOf", "anyOf"}:
                result["anyOf"] = [{"type": sorted(all_types({key: value}))}]
        elif key == "properties":
            result[key] = {name: _edit(item, wanted, keyword, step, (*path, name)) for name, item in value.items()}
        elif key in {"oneOf", "anyOf", "allOf"}:
            result[key] = [_edit(item, wanted, keyword, step, path) for item in value]
        elif key == "items":
            result[key] = _edit(value, wanted, keyword, step, (*path, "*"))
        else:
            result[key] = value
    return result


def _schema(path: tuple[str, ...], keyword: str, step: int | None) -> Callable[[Rules], None]:
    def apply(rules: Rules) -> None:
        rules.schema = _edit(rules.schema, path, keyword, step)
        rules.validator = validator(rules.schema)

    return apply


def _good(contract: Contract, name: str) -> Any:
    """Return a value that a lawful request has for a field; None where none is known."""
    kit = Kit(contract)
    branch = next(branch for branch in contract.branches if name in branch.fields)
    field = branch.fields[name]
    return kit.body(branch)[name] if field.required else sampled(field.schema)


def _default(contract: Contract, name: str) -> Callable[[Rules], None]:
    value = _good(contract, name)

    def validate(original: Any, _rules: Rules, body: Any) -> None:
        if isinstance(body, dict) and name not in body:
            body[name] = value
        original(body)

    return replace("validate", validate)


def _coercions(schema: Schema) -> Iterator[tuple[str, Callable[[Any], bool], Callable[[Any], Any]]]:
    taken = all_types(schema)
    if "null" not in taken:
        yield "null", lambda value: value is None, lambda _value: None
    if taken == {"integer"}:
        yield "a numeric string", lambda value: isinstance(value, str) and value.lstrip("-").isdigit(), int
        yield "a fraction", lambda value: isinstance(value, float), int
        yield "a boolean", lambda value: isinstance(value, bool), int
        yield "a list of one", _lone(int), lambda value: value[0]
    if taken == {"boolean"}:
        yield "a string", lambda value: value in ("true", "false"), lambda value: value == "true"
        yield "a number", lambda value: type(value) is int and value in (0, 1), bool
    if "string" in taken and "array" not in taken:
        yield "a number", _number, str
        yield "a list of one", _lone(str), lambda value: value[0]
    if "array" in taken:
        yield "a number", lambda value: _number(value) and not isinstance(value, float), lambda value: [str(value)]
        yield "an object", lambda value: isinstance(value, dict), lambda value: [str(value)]
        yield "a list of numbers", _odd_items(_number), _texts
        nulls = _odd_items(lambda item: item is None)
        yield "a list with nulls", nulls, lambda value: ["" if item is None else item for item in value]
        yield "a list of lists", _odd_items(lambda item: isinstance(item, list)), _texts


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _texts(value: list[Any]) -> list[Any]:
    return [item if isinstance(item, str | dict) else str(item) for item in value]


def _lone(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) == 1 and isinstance(value[0], kind)


def _odd_items(odd: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and any(odd(item) for item in value)


def _coerce(field: Field, taken: Callable[[Any], bool], change: Callable[[Any], Any]) -> Callable[[Rules], None]:
    name, keeps = field.name, validator(field.schema)

    def validate(original: Any, rules: Rules, body: Any) -> None:
        if isinstance(body, dict) and name in body and taken(body[name]):
            value = change(body[name])
            required = any(name in branch.schema.get("required", ()) for branch in rules.contract.branches)
            # What comes out must be lawful, and a model one that is known, or the coercion would not show.
            lawful = field.role != "model" and value is not None and keeps.is_valid(value)
            body[name] = value if lawful else _good(rules.contract, name)
            if value is None and not required:
                del body[name]
        original(body)

    return replace("validate", validate)


def _any_model(contract: Contract) -> Callable[[Rules], None]:
    def apply(rules: Rules) -> None:
        field = contract.request_field("model")
        if field is not None:
            rules.schema = _edit(rules.schema, (field.name,), "enum", None)
            rules.validator = validator(rules.schema)
        rules.accept_model = lambda _body: None  # type: ignore[method-assign, assignment]

    return apply


def unserved(model: str) -> Callable[[Rules], None]:
    """Return what refuses a model, known though it is."""
    words = "Model does not exist. Please check it carefully."
    return refusing(lambda rules, body: body.get(rules.names.get("model", "")) == model, words, "model")
