"""Moving from one target to another: what would break, what would change in silence, what works."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from conformance.checks.reading import Reading
from conformance.compare.attribution import Attribution, MigrationContext, but
from conformance.compare.clause_table import ClauseRow, ClauseState
from conformance.compare.figures import moved
from conformance.compare.uses import IMPLIED, Use
from conformance.contract import Contract, Field, select, validator
from conformance.model.clause import Impact
from conformance.model.exchange import NOT_JSON, Exchange
from conformance.model.finding import Proof
from conformance.traits.schema_words import form_of
from conformance.traits.trait import message, rows


class Effect(StrEnum):
    """What becomes of a use."""

    BREAKS = Impact.BREAKS
    CHANGES = Impact.CHANGES
    DIFFERS = Impact.DIFFERS
    UNKNOWN = "not shown"
    WORKS = "works"


@frozen
class UseFinding:
    """One thing that becomes of a use: in words, how it is known, and the exchanges that show it.

    `asked` tells whether it is about a request that was taken or refused; `alike` is a sentence for several
    uses of which the same is to be said, with a place for their names.
    """

    use: str
    effect: Effect
    words: str
    exchanges: tuple[str, ...] = ()
    requirement: str = ""
    asked: bool = False
    alike: str = ""
    basis: str = "shown"


@frozen
class Migration:
    """What a move to one target does to every use. `to_set` is what has to be set anew in any case."""

    target: str
    findings: tuple[UseFinding, ...]
    to_set: tuple[tuple[str, str, str], ...] = field(default=())

    def of(self, use: str) -> tuple[UseFinding, ...]:
        """Return what becomes of one use."""
        return tuple(finding for finding in self.findings if finding.use == use)

    def effect(self, use: str) -> Effect:
        """Return the worst that becomes of a use; what was not shown does not count as working."""
        own = {finding.effect for finding in self.of(use)}
        if own != {Effect.UNKNOWN, Effect.WORKS}:
            return next((effect for effect in Effect if effect in own), Effect.UNKNOWN)
        return Effect.WORKS

    def breaks(self, uses: Iterable[Use]) -> bool:
        """Whether any of these uses breaks."""
        return any(self.effect(use.said) is Effect.BREAKS for use in uses)

    def counted(self, uses: Iterable[str]) -> dict[Effect, int]:
        """Return how many uses have each effect."""
        effects = [self.effect(use) for use in uses]
        return {effect: effects.count(effect) for effect in Effect}


# What both targets fail is no reason against the move, and no yes.
BOTH = "Fails at both:"
# How the judge of a single request says what it wanted.
_DECIDED = ("accepted", "refused")


def migrations(context: MigrationContext) -> tuple[Migration, ...]:
    """Return the move from the first target to each of the others."""
    return tuple(_migration(context, number) for number in range(1, len(context.subjects)))


def _migration(context: MigrationContext, number: int) -> Migration:
    subject = context.subjects[number]
    if (refusal := subject.refusal(context.contract)) and not subject.notice:
        plainest = tuple(list(subject.judged_by(context.contract).exchanges)[:1])
        to_set = tuple(_to_set(context, number))
        return Migration(
            subject.name, tuple(UseFinding(use.said, Effect.BREAKS, refusal, plainest) for use in context.uses), to_set
        )
    attribution = Attribution(context, number)
    told = _from_clauses(attribution)
    findings = []
    for use in context.uses:
        taken = list(_from_requests(attribution, use))
        clauses = told.get(use, [])
        # Where nothing that holds the field is taken, a clause is kept only because everything is refused.
        refused = bool(taken) and all(finding.effect is Effect.BREAKS for finding in taken)
        own = [
            *taken,
            *_from_answers(context, number, use),
            *_from_behaviours(context, number, use),
            *_from_figures(context, number, use),
            *(finding for finding in clauses if not refused or finding.effect not in {Effect.WORKS, Effect.UNKNOWN}),
        ]
        own += _from_spec_diff(context, number, use, shown=any(finding.effect is not Effect.UNKNOWN for finding in own))
        if context.traffic is not None and use.area == "request":
            own += _from_traffic(context, number, use)
        findings += own or [_unseen(use)]
    return Migration(subject.name, tuple(dict.fromkeys(findings)), tuple(_to_set(context, number)))


def _unseen(use: Use) -> UseFinding:
    return UseFinding(use.said, Effect.UNKNOWN, "Nothing that was asked shows it.", basis="not shown")


def _to_set(context: MigrationContext, number: int) -> Iterator[tuple[str, str, str]]:
    """Yield what a client has to set anew: item, old and new."""
    for row in context.spec_diff:
        if row.area == "access" and row.item in {"host", "path", "authentication"} and row.cells[number].differs:
            yield row.item, row.cells[0].name or "none", row.cells[number].name or "none"
    first, other = (context.subjects[i].contract.key_env for i in (0, number))
    if first != other:
        yield "key", first or "none", other or "none"


def _from_clauses(attribution: Attribution) -> dict[Use, list[UseFinding]]:
    """Return what clauses say of each use."""
    found: dict[Use, list[UseFinding]] = {}
    passed: dict[Use, list[str]] = {}
    hidden: Counter[Use] = Counter()
    for row in attribution.context.matrix.rows:
        concerned = attribution.reliance.concerned(attribution.clause(row))
        if attribution.failed(row) and not attribution.explained(row):
            for use, finding in _failed(attribution, row, concerned):
                found.setdefault(use, []).append(finding)
            continue
        for use in attribution.reliance.shown_by(row.clause):
            if use.area == "errors" and use.own not in row.clause.roles:
                continue
            if attribution.passed(row):
                passed.setdefault(use, []).extend(row.cells[attribution.number].exchanges[:1])
            else:
                hidden[use] += 1
    for use in attribution.context.uses:
        if ids := passed.get(use):
            more = f"; {hidden[use]} more could not be shown" if hidden[use] else ""
            words = f"{len(ids)} clause{'s' if len(ids) > 1 else ''} on it passed{more}."
            found.setdefault(use, []).append(UseFinding(use.said, Effect.WORKS, words, tuple(dict.fromkeys(ids))[:4]))
        elif hidden[use]:
            found.setdefault(use, []).append(_unseen(use))
    return found


def _failed(attribution: Attribution, row: ClauseRow, concerned: Sequence[Use]) -> Iterator[tuple[Use, UseFinding]]:
    """Yield what a failed clause does to the uses that it concerns.

    Where none of them meets a proof, and the proofs are of what is used, it is told all the same: a failed clause never goes unsaid.
    """
    cell = row.cells[attribution.number]
    met = {use: proofs for use in concerned if (proofs := attribution.proofs(cell, use)) or not cell.proofs}
    for use in concerned:
        if use in met:
            yield use, _finding(attribution, row, use, met[use], Effect(attribution.impact(row, use, met[use])))
        elif not met and not attribution.beyond(cell, use):
            yield use, _finding(attribution, row, use, list(cell.proofs), Effect.DIFFERS)


def _finding(attribution: Attribution, row: ClauseRow, use: Use, proofs: Sequence[Proof], effect: Effect) -> UseFinding:
    cell = row.cells[attribution.number]
    words, asked = _words(attribution, use, proofs[0]) if proofs else (cell.detail, False)
    words += f" And {len(proofs) - 1} more." if len(proofs) > 1 else ""
    exchanges = (tuple(dict.fromkeys(proof.exchange for proof in proofs)) or cell.exchanges)[:4]
    if row.cells[0].state in {ClauseState.BROKEN, ClauseState.KNOWN}:
        return UseFinding(use.said, Effect.DIFFERS, f"{BOTH} {words}", exchanges, row.clause.id, asked)
    return UseFinding(use.said, effect, words, exchanges, row.clause.id, asked)


def _words(attribution: Attribution, use: Use, proof: Proof) -> tuple[str, bool]:
    """Return what happened in a reader's words, and whether it is a request that was taken or refused; those are told by what is odd about them."""
    exchange = attribution.subject.exchanges.get(proof.exchange)
    odd, _, wanted = proof.expected.rpartition(": ")
    asked = exchange is not None and wanted.startswith(_DECIDED)
    if not asked or exchange is None:
        return f"Expected {proof.expected}; got {proof.actual}.", False
    odd, reading = odd.removeprefix(f"`{use.name}` "), Reading(exchange, attribution.subject.contract)
    if reading.success:
        return f"{odd}: taken, where {attribution.context.subjects[0].name} must refuse it.", True
    said = f"refused with {reading.status}, {message(reading)}" if exchange.response else proof.actual
    return f"{odd}: {said}.", True


