"""JSON laid out for a reader, token by token, so that what was sent stays what is shown."""

import json
import re

from attrs import define

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
_DEEPEST = 40
_WIDTH = 76


class TooDeepError(ValueError):
    """The nesting is too deep to be laid out."""


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
