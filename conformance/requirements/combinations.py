"""Requests that carry many features at once: all taken, and what fails traced to the fewest features that show it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import define, field

from conformance.checks.features import features, planned, told
from conformance.checks.outcome import outcome
from conformance.checks.reading import Reading
from conformance.model.clause import WHOLE, Clause
from conformance.model.exchange import Request
from conformance.model.explanation import Features, explain, explanations
from conformance.model.finding import Finding
from conformance.probes.design import Design, Row, base_requests, designs
from conformance.probes.drawn import drawn
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect, Priority, Probe
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement

# So many requests are drawn at the most.
_DRAWN = 120
# Of the causes that are seen, so many are traced at a time.
_TRACED = 4
COMBINED = "request.combinations"


@define(slots=False, eq=False)
class Combinations:
    """The combined requests of a kit, and the simpler ones that tell which of their features matter."""

    kit: Kit
    _rows: dict[str, tuple[Design, Row]] = field(factory=dict, init=False, repr=False)

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        """The requests of each branch's covering array, in their order."""
        found: dict[str, Request] = {}
        for design, strength in designs(self.kit):
            for one in design.ordered(strength):
                self._rows.setdefault(one.request.key, (design, one.row))
                found.setdefault(one.request.key, one.request)
        return tuple(found.values())

    @cached_property
    def drawn(self) -> tuple[Request, ...]:
        """What a full kit asks besides: requests drawn at random."""
        return tuple(drawn(self.kit, _DRAWN)) if self.kit.full else ()

    @property
    def all(self) -> tuple[Request, ...]:
        """All requests with many features."""
        return (*self.requests, *self.drawn)

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        """The requests as probes: each must be taken."""
        return (
            *(Probe(request, Expect.ACCEPT, self._words(request), Priority.TAKEN) for request in self.requests),
            *(Probe(request, Expect.ACCEPT, "drawn at random", Priority.DRAWN, core=False) for request in self.drawn),
        )

    def _words(self, request: Request) -> str:
        design, row = self._rows[request.key]
        return ", ".join(design.words(name, row[name]) for name, _ in design.simpler(row)) or "the plainest request"

    @cached_property
    def _carried(self) -> tuple[frozenset[tuple[str, str]], tuple[Features, ...]]:
        read = [planned(request, self.kit.contract) for request in (*self.requests, *base_requests(self.kit))]
        read = [one for one in read if one.lawful]
        return frozenset((name, repr(value)) for one in read for name, value in one.body.items()), tuple(
            map(features, read)
        )

    def carry(self, probe: Probe) -> bool:
        """Whether one of the requests carries what a probe is about."""
        what = probe.carried
        if isinstance(what, tuple):
            return (what[0], repr(what[1])) in self._carried[0]
        return what is not None and any(what <= one for one in self._carried[1])

    def simpler(self, request: Request) -> Iterator[Request]:
        """Yield the requests that have one feature less; none for a request that is not one of these."""
        design, row = self._rows.get(request.key, (None, {}))
        for _, less in design.simpler(row) if design is not None else ():
            built = design.build(less) if design is not None else None
            if built is not None:
                self._rows[built.request.key] = (design, built.row)  # type: ignore[assignment]
                yield built.request

    def trace(
        self, evidence: Evidence, failing: Mapping[str, Features], passing: Iterable[Features]
    ) -> Iterator[Request]:
        """Yield what to ask so that fewer sets of features could explain a failure."""
        known = list(passing)
        for some, names in explain(failing, known)[:_TRACED]:
            same = [failing[name] for name in names]
            if len(some) == 1 and len(explanations(same, known)) == 1:
                continue
            least = min(
                (evidence.by_id[name].request for name in names if name in evidence.by_id),
                key=lambda request: len(request.body),
                default=None,
            )
            if least is not None:
                yield from self.simpler(least)


