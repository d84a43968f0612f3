"""Moving from one target to another: what would break, what would change in silence, what works."""

import json
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from attrs import field, frozen

from conformance.checks.reading import Reading
from conformance.checks.structure import dotted
from conformance.compare.behaviour import Habit
from conformance.compare.behaviours.trait import message, rows
from conformance.compare.fact import Cell, Line, Matrix, State
from conformance.compare.paper import Row, request_spots
from conformance.compare.subject import Subject
from conformance.compare.traffic import Traffic
from conformance.compare.uses import Use
from conformance.contract import Contract, Field, select, validator
from conformance.exchange.exchange import NOT_JSON, Exchange
from conformance.verdict.verdict import Proof


class Fate(StrEnum):
    """What becomes of a use."""

    BREAKS = "breaks"
    CHANGES = "changes silently"
    UNKNOWN = "not shown"
    WORKS = "works"


@frozen
class Finding:
    """One thing that becomes of a use: in words, how it is known, and the exchanges that show it."""

    use: str
    fate: Fate
    words: str
    basis: str = "shown"
    exchanges: tuple[str, ...] = ()
    requirement: str = ""


@frozen
class Move:
    """What a move to one target does to every use. `to_set` is what has to be set anew in any case."""

    target: str
    findings: tuple[Finding, ...]
    to_set: tuple[tuple[str, str, str], ...] = field(default=())

    def of(self, use: str) -> tuple[Finding, ...]:
        """Return what becomes of one use."""
        return tuple(finding for finding in self.findings if finding.use == use)

    def fate(self, use: str) -> Fate:
        """Return the worst that becomes of a use; what was not shown does not count as working."""
        own = {finding.fate for finding in self.of(use)}
        return next((fate for fate in Fate if fate in own), Fate.UNKNOWN) if own != {Fate.UNKNOWN, Fate.WORKS} else Fate.WORKS

    def counted(self, uses: Iterable[str]) -> dict[Fate, int]:
        """Return how many uses end in each fate."""
        fates = [self.fate(use) for use in uses]
        return {fate: fates.count(fate) for fate in Fate}


_LIMIT = "response.*.limit"
_STATUS = "response.status.*"
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
    ("ranking.chunks.*", "documents"),
    ("ranking.single_string", "documents"),
    ("ranking.text_object", "text"),
    ("ranking.*", "score"),
    ("response.json", "results"),
    ("response.media_type", "results"),
    ("response.type", "results"),
    ("response.no_server_error", "results"),
)
_READERS_BREAK = ("*.required", "*.type", "*.json", "*.schema", "*.oneOf", "*.anyOf", "*.present", "*.shape", "response.no_server_error", "*.media_type")
_IGNORED = "no effect"


@frozen
class Ground:
    """What findings rest on: the first target's contract, the matrix that it judged, the table of habits, the paper, and who stands where in them."""

    subjects: Sequence[Subject]
    contract: Contract
    matrix: Matrix
    habits: Sequence[Habit]
    paper: Sequence[Row]
    uses: tuple[Use, ...]
    traffic: Traffic | None = None


def moves(ground: Ground) -> tuple[Move, ...]:
    """Return the move from the first target to each of the others."""
    return tuple(_move(ground, number) for number in range(1, len(ground.subjects)))


def _move(ground: Ground, number: int) -> Move:
    subject = ground.subjects[number]
    judged = subject.judged_by(ground.contract)
    if judged.notice and not subject.notice:
        plainest = tuple(list(judged.exchanges)[:1])
        return Move(subject.name, tuple(Finding(use.said, Fate.BREAKS, judged.notice, "shown", plainest) for use in ground.uses), tuple(_to_set(ground, number)))
    by_use = _attributed(ground)
    findings = []
    for use in ground.uses:
        taken = list(_from_requests(ground, number, use))
        clauses = _from_clauses(ground, number, use, by_use.get(use.said, []))
        # Where nothing that holds the field is taken, a clause is kept only because everything is refused.
        refused = any(finding.fate is Fate.BREAKS for finding in taken)
        own = [
            *taken,
            *_from_answers(ground, number, use),
            *_from_habits(ground, number, use),
            *(finding for finding in clauses if not refused or finding.fate not in {Fate.WORKS, Fate.UNKNOWN}),
        ]
        own += _from_paper(ground, number, use, shown=any(finding.fate is not Fate.UNKNOWN for finding in own))
        if ground.traffic is not None and use.area == "request":
            own += _from_traffic(ground, number, use)
        findings += own or [Finding(use.said, Fate.UNKNOWN, "Nothing that was asked shows it.")]
    return Move(subject.name, tuple(dict.fromkeys(findings)), tuple(_to_set(ground, number)))


