"""Known deviations: where a service is known to answer otherwise than its contract says. Data, read from TOML."""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from attrs import define, field

from conformance.contract import ContractError, validator
from conformance.exchange.exchange import NOT_JSON, Exchange
from conformance.resources import contracts_root

FILE = "deviations.toml"
SCHEMA = Path(__file__).with_name("schemas") / "deviations.schema.json"
GRADES = {"M": "a real answer", "D": "documentation", "R": "reported", "C": "read in a server's source", "I": "inferred"}
_LONGEST = 300


class DeviationError(ValueError):
    """A file of known deviations cannot be used; the message names the file and the entry."""


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
        return None if schema is None else validator({} if schema is True else {"not": {}} if schema is False else dict(schema))

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
        found: dict[str, Any] = {name: getattr(self, name) for name in ("requirement", "sentence", "source", "grade", "first_seen")}
        found["review_by"] = self.review_by.isoformat()
        return {**found, **({"answer": dict(self.answer)} if self.answer else {})}


def names() -> tuple[str, ...]:
    """Return the vendors whose known deviations are shipped."""
    return tuple(sorted(path.parent.name for path in contracts_root().glob(f"*/{FILE}")))


def load(name: str) -> tuple[Deviation, ...]:
    """Return the known deviations of a shipped vendor's name, or of a TOML file; raises DeviationError."""
    path = contracts_root() / name / FILE if name in names() else Path(name)
    if not path.is_file():
        close = get_close_matches(name, names(), 1)
        hint = f" Did you mean {close[0]}?" if close else ""
        msg = f"There are no known deviations {name!r}: none are shipped under this name ({', '.join(names())}) and no file lies there.{hint}"
        raise DeviationError(msg)
    try:
        loaded = tomllib.loads(path.read_bytes().decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        msg = f"{path} cannot be read as TOML: {_first(error)}"
        raise DeviationError(msg) from error
    return parse(loaded, str(path))


def parse(entries: Any, name: str) -> tuple[Deviation, ...]:
    """Return a document, or a list of its entries, as deviations, checked by the schema; `name` is the file that an error names."""
    plain = _plain({"deviation": entries} if isinstance(entries, list) else entries)
    for error in _schema().iter_errors(plain):
        path = list(error.instance_path)
        where = _entry(plain["deviation"], int(path[1]), name) if len(path) > 1 else name
        inner = ".".join(str(part) for part in path[2 if len(path) > 1 else 0 :])
        msg = f"{where}{f', {inner}' if inner else ''}: {_first(error.message)}"
        raise DeviationError(msg)
    return tuple(_deviation(entry, _entry(plain["deviation"], number, name)) for number, entry in enumerate(plain["deviation"]))


def _deviation(entry: Mapping[str, Any], where: str) -> Deviation:
    try:
        found = Deviation(**{**entry, "review_by": date.fromisoformat(entry["review_by"])})
        _ = found._body  # noqa: SLF001 - a schema that is none is refused where it is read
    except (ContractError, ValueError) as error:
        msg = f"{where}: {_first(error)}"
        raise DeviationError(msg) from error
    return found


def _entry(entries: Sequence[Any], number: int, name: str) -> str:
    named = entries[number].get("requirement") if isinstance(entries[number], dict) else None
    return f"{name}: entry {number + 1}{f' ({named})' if isinstance(named, str) else ''}"


def _plain(value: Any) -> Any:
    """Return TOML's values as JSON's: dates as they are written."""
    return json.loads(json.dumps(value, default=str))


@cache
def _schema() -> Any:
    return validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _first(error: object) -> str:
    return " ".join(str(error).split())[:_LONGEST]


def concerning(known: Iterable[Deviation], requirement: str) -> tuple[Deviation, ...]:
    """Return the deviations whose glob matches a clause's id."""
    return tuple(item for item in known if item.concerns(requirement))


def excused(known: Iterable[Deviation], requirement: str, exchange: Exchange) -> bool:
    """Whether a breach of a clause in an exchange is a deviation that is known."""
    return any(item.concerns(requirement) and item.covers(exchange) for item in known)