def featured(evidence: Evidence, readings: Iterable[Reading]) -> dict[str, Features]:
    """Return the features of the requests of some answers, by exchange; those that carry none that is known are left out."""
    ids = (reading.exchange.id for reading in readings)
    return {name: evidence.features[name] for name in ids if name in evidence.features}


def shared(failing: Mapping[str, Features], passing: Collection[Features]) -> tuple[str, ...]:
    """Return in words the fewest features that explain most of the failing requests; none where nothing fails."""
    some: Features = next(iter(explain(failing, passing)), (frozenset(), ()))[0]
    return tuple(told(feature) for feature in sorted(some))


def attribute(finding: Finding, evidence: Evidence, failing: Sequence[Reading], passing: Sequence[Reading]) -> None:
    """Note which features the failing answers share, else some of the passing ones."""
    if failing:
        finding.features = shared(featured(evidence, failing), featured(evidence, passing).values())
    else:
        finding.keep(*passing[:12])


def _stands_in(what: tuple[str, Any] | Features | None, several: Iterable[Features], bodies: Iterable[Any]) -> bool:
    """Whether what a probe carries stands in one of several requests, given by their features and their bodies."""
    if isinstance(what, frozenset):
        return any(what <= one for one in several)
    return what is not None and any(body.get(what[0]) == what[1] for body in bodies)


def combination_requirements(combinations: Combinations, singles: Sequence[Probe]) -> Iterator[Requirement]:
    """Yield the requirement that features which are taken alone are taken together; `singles` are the probes that show the first."""
    clause = Clause.of(COMBINED, combinations=combinations, roles=(WHOLE, "documents"))
    # A request of the relations may carry alone what is asked nowhere else.
    carriers = frozenset((*combinations.all, *base_requests(combinations.kit)))

    def refusals(evidence: Evidence) -> dict[str, Features]:
        return {
            name: one
            for name, one in evidence.features.items()
            if not evidence.taken(evidence.reading(name)) and evidence.reading(name).exchange.request in carriers
        }

    def split(evidence: Evidence) -> tuple[dict[str, Features], list[Features]]:
        # What is refused wherever it stands is no matter of what stands beside it.
        refused = {name: one for name, one in refusals(evidence).items() if not any(map(evidence.unsupported, one))}
        answered = ((evidence.reading(name), one) for name, one in evidence.features.items())
        taken = [one for reading, one in answered if reading.answered and evidence.taken(reading)]
        return refused, taken

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        refused, taken = split(evidence)
        # A list of many things is judged by its parts.
        apart = (evidence.of(request) for probe in singles for request in probe.apart or (probe.request,))
        alone = featured(evidence, (reading for reading in apart if reading and not evidence.taken(reading))).values()
        for some, names in explain(refused, taken):
            odd = frozenset(feature for feature in some if not feature.plain) or some
            if any(odd <= one for one in alone):
                continue
            words = tuple(map(told, sorted(some)))
            finding.features = finding.features or words
            wanted = f"a request with {' and '.join(words) or 'many features'} is accepted, as the contract allows"
            for reading in map(evidence.reading, names):
                finding.fail(reading, wanted, outcome(reading))
        came = map(evidence.of, combinations.requests)
        answered = [reading for reading in came if reading and reading.answered and not evidence.mute(reading)]
        finding.keep(*answered[:12])
        if not answered and not finding.broken:
            finding.hide("no combined request was answered")
        return finding

    def closer(evidence: Evidence) -> Iterator[Request]:
        refused, taken = split(evidence)
        # What is not supported is known by what is asked alone.
        carrying = refusals(evidence)
        bodies = [evidence.reading(name).body for name in carrying]
        for probe in singles:
            # What is refused among others is asked alone.
            if _stands_in(probe.carried, carrying.values(), bodies):
                yield probe.request
        yield from combinations.trace(evidence, refused, taken)

    if combinations.requests:
        yield Requirement(clause, judge, combinations.probes, closer=closer)
