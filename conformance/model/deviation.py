"""Known deviations: where a service is known to answer otherwise than its contract says."""

from collections.abc import Iterable, Mapping
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from attrs import define, field, frozen
from jsonschema_rs import Draft202012Validator

from conformance.model.exchange import NOT_JSON, Exchange

GRADES = {
    "M": "a real answer",
    "D": "documentation",
    "R": "reported",
    "C": "read in a server's source",
    "I": "inferred",
}


@define(slots=False, frozen=True, eq=False)
class Deviation:
    """One known deviation: a glob on the ids of clauses, one sentence, where it was seen and how sure that is.

    `grade` is M (a real answer), D (documentation), R (reported), C (read in a
    server's source) or I (inferred); `first_seen` a date, a month or a year.
    `answer` narrows it to the answer that is seen: `status`, `media_type`,
    `body` (a JSON Schema; a body that is no JSON counts as a string).
    """

    requirement: str
    sentence: str
    source: str
    grade: str
    first_seen: str
    review_by: date
    answer: Mapping[str, Any] = field(factory=dict)

    def concerns(self, requirement: str) -> bool:
        """Whether the glob matches a clause's id."""
        return fnmatchcase(requirement, self.requirement)

    @cached_property
    def statuses(self) -> frozenset[int]:
        """The statuses of the answer that is seen; empty for any."""
        named = self.answer.get("status", [])
        return frozenset([named] if isinstance(named, int) else named)

    @cached_property
    def _body(self) -> Any:
        schema = self.answer.get("body")
        if schema is None:
            return None
        return Draft202012Validator({} if schema is True else {"not": {}} if schema is False else dict(schema))

    def covers(self, exchange: Exchange | None) -> bool:
        """Whether an exchange that breaks the clause is the deviation that is known, and not another one."""
        if not self.answer:
            return True
        response = exchange.response if exchange else None
        if response is None or (self.statuses and response.status not in self.statuses):
            return False
        if "media_type" in self.answer and response.media_type != self.answer["media_type"]:
            return False
        if self._body is None:
            return True
        try:
            return bool(self._body.is_valid(response.text if response.json is NOT_JSON else response.json))
        except ValueError:
            # jsonschema-rs gives up on what is nested too deep.
            return False

    def overdue(self, day: date) -> bool:
        """Whether the review date has passed."""
        return day > self.review_by

    @property
    def told(self) -> str:
        """The entry in a line: the sentence, its source with the grade, and its dates."""
        return f"{self.sentence} {self.origin}."

    @property
    def origin(self) -> str:
        """Where it is known from, since when, and when to look again."""
        return f"First seen {self.first_seen} ({GRADES[self.grade]}: {self.source}); to be reviewed by {self.review_by}"

    def plain(self) -> dict[str, Any]:
        """Return the entry as plain values, as `parse` takes it."""
        found: dict[str, Any] = {
            name: getattr(self, name) for name in ("requirement", "sentence", "source", "grade", "first_seen")
        }
        found["review_by"] = self.review_by.isoformat()
        return {**found, **({"answer": dict(self.answer)} if self.answer else {})}


@frozen
class Standing:
    """A known deviation in one run: ids of the clauses that it was seen at, and of those kept by surprise.

    `overdue` tells that its review date has passed, `stray` that its glob
    matches no clause of the contract.
    """

    deviation: Deviation
    seen: tuple[str, ...]
    surprises: tuple[str, ...]
    overdue: bool
    stray: bool

    @property
    def warning(self) -> str:
        """What is wrong with the entry, in a sentence; empty when nothing is."""
        name = f"Known deviation {self.deviation.requirement}"
        if self.stray:
            return f"{name} matches no clause of this contract."
        if self.overdue:
            return f"{name} should have been reviewed by {self.deviation.review_by}: {self.deviation.sentence}"
        return ""


def concerning(known: Iterable[Deviation], requirement: str) -> tuple[Deviation, ...]:
    """Return the deviations whose glob matches a clause's id."""
    return tuple(item for item in known if item.concerns(requirement))


def excused(known: Iterable[Deviation], requirement: str, exchange: Exchange) -> bool:
    """Whether a breach of a clause in an exchange is a deviation that is known."""
    return any(item.concerns(requirement) and item.covers(exchange) for item in known)