def _from_requests(attribution: Attribution, use: Use) -> Iterator[UseFinding]:
    """Yield whether requests that hold a field, and that the first target takes, are taken, in each of its forms."""
    if use.area != "request":
        return
    context, number = attribution.context, attribution.number
    model = context.contract.request_field("model")
    # Each target is asked for a model of its own.
    taken_before = {but(model, reading) for reading in _holding(context, 0, use) if reading.success}
    held = [one for one in _holding(context, number, use) if but(model, one) in taken_before and one.available]
    taken = [reading.exchange.id for reading in held if reading.success]
    if taken:
        words = f"Taken in {len(taken)} of {len(held)} requests that hold it."
        yield UseFinding(use.said, Effect.WORKS, words, tuple(taken[:2]))
    forms: dict[str, list[Reading]] = {}
    for reading in held:
        # Where something else is refused, nothing is said of a form; where nothing is taken at all, the field is to blame.
        if not taken or reading.success or attribution.meets(reading.exchange, use):
            forms.setdefault(form_of(select(reading.body, use.path)[0]) if taken else "", []).append(reading)
    for form, readings in forms.items():
        if any(reading.success for reading in readings):
            continue
        least = min(readings, key=lambda reading: len(reading.exchange.request.body))
        which = f"holds it as {form}" if form else "holds it"
        words = f"No request that {which} is taken ({len(readings)} tried): {least.status} {message(least)}"
        same = "No request with {} is accepted." if not form else ""
        yield UseFinding(use.said, Effect.BREAKS, words, (least.exchange.id,), asked=bool(form), alike=same)


