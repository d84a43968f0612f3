"""One of those compared: where it is, its contract, what crossed the wire, and both judgements of it."""

from collections.abc import Mapping
from functools import cached_property

from attrs import define, field

from conformance.checks.disguise import mute
from conformance.checks.outcome import outcome
from conformance.checks.reading import Reading
from conformance.compare.workload import Workload
from conformance.contract import Contract
from conformance.model.exchange import Exchange, Request
from conformance.model.run import Run
from conformance.probes.kit import Kit
from conformance.traits.trait import noise


@define(slots=False, eq=False)
class ComparedTarget:
    """A target as the comparison sees it.

    `own` is the run judged by its own contract, `judgements` the same exchanges
    judged by others, by their names. `asked` is false for a recorded run, which
    cannot be asked for what it lacks; `sent` counts all that crossed the wire,
    `labels` says of requests, by their key, what is odd about them.
    """

    name: str
    where: str
    kit: Kit
    kits: Mapping[str, Kit] = field(repr=False)
    exchanges: Mapping[str, Exchange] = field(repr=False)
    own: Run = field(repr=False)
    judgements: Mapping[str, Run] = field(repr=False)
    work: Workload
    asked: bool = True
    folder: str = ""
    sent: int = 0
    labels: Mapping[str, str] = field(factory=dict, repr=False)
    _lawful: dict[str, tuple[Reading, ...]] = field(factory=dict, init=False, repr=False)

    @property
    def contract(self) -> Contract:
        """Its own contract."""
        return self.kit.contract

    def judged_by(self, reference: Contract) -> Run:
        """Return the run as another contract judges it."""
        return self.judgements[reference.name]

    @property
    def notice(self) -> str:
        """Why nothing can be said of it, or an empty string: what a run says when it says little counts only where nothing was accepted."""
        return "" if any(reading.answered for reading in self.readings) else self.own.notice

    @cached_property
    def mute(self) -> str:
        """That requests get one answer whatever they ask, without results, in a sentence; empty where that is not so."""
        alike = mute(self.readings)
        one = next((reading for reading in self.readings if reading.exchange.id in alike), None)
        if one is not None:
            return f"Requests get one answer whatever they ask, without results: {outcome(one, taken=False)}"
        return ""

    def refusal(self, reference: Contract) -> str:
        """Return why nothing that a reference asks for is accepted, or an empty string."""
        accepted = any(reading.success for reading in self.lawful(reference))
        return self.mute if accepted else self.judged_by(reference).notice

    @cached_property
    def by_key(self) -> Mapping[str, Exchange]:
        """Exchanges by the fingerprint of their request."""
        return {exchange.request.key: exchange for exchange in self.exchanges.values()}

    def of(self, request: Request) -> Reading | None:
        """Return the exchange of a request as its own contract reads it, or None when it was not asked."""
        exchange = self.by_key.get(request.key)
        return None if exchange is None else Reading(exchange, self.contract)

    def lawful(self, reference: Contract) -> tuple[Reading, ...]:
        """Return the lawful requests that a reference asked for, with the target's key, as that contract reads them."""
        if reference.name not in self._lawful:
            kit = self.kits[reference.name]
            name, value = kit.authorization or ("Authorization", None)
            found = (Reading(exchange, kit.contract) for exchange in self.judged_by(reference).exchanges.values())
            self._lawful[reference.name] = tuple(
                one for one in found if one.lawful and one.exchange.request.header(name) == value
            )
        return self._lawful[reference.name]

    @cached_property
    def noise(self) -> float:
        """How far its scores move when nothing does."""
        return noise(self.readings)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """All exchanges as its own contract reads them."""
        return tuple(Reading(exchange, self.contract) for exchange in self.exchanges.values())
