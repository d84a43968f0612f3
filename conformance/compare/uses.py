"""What somebody uses of a contract: fields asked and read, as stated or as seen in recorded traffic."""

import json
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from attrs import define, evolve, frozen

from conformance.compare.spec_diff import FieldSpot, answer_spots, request_spots
from conformance.contract import Contract
from conformance.traits.schema_words import form_of


class UnknownUseError(ValueError):
    """A name is none of the contract's."""


@frozen
class Use:
    """One thing that is used: its name in the contract, where it stands, its role.

    `area` is `request`, `answer`, `headers`, `errors` or `service`; `given`
    holds the values or forms that are used of it, empty for any. `label` tells
    it from another of the same name.
    """

    name: str
    area: str
    path: tuple[str, ...]
    role: str | None
    above: str | None = None
    given: tuple[str, ...] = ()
    label: str = ""

    @property
    def said(self) -> str:
        """The name with what is used of it; no two uses are said alike."""
        name = self.label or self.name
        return f"{name}={'|'.join(self.given)}" if self.given else name

    def covers(self, value: Any) -> bool:
        """Whether a value is one that is used."""
        if not self.given:
            return True
        form = form_of(value)
        texts = {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), form}
        return any(text in texts or form.startswith(f"{text} ") for text in self.given)


# Whoever uses anything uses the service: its keys, its paths, what it makes of a body that is no JSON.
SERVICE = Use("the service itself", "service", (), None)
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
        found += [Use(header.name.lower(), "headers", (header.name.lower(),), header.role) for header in self.contract.success.headers]
        found += [Use(f"error.{status}", "errors", (status,), None) for status in self.contract.answers if not status.startswith("2")]
        names = [use.name for use in found]
        return tuple(use if names.count(use.name) == 1 else evolve(use, label=f"{_WORDS[use.area]}.{use.name}") for use in found)

    def parse(self, text: str) -> tuple[Use, ...]:
        """Return the uses that a list of names states; raises UnknownUseError for a name that is none."""
        found: dict[str, Use] = {}
        for part in _split(text):
            for use in self._named(part):
                known = found.get(f"{use.area} {use.name}")
                found[f"{use.area} {use.name}"] = evolve(use, given=known.given + use.given) if known and known.given and use.given else use
        if not found:
            msg = f"--uses names nothing; {self.contract.name} has {_few(self.uses)}."
            raise UnknownUseError(msg)
        return tuple(found.values())

    def _named(self, part: str) -> list[Use]:
        name, equals, value = part.partition("=")
        plain = ".".join(piece for piece in name.strip().replace("[]", "").split(".") if piece not in {"*", "items", "0"})
        area, _, rest = plain.partition(".")
        wanted = [use for use in self.uses if use.name == plain] or [use for use in self.uses if area in _PLACES and use.area == _PLACES[area] and use.name == rest]
        if not wanted:
            close = get_close_matches(plain, [use.name for use in self.uses], 1, 0.5)
            hint = f" Did you mean {close[0]!r}?" if close else f" There are {_few(self.uses)}."
            msg = f"--uses names {name.strip()!r}, which {self.contract.name} does not have.{hint}"
            raise UnknownUseError(msg)
        return [evolve(use, given=(value.strip(),)) if equals and value.strip() else use for use in wanted]


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]


def _few(uses: tuple[Use, ...]) -> str:
    return ", ".join(use.name for use in uses)


def _of(area: str, spots: tuple[FieldSpot, ...]) -> Iterator[Use]:
    for spot in spots:
        yield Use(spot.dotted, area, spot.path, spot.role, spot.above)