def _holding(context: MigrationContext, number: int, use: Use) -> list[Reading]:
    """Return the lawful requests to a target that hold a field as it is used."""
    lawful = context.subjects[number].lawful(context.contract)
    return [one for one in lawful if any(map(use.covers, select(one.body, use.path)))]


def _from_answers(context: MigrationContext, number: int, use: Use) -> Iterator[UseFinding]:
    """Yield whether a field that is read stands where it is read."""
    if use.area not in {"answer", "headers"}:
        return
    model = context.contract.request_field("model")
    answers = [
        [reading for reading in one.lawful(context.contract) if rows(Reading(reading.exchange, one.contract))]
        for one in (context.subjects[0], context.subjects[number])
    ]
    # Only what the first target answers with it to a request can be missed in an answer to that request.
    expected = {but(model, reading) for reading in answers[0] if _reads(reading.exchange, use)}
    held = [reading.exchange.id for reading in answers[1] if _reads(reading.exchange, use)]
    lacking = [reading.exchange.id for reading in answers[1] if but(model, reading) in expected]
    if held and use.area == "answer":
        words = f"It stands in {len(held)} of {len(answers[1])} answers."
        yield UseFinding(use.said, Effect.WORKS, words, tuple(held[:2]))
    elif lacking and not held:
        there = _counterpart(context, number, use)
        elsewhere = f"; there it is `{there}`" if there and there != use.name else ""
        words = f"It stands in none of {len(lacking)} answers{elsewhere}."
        yield UseFinding(use.said, Effect.BREAKS, words, (lacking[0],), alike="Answers lack {}.")


