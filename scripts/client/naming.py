"""Names and words of a document as Python may hold them."""

import json
from typing import Any

# What the templates' own code calls its parameters, variables and methods.
_TAKEN = frozenset(
    "additional_properties batch_size cls concurrency extra_body extra_headers found from_dict given "
    "keys options order src_dict timeout to_dict trace_id".split()
)


def separate(parsed: Any, config: Any) -> None:
    """Give fields that are called as something in the templates' own code a name of their own; their wire names stay."""
    for model in parsed.models:
        for prop in members(model):
            if str(prop.python_name) in _TAKEN:
                prop.set_python_name(f"{prop.python_name}_", config, skip_snake_case=True)


def members(model: Any) -> list[Any]:
    """Return a model's properties, the required ones first."""
    return [*(model.required_properties or []), *(model.optional_properties or [])]


def options(prop: Any) -> list[Any]:
    """Return the alternatives of a property; itself where it has none."""
    return list(getattr(prop, "inner_properties", [prop]))


def raw(value: Any) -> str:
    """Return the words behind the generator's wrappers; what goes into code is escaped where it goes."""
    for name in ("get_untrusted_value", "as_unembedded_code"):
        if hasattr(value, name):
            return str(getattr(value, name)())
    return str(value)


def safe(text: str) -> str:
    """Return words for a docstring: on one line, without what could end it."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.replace("\\", "/").replace('"', "'").split())


def literal(text: str) -> str:
    """Return a text as a string of Python between double quotes; JSON's rules are Python's here, and TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
