"""What the findings of a move rest on: whether somebody who has a use meets a failed clause, and by which of its proofs: each difference is told where it is met."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any

from attrs import define, evolve, frozen

from conformance.checks.reading import Reading
from conformance.compare.behaviour_table import BehaviourRow
from conformance.compare.clause_table import ClauseCell, ClauseRow, ClauseState, ClauseTable
from conformance.compare.compared import ComparedTarget
from conformance.compare.recorded_traffic import RecordedTraffic
from conformance.compare.reliance import Reliance
from conformance.compare.spec_diff import SpecRow, request_spots
from conformance.compare.uses import RANKING, Use
from conformance.contract import Contract, Field, select
from conformance.model.clause import WHOLE, Clause, Impact
from conformance.model.exchange import NOT_JSON, Exchange
from conformance.model.finding import Proof


@frozen
class MigrationContext:
    """The targets, the first one's contract, the clause table that it judged, the behaviours, the spec diff, and what is used."""

    subjects: Sequence[ComparedTarget]
    contract: Contract
    matrix: ClauseTable
    behaviours: Sequence[BehaviourRow]
    spec_diff: Sequence[SpecRow]
    uses: tuple[Use, ...]
    traffic: RecordedTraffic | None = None


_FAILED = frozenset({ClauseState.BROKEN, ClauseState.KNOWN})
_PASSED = frozenset({ClauseState.KEPT, ClauseState.SURPRISE})


def but(field: Field | None, reading: Reading) -> str:
    """Return the fingerprint of a request's JSON body without one field: alike for bodies that say the same."""
    return _but(None if field is None else field.name, reading.exchange.request.body)


@lru_cache(maxsize=16_384)
def _but(name: str | None, body: bytes) -> str:
    held = {key: value for key, value in json.loads(body).items() if key != name}
    return sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


