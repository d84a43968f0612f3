"""Which use a broken clause concerns, and by which of its proofs: each difference is told where it is met, and nowhere else."""

import json
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any

from attrs import define

from conformance.checks.reading import Reading
from conformance.checks.structure import dotted
from conformance.compare.clause_table import ClauseCell, ClauseRow, ClauseState
from conformance.compare.compared import ComparedTarget
from conformance.compare.context import MigrationContext
from conformance.compare.spec_diff import request_spots
from conformance.compare.uses import Use
from conformance.contract import Field, select
from conformance.model.exchange import NOT_JSON, Exchange
from conformance.model.finding import Proof

_LIMIT = "response.*.limit"
_STATUS = "response.status.*"
# What concerns whoever calls at all, whatever is used.
_SERVICE = ("response.no_server_error", "response.no_redirect")
_OF_USES = frozenset({"request", "response", "error", "usage", "ranking"})
# Where the same request does not come back the same, clauses that set two answers side by side tell nothing of a field.
_STEADY, _PAIRED = "ranking.repeatable", ("ranking.*", "request.*.default")
# Where nothing is ranked well, chunks are not to blame.
_RELEVANT, _CHUNKS = "ranking.relevance.*", "ranking.chunks.*"
# Clauses on a role that their id does not name: what is wrong with them shows in that role's field.
_ROLES = (
    ("ranking.limit", "limit"),
    (_LIMIT, "limit"),
    ("ranking.echo", "echo_switch"),
    ("response.*.present", "echo_switch"),
    ("response.*.absent", "echo_switch"),
    ("response.*.exact", "echo_switch"),
    ("ranking.overlap_short", "chunk_overlap"),
    ("ranking.chunks.limit", "chunk_limit"),
    (_CHUNKS, "documents"),
    ("ranking.single_string", "documents"),
    ("ranking.text_object", "text"),
    ("ranking.*", "score"),
    ("response.json", "results"),
    ("response.media_type", "results"),
    ("response.type", "results"),
)


def attributed(context: MigrationContext) -> dict[str, list[ClauseRow]]:
    """Return for each use the clauses that speak of it."""
    paths = {f"{'response' if use.area == 'answer' else 'request'}.{dotted(use.path)}".rstrip("."): use for use in context.uses if use.area in {"request", "answer"}}
    every = {f"{'response' if row.area == 'answer' else row.area}.{row.item}" for row in context.spec_diff if row.cells[0].present}
    found: dict[str, list[ClauseRow]] = {}
    for line in context.matrix.lines:
        for use in dict.fromkeys(_uses_of(line, context.uses, paths, every)):
            found.setdefault(use.said, []).append(line)
    return found


def _uses_of(line: ClauseRow, uses: tuple[Use, ...], paths: dict[str, Use], every: set[str]) -> Iterator[Use]:
    name = line.clause.id
    head, _, rest = name.partition(".")
    if head not in _OF_USES or name in _SERVICE:
        yield from (use for use in uses if use.area == "service")
        return
    if head == "error":
        # A contract may say 4XX, whose clauses read 4xx.
        yield from (use for use in uses if use.area == "errors" and rest.lower().startswith(f"{use.path[0].lower()}."))
        return
    if head == "request" or fnmatchcase(name, _STATUS):
        # Whoever handles the first error meets a refusal that is another one than the contract names.
        yield from [use for use in uses if use.area == "errors"][:1]
    if fnmatchcase(name, _STATUS):
        yield from (use for use in uses if use.role == "results")
        return
    if name.startswith("response.headers."):
        yield from (use for use in uses if use.area == "headers" and name.startswith(f"response.headers.{use.name}."))
        return
    area = "response" if head == "usage" else head
    parts = rest.split(".")
    # What a limit does to the results is the limit's doing.
    for count in () if fnmatchcase(name, _LIMIT) else range(len(parts) - 1, 0, -1):
        where = f"{area}.{'.'.join(parts[:count])}"
        if where in paths:
            yield paths[where]
        if where in paths or where.replace(".items", "") in every:
            break
    role = next((role for glob, role in _ROLES if fnmatchcase(name, glob)), None)
    if role is not None:
        yield from (use for use in uses if use.role == role and (use.area == "request" or role in {"score", "results"}) and (role != "text" or use.above == "documents"))


