"""How the values of a property are read: expressions and statements of Python for the templates."""

from collections.abc import Iterator
from typing import Any

from scripts.client.naming import literal, members, options, raw

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
    name, wire, kind = str(prop.python_name), literal(raw(prop.name)), type(prop).__name__
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
    if kind == "AnyProperty":
        return f"{name} = _reading.member(_reading.anything, {name}, {wire})"
    # In place too: a call each for every document of every result is what it would cost.
    called = reader(prop) if kind == "ModelProperty" else f"_READ_{name.upper()}"
    first = options(prop)[0]
    if first is not prop and type(first).__name__ == "ModelProperty":
        return f"try:\n    {name} = {reader(first)}({name})\nexcept _reading.Misfit:\n    {name} = _reading.member({called}, {name}, {wire})"
    return f"try:\n    {name} = {called}({name})\nexcept _reading.Misfit as misfit:\n    raise misfit.within({wire}) from None"


def _inner(prop: Any) -> str:
    simple = type(prop.inner_property).__name__ in {"ModelProperty", *_SIMPLE}
    return reader(prop.inner_property) if simple else f"_READ_{str(prop.python_name).upper()}"


def readers(model: Any) -> Iterator[tuple[str, str]]:
    """Yield the readers that a model's module holds: made once, of those that are made of others."""
    for prop in members(model):
        name = f"_READ_{str(prop.python_name).upper()}"
        if type(prop).__name__ == "ListProperty":
            if _inner(prop) == name:
                yield name, reader(prop.inner_property)
        elif name in read(prop):
            yield name, reader(prop)


def known_type(prop: Any) -> str:
    """Return the type of a field of an answer: None where the field may be absent or null."""
    parts = dict.fromkeys(raw(inner.get_type_string(no_optional=True)) for inner in options(prop))
    absent = not prop.required or "None" in parts
    whole = "Any" if "Any" in parts else " | ".join(part for part in parts if part != "None")
    return f"{whole} | None" if absent and whole not in {"", "Any"} else whole or "None"


def nullable(prop: Any) -> bool:
    """Whether null is a value of a property, not the lack of one."""
    return any(type(inner).__name__ == "NoneProperty" for inner in getattr(prop, "inner_properties", ()))