@define(slots=False, eq=False)
class Attribution:
    """What one target's failed clauses say of uses; `number` is its place among those compared."""

    context: MigrationContext
    number: int

    @property
    def subject(self) -> ComparedTarget:
        """The target."""
        return self.context.subjects[self.number]

    @cached_property
    def reliance(self) -> Reliance:
        """Which clauses touch which uses."""
        return Reliance(self.context.contract, self.context.uses)

    @cached_property
    def due(self) -> frozenset[str]:
        """Exchanges of the target whose request is to be taken: the first target's contract allows it, and where asked that one took it."""
        first, own = (subject.lawful(self.context.contract) for subject in (self.context.subjects[0], self.subject))
        refused = {but(None, reading) for reading in first if reading.available and not reading.success}
        return frozenset(reading.exchange.id for reading in own if but(None, reading) not in refused)

    @cached_property
    def nested(self) -> frozenset[tuple[str, ...]]:
        """Paths of request fields that hold fields of their own."""
        spots = [spot.path for spot in request_spots(self.context.contract)]
        return frozenset(path for path in spots if any(other[: len(path)] == path and other != path for other in spots))

    @cached_property
    def refused(self) -> frozenset[str]:
        """Optional fields that the target refuses wherever the first one takes them: whatever else a request asks, they are to blame."""
        branches = self.context.contract.branches
        optional = {item.name for branch in branches for item in branch.fields.values() if not item.required}
        held = {name: self.answers_to(name) for name in optional}
        return frozenset(name for name, found in held.items() if found and not any(one.success for one in found))

    def answers_to(self, name: str) -> list[Reading]:
        """Return the available answers to requests that hold a field and that the first target takes."""
        model = self.context.contract.request_field("model")
        first, own = (subject.lawful(self.context.contract) for subject in (self.context.subjects[0], self.subject))
        taken = {but(model, reading) for reading in first if reading.success and name in reading.body}
        return [one for one in own if name in one.body and one.available and but(model, one) in taken]

    @cached_property
    def _states(self) -> Mapping[str, ClauseState]:
        return {row.clause.id: row.cells[self.number].state for row in self.context.matrix.rows}

    def clause(self, row: ClauseRow) -> Clause:
        """Return the clause of a row; one on requests as a whole is about the optional fields that all failing ones carry."""
        if WHOLE not in row.clause.roles or not self.failed(row):
            return row.clause
        roles = [self._carried(exchange) for exchange in self._proving(row.cells[self.number].proofs)]
        shared: frozenset[str] = frozenset.intersection(*roles) if roles else frozenset()
        optional = sorted(shared & self.reliance.optional)
        return evolve(row.clause, roles=tuple(optional or [role for role in row.clause.roles if role != WHOLE]))

    def _proving(self, proofs: Sequence[Proof]) -> list[Exchange]:
        """Return the exchanges of proofs, without those that are not held."""
        return [held for proof in proofs if (held := self.subject.exchanges.get(proof.exchange)) is not None]

    def _carried(self, exchange: Exchange) -> frozenset[str]:
        """Return the roles of the fields of a request; one without a role goes by its name."""
        contract = self.context.contract
        body = contract.flat(exchange.request.json)
        if isinstance(body, dict):
            return frozenset(item.role or item.name for name, item in contract.fields.items() if name in body)
        return frozenset()

    def failed(self, row: ClauseRow) -> bool:
        """Whether the target fails a clause, known or not."""
        return row.cells[self.number].state in _FAILED

    def passed(self, row: ClauseRow) -> bool:
        """Whether the target passes a clause."""
        return row.cells[self.number].state in _PASSED

    def explained(self, row: ClauseRow) -> bool:
        """Whether a failure says nothing new, for something that the clause rests on fails."""
        return any(self._states.get(name) in _FAILED for name in row.clause.rests_on)

    def impact(self, row: ClauseRow, use: Use, proofs: Sequence[Proof]) -> Impact:
        """Return what a failed clause means to a use: what is due and refused breaks; what only undue requests meet breaks nobody's calls."""
        due = [exchange for exchange in self._proving(proofs) if exchange.id in self.due]
        if use.area != "service" and any(_refused(exchange) for exchange in due):
            return Impact.BREAKS
        unmet = row.clause.impact is Impact.BREAKS and use.area != "errors" and proofs and not due
        return Impact.CHANGES if unmet else row.clause.impact

    def touches(self, row: ClauseRow, use: Use) -> bool:
        """Whether a failed clause touches a use: by its roles, or because the plainest call fails that everybody makes."""
        clause = self.clause(row)
        implied = self.reliance.implied(clause) and bool(self.proofs(row.cells[self.number], RANKING))
        return implied or self.reliance.touches(clause, use)

    def proofs(self, cell: ClauseCell, use: Use) -> list[Proof]:
        """Return the proofs of a failed clause that somebody meets who has this use."""
        return [proof for proof in cell.proofs if self._meets(proof, use)]

    def beyond(self, cell: ClauseCell, use: Use) -> bool:
        """Whether all proofs lie beyond what is used: other values or forms than the stated ones, or fields that the plainest call does not have."""
        held = self._proving(cell.proofs)
        if len(held) != len(cell.proofs) or not held:
            return False
        within = [exchange for exchange in held if self._within(exchange, use)]
        return all(use.given and self._unserved(exchange, use) for exchange in within)

    def _meets(self, proof: Proof, use: Use) -> bool:
        exchange = self.subject.exchanges.get(proof.exchange)
        if exchange is None or use.area == "service":
            return True
        due = exchange.id in self.due
        if use.area == "errors":
            return not due
        if use.area == "request":
            # A request that is to be refused was refused; how, is no matter of the field's.
            return (due or not _refused(exchange)) and self.meets(exchange, use)
        # Whoever reads an answer has sent what may be sent; what a bad request meets is none of his business.
        return due and self._within(exchange, use)

    def meets(self, exchange: Exchange, use: Use) -> bool:
        """Whether what became of a request is the doing of a field of it, as it is used."""
        return not self._others(exchange, use) and self._within(exchange, use)

    def _others(self, exchange: Exchange, use: Use) -> bool:
        """Whether a request holds something else that is refused everywhere: a field, or a model."""
        body = self.context.contract.flat(exchange.request.json)
        if not isinstance(body, dict):
            return False
        return bool((self.refused - {use.path[0]}) & body.keys()) or self._unserved(exchange, use)

    def _unserved(self, exchange: Exchange, use: Use) -> bool:
        """Whether a request was refused that asks for a model which no request got an answer of."""
        model = Reading(exchange, self.context.contract).asked("model")
        return use.role != "model" and _refused(exchange) and isinstance(model, str) and model not in self.served

    @cached_property
    def served(self) -> frozenset[str]:
        """Models that some request got an answer of."""
        lawful = self.subject.lawful(self.context.contract)
        return frozenset(str(reading.asked("model")) for reading in lawful if reading.success)

    def _within(self, exchange: Exchange, use: Use) -> bool:
        """Whether what was asked is what is used: the stated values, and no objects where those are uses of their own."""
        body = self.context.contract.flat(exchange.request.json)
        if use is RANKING:
            return not _refused(exchange) or self._plain(body)
        values = select(body, use.path) if body is not NOT_JSON else []
        whole = use.area == "request" and use.path in self.nested and use in self._whole
        if whole and values and all(map(_holds_object, values)):
            return False
        return not values or any(use.covers(value) for value in values)

    @cached_property
    def _whole(self) -> frozenset[Use]:
        """Fields used as a whole beside uses of their own parts."""
        asked = [use for use in self.context.uses if use.area == "request"]
        parts = {use.path[:-length] for use in asked for length in (1, 2)}
        return frozenset(use for use in asked if not use.given and use.path in parts)

    def _plain(self, body: Any) -> bool:
        """Whether a request is one that every caller may send: texts for a query and documents, and the model that all are asked for."""
        contract = self.context.contract
        control = contract.flat(self.subject.kits[contract.name].control.json)
        held = body if isinstance(body, dict) else {}
        model = contract.request_field("model")
        if model is not None and held.get(model.name) != control.get(model.name):
            return False
        return not self.refused & held.keys() and not any(_holds_object(value) for value in held.values())


def _refused(exchange: Exchange) -> bool:
    return exchange.response is None or exchange.response.status >= 300


def _holds_object(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))