def _to_set(ground: Ground, number: int) -> Iterator[tuple[str, str, str]]:
    """Yield what a client has to set anew: item, old and new."""
    for row in ground.paper:
        if row.area == "access" and row.item in {"host", "path", "authentication"} and row.cells[number].differs:
            yield row.item, row.cells[0].name or "none", row.cells[number].name or "none"
    first, other = (ground.subjects[i].contract.key_env for i in (0, number))
    if first != other:
        yield "key", first or "none", other or "none"


def _attributed(ground: Ground) -> dict[str, list[Line]]:
    """Return for each use the clauses that speak of it."""
    paths = {f"{'response' if use.area == 'answer' else 'request'}.{dotted(use.path)}".rstrip("."): use for use in ground.uses if use.area in {"request", "answer"}}
    every = {f"{'response' if row.area == 'answer' else row.area}.{row.item}" for row in ground.paper if row.cells[0].present}
    found: dict[str, list[Line]] = {}
    for line in ground.matrix.lines:
        for use in _uses_of(line, ground.uses, paths, every):
            found.setdefault(use.said, []).append(line)
    return found


def _uses_of(line: Line, uses: tuple[Use, ...], paths: dict[str, Use], every: set[str]) -> Iterator[Use]:
    name = line.clause.id
    head, _, rest = name.partition(".")
    if head == "error":
        yield from (use for use in uses if use.area == "errors" and rest.startswith(f"{use.path[0]}."))
        return
    if fnmatchcase(name, _STATUS):
        # A status that the contract does not name meets whoever reads the answer, or whoever handles its first error.
        yield from (use for use in uses if use.role == "results")
        yield from [use for use in uses if use.area == "errors"][:1]
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


def _from_clauses(ground: Ground, number: int, use: Use, lines: Sequence[Line]) -> Iterator[Finding]:
    subject = ground.subjects[number]
    nested = any(spot.path[: len(use.path)] == use.path and spot.path != use.path for spot in request_spots(ground.contract)) if use.area == "request" else False
    # Whoever reads an answer has sent what may be sent; what a malformed body meets is none of his business.
    lawful = {one.exchange.id for one in subject.lawful(ground.contract)} if use.area in {"answer", "headers"} else None
    kept: list[str] = []
    hidden = 0
    for line in lines:
        before, after = line.cells[0], line.cells[number]
        if after.state in {State.BROKEN, State.KNOWN}:
            proofs = [proof for proof in after.proofs if (lawful is None or proof.exchange in lawful) and _within(proof, subject, use, nested) and _met(line, proof, subject, use)]
            if after.proofs and not proofs:
                continue
            yield _broken(ground, subject, use, line, before, after, proofs)
        elif use.area == "errors" and fnmatchcase(line.clause.id, _STATUS):
            continue
        elif after.state in {State.KEPT, State.SURPRISE}:
            kept += after.exchanges[:1]
        else:
            hidden += 1
    if kept:
        more = f"; {hidden} more could not be shown" if hidden else ""
        count = sum(line.cells[number].state in {State.KEPT, State.SURPRISE} for line in lines)
        yield Finding(use.said, Fate.WORKS, f"{count} clause{'s' if count > 1 else ''} on it kept{more}.", "shown", tuple(dict.fromkeys(kept))[:4])
    elif hidden:
        yield Finding(use.said, Fate.UNKNOWN, "Nothing that was asked shows it.", "not shown")


def _within(proof: Proof, subject: Subject, use: Use, nested: bool) -> bool:
    """Whether what a proof asked is what is used: the stated values, and no objects where those are uses of their own."""
    exchange = subject.exchanges.get(proof.exchange)
    body = exchange.request.json if exchange else NOT_JSON
    values = select(body, use.path) if body is not NOT_JSON else []
    if nested and not use.given and values and all(_holds_object(value) for value in values):
        return False
    return not values or any(use.covers(value) for value in values)


