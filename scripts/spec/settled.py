"""What a new contract means for this project's requirements, and for known deviations that it documents or no longer speaks of."""

import tomllib
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.contract import Answer, Contract, validator
from conformance.model.clause import Clause
from conformance.probes.kit import Kit
from conformance.probes.sample import Unsatisfiable, sample
from conformance.requirements.catalogue import requirements


@frozen
class Clauses:
    """Requirements before and after: new ones, those that are gone, and those that say something else (before, after)."""

    appeared: tuple[Clause, ...]
    vanished: tuple[Clause, ...]
    moved: tuple[tuple[Clause, Clause], ...]
    count: int


@lru_cache(maxsize=4)
def table(contract: Contract) -> dict[str, Clause]:
    """Return a contract's clauses by id."""
    return {item.clause.id: item.clause for item in requirements(Kit(contract))}


def clauses(old: Contract | None, new: Contract) -> Clauses:
    """Return how the requirements of two contracts differ."""
    before, after = table(old) if old is not None else {}, table(new)
    came = tuple(after[name] for name in after if name not in before)
    gone = tuple(before[name] for name in before if name not in after)
    moved = tuple((before[name], after[name]) for name in after if name in before and before[name] != after[name])
    return Clauses(came, gone, moved, len(after))


FILE = "deviations.toml"


@frozen
class Settled:
    """One known deviation that wants another look: its requirement, its sentence, and why."""

    requirement: str
    sentence: str
    reason: str


def settled(folder: Path, old: Contract | None, new: Contract) -> tuple[Settled, ...]:
    """Return the deviations beside a contract that its new version settles; none where the file is absent or of another form."""
    try:
        listed = tomllib.loads((folder / FILE).read_text(encoding="utf-8")).get("deviation", [])
    except (OSError, ValueError):
        return ()
    said = [(str(item.get("requirement", "")), item, _reason(item, old, new)) for item in listed]
    return tuple(Settled(name, str(item.get("sentence", "")), reason) for name, item, reason in said if reason)


def _reason(item: dict[str, Any], old: Contract | None, new: Contract) -> str:
    if not any(fnmatchcase(known, str(item.get("requirement", ""))) for known in table(new)):
        return "the requirement is gone"
    answer = item.get("answer")
    if not isinstance(answer, dict) or not isinstance(answer.get("status"), int):
        return ""
    if _documents(new, answer) and not (old is not None and _documents(old, answer)):
        return "the new document describes this answer"
    return ""


def _documents(contract: Contract, answer: dict[str, Any]) -> bool:
    """Whether a contract describes an answer of this status, media type and shape."""
    described: Answer | None = contract.answer(answer["status"])
    if described is None:
        return False
    media = answer.get("media_type")
    schemas = [schema for kind, schema in described.media.items() if media is None or kind == media]
    body = answer.get("body")
    if body is None:
        return bool(schemas)
    try:
        value = sample(body)
    except Unsatisfiable:
        return False
    return any(validator(schema).is_valid(value) for schema in schemas)
