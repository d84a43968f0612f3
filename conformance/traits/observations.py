"""How a run reads traits: the open questions as observations, which never fail."""

from functools import cached_property

from attrs import define

from conformance.checks.reading import Reading
from conformance.contract import Contract
from conformance.model.exchange import Request
from conformance.model.verdict import Observation
from conformance.probes.kit import Kit
from conformance.probes.probe import Probe
from conformance.requirements.evidence import Evidence
from conformance.traits.open_questions import open_questions
from conformance.traits.trait import noise

_PREFIX = "observed"


def probes(kit: Kit) -> dict[str, tuple[Probe, ...]]:
    """Return what a run asks to see its observations, by their ids; the control, which it asks anyway, is left out."""
    return {
        f"{_PREFIX}.{trait.id}": tuple(probe for probe in trait.probes if probe.request.key != kit.control.key)
        for trait in open_questions(kit)
    }


def observe(kit: Kit, evidence: Evidence) -> tuple[Observation, ...]:
    """Return how each open question was answered; those that were not asked or not answered are left out."""
    seen = _Run(evidence)
    told = [(trait, trait.read(seen)) for trait in open_questions(kit)]
    return tuple(
        Observation(f"{_PREFIX}.{trait.id}", trait.sentence, value.value, value.exchanges)
        for trait, value in told
        if value.shown
    )


@define(slots=False, eq=False)
class _Run:
    """A run as traits look at it."""

    evidence: Evidence

    @property
    def contract(self) -> Contract:
        return self.evidence.contract

    @property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(self.evidence.readings)

    @cached_property
    def noise(self) -> float:
        return noise(self.evidence.readings)

    def of(self, request: Request) -> Reading | None:
        return self.evidence.of(request)
