"""A requirement: one clause that can be kept or broken, what it needs sent, and its judge."""

from collections.abc import Callable, Iterable, Sequence

from attrs import evolve, field, frozen

from conformance.checks.reading import Reading
from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.probe import Expect, Priority, Probe
from conformance.requirements.evidence import Evidence

REPEATABLE = "ranking.repeatable"
# Where the same request does not come back the same, nothing else that sets two answers side by side says anything.
STEADY = (REPEATABLE,)
# Where something else than the texts moves a score, it may well be the wrong way.
MOVED = tuple(
    f"ranking.{name}"
    for name in "own_score permutation independent echo limit_free overlap_short chunks_short text_object".split()
)
# And where no English text is ranked by its relevance, no part of one is.
RELEVANCE = ("ranking.relevance.english",)


@frozen
class Requirement:
    """A clause, the probes that it needs, and a pure function that judges what came back.

    An `evident` one can be seen to be broken though no lawful request was taken.
    `closer` says what to ask besides, once answers show something, to find the least that shows it.
    """

    clause: Clause
    judge: Callable[[Evidence], Finding] = field(repr=False)
    probes: tuple[Probe, ...] = field(default=(), repr=False)
    evident: bool = False
    closer: Callable[[Evidence], Iterable[Request]] | None = field(default=None, repr=False)


def unless_coarse(item: Requirement) -> Requirement:
    """Return a requirement that says nothing of a service whose scores have so few values that unlike texts share one."""

    def judge(evidence: Evidence) -> Finding:
        finding = item.judge(evidence)
        if evidence.coarse and finding.broken:
            finding = Finding()
            finding.hide("the scores have so few values that texts of different relevance share one")
        return finding

    def closer(evidence: Evidence) -> Iterable[Request]:
        return item.closer(evidence) if item.closer is not None and not evidence.coarse else ()

    return evolve(item, judge=judge, closer=closer)


def seeing(
    note: Callable[[Finding, Evidence], None], otherwise: str = "no answer shows it"
) -> Callable[[Evidence], Finding]:
    """Return a judge that notes what it sees in the evidence, and where that is nothing, why."""

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        note(finding, evidence)
        finding.unless_shown(otherwise)
        return finding

    return judge


def of_answers(
    requests: Sequence[Request], holds: Callable[[Finding, Evidence, Sequence[Reading]], None]
) -> Callable[[Evidence], Finding]:
    """Return a judge of the answers to some requests, given in their order where all of them came; what notes nothing against them is kept."""

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        found = evidence.answered(finding, requests)
        if found is not None:
            holds(finding, evidence, found)
            if not finding.broken and not finding.hidden:
                finding.keep(*found)
        return finding

    return judge


def probe_all(requests: Sequence[Request], label: str, priority: Priority = Priority.TAKEN) -> tuple[Probe, ...]:
    """Return probes that are only looked at by a relation; another requirement says whether they are taken."""
    return tuple(Probe(request, Expect.OBSERVE, label, priority) for request in requests)