def but(field: Field | None, reading: Reading) -> str:
    """Return the fingerprint of a request's JSON body without one field: alike for bodies that say the same."""
    return _but(None if field is None else field.name, reading.exchange.request.body)


@lru_cache(maxsize=16_384)
def _but(name: str | None, body: bytes) -> str:
    held = {key: value for key, value in json.loads(body).items() if key != name}
    return sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


@define(slots=False, eq=False)
class Attribution:
    """What one target's broken clauses say of uses; `number` is its place among those compared."""

    context: MigrationContext
    number: int

    @property
    def subject(self) -> ComparedTarget:
        """The target."""
        return self.context.subjects[self.number]

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
        return frozenset(name for name in optional if (held := self.answers_to(name)) and not any(reading.success for reading in held))

    def answers_to(self, name: str) -> list[Reading]:
        """Return the available answers to requests that hold a field and that the first target takes."""
        model = self.context.contract.request_field("model")
        first, own = (subject.lawful(self.context.contract) for subject in (self.context.subjects[0], self.subject))
        taken = {but(model, reading) for reading in first if reading.success and name in reading.body}
        return [reading for reading in own if name in reading.body and reading.available and but(model, reading) in taken]

    @cached_property
    def _mute(self) -> tuple[str, ...]:
        """Clauses that tell nothing of a request's field, because something else is wrong with every ranking."""
        found: list[str] = []
        states = {line.clause.id: line.cells[self.number].state for line in self.context.matrix.lines}
        if states.get(_STEADY) is ClauseState.BROKEN:
            found += _PAIRED
        shown = [state for name, state in states.items() if fnmatchcase(name, _RELEVANT) and state in {ClauseState.BROKEN, ClauseState.KEPT}]
        if shown and ClauseState.KEPT not in shown:
            found.append(_CHUNKS)
        return tuple(found)

    def mute(self, line: ClauseRow, use: Use) -> bool:
        """Whether a clause tells nothing of a use."""
        return use.area == "request" and any(fnmatchcase(line.clause.id, glob) for glob in self._mute)

    def speaks(self, line: ClauseRow, use: Use) -> bool:
        """Whether a clause that is kept says that a use works; some speak of a use only when they are broken."""
        return use.area != "errors" or line.clause.id.startswith("error.")

    def proofs(self, line: ClauseRow, cell: ClauseCell, use: Use) -> Sequence[Proof]:
        """Return the proofs of a broken clause that somebody meets who has this use."""
        return [proof for proof in cell.proofs if self._meets(line.clause.id, proof, use)]

    def _meets(self, clause: str, proof: Proof, use: Use) -> bool:
        exchange = self.subject.exchanges.get(proof.exchange)
        if exchange is None:
            return True
        if use.area == "service":
            return True
        due = exchange.id in self.due
        if use.area in {"answer", "headers"} and not due:
            # Whoever reads an answer has sent what may be sent; what a bad request meets is none of his business.
            return False
        status = exchange.response.status if exchange.response else 0
        if fnmatchcase(clause, _STATUS):
            return (0 < status < 300) == (use.role == "results")
        if clause.startswith("request."):
            otherwise = not due and status >= 300
            if (use.area == "errors") != otherwise or (use.area == "request" and self._others(exchange, use)):
                return False
        return self._within(exchange, use)

    def _others(self, exchange: Exchange, use: Use) -> bool:
        """Whether a request holds another field that is refused everywhere."""
        body = self.context.contract.flat(exchange.request.json)
        return isinstance(body, dict) and bool((self.refused - {use.path[0]}) & body.keys())

    def _within(self, exchange: Exchange, use: Use) -> bool:
        """Whether what was asked is what is used: the stated values, and no objects where those are uses of their own."""
        body = self.context.contract.flat(exchange.request.json)
        values = select(body, use.path) if body is not NOT_JSON else []
        if use.area == "request" and use.path in self.nested and not use.given and values and all(_holds_object(value) for value in values):
            return False
        return not values or any(use.covers(value) for value in values)


def _holds_object(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))
