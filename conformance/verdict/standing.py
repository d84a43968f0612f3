"""How each known deviation stands after a run."""

from collections.abc import Collection, Iterable
from datetime import date

from attrs import frozen

from conformance.verdict.deviation import Deviation
from conformance.verdict.verdict import Outcome, Verdict


@frozen
class Standing:
    """A known deviation in one run: ids of the clauses that it was seen at, and of those kept by surprise.

    `overdue` tells that its review date has passed, `stray` that its glob
    matches no clause of the contract.
    """

    deviation: Deviation
    seen: tuple[str, ...]
    surprises: tuple[str, ...]
    overdue: bool
    stray: bool

    @property
    def warning(self) -> str:
        """What is wrong with the entry, in a sentence; empty when nothing is."""
        name = f"Known deviation {self.deviation.requirement}"
        if self.stray:
            return f"{name} matches no clause of this contract."
        return f"{name} should have been reviewed by {self.deviation.review_by}: {self.deviation.sentence}" if self.overdue else ""


def standings(known: Iterable[Deviation], verdicts: Collection[Verdict], clauses: Collection[str], day: date) -> tuple[Standing, ...]:
    """Return how each known deviation stands after a run on a day; `clauses` are the ids of all that the contract has."""
    return tuple(
        Standing(
            item,
            tuple(v.clause.id for v in verdicts if item in v.deviations and v.outcome is not Outcome.SURPRISE_PASS),
            tuple(v.clause.id for v in verdicts if item in v.deviations and v.outcome is Outcome.SURPRISE_PASS),
            item.overdue(day),
            not any(item.concerns(name) for name in clauses),
        )
        for item in known
    )
