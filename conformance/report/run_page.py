"""`report.html`: causes first, each with what to mend; clauses folded below."""

from collections.abc import Iterable
from itertools import groupby

from attrs import frozen

from conformance.document import moment
from conformance.model.run import Run
from conformance.model.verdict import Outcome, Verdict
from conformance.report import page
from conformance.report.exchanges import Placement
from conformance.report.words import NAMES, causes, counts, failed, told

_FEW = 15
_DEEP = ("request.", "response.", "error.")
_TITLES = {
    Outcome.SURPRISE_PASS: (
        "Unexpectedly passed",
        "A deviation is known and was not seen: its entry may be taken out.",
    ),
    Outcome.KNOWN_DEVIATION: ("Known deviations", "Failed, and known to: they do not change the exit status."),
    Outcome.INCONCLUSIVE: ("Inconclusive", "No response shows whether these hold."),
    Outcome.PASS: ("Passed", ""),
    Outcome.NOT_APPLICABLE: ("Skipped", "No request of this run could show these."),
}


@frozen
class Section:
    """The verdicts of one kind: all in one list if they are few, else by the area of the API."""

    outcome: Outcome
    title: str
    hint: str
    count: int
    areas: tuple[tuple[str, tuple[Verdict, ...]], ...]
    folded: bool


def render(run: Run) -> str:
    """Return the page."""
    placement = Placement(run)
    proven = [(cause, placement.proof(cause)) for cause in causes(run)]
    failures = [(verdict, placement.proofs(verdict)) for verdict in failed(run)]
    return page.render(
        "run.html.j2",
        script="run.js",
        **told(run),
        started=moment(run.started),
        counts=[(str(outcome), NAMES[outcome], count) for outcome, count in counts(run).items()],
        causes=proven,
        failures=failures,
        sections=list(_sections(run)),
        placed=frozenset(placement.placed),
        log=placement.rest(),
        overdue=[standing.deviation for standing in run.deviations if standing.overdue],
    )


def _sections(run: Run) -> Iterable[Section]:
    for outcome, (title, hint) in _TITLES.items():
        verdicts = [verdict for verdict in run.verdicts if verdict.outcome is outcome]
        if not verdicts:
            continue
        folded = outcome is Outcome.PASS or len(verdicts) > _FEW
        ordered = sorted(verdicts, key=_area) if folded else verdicts
        areas = (
            tuple((area, tuple(group)) for area, group in groupby(ordered, key=_area))
            if folded
            else (("", tuple(ordered)),)
        )
        yield Section(outcome, title, hint, len(verdicts), areas, folded)


def _area(verdict: Verdict) -> str:
    """Return the first two parts of an id, or the first one where the second already tells clauses apart."""
    name = verdict.clause.id
    return ".".join(name.split(".")[: 2 if name.startswith(_DEEP) else 1])
