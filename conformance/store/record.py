"""A run as a store keeps it, made from the content of its `run.json`."""

import hashlib
import json
import os
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen

from conformance.document import schema
from conformance.document.folder import read_text
from conformance.document.run import causes_of
from conformance.model.cause import Cause
from conformance.model.clause import Clause, Level
from conformance.model.fact import Fact, parsed
from conformance.model.verdict import Outcome
from conformance.store.errors import StoreError

# By their first letters: p, f, k, s, i and n.
LETTERS: Mapping[Outcome, str] = {outcome: outcome[0] for outcome in Outcome}
OUTCOMES: Mapping[str, Outcome] = {letter: outcome for outcome, letter in LETTERS.items()}
# What says nothing of the clause: a night without an answer is neither mended nor broken.
UNSHOWN = LETTERS[Outcome.INCONCLUSIVE] + LETTERS[Outcome.NOT_APPLICABLE]
_DETAIL = 1_000
_NEEDED = "id suite target contract profile seed started duration_s requests exit_code notice verdicts".split()
_NEEDED_OF_VERDICTS = "requirement level verdict detail sentence source".split()


@frozen
class ClauseList:
    """The clauses that a run judged, in its order; runs that judge the same share one."""

    clauses: tuple[Clause, ...]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The clauses' ids."""
        return tuple(clause.id for clause in self.clauses)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where each id stands."""
        return {name: number for number, name in enumerate(self.ids)}


@frozen
class Latency:
    """Percentiles in milliseconds over the successful answers of a run, and how many those were; None without any."""

    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    answers: int = 0


@define(slots=False, frozen=True)
class Record:
    """One run: what was asked of whom, and a letter for each clause that it judged.

    `started` is in seconds since the epoch. `details` holds what was said of
    clauses that are broken, deviate or are kept by surprise; a record that comes
    out of a store for a series of nights has none. `facts` are None where none
    were recorded or asked for. `causes` explain the broken clauses, the worst
    first, without exchanges; a record that comes out of a store has none of them.
    """

    id: str
    target: str
    base_url: str
    contract: str
    contract_version: str
    contract_sha256: str
    suite_version: str
    profile: str
    seed: int
    started: float
    duration_s: float
    requests: int
    exit_code: int
    notice: str
    latency: Latency
    judged: ClauseList = field(repr=False)
    letters: str = field(repr=False)
    details: Mapping[str, str] = field(factory=dict, repr=False)
    facts: tuple[Fact, ...] | None = field(default=None, repr=False)
    causes: tuple[Cause, ...] = field(default=(), repr=False)

    @property
    def series(self) -> tuple[str, str, str]:
        """What makes runs comparable: target, contract and profile."""
        return self.target, self.contract, self.profile

    @cached_property
    def outcomes(self) -> Mapping[str, Outcome]:
        """The verdict on each clause, by its id."""
        return {name: OUTCOMES[letter] for name, letter in zip(self.judged.ids, self.letters, strict=True)}

    def letter(self, requirement: str) -> str | None:
        """Return the letter of a clause, or None when the run did not judge it."""
        at = self.judged.position.get(requirement)
        return None if at is None else self.letters[at]

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many verdicts there are of each kind."""
        return {outcome: self.letters.count(letter) for outcome, letter in LETTERS.items()}

    @property
    def pass_rate(self) -> float | None:
        """The share of clauses kept among those that were shown, known deviations included; None when nothing was."""
        shown = sum(letter not in UNSHOWN for letter in self.letters)
        counts = self.counts
        return (counts[Outcome.PASS] + counts[Outcome.SURPRISE_PASS]) / shown if shown else None


def record(document: Any, name: str = "run.json") -> Record:
    """Return a run from the content of its `run.json`; `name` is what an error calls it.

    Raises StoreError for what the published schema refuses. A document of a
    version that gave runs no id gets one from what it says.
    """
    if isinstance(document, dict):
        document = _clean({"id": _derived(document), "latency": {}, "facts": [], **document})
    _validate(document, name)
    rows = {row["requirement"]: row for row in document["verdicts"]}
    latency = document["latency"]
    outcomes = {requirement: Outcome(row["verdict"]) for requirement, row in rows.items()}
    judged = ClauseList(
        tuple(Clause(row["requirement"], row["sentence"], Level(row["level"]), row["source"]) for row in rows.values())
    )
    return Record(
        id=document["id"],
        target=document["target"]["name"],
        base_url=document["target"]["base_url"],
        contract=document["contract"]["name"],
        contract_version=document["contract"]["version"],
        contract_sha256=document["contract"]["sha256"],
        suite_version=document["suite"]["version"],
        started=datetime.fromisoformat(document["started"]).timestamp(),
        **{name: document[name] for name in ("profile", "seed", "duration_s", "requests", "exit_code", "notice")},
        latency=Latency(latency.get("p50_ms"), latency.get("p95_ms"), latency.get("p99_ms"), latency.get("answers", 0)),
        judged=judged,
        letters="".join(LETTERS[outcome] for outcome in outcomes.values()),
        details={
            requirement: rows[requirement]["detail"][:_DETAIL]
            for requirement, outcome in outcomes.items()
            if outcome not in {Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE}
        },
        facts=tuple(map(parsed, document["facts"])) or None,
        causes=tuple(evolve(cause, exchanges=()) for cause in causes_of(document)),
    )


def read(folder: Path) -> Record:
    """Return the run of a folder; raises StoreError naming the file."""
    path = folder / "run.json" if folder.is_dir() else folder
    # What is there and no file is told as what it is.
    if folder.is_dir() and not os.path.lexists(path):
        raise StoreError(f"{folder} holds no run: there is no run.json in it.")
    try:
        document = json.loads(read_text(path))
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or "it is no JSON"
        raise StoreError(f"{path} cannot be read: {why}.") from error
    return record(document, str(path))


def _clean(value: Any) -> Any:
    """Return JSON whose texts every database takes: no NUL, no lone surrogates."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


def _derived(document: dict[str, Any]) -> str:
    told = json.dumps(
        {key: document.get(key) for key in ("target", "contract", "profile", "seed", "started")},
        sort_keys=True,
        default=str,
    )
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@cache
def _validator() -> Any:
    from jsonschema_rs import validator_for

    published = deepcopy(schema("run"))
    # What the schema gained over time is not asked of a folder of an earlier version.
    published["required"] = _NEEDED
    published["properties"]["verdicts"]["items"]["required"] = _NEEDED_OF_VERDICTS
    return validator_for(published, validate_formats=True)


def _validate(document: Any, name: str) -> None:
    from jsonschema_rs import ValidationError

    try:
        _validator().validate(document)
    except (ValidationError, ValueError) as error:
        where = "/".join(map(str, getattr(error, "instance_path", ()))) or "the document"
        raise StoreError(f"{name} is no record of a run: {where}: {str(error).splitlines()[0][:200]}.") from error