def _met(line: Line, proof: Proof, subject: Subject, use: Use) -> bool:
    """Whether a use meets what a proof holds: a status that is not named is an answer's or an error's."""
    exchange = subject.exchanges.get(proof.exchange)
    if not fnmatchcase(line.clause.id, _STATUS) or exchange is None or exchange.response is None:
        return True
    return (exchange.response.status < 300) == (use.role == "results")


def _holds_object(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))


def _broken(ground: Ground, subject: Subject, use: Use, line: Line, before: Cell, after: Cell, proofs: Sequence[Proof]) -> Finding:
    words = _words(ground, subject, line.clause.id, use.name, proofs[0]) if proofs else after.detail
    words += f" And {len(proofs) - 1} more." if len(proofs) > 1 else ""
    exchanges = tuple(dict.fromkeys(proof.exchange for proof in proofs)) or after.exchanges
    if before.state in {State.BROKEN, State.KNOWN}:
        return Finding(use.said, Fate.WORKS, f"As before, broken by both: {words}", "shown", exchanges[:4], line.clause.id)
    return Finding(use.said, _fate(line.clause.id, [subject.exchanges[name] for name in exchanges if name in subject.exchanges]), words, "shown", exchanges[:4], line.clause.id)


def _words(ground: Ground, subject: Subject, clause: str, name: str, proof: Proof) -> str:
    """Return what happened in a reader's words; requests are told by what is odd about them."""
    exchange = subject.exchanges.get(proof.exchange)
    if not clause.startswith("request.") or exchange is None:
        return f"Expected {proof.expected}; came {proof.actual}."
    odd = (proof.expected.rpartition(": ")[0] or proof.expected).removeprefix(f"`{name}` ")
    reading = Reading(exchange, subject.contract)
    if reading.success:
        return f"{odd}: taken, where {ground.subjects[0].name} must refuse it."
    return f"{odd}: refused with {reading.status}, {message(reading)}." if exchange.response else f"{odd}: {proof.actual}."


def _fate(clause: str, exchanges: Sequence[Exchange]) -> Fate:
    """Return whether a broken clause stops a caller or passes unnoticed."""
    if clause.startswith("request."):
        refused = any(exchange.response is None or exchange.response.status >= 300 for exchange in exchanges)
        return Fate.BREAKS if refused else Fate.CHANGES
    return Fate.BREAKS if any(fnmatchcase(clause, glob) for glob in _READERS_BREAK) else Fate.CHANGES


def _from_requests(ground: Ground, number: int, use: Use) -> Iterator[Finding]:
    """Yield whether requests that hold a field, and that the first target takes, are taken."""
    if use.area != "request":
        return
    model = ground.contract.request_field("model")
    # Each target is asked for a model of its own.
    taken_before = {_but(model, reading) for reading in _holding(ground, 0, use) if reading.success}
    held = [reading for reading in _holding(ground, number, use) if _but(model, reading) in taken_before and reading.available]
    taken = [reading.exchange.id for reading in held if reading.success]
    if taken:
        yield Finding(use.said, Fate.WORKS, f"Taken in {len(taken)} of {len(held)} requests that hold it.", "shown", tuple(taken[:2]))
    elif held:
        held.sort(key=lambda reading: len(reading.exchange.request.body))
        words = f"No request that holds it is taken ({len(held)} tried): {held[0].status} {message(held[0])}"
        yield Finding(use.said, Fate.BREAKS, words, "shown", tuple(reading.exchange.id for reading in held[:2]))


def _holding(ground: Ground, number: int, use: Use) -> list[Reading]:
    """Return the lawful requests to a target that hold a field as it is used."""
    return [one for one in ground.subjects[number].lawful(ground.contract) if any(use.covers(value) for value in select(one.body, use.path))]


def _from_answers(ground: Ground, number: int, use: Use) -> Iterator[Finding]:
    """Yield whether a field that is read stands where it is read."""
    if use.area not in {"answer", "headers"}:
        return
    model = ground.contract.request_field("model")
    answers = [[reading for reading in one.lawful(ground.contract) if rows(Reading(reading.exchange, one.contract))] for one in (ground.subjects[0], ground.subjects[number])]
    # Only what the first target answers with it to a request can be missed in an answer to that request.
    expected = {_but(model, reading) for reading in answers[0] if _reads(reading.exchange, use)}
    held = [reading.exchange.id for reading in answers[1] if _reads(reading.exchange, use)]
    lacking = [reading.exchange.id for reading in answers[1] if _but(model, reading) in expected]
    if held and use.area == "answer":
        yield Finding(use.said, Fate.WORKS, f"It stands in {len(held)} of {len(answers[1])} answers.", "shown", tuple(held[:2]))
    elif lacking and not held:
        there = _counterpart(ground, number, use)
        elsewhere = f"; there it is `{there}`" if there and there != use.name else ""
        yield Finding(use.said, Fate.BREAKS, f"It stands in none of {len(lacking)} answers{elsewhere}.", "shown", (lacking[0],))


