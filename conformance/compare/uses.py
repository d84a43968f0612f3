"""What somebody uses of a contract: fields asked and read, as stated or as seen in recorded traffic."""

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from attrs import define, evolve, frozen

from conformance.compare.spec_diff import FieldSpot, answer_spots, request_spots
from conformance.contract import Contract
from conformance.document.text import meant
from conformance.traits.schema_words import form_of, forms


class UnknownUseError(ValueError):
    """A name is none of the contract's."""


@frozen
class Use:
    """One thing that is used: its name in the contract, where it stands, its role.

    `area` is `request`, `answer`, `headers`, `errors`, `ranking` or `service`.
    `chain` holds the roles on the way to it, its own last; a field without a role goes by its name.
    `given` holds the values or forms that are used of it, empty for any; `objects` tells whether they may
    be lists of objects. `label` tells it from another of the same name.
    """

    name: str
    area: str
    path: tuple[str, ...]
    role: str | None
    chain: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    label: str = ""
    objects: bool = False

    @property
    def said(self) -> str:
        """The name with what is used of it; no two uses are said alike."""
        name = self.label or self.name
        return f"{name}={'|'.join(self.given)}" if self.given else name

    @property
    def own(self) -> str:
        """Its role, or its name where it has none."""
        return self.chain[-1] if self.chain else self.name

    def covers(self, value: Any) -> bool:
        """Whether a value is one that is used. A plain `list` is none of objects, unless the contract has no other."""
        if not self.given:
            return True
        form = form_of(value)
        texts = {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), form}
        return any(
            text in texts or (form.startswith(f"{text} ") and (self.objects or _OBJECT in text or _OBJECT not in form))
            for text in self.given
        )


_OBJECT = "object"
# Whoever uses anything uses the service: its keys, its paths, what it makes of a body that is no JSON.
SERVICE = Use("the service itself", "service", (), None)
# And reads a ranking, or had no reason to call: its order, its length, its indices and its scores.
RANKING = Use("the ranking itself", "ranking", (), None, ("results", "index", "score"))
IMPLIED = (RANKING, SERVICE)
_WORDS = {"request": "request", "answer": "response", "headers": "header", "errors": "status"}
_PLACES = {"request": "request", "response": "answer", "answer": "answer"}


@define(slots=False, eq=False)
class Vocabulary:
    """All names that can be used of a contract."""

    contract: Contract

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Everything that the contract offers, requests first."""
        found = [*_of("request", request_spots(self.contract)), *_of("answer", answer_spots(self.contract))]
        found += [
            Use(h.name.lower(), "headers", (h.name.lower(),), h.role, (h.role or h.name.lower(),))
            for h in self.contract.success.headers
        ]
        found += [
            Use(f"error.{status}", "errors", (status,), None, ("error", status.lower()))
            for status in self.contract.answers
            if not status.startswith("2")
        ]
        names = [use.name for use in found]
        return tuple(
            use if names.count(use.name) == 1 else evolve(use, label=f"{_WORDS[use.area]}.{use.name}") for use in found
        )

    def parse(self, text: str) -> tuple[Use, ...]:
        """Return the uses that a list of names states; raises UnknownUseError for a name that is none."""
        found: dict[str, Use] = {}
        for part in filter(None, map(str.strip, text.replace("\n", ",").split(","))):
            for use in self._named(part):
                known = found.get(f"{use.area} {use.name}")
                found[f"{use.area} {use.name}"] = (
                    evolve(use, given=known.given + use.given) if known and known.given and use.given else use
                )
        if not found:
            raise UnknownUseError(f"--uses names nothing; {self.contract.name} has {_few(self.uses)}.")
        return tuple(found.values())

    def _named(self, part: str) -> list[Use]:
        name, equals, value = part.partition("=")
        plain = ".".join(
            piece for piece in name.strip().replace("[]", "").split(".") if piece not in {"*", "items", "0"}
        )
        area, _, rest = plain.partition(".")
        wanted = [use for use in self.uses if use.name == plain] or [
            use for use in self.uses if area in _PLACES and use.area == _PLACES[area] and use.name == rest
        ]
        if not wanted:
            hint = meant(plain, [use.name for use in self.uses], f" There are {_few(self.uses)}.", 0.5)
            raise UnknownUseError(f"--uses names {name.strip()!r}, which {self.contract.name} does not have.{hint}")
        return [
            evolve(use, given=(value.strip(),), objects=self._objects(use)) if equals and value.strip() else use
            for use in wanted
        ]

    def _objects(self, use: Use) -> bool:
        """Whether every list that a field takes holds objects."""
        held = [
            form.type
            for spot in request_spots(self.contract)
            if spot.path == use.path
            for schema in spot.schemas
            for form in forms(schema)
        ]
        lists = [kind for kind in held if kind.startswith("list")]
        return bool(lists) and all(_OBJECT in kind for kind in lists)


def _few(uses: tuple[Use, ...]) -> str:
    return ", ".join(use.name for use in uses)


def _of(area: str, spots: tuple[FieldSpot, ...]) -> Iterator[Use]:
    roles = {spot.path: spot.role for spot in spots}
    for spot in spots:
        above = (roles.get(spot.path[:length]) for length in range(len(spot.path)))
        yield Use(spot.dotted, area, spot.path, spot.role, (*filter(None, above), spot.role or spot.dotted))