def _reads(exchange: Exchange, use: Use) -> bool:
    response = exchange.response
    if response is None:
        return False
    if use.area == "headers":
        return response.header(use.name) is not None
    return response.json is not NOT_JSON and any(value is not None for value in select(response.json, use.path))


def _counterpart(context: MigrationContext, number: int, use: Use) -> str:
    beside = (row.cells for row in context.spec_diff if row.area == use.area)
    return next((cells[number].name for cells in beside if cells[0].name == use.name), "")


def _from_behaviours(context: MigrationContext, number: int, use: Use) -> Iterator[UseFinding]:
    """Yield what was seen of a field's effect."""
    for behaviour in context.behaviours:
        trait = behaviour.trait
        concerned = {use.own, use.name} & set(trait.roles) and (use.area == "request") is trait.asked
        if trait.impact is None or use in IMPLIED or not concerned:
            continue
        before, after = behaviour.cells[0], behaviour.cells[number]
        if not after.shown or after.key == before.key or after.reaches(before):
            continue
        effect = Effect.BREAKS if after.refused or after.lost else Effect(trait.impact)
        if after.refused or (after.idle and not before.idle):
            yield UseFinding(use.said, effect, f"{behaviour.sentence}: {after.value}.", after.exchanges)
        elif before.shown:
            words = f"{behaviour.sentence}: {after.value} (before: {before.value})."
            yield UseFinding(use.said, effect, words, after.exchanges)


def _from_figures(context: MigrationContext, number: int, use: Use) -> Iterator[UseFinding]:
    """Yield that other numbers come for the same requests: who compares scores with a threshold, or pays by a count, notices no error."""
    found = moved(context, number, use)
    if found is not None:
        yield UseFinding(use.said, Effect.CHANGES, found.words, (found.exchange,))


def _from_spec_diff(context: MigrationContext, number: int, use: Use, *, shown: bool) -> Iterator[UseFinding]:
    """Yield what the contracts say, where nothing was shown."""
    if shown:
        return
    named = (row for row in context.spec_diff if row.area == use.area and row.cells[0].present)
    row = next((row for row in named if row.cells[0].name in {use.name, *use.path[:1]}), None)
    if row is None:
        return
    first, other = row.cells[0], row.cells[number]
    where = (other.where or context.subjects[number].contract.name,)
    if not other.present:
        effect = Effect.UNKNOWN if use.area == "errors" else Effect.BREAKS
        of = f"The contract of {context.subjects[number].name}"
        words, alike = f"{of} says nothing of it.", f"{of} does not have {{}}."
        yield UseFinding(use.said, effect, words, basis="on paper", alike=alike)
    elif first.name != other.name:
        yield UseFinding(use.said, Effect.BREAKS, f"It is called `{other.name}` there ({where[0]}).", basis="on paper")
    elif other.differs:
        words = f"The contracts differ in {', '.join(other.differs)} ({where[0]})."
        yield UseFinding(use.said, Effect.UNKNOWN, words, basis="on paper")


def _from_traffic(context: MigrationContext, number: int, use: Use) -> Iterator[UseFinding]:
    """Yield which recorded requests the other contract does not allow, at the field to blame."""
    traffic, contract = context.traffic, context.subjects[number].contract
    part = contract.fields.get(use.path[0])
    if traffic is None or part is None or len(use.path) > 1:
        return
    name, *_ = use.path
    holding = [sent for sent in traffic.sent if name in sent.body]
    bad = [sent.entry for sent in holding if not _allows(contract, part, sent.body[name])]
    if bad:
        few = ", ".join(str(entry) for entry in bad[:5]) + (" …" if len(bad) > 5 else "")
        words = f"{len(bad)} of {len(traffic.sent)} recorded requests hold a value that the contract of {context.subjects[number].name} does not allow (entries {few})."
        yield UseFinding(use.said, Effect.BREAKS, words, basis="on paper")


def _allows(contract: Contract, part: Field, value: Any) -> bool:
    schemas = [branch.fields[part.name].schema for branch in contract.branches if part.name in branch.fields]
    return any(validator(schema).is_valid(value) for schema in schemas)
