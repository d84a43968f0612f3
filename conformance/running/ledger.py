"""All that was seen in a run."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from attrs import define, field

from conformance.checks.reading import Reading
from conformance.exchange.journal import Journal
from conformance.model.deviation import Deviation
from conformance.model.exchange import Exchange
from conformance.model.failure import failure
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect
from conformance.probes.tokens import Meter
from conformance.requirements.catalogue import single_checks
from conformance.requirements.evidence import Evidence
from conformance.requirements.passing import Passing
from conformance.requirements.tally import Tally
from conformance.running.trial import is_trial
from conformance.traits.facts import Collector


@define(slots=False, eq=False)
class Ledger:
    """All that was seen in a run: planned exchanges as they are, generated ones as a tally.

    `expected` is what the contract expects of planned requests, by their key; `failures` says in which of them the
    suite itself failed.
    """

    kit: Kit
    journal: Journal | None = None
    known: tuple[Deviation, ...] = ()
    expected: Mapping[str, Expect] = field(factory=dict, repr=False)
    requests: int = field(default=0, init=False)
    tokens: int = field(default=0, init=False)
    readings: list[Reading] = field(factory=list, init=False, repr=False)
    trials: list[Exchange] = field(factory=list, init=False, repr=False)
    failures: list[str] = field(factory=list, init=False)
    tally: Tally = field(init=False)
    _latest: tuple[int, Passing, Evidence] | None = field(default=None, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Begin with nothing."""
        self.tally = Tally(self.kit, single_checks(self.kit.contract), self.known)
        self._meter = Meter(self.kit.contract)
        self.seen = Collector(self.kit.contract, self.kit.models)

    def record(self, exchange: Exchange) -> None:
        """Take in an exchange as it happens, the journal first."""
        if self.journal is not None:
            self.journal.record(exchange)
        self.recall(exchange)

    def recall(self, exchange: Exchange) -> None:
        """Take in an exchange that was recorded earlier."""
        self.take(Reading(exchange, self.kit.contract))

    def take(self, reading: Reading) -> None:
        """Take in an exchange that somebody has read by this contract already."""
        exchange = reading.exchange
        self.requests += 1
        if is_trial(exchange):
            self.trials.append(exchange)
            return
        if not exchange.generated:
            self.readings.append(reading)
        try:
            self.tokens += self._meter.charge(exchange)
            self.seen.add(reading)
            if exchange.generated:
                self.tally.add(exchange)
        except Exception as error:  # noqa: BLE001 - one exchange that the suite cannot read is not the end of the others
            self.failures.append(failure(f"reading the exchange {exchange.id}", error))

    def judge_each(self) -> Iterator[None]:
        """Judge what single answers show, one by one; each is judged once, so what is done here is done for all who ask later."""
        checks = single_checks(self.kit.contract)
        for reading in self.readings:
            # Where a check fails at that, its clause will say so.
            with suppress(Exception):
                for check in checks:
                    reading.once(check.judge)
            yield

    @property
    def asked(self) -> int:
        """How many planned requests were answered, those included that were asked again; what the weather did counts for nothing."""
        return sum(reading.exchange.proper for reading in self.readings)

    @property
    def exchanges(self) -> list[Exchange]:
        """The planned exchanges, in their order."""
        return [reading.exchange for reading in self.readings]

    @property
    def passing(self) -> Passing:
        """Which of the answers pass."""
        return self._looked_at[0]

    @property
    def evidence(self) -> Evidence:
        """What the judges read; the same until there is another exchange, with all that was worked out of it."""
        return self._looked_at[1]

    @property
    def _looked_at(self) -> tuple[Passing, Evidence]:
        if self._latest is None or self._latest[0] != self.requests:
            passing = Passing(tuple(self.readings), self.expected, self.kit.control)
            if passing.passed:
                self.tally.forget({reading.status for reading in passing.passed})
            found = Evidence(self.kit.contract, passing.settled, self.kit.control, self.tally, passed=passing.passed)
            self._latest = self.requests, passing, found
        return self._latest[1:]
