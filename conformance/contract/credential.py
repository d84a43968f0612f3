"""How a contract's key is sent: in which header, behind which words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

# What may be the name of a header (RFC 9110, 5.6.2).
TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
# Headers that say how a message is sent; they cannot hold a key.
_FRAMING = frozenset({"connection", "content-length", "content-type", "host", "transfer-encoding"})
# On an `apiKey` scheme, whose description alone can say it: `Token`, `Key` …
PREFIX = "x-rerank-key-prefix"


@frozen
class Credential:
    """A header that carries the key: its name, and what stands before the key in its value.

    `scheme` is a security scheme object of OpenAPI; `optional` tells that
    the contract also lets a request without any key in.
    """

    header: str
    prefix: str
    scheme: Mapping[str, Any]
    optional: bool = False

    def value(self, key: str) -> str:
        """Return the header's value for a key."""
        return self.prefix + key

    @property
    def words(self) -> str:
        """The header as a reader is told of it."""
        return f"{self.header}: {self.prefix}KEY"

    @property
    def authentication(self) -> bool:
        """Whether the value is one of HTTP's own schemes (RFC 9110, 11.4): a word, a space, the key."""
        return self.prefix.endswith(" ")


def credentials(options: Any, schemes: Mapping[str, Any]) -> Iterator[Credential]:
    """Yield what an operation's `security` lets a caller send; `schemes` are resolved, by name.

    A key in a URL is none of them: it would get into logs.
    """
    wanted = list(asked(options))
    optional = any(not option for option in wanted)
    for option in wanted:
        for scheme in map(schemes.get, option):
            if isinstance(scheme, Mapping) and (found := _carried(scheme)) is not None:
                yield Credential(*found, scheme, optional)


def asked(options: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the ways that an operation's `security` names: a list of objects, or as some write it one object or a list of names."""
    for option in [options] if isinstance(options, Mapping) and options else options or ():
        if isinstance(option, Mapping | str):
            yield {option: []} if isinstance(option, str) else option


def unsent(options: Any, schemes: Mapping[str, Any]) -> Iterator[str]:
    """Yield in words what an operation's `security` names and is not sent, as no header carries it or another key is sent: `login` (HTTP basic)."""
    for option in asked(options):
        carried = 0
        for name in option:
            scheme = schemes.get(name)
            if not isinstance(scheme, Mapping):
                yield f"`{name}` (not described)"
            elif _carried(scheme) is None:
                kind, form, where = (str(scheme.get(key, "")) for key in ("type", "scheme", "in"))
                said = {"http": f"HTTP {form}", "apiKey": f"a key in the {where}", "oauth2": "OAuth 2"}
                yield f"`{name}` ({said.get(kind, kind)})"
            else:
                carried += 1
                if carried > 1:
                    yield f"`{name}` (a second key)"


def _carried(scheme: Mapping[str, Any]) -> tuple[str, str] | None:
    kind, where, name = (str(scheme.get(key, "")) for key in ("type", "in", "name"))
    if kind == "http" and str(scheme.get("scheme", "")).lower() == "bearer":
        return "Authorization", "Bearer "
    if kind == "apiKey" and where == "header" and name:
        # Some documents write what stands before the key into the name: `Authorization: Bearer`.
        header, _, said = (part.strip() for part in name.partition(":"))
        word = str(scheme.get(PREFIX, said))
        free = TOKEN.fullmatch(header) and header.lower() not in _FRAMING
        return (header, f"{word} " if word else "") if free else None
    return None
