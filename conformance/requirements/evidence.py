"""Everything a run has seen, as the judges of requirements read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import define

from conformance.checks.reading import Reading
from conformance.contract import Contract
from conformance.model.exchange import Exchange, Request
from conformance.model.finding import Finding

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
