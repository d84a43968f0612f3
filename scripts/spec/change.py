"""One change between two versions of a contract, as three readers see it, and the version of the client that follows from it."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from attrs import field, frozen

ABSENT = object()
# Keywords that say what a value may be.
CONSTRAINTS = frozenset(
    "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format minItems maxItems "
    "uniqueItems minProperties maxProperties additionalProperties required enum const type nullable not oneOf anyOf".split()
)


class Severity(StrEnum):
    """What a change does to those who depend on the contract, the worst first."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    EDITORIAL = "editorial"


ORDER = tuple(Severity)


@frozen
class Change:
    """A change: which rule found it, where, both values (ABSENT where there is none), and what it means.

    `pointer` is where it stands in the operation, references followed;
    `declared` where it is written. `code`, `wire` and `project` say what it
    means to callers' code, on the wire and to this project, empty for nothing.
    `example` is a request or an answer that only one of the versions allows;
    `parts` are the single changes that this one stands for, where there are several.
    """

    rule: str
    severity: Severity
    pointer: str
    sentence: str
    before: Any = ABSENT
    after: Any = ABSENT
    declared: str = ""
    code: str = ""
    wire: str = ""
    project: str = ""
    example: Any = field(default=ABSENT, kw_only=True)
    parts: "tuple[Change, ...]" = field(default=(), kw_only=True)
    origin: str = field(default="redocly", kw_only=True)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that stay the same as long as the change does."""
        values = [None if value is ABSENT else [value] for value in (self.before, self.after)]
        text = json.dumps([self.rule, self.pointer, *values], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def worst(changes: Iterable[Change]) -> Severity | None:
    """Return the worst severity, or None where nothing changed."""
    return min((change.severity for change in changes), key=ORDER.index, default=None)


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes in a stable order, the worst first, each once."""
    once = {change.fingerprint: change for change in changes}
    return tuple(sorted(once.values(), key=lambda change: (ORDER.index(change.severity), change.pointer, change.rule)))


def of(changes: Sequence[Change], severity: Severity) -> tuple[Change, ...]:
    """Return the changes of one severity."""
    return tuple(change for change in changes if change.severity is severity)


_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def following(current: str, worst: Severity | None) -> str:
    """Return the version after `current` for the worst of some changes; while it is 0.y, what breaks raises y and anything else z."""
    found = _VERSION.match(current)
    if found is None or worst is None:
        return current
    major, minor, patch = map(int, found.groups())
    if worst is Severity.BREAKING:
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    if worst is Severity.COMPATIBLE and major:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"
