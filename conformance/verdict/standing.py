"""How each known deviation stands after a run."""

from collections.abc import Collection, Iterable
from datetime import date

from conformance.model.deviation import Deviation, Standing
from conformance.model.verdict import Outcome, Verdict


def standings(
    known: Iterable[Deviation], verdicts: Collection[Verdict], clauses: Collection[str], day: date
) -> tuple[Standing, ...]:
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
