"""The same requirement of every model: a full kit asks all of them, another one the first, and of the others what there is room for."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import evolve

from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.probe import Priority
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement

Making = Callable[[Kit], Iterable[Requirement]]


def over_models(
    kit: Kit, making: Making, shared: frozenset[str], early: frozenset[str] = frozenset()
) -> Iterator[Requirement]:
    """Yield what is made for a kit; the clauses of these ids are judged for the other models, too.

    Where the kit is not full, only the `early` ones are, by requests for which there may be no room.
    """
    wanted = shared if kit.full else early
    models = [model for branch in (kit.primary, *kit.branches) for model in kit.models_of(branch)]
    others = [evolve(kit, models=(model,)) for model in dict.fromkeys(models[1:] if wanted else ())]
    found: dict[str, list[Requirement]] = {item.clause.id: [item] for item in making(kit)}
    for other in others:
        for item in making(other):
            if item.clause.id in wanted and item.clause.id in found:
                probes = tuple(evolve(probe, core=False, priority=Priority.EARLY) for probe in item.probes)
                found[item.clause.id].append(item if kit.full else evolve(item, probes=probes))
    yield from map(merged, found.values())


def merged(items: Sequence[Requirement]) -> Requirement:
    """Return one requirement in the place of several of one clause: what breaks any breaks it."""
    if len(items) == 1:
        return items[0]

    def judge(evidence: Evidence) -> Finding:
        # What cannot be seen of another model is somebody else's finding.
        finding = items[0].judge(evidence)
        for item in items[1:]:
            one = item.judge(evidence)
            finding.absorb(one)
            finding.features = finding.features or one.features
        return finding

    def closer(evidence: Evidence) -> Iterator[Request]:
        for item in items:
            yield from item.closer(evidence) if item.closer is not None else ()

    first, *rest = items
    probes = (*first.probes, *(evolve(probe, core=False) for item in rest for probe in item.probes))
    return evolve(first, judge=judge, probes=probes, closer=closer if first.closer is not None else None)
