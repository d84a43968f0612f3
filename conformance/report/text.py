"""Servers' words are hostile input: how they are shown."""

import json
import re
from typing import Any

from conformance.exchange.exchange import NOT_JSON, Headers

# C0 and C1 controls but tab and newline, and the characters that reorder or hide text.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]")
SHOWN = 4_000


def visible(text: str) -> str:
    """Return a text with every control character spelt out."""
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def cut(text: str, longest: int = SHOWN) -> str:
    """Return a text cut to a length, saying how much is missing."""
    return text if len(text) <= longest else f"{text[:longest]}\n… {len(text) - longest:,} more characters"


def body(data: bytes, parsed: Any, longest: int = SHOWN) -> str:
    """Return a body for a reader: JSON indented, anything else as text, nothing hidden."""
    if parsed is not NOT_JSON and len(data) <= 4 * longest:
        text = json.dumps(parsed, ensure_ascii=False, indent=2)
    else:
        text = data[: 4 * longest + 4].decode("utf-8", "backslashreplace")
        if len(data) > 4 * longest:
            return visible(f"{text[:longest]}\n… {len(data):,} bytes in all")
    return visible(cut(text, longest))


def headers(pairs: Headers) -> str:
    """Return headers one a line."""
    return visible(cut("\n".join(f"{name}: {value}" for name, value in pairs)))


def one_line(text: str, longest: int = 400) -> str:
    """Return a text on one line, cut."""
    return visible(cut(" ".join(text.split()), longest)).replace("\n", " ")
