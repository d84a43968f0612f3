"""Moving from one target to another: what would break, what would change in silence, what works."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from attrs import field, frozen

from conformance.checks.reading import Reading
from conformance.compare.behaviours.trait import message, rows
from conformance.compare.blame import Blame, attributed, but
from conformance.compare.fact import Cell, Line, State
from conformance.compare.ground import Ground
from conformance.compare.uses import Use
from conformance.contract import Contract, Field, select, validator
from conformance.model.exchange import NOT_JSON, Exchange
from conformance.model.finding import Proof


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


_READERS_BREAK = ("*.required", "*.type", "*.json", "*.schema", "*.oneOf", "*.anyOf", "*.present", "*.shape", "*.media_type")
_IGNORED = "no effect"


def moves(ground: Ground) -> tuple[Move, ...]:
    """Return the move from the first target to each of the others."""
    return tuple(_move(ground, number) for number in range(1, len(ground.subjects)))


def _move(ground: Ground, number: int) -> Move:
    subject = ground.subjects[number]
    judged = subject.judged_by(ground.contract)
    if judged.notice and not subject.notice:
        plainest = tuple(list(judged.exchanges)[:1])
        return Move(subject.name, tuple(Finding(use.said, Fate.BREAKS, judged.notice, "shown", plainest) for use in ground.uses), tuple(_to_set(ground, number)))
    blame, by_use = Blame(ground, number), attributed(ground)
    findings = []
    for use in ground.uses:
        taken = list(_from_requests(ground, number, use))
        clauses = _from_clauses(blame, use, by_use.get(use.said, []))
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


def _from_clauses(blame: Blame, use: Use, lines: Sequence[Line]) -> Iterator[Finding]:
    kept: list[str] = []
    count = hidden = 0
    for line in lines:
        before, after = line.cells[0], line.cells[blame.number]
        if blame.mute(line, use):
            hidden += 1
        elif after.state in {State.BROKEN, State.KNOWN}:
            proofs = blame.proofs(line, after, use)
            if proofs or not after.proofs:
                yield _broken(blame, use, line, before, after, proofs)
        elif not blame.speaks(line, use):
            continue
        elif after.state in {State.KEPT, State.SURPRISE}:
            kept += after.exchanges[:1]
            count += 1
        else:
            hidden += 1
    if kept:
        more = f"; {hidden} more could not be shown" if hidden else ""
        yield Finding(use.said, Fate.WORKS, f"{count} clause{'s' if count > 1 else ''} on it kept{more}.", "shown", tuple(dict.fromkeys(kept))[:4])
    elif hidden:
        yield Finding(use.said, Fate.UNKNOWN, "Nothing that was asked shows it.", "not shown")


def _broken(blame: Blame, use: Use, line: Line, before: Cell, after: Cell, proofs: Sequence[Proof]) -> Finding:
    words = _words(blame, line.clause.id, use.name, proofs[0]) if proofs else after.detail
    words += f" And {len(proofs) - 1} more." if len(proofs) > 1 else ""
    exchanges = tuple(dict.fromkeys(proof.exchange for proof in proofs)) or after.exchanges
    if before.state in {State.BROKEN, State.KNOWN}:
        return Finding(use.said, Fate.WORKS, f"As before, broken by both: {words}", "shown", exchanges[:4], line.clause.id)
    return Finding(use.said, _fate(blame, line.clause.id, use, exchanges), words, "shown", exchanges[:4], line.clause.id)


def _words(blame: Blame, clause: str, name: str, proof: Proof) -> str:
    """Return what happened in a reader's words; requests are told by what is odd about them."""
    exchange = blame.subject.exchanges.get(proof.exchange)
    if not clause.startswith("request.") or exchange is None:
        return f"Expected {proof.expected}; came {proof.actual}."
    odd = (proof.expected.rpartition(": ")[0] or proof.expected).removeprefix(f"`{name}` ")
    reading = Reading(exchange, blame.subject.contract)
    if reading.success:
        return f"{odd}: taken, where {blame.ground.subjects[0].name} must refuse it."
    return f"{odd}: refused with {reading.status}, {message(reading)}." if exchange.response else f"{odd}: {proof.actual}."


def _fate(blame: Blame, clause: str, use: Use, exchanges: Sequence[str]) -> Fate:
    """Return whether a broken clause stops a caller or passes unnoticed."""
    if clause.startswith("request.") or use.area == "service":
        held = [blame.subject.exchanges[name] for name in exchanges if name in blame.due]
        return Fate.BREAKS if any(exchange.response is None or exchange.response.status >= 300 for exchange in held) else Fate.CHANGES
    return Fate.BREAKS if any(fnmatchcase(clause, glob) for glob in _READERS_BREAK) else Fate.CHANGES


def _from_requests(ground: Ground, number: int, use: Use) -> Iterator[Finding]:
    """Yield whether requests that hold a field, and that the first target takes, are taken."""
    if use.area != "request":
        return
    model = ground.contract.request_field("model")
    # Each target is asked for a model of its own.
    taken_before = {but(model, reading) for reading in _holding(ground, 0, use) if reading.success}
    held = [reading for reading in _holding(ground, number, use) if but(model, reading) in taken_before and reading.available]
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
    expected = {but(model, reading) for reading in answers[0] if _reads(reading.exchange, use)}
    held = [reading.exchange.id for reading in answers[1] if _reads(reading.exchange, use)]
    lacking = [reading.exchange.id for reading in answers[1] if but(model, reading) in expected]
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
