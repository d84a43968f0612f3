"""Servers' words are hostile input: how they are shown."""

import contextlib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import define

from conformance.model.exchange import NOT_JSON, Headers

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
_DEEPEST = 40
_WIDTH = 76


class TooDeepError(ValueError):
    """The nesting is too deep to be laid out."""


def few(names: Sequence[str], most: int = 4) -> str:
    """Return the first names of a list, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def meant(name: str, known: Iterable[str], otherwise: str = "", alike: float = 0.6) -> str:
    """Return the end of a refusal: the known name that somebody probably meant, else other words."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), 1, alike)
    return f" Did you mean {close[0]}?" if close else otherwise


def many(count: int, noun: str) -> str:
    """Return a count with its noun, in the plural where it is not 1."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def pretty(text: str, *, exact: bool = False) -> str:
    """Return valid JSON indented, small lists and objects on one line; raises TooDeepError.

    Doubled keys and the spelling of numbers are kept; escapes in strings only
    if `exact`, since Chinese reads better without.
    """
    tokens = _TOKEN.findall(text)
    return _Layout(tokens if exact else [_readable(token) for token in tokens]).value(0)


def _readable(token: str) -> str:
    return json.dumps(json.loads(token), ensure_ascii=False) if token.startswith('"') and "\\" in token else token


@define
class _Layout:
    """Goes through tokens once, from the left."""

    tokens: list[str]
    at: int = 0

    def value(self, depth: int) -> str:
        """Return the value that starts here, laid out at a depth."""
        opening = self.tokens[self.at]
        self.at += 1
        if opening not in _CLOSING:
            return opening
        if depth == _DEEPEST:
            raise TooDeepError(f"JSON is nested more than {_DEEPEST} deep.")
        closing = _CLOSING[opening]
        items = []
        while self.tokens[self.at] != closing:
            if self.tokens[self.at] == ",":
                self.at += 1
                continue
            items.append(self._item(depth + 1, keyed=opening == "{"))
        self.at += 1
        flat = f"{opening}{', '.join(items)}{closing}"
        if len(flat) + 2 * depth <= _WIDTH and "\n" not in flat:
            return flat
        indent = "  " * (depth + 1)
        return f"{opening}\n{indent}" + f",\n{indent}".join(items) + f"\n{'  ' * depth}{closing}"

    def _item(self, depth: int, *, keyed: bool) -> str:
        if not keyed:
            return self.value(depth)
        key = self.tokens[self.at]
        self.at += 2
        return f"{key}: {self.value(depth)}"


# C0 and C1 controls but tab and newline, what reorders or hides text, lone surrogates and what XML forbids.
# Joiners stay: emoji and several scripts need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
SHOWN = 4_000


def visible(text: str) -> str:
    """Return a text with every character that hides or commands spelt out."""
    return _HIDDEN.sub(
        lambda match: f"\\u{ord(match[0]):04x}" if ord(match[0]) < 0x10000 else f"\\U{ord(match[0]):08x}", text
    )


def cut(text: str, longest: int = SHOWN) -> str:
    """Return a text cut to a length, saying how much is missing; whole where that would be no shorter."""
    return _cut(text, longest, "\n")


def _cut(text: str, longest: int, before: str, unread: int = 0) -> str:
    more = f"{before}… {max(0, len(text) - longest) + unread:,} more characters"
    return text if not unread and len(text) <= longest + len(more) else f"{text[:longest]}{more}"


def body(data: bytes, parsed: Any, longest: int = SHOWN, *, exact: bool = False) -> str:
    """Return a body for a reader: JSON indented, anything else as text, nothing hidden.

    JSON keeps its numbers, doubled keys and, if `exact`, its escapes as they are.
    """
    most = 4 * longest
    if len(data) > most:
        start = data[:most].decode("utf-8", "backslashreplace")
        return visible(f"{start[:longest]}\n… {len(data):,} bytes in all")
    text = data.decode("utf-8", "backslashreplace")
    if parsed is not NOT_JSON:
        with contextlib.suppress(TooDeepError):
            text = pretty(text, exact=exact)
    return visible(cut(text, longest))


def headers(pairs: Headers) -> str:
    """Return headers one a line."""
    return visible(cut("\n".join(f"{name}: {value}" for name, value in pairs)))


def one_line(text: str, longest: int = 400) -> str:
    """Return a text on one line, cut as `cut` does."""
    most = 4 * longest
    return visible(_cut(" ".join(text[:most].split()), longest, " ", max(0, len(text) - most)))
