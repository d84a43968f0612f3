"""The keywords of `rerank`: their names, and what a caller may pass for them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import Any

from attrs import evolve, frozen

from conformance.contract import Contract
from scripts.client.naming import literal, members, options, raw, safe


@frozen
class Parameter:
    """A keyword of `rerank`: Python name, wire name, the types it takes, whether it is required or may be null, and what it means."""

    name: str
    wire: str
    types: tuple[str, ...]
    required: bool
    nullable: bool
    description: str

    @property
    def type(self) -> str:
        """The type of what a caller may pass."""
        return " | ".join(self.types) or "None"

    @property
    def literal(self) -> str:
        """The wire name as a string of Python."""
        return literal(self.wire)


@frozen
class Shape:
    """An object that a caller may write as a dict: the name of its TypedDict, and its keys with type and whether each is required."""

    name: str
    description: str
    keys: tuple[tuple[str, str, bool], ...]

    @property
    def plain(self) -> bool:
        """Whether every key is a name of Python, so that it can stand in a class."""
        return all(key.isidentifier() and not iskeyword(key) for key, _, _ in self.keys)


def parameters(contract: Contract, models: list[Any], by_name: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """Return the keywords for a request that is one of some models, the required ones first."""
    found: dict[str, list[Any]] = {}
    needed: dict[str, bool] = {}
    for model in models:
        for path, prop, required in _fields(contract, model, by_name, ()):
            found.setdefault(".".join(path), []).append(prop)
            needed[".".join(path)] = needed.get(".".join(path), True) and required
    last = Counter(str(props[0].python_name) for props in found.values())
    role = contract.request_field("model")
    merged = []
    for wire, props in found.items():
        types = [token for prop in props for token in accepted(prop)]
        if role is not None and wire == role.name and contract.models:
            types = ["ModelName", *types, "str"]
        required = len(props) == len(models) and needed[wire]
        name = str(props[0].python_name)
        name = name if last[name] == 1 or "." not in wire else f"{wire.rpartition('.')[0].replace('.', '_')}_{name}"
        words = safe(raw(props[0].description or ""))
        taken = tuple(token for token in dict.fromkeys(types) if token != "None")
        merged.append(Parameter(name, wire, taken, required, "None" in types, words or wire))
    return tuple(sorted(merged, key=lambda parameter: not parameter.required))


def overloads(
    contract: Contract, models: list[Any], by_name: Mapping[str, Any], whole: tuple[Parameter, ...]
) -> list[tuple[Parameter, ...]]:
    """Return the signatures that a request's alternatives have; none where they do not differ."""
    names = {parameter.wire: parameter.name for parameter in whole}
    alone = [parameters(contract, [model], by_name) for model in models]
    each = [tuple(evolve(one, name=names[one.wire]) for one in found) for found in alone]
    told = [{(one.name, one.types, one.required) for one in signature} for signature in each]
    if any(other != told[0] for other in told):
        return [signature for i, signature in enumerate(each) if told[i] not in told[:i]]
    return []


def _fields(
    contract: Contract, model: Any, models: Mapping[str, Any], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any, bool]]:
    """Yield the fields of a request's model, those inside envelopes in the envelope's place: path, property, whether it is required."""
    for prop in members(model):
        path = (*above, raw(prop.name))
        if path not in contract.envelopes:
            yield path, prop, bool(prop.required)
            continue
        inside = models[str(next(item for item in options(prop) if hasattr(item, "class_info")).class_info.name)]
        for below, member, required in _fields(contract, inside, models, path):
            yield below, member, required and bool(prop.required)


def accepted(prop: Any) -> list[str]:
    """Return the types of what a caller may pass for a property: models or dicts for objects, any sequence but a string for lists, values for enumerations."""
    kind = type(prop).__name__
    if kind == "UnionProperty":
        return list(dict.fromkeys(token for inner in prop.inner_properties for token in accepted(inner)))
    if kind == "ListProperty":
        return [f"Items[{' | '.join(accepted(prop.inner_property))}]"]
    if kind == "ModelProperty":
        return [str(prop.class_info.name), f"{prop.class_info.name}Dict"]
    if kind == "EnumProperty":
        return [str(prop.class_info.name), f"Literal[{', '.join(repr(value) for value in prop.values.values())}]"]
    return [raw(prop.get_type_string(no_optional=True))]


def shapes(found: tuple[Parameter, ...], by_name: Mapping[str, Any]) -> tuple[Shape, ...]:
    """Return the objects that the types of parameters name, and those that they are made of."""
    wanted: dict[str, Shape] = {}
    waiting = [name for parameter in found for name in re.findall(r"(\w+)Dict\b", parameter.type)]
    while waiting:
        name = waiting.pop(0)
        if name in by_name and name not in wanted:
            model = by_name[name]
            keys = tuple((raw(prop.name), " | ".join(accepted(prop)), bool(prop.required)) for prop in members(model))
            words = safe(raw(model.description or "")) or f"What `{name}` is made of, as a dict."
            wanted[name] = Shape(f"{name}Dict", words, keys)
            waiting += [inner for _, text, _ in keys for inner in re.findall(r"(\w+)Dict\b", text)]
    return tuple(wanted[name] for name in sorted(wanted))