def _reads(exchange: Exchange, use: Use) -> bool:
    response = exchange.response
    if response is None:
        return False
    if use.area == "headers":
        return response.header(use.name) is not None
    return response.json is not NOT_JSON and any(value is not None for value in select(response.json, use.path))


def _counterpart(ground: Ground, number: int, use: Use) -> str:
    area = use.area
    return next((row.cells[number].name for row in ground.paper if row.area == area and row.cells[0].name == use.name), "")


def _from_habits(ground: Ground, number: int, use: Use) -> Iterator[Finding]:
    """Yield what was seen of a field's effect."""
    named: Any = {f"field.{use.role or use.name}", f"foreign.{use.name}"} if use.area == "request" else {"score.scale"} if use.role == "score" else set()
    for habit in ground.habits:
        if habit.id not in named:
            continue
        before, after = habit.cells[0], habit.cells[number]
        if not after.shown or after.key == before.key:
            continue
        if after.key.startswith("refused"):
            yield Finding(use.said, Fate.BREAKS, f"{habit.sentence}: {after.value}.", "shown", after.exchanges)
        elif after.key in {_IGNORED, "ignored"} and before.key != _IGNORED:
            yield Finding(use.said, Fate.CHANGES, f"{habit.sentence}: {after.value}.", "shown", after.exchanges)
        elif before.shown:
            yield Finding(use.said, Fate.CHANGES, f"{habit.sentence}: {after.value} (before: {before.value}).", "shown", after.exchanges)


def _from_paper(ground: Ground, number: int, use: Use, *, shown: bool) -> Iterator[Finding]:
    """Yield what the contracts say, where nothing was shown."""
    if shown:
        return
    row = next((row for row in ground.paper if row.area == use.area and row.cells[0].name in {use.name, *use.path[:1]} and row.cells[0].present), None)
    if row is None:
        return
    first, other = row.cells[0], row.cells[number]
    where = (other.where or ground.subjects[number].contract.name,)
    if not other.present:
        fate = Fate.UNKNOWN if use.area == "errors" else Fate.BREAKS
        yield Finding(use.said, fate, f"The contract of {ground.subjects[number].name} says nothing of it.", "on paper", ())
    elif first.name != other.name:
        yield Finding(use.said, Fate.BREAKS, f"It is called `{other.name}` there ({where[0]}).", "on paper", ())
    elif other.differs:
        yield Finding(use.said, Fate.UNKNOWN, f"The contracts differ in {', '.join(other.differs)} ({where[0]}).", "on paper", ())


def _but(field: Field | None, reading: Reading) -> str:
    """Return a request's body without one field, in a form that can be compared."""
    return json.dumps({name: value for name, value in reading.body.items() if field is None or name != field.name}, sort_keys=True)


def _from_traffic(ground: Ground, number: int, use: Use) -> Iterator[Finding]:
    """Yield which recorded requests the other contract does not allow, at the field to blame."""
    traffic, contract = ground.traffic, ground.subjects[number].contract
    if traffic is None:
        return
    bad: list[int] = []
    for sent in traffic.sent:
        if use.path[0] not in sent.body:
            continue
        part = contract.fields.get(use.path[0])
        if part is not None and len(use.path) == 1 and not _allows(contract, part, sent.body[use.path[0]]):
            bad.append(sent.entry)
    if bad:
        few = ", ".join(str(entry) for entry in bad[:5]) + (" …" if len(bad) > 5 else "")
        yield Finding(use.said, Fate.BREAKS, f"{len(bad)} of {len(traffic.sent)} recorded requests hold a value that the contract of {ground.subjects[number].name} does not allow (entries {few}).", "on paper")


def _allows(contract: Contract, part: Field, value: Any) -> bool:
    schemas = [branch.fields[part.name].schema for branch in contract.branches if part.name in branch.fields]
    return any(validator(schema).is_valid(value) for schema in schemas)
