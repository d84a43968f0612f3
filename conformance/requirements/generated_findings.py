"""What generated requests showed, as judges read it."""

from attrs import define, field

from conformance.checks.reading import Reading
from conformance.contract import Contract
from conformance.exchange.weather import Weather
from conformance.model.exchange import Exchange
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect


@define(slots=False, eq=False)
class GeneratedFindings:
    """Findings on generated exchanges.

    `findings` is by the clause's id, `expected` by what the contract expects;
    `held` has the exchanges that any of them names; `pending` those that went unanswered, by the request's key;
    `total` and `answered` count distinct requests.
    """

    kit: Kit
    findings: dict[str, Finding] = field(factory=dict, init=False)
    expected: dict[Expect, Finding] = field(factory=dict, init=False)
    held: dict[str, Exchange] = field(factory=dict, init=False, repr=False)
    pending: dict[str, Exchange] = field(factory=dict, init=False, repr=False)
    total: int = field(default=0, init=False)
    answered: int = field(default=0, init=False)
    accepted: bool = field(default=False, init=False)
    weather: Weather = field(factory=Weather, init=False, repr=False)

    @property
    def contract(self) -> Contract:
        """The contract that judges."""
        return self.kit.contract

    def persistent(self, reading: Reading) -> bool:
        """Whether a request is never answered properly, though others are; the weather does not explain that."""
        return self.weather.persistent(reading.exchange.request.key)

    def unanswered(self) -> list[Reading]:
        """Return the readings of requests that were never answered."""
        return [Reading(exchange, self.contract) for exchange in self.pending.values()]
