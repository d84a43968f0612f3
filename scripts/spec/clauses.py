"""What a new contract means for this project's requirements."""

from functools import lru_cache

from attrs import frozen

from conformance.contract import Contract
from conformance.model.clause import Clause
from conformance.probes.kit import Kit
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
