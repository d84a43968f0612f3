"""What the suite writes, as plain values: documents with their schemas, and the words of servers made safe to show."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).with_name("schemas")


def moment(seconds: float) -> str:
    """Return seconds since the epoch as RFC 3339."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def picked(record: Any, names: str) -> dict[str, Any]:
    """Return the named attributes of a record, separated by spaces, as plain values; `key:name` gives one another name."""
    pairs = (name.partition(":") for name in names.split())
    return {key: _plain(getattr(record, name or key)) for key, _, name in pairs}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    # Read off the class, so that a command that writes nothing imports no attrs.
    fields = getattr(type(value), "__attrs_attrs__", None)
    return value if fields is None else picked(value, " ".join(field.name for field in fields))


@cache
def schema(product: str) -> dict[str, Any]:
    """Return the JSON Schema of a product's document: `run`, `comparison`, `night` …; a file of SCHEMAS."""
    found: dict[str, Any] = json.loads((SCHEMAS / f"{product}.schema.json").read_text(encoding="utf-8"))
    return found


def to_json(document: Any) -> str:
    """Return a document as JSON; with lone surrogates, which a server can send, all but ASCII is escaped."""
    import orjson

    try:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
    except TypeError:
        # Half a surrogate pair, or a number beyond 64 bits.
        return json.dumps(document, indent=2) + "\n"
