"""What was shown: the matrix requirement × target, by each one's own contract and by the reference."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cached_property

from attrs import define, evolve, field, frozen

from conformance.checks.structure import dotted
from conformance.compare.compared import ComparedTarget
from conformance.compare.spec_diff import answer_spots, request_spots
from conformance.contract import Contract, select
from conformance.model.clause import Clause
from conformance.model.finding import Proof
from conformance.model.run import Run
from conformance.model.verdict import Outcome, Verdict
from conformance.traits.schema_words import BOUNDS

# What a schema says of a value, which says nothing where there is none.
_KEYWORDS = frozenset(
    {*BOUNDS, "type", "enum", "const", "oneOf", "anyOf", "allOf", "not", "additionalProperties", "required"}
)
# What only wraps other fields does not tell them apart.
_WRAPPER = "meta"


class ClauseState(StrEnum):
    """What is known of one clause on one target. Only `kept` says that it is kept."""

    KEPT = "kept"
    BROKEN = "broken"
    KNOWN = "known deviation"
    SURPRISE = "kept by surprise"
    UNKNOWN = "not shown"
    ABSENT = "not promised"


_STATES = {
    Outcome.PASS: ClauseState.KEPT,
    Outcome.FAIL: ClauseState.BROKEN,
    Outcome.KNOWN_DEVIATION: ClauseState.KNOWN,
    Outcome.SURPRISE_PASS: ClauseState.SURPRISE,
    Outcome.INCONCLUSIVE: ClauseState.UNKNOWN,
    Outcome.NOT_APPLICABLE: ClauseState.UNKNOWN,
}


@frozen
class ClauseCell:
    """One clause on one target: its state, why in one sentence, and the exchanges that show it."""

    state: ClauseState
    detail: str = ""
    exchanges: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = field(default=(), repr=False)
    requirement: str = ""


@frozen
class ClauseRow:
    """One clause across the targets."""

    clause: Clause
    key: str
    cells: tuple[ClauseCell, ...]

    @property
    def differs(self) -> bool:
        """Whether the targets are in different states, as far as anything was shown."""
        return len({cell.state for cell in self.cells}) > 1


@frozen
class ClauseTable:
    """All clauses × all targets; `by` names the contract that judged, or is empty where each was judged by its own."""

    by: str
    rows: tuple[ClauseRow, ...]

    def column(self, number: int) -> tuple[ClauseCell, ...]:
        """Return the cells of one target."""
        return tuple(row.cells[number] for row in self.rows)


def own_table(subjects: Sequence[ComparedTarget]) -> ClauseTable:
    """Return each target judged by its own contract; clauses on fields of one role share a line, whatever the field is called."""
    columns = [_Column(subject.own, subject.contract, _places(subject.contract)) for subject in subjects]
    return ClauseTable("", _lines(columns, ClauseCell(ClauseState.ABSENT)))


def reference_table(subjects: Sequence[ComparedTarget], reference: Contract) -> ClauseTable:
    """Return every target judged by the reference contract."""
    columns = [_Column(subject.judged_by(reference), reference, {}) for subject in subjects]
    why = "Not asked of this target: it is not said to know a model for it."
    return ClauseTable(reference.name, _lines(columns, ClauseCell(ClauseState.UNKNOWN, why)))


def _places(contract: Contract) -> Mapping[str, str]:
    """Return, by the dotted path that stands in a clause's id, the role of a field and of what holds it."""
    found: dict[str, str] = {}
    for area, spots in (("request", request_spots(contract)), ("response", answer_spots(contract))):
        for spot in spots:
            if spot.role:
                told = f"{spot.role}@{spot.above}" if spot.above and spot.above != _WRAPPER else spot.role
                found.setdefault(f"{area}.{dotted(spot.path)}".rstrip("."), told)
    for header in contract.success.headers:
        if header.role:
            found[f"response.headers.{header.name.lower()}"] = header.role
    return found


def key_of(clause: str, places: Mapping[str, str]) -> str:
    """Return a clause's id with roles in place of wire names, so that `request.top_n.type` meets `request.top_k.type`."""
    head, _, rest = clause.partition(".")
    area = "response" if head == "usage" else head
    parts = rest.split(".")
    for count in range(len(parts), 0, -1):
        role = places.get(f"{area}.{'.'.join(parts[:count])}")
        if role is not None:
            return ".".join((head, f"<{role}>", *parts[count:]))
    return clause


@define(slots=False, eq=False)
class _Column:
    """One target's run as a matrix needs it."""

    run: Run
    contract: Contract
    places: Mapping[str, str]

    @cached_property
    def verdicts(self) -> Mapping[str, Verdict]:
        """Verdicts by the key of their clause."""
        return {key_of(verdict.clause.id, self.places): verdict for verdict in self.run.verdicts}

    @cached_property
    def held(self) -> frozenset[tuple[str, ...]]:
        """Paths of answers that some answer held."""
        bodies = [
            exchange.response.json
            for exchange in self.run.exchanges.values()
            if exchange.response and 200 <= exchange.response.status < 300
        ]
        paths = [spot.path for spot in answer_spots(self.contract)]
        return frozenset({(), *(path for path in paths if any(select(body, path) for body in bodies))})

    @cached_property
    def spots(self) -> Mapping[str, tuple[str, ...]]:
        """Paths of answers by what stands for them in ids."""
        return {f"response.{dotted(spot.path)}".rstrip("."): spot.path for spot in answer_spots(self.contract)}

    def cell(self, key: str, missing: ClauseCell) -> ClauseCell:
        """Return the cell of a clause."""
        verdict = self.verdicts.get(key)
        if verdict is None:
            return missing
        state = _STATES[verdict.outcome]
        cell = ClauseCell(state, verdict.detail, verdict.exchanges, verdict.proofs, verdict.clause.id)
        if cell.state is ClauseState.KEPT and self._vacuous(verdict.clause.id):
            return evolve(cell, state=ClauseState.UNKNOWN, detail="Not shown: no answer held it.", exchanges=())
        return cell

    def _vacuous(self, clause: str) -> bool:
        """Whether a clause on a part of an answer was kept only because no answer held that part."""
        where, _, keyword = clause.rpartition(".")
        path = self.spots.get(where)
        if path is None or keyword not in _KEYWORDS:
            return False
        holder = path[:-1] if keyword == "required" else path
        while holder and holder[-1] == "*":
            holder = holder[:-1]
        return holder not in self.held


def _lines(columns: Sequence[_Column], missing: ClauseCell) -> tuple[ClauseRow, ...]:
    clauses: dict[str, Clause] = {}
    for column in columns:
        for key, verdict in column.verdicts.items():
            clauses.setdefault(key, verdict.clause)
    cells = {key: tuple(column.cell(key, missing) for column in columns) for key in clauses}
    return tuple(ClauseRow(clause, key, cells[key]) for key, clause in clauses.items())
