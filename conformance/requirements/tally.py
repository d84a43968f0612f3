"""What generated requests showed, without keeping them: a run of a hundred thousand needs no more memory than one of a thousand."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from attrs import define, field

from conformance.checks.check import Check
from conformance.checks.outcome import INVALID, outcome, refused_otherwise, unmet
from conformance.checks.reading import Reading
from conformance.contract import Contract
from conformance.exchange.weather import Weather
from conformance.model.clause import Clause
from conformance.model.deviation import Deviation, excused
from conformance.model.exchange import Exchange
from conformance.model.finding import Breach, Finding
from conformance.probes.expected import expectation
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect, Probe

ALLOWED = Clause.of("fuzz.allowed")
FORBIDDEN = Clause.of("fuzz.forbidden")
# Of the exchanges that break a clause the smallest are kept, for a reader; of those that keep it a few.
_PROOFS = 12
_OVERFLOW = 4 * _PROOFS
_EXAMPLES = 12
_HELD = 2_000
_PENDING = 1_000


@define(slots=False, eq=False)
class Tally:
    """Findings on generated exchanges, added one by one, live or from a journal.

    `findings` is by the clause's id, `expected` by what the contract expects;
    `held` has the exchanges that any of them names; `pending` those that went unanswered, by the request's key; `guilty` the ids of those that break
    anything in a way that is not known; `total` and `answered` count distinct requests.
    """

    kit: Kit
    checks: tuple[Check, ...]
    known: Sequence[Deviation] = ()
    findings: dict[str, Finding] = field(factory=dict, init=False)
    expected: dict[Expect, Finding] = field(factory=dict, init=False)
    held: dict[str, Exchange] = field(factory=dict, init=False, repr=False)
    pending: dict[str, Exchange] = field(factory=dict, init=False, repr=False)
    guilty: set[str] = field(factory=set, init=False, repr=False)
    total: int = field(default=0, init=False)
    answered: int = field(default=0, init=False)
    accepted: bool = field(default=False, init=False)
    weather: Weather = field(factory=Weather, init=False, repr=False)
    _excused: dict[str, set[str]] = field(factory=lambda: defaultdict(set), init=False, repr=False)

    @property
    def contract(self) -> Contract:
        """The contract that judges."""
        return self.kit.contract

    def add(self, exchange: Exchange) -> None:
        """Judge one exchange by itself."""
        reading = Reading(exchange, self.contract)
        self.weather.add(exchange)
        if exchange.attempts == 1:
            self.total += 1
        broken = self._checks(reading)
        if exchange.proper or (reading.available and self.weather.persistent(exchange.request.key)):
            self.answered += 1
            self.pending.pop(exchange.request.key, None)
            self.accepted = self.accepted or reading.answered
            broken = self._expectation(reading) or broken
        elif len(self.pending) < _PENDING:
            self.pending[exchange.request.key] = exchange
        if broken:
            self.guilty.add(exchange.id)

    def forget(self, statuses: Collection[int]) -> None:
        """Take back what answers of some statuses broke: they pass, and nobody asked these requests again."""
        for finding in (*self.findings.values(), *self.expected.values()):
            answers = ((proof, self.held[proof.exchange].response) for proof in finding.broken)
            finding.broken = [
                proof for proof, response in answers if response is None or response.status not in statuses
            ]

    def persistent(self, reading: Reading) -> bool:
        """Whether a request is never answered properly, though others are; the weather does not explain that."""
        return self.weather.persistent(reading.exchange.request.key)

    def unanswered(self) -> list[Reading]:
        """Return the readings of requests that were never answered."""
        return [Reading(exchange, self.contract) for exchange in self.pending.values()]

    def _checks(self, reading: Reading) -> bool:
        broken = False
        for check in self.checks:
            judgement = check.judge(reading)
            if judgement is None:
                continue
            finding = self.findings.setdefault(check.clause.id, Finding())
            if judgement:
                broken = self._blame(check.clause.id, finding, reading, judgement) or broken
            else:
                finding.more += 1
        return broken

    def _expectation(self, reading: Reading) -> bool:
        expect = expectation(self.kit, reading.body)
        if expect is Expect.OBSERVE:
            return False
        label = "generated, meant to be valid" if expect is Expect.ACCEPT else "generated, meant to be invalid"
        probe = Probe(reading.exchange.request, expect, label)
        finding = self.expected.setdefault(expect, Finding())
        wanted = unmet(expect, reading)
        if wanted is not None:
            clause = ALLOWED if expect is Expect.ACCEPT else FORBIDDEN
            return self._blame(clause.id, finding, reading, [Breach(f"{probe.label}: {wanted}", outcome(reading))])
        if expect is Expect.REFUSE and (other := refused_otherwise(self.contract, expect, reading)) is not None:
            status = self.findings.setdefault(INVALID, Finding())
            if other:
                breaches = [Breach(f"{probe.label}: refused with {other}", outcome(reading))]
                return self._blame(INVALID, status, reading, breaches)
            status.more += 1
        if len(finding.kept) < _EXAMPLES:
            self.held[reading.exchange.id] = reading.exchange
            finding.keep(reading)
        else:
            finding.more += 1
        return False

    def _blame(self, clause: str, finding: Finding, reading: Reading, breaches: list[Breach]) -> bool:
        """Note a breach, and return whether it is a new one; of those that are known a few are enough."""
        exchange = reading.exchange
        known = excused(self.known, clause, exchange)
        if known and len(self._excused[clause]) >= _PROOFS:
            return False
        if known:
            self._excused[clause].add(exchange.id)
        self.held[exchange.id] = exchange
        finding.take(reading, breaches)
        self._trim(clause, finding)
        return not known

    def _trim(self, clause: str, finding: Finding) -> None:
        """Keep the smallest proofs, new ones before known ones, and of the exchanges those that some finding names."""
        if len(finding.broken) > _OVERFLOW:
            finding.broken.sort(
                key=lambda proof: (proof.exchange in self._excused[clause], len(self.held[proof.exchange].request.body))
            )
            del finding.broken[_PROOFS:]
        if len(self.held) > _HELD:
            findings = (*self.findings.values(), *self.expected.values())
            named = {name for one in findings for name in (*one.kept, *(proof.exchange for proof in one.broken))}
            self.held = {name: exchange for name, exchange in self.held.items() if name in named}
