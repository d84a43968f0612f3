"""The same work for every target: the pinned queries, one at a time, twice."""

from collections.abc import Callable, Sequence
from functools import cached_property

from attrs import define, evolve

from conformance.checks.reading import Reading
from conformance.model.exchange import Request
from conformance.probes.kit import Kit
from conformance.probes.pinned import Query, pinned

ROUNDS = 2


@define(slots=False, eq=False)
class Workload:
    """The pinned queries as asked of one target, by one model; the second round is the first one again."""

    kit: Kit
    model: str | None

    @cached_property
    def asked(self) -> tuple[tuple[Query, tuple[Request, ...]], ...]:
        """Each query with its requests, one a round."""
        return tuple(
            (query, tuple(evolve(probe.request, repeat=number) for number in range(ROUNDS)))
            for query, probe in pinned(self.kit, self.model)
        )

    @property
    def requests(self) -> tuple[Request, ...]:
        """All requests, round by round."""
        return tuple(requests[number] for number in range(ROUNDS) for _, requests in self.asked)

    def readings(self, look: Callable[[Request], Reading | None]) -> list[tuple[Query, Reading]]:
        """Return every reading of the work that was asked, with its query."""
        return [
            (query, reading)
            for query, requests in self.asked
            for request in requests
            if (reading := look(request)) is not None
        ]


def common_model(kits: Sequence[Kit]) -> str | None:
    """Return a model that every target is said to know, or None."""
    names = [kit.models_of(kit.primary) for kit in kits]
    return next((name for name in names[0] if all(name in other for other in names)), None) if names else None


def model_of(kit: Kit, shared: str | None) -> str | None:
    """Return the model that a target's work is asked of: the shared one, else its first text model."""
    if not kit.has("model"):
        return None
    return shared or next(iter(kit.models_of(kit.primary)), None)
