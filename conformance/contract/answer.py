"""What a contract says of answers: their bodies, headers, and where roles stand in them."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from attrs import field, frozen

from conformance.contract.forms import meant
from conformance.contract.operation import concrete, is_json
from conformance.contract.roles import ROLE, STEADY
from conformance.contract.schema import POINTER, Schema, convert, escape, resolve, walk

_DEFAULT = "DEFAULT"
# Other keys beside them are extensions, or no statuses at all.
_STATUS = re.compile(rf"[1-5](?:\d\d|XX)|{_DEFAULT}")


@frozen
class Place:
    """Where values of a role stand in a body: keys from the root, `*` for every item of a list."""

    role: str
    path: tuple[str, ...]
    schema: Schema = field(repr=False)

    @property
    def name(self) -> str:
        """The path in words, as it stands in ids: `*` reads `items`."""
        return ".".join("items" if part == "*" else part for part in self.path)

    @property
    def pointer(self) -> str:
        """Where the role is declared."""
        return str(self.schema.get(POINTER, "#"))


@frozen
class Header:
    """A header of an answer."""

    name: str
    role: str | None
    required: bool
    schema: Schema
    pointer: str


@frozen
class Answer:
    """What the contract says of one status: media types with their schemas, and headers."""

    status: str
    pointer: str
    media: Mapping[str, Schema]
    headers: tuple[Header, ...]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every role in the answer's bodies, in document order."""
        found: dict[tuple[str, tuple[str, ...]], Place] = {}
        for schema in self.media.values():
            for path, node in walk(schema):
                if ROLE in node:
                    found.setdefault((node[ROLE], path), Place(node[ROLE], path, node))
        return tuple(found.values())

    def place(self, role: str, under: str | None = None) -> Place | None:
        """Return the first place of a role, or the first one below the place of role `under`."""
        prefix: tuple[str, ...] = ()
        if under is not None:
            above = self.place(under)
            if above is None:
                return None
            prefix = above.path
        return next((p for p in self.places if p.role == role and p.path[: len(prefix)] == prefix), None)

    @property
    def steady(self) -> tuple[Place, ...]:
        """The places besides the results of what a service tells of every answer."""
        results = self.place("results")
        inside = results.path if results is not None else ("*",)
        return tuple(one for one in self.places if one.role in STEADY and one.path[: len(inside)] != inside)

    def header(self, role: str) -> Header | None:
        """Return the header of a role, or None."""
        return next((item for item in self.headers if item.role == role), None)


def answers(document: Mapping[str, Any], operation: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, Answer]]:
    """Yield what an operation documents, by status (`200`, `4XX`, `default`); of its media types JSON comes first."""
    for status, raw in (operation.get("responses") or {}).items():
        name = str(status).upper()
        if not _STATUS.fullmatch(name):
            continue
        node, where = resolve(document, raw, f"{pointer}/responses/{status}")
        content = node.get("content") or {}
        media: dict[str, Schema] = {}
        for kind in sorted(content, key=lambda kind: not is_json(kind)):
            entry = content[kind] if isinstance(content[kind], Mapping) else {}
            at = f"{where}/content/{escape(str(kind))}/schema"
            media.setdefault(concrete(str(kind)), meant(convert(document, entry.get("schema", {}), at, side="answer")))
        headers = tuple(
            _header(document, name, item, f"{where}/headers/{escape(name)}")
            for name, item in (node.get("headers") or {}).items()
        )
        yield "default" if name == _DEFAULT else name, Answer(str(status), where, media, headers)


def _header(document: Mapping[str, Any], name: str, raw: Any, where: str) -> Header:
    node, where = resolve(document, raw, where)
    schema = convert(document, node.get("schema", {}), f"{where}/schema", side="answer")
    return Header(name, node.get(ROLE), bool(node.get("required")), schema, where)


def select(body: Any, path: tuple[str, ...]) -> list[Any]:
    """Return the values at a place's path; missing keys and other types give none."""
    values = [body]
    for key in path:
        if key == "*":
            values = [item for value in values if isinstance(value, list) for item in value]
        else:
            values = [value[key] for value in values if isinstance(value, dict) and key in value]
    return values


def under(item: Any, keys: Collection[str]) -> Iterator[Any]:
    """Yield what an object, or one in it, has under some keys."""
    for key, value in item.items() if isinstance(item, dict) else ():
        if key in keys:
            yield value
        else:
            yield from under(value, keys)
