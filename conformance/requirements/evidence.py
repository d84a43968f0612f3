"""Everything a run has seen, as the judges of requirements read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import define

from conformance.checks.features import features
from conformance.checks.reading import Reading
from conformance.contract import Contract
from conformance.model.exchange import Exchange, Request
from conformance.model.explanation import Features
from conformance.model.finding import Finding
from conformance.requirements.movement import Scored
from conformance.requirements.scores import Scores

if TYPE_CHECKING:
    from conformance.requirements.tally import Tally

# A clause is hidden, not broken, while as much as this of a run went unanswered.
_OUTAGE = 0.25
_TRIES = 3
_RATE_LIMITED = 429


@define(slots=False, eq=False)
class Evidence:
    """Exchanges by the fingerprint of their request; `gone` tells that the service went away in the end."""

    contract: Contract
    exchanges: Sequence[Exchange]
    control: Request
    tally: Tally | None = None
    gone: bool = False

    @cached_property
    def by_key(self) -> Mapping[str, Reading]:
        """The last exchange of each distinct request: the one that tells how it was answered in the end."""
        return {exchange.request.key: reading for exchange, reading in zip(self.exchanges, self.readings, strict=True)}

    @cached_property
    def by_id(self) -> Mapping[str, Exchange]:
        """The exchanges by their ids."""
        generated = (*self.tally.held.values(), *self.tally.pending.values()) if self.tally is not None else ()
        return {exchange.id: exchange for exchange in (*self.exchanges, *generated)}

    @cached_property
    def readings(self) -> list[Reading]:
        """All exchanges, read by the contract."""
        return [Reading(exchange, self.contract) for exchange in self.exchanges]

    @cached_property
    def _by_name(self) -> Mapping[str, Reading]:
        return {reading.exchange.id: reading for reading in self.readings}

    @cached_property
    def _carriers(self) -> Mapping[tuple[str, str], Reading]:
        return {(name, repr(value)): reading for reading in self.by_key.values() if reading.answered for name, value in reading.body.items()}

    def carrying(self, what: tuple[str, Any] | Features) -> Reading | None:
        """Return an answered lawful request whose field has a value, or that has some features; else None."""
        if isinstance(what, tuple):
            return self._carriers.get((what[0], repr(what[1])))
        return next((reading for name, one in self.features.items() if what <= one and (reading := self.reading(name)).answered), None)

    def reading(self, name: str) -> Reading:
        """Return a planned exchange by its id; KeyError when there is none."""
        return self._by_name[name]

    @cached_property
    def blamed(self) -> Sequence[tuple[Features, Sequence[Scored]]]:
        """Each set of features that moves scores, with the scores that it moves."""
        return self.scores.blamed()

    @cached_property
    def scores(self) -> Scores:
        """The scores of all answers to lawful requests."""
        return Scores(self.contract, self.by_key.values())

    @cached_property
    def features(self) -> Mapping[str, Features]:
        """The features of each lawful request that was answered or refused by the service itself, by its exchange's id."""
        return {reading.exchange.id: features(reading) for reading in self.by_key.values() if reading.lawful and reading.available}

    def of(self, request: Request) -> Reading | None:
        """Return the exchange of a request, or None when it was not sent."""
        return self.by_key.get(request.key)

    @cached_property
    def accepted_any(self) -> bool:
        """Whether any lawful request was ever taken; without that a refusal shows nothing."""
        return any(reading.answered for reading in self.readings) or (self.tally is not None and self.tally.accepted)

    @cached_property
    def outage(self) -> bool:
        """Whether so much went unanswered that the service, not a request, is to blame."""
        away, total = sum(not reading.available for reading in self.by_key.values()), len(self.by_key)
        if self.tally is not None:
            away, total = away + self.tally.total - self.tally.answered, total + self.tally.total
        return self.gone or away > max(_OUTAGE * total, 1) or not self.accepted_any

    def persistent(self, reading: Reading) -> bool:
        """Whether one request alone is never answered properly, while the others are.

        Rate limiting is never that: it says nothing of the request.
        """
        return self.by_key.get(reading.exchange.request.key) is reading and self.crashed(reading)

    def crashed(self, reading: Reading) -> bool:
        """Whether the last try of a request was one of several, all unanswered, while others are answered."""
        return not reading.available and reading.status != _RATE_LIMITED and reading.exchange.attempts >= _TRIES and not self.outage

    def answered(self, finding: Finding, requests: Iterable[Request]) -> list[Reading] | None:
        """Return the readings of all these requests if each was taken, else None.

        A request that was refused is somebody else's finding; here it only hides.
        """
        found = []
        for request in requests:
            reading = self.of(request)
            if reading is None:
                finding.hide("a request that it needs was not sent")
            elif not reading.available:
                finding.hide("the service was not available", outage=True)
            elif not reading.answered or reading.by_index is None:
                finding.hide("a request that it needs was not answered with usable results")
            else:
                found.append(reading)
                continue
            return None
        return found
