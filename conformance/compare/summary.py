"""What decides, one line a target: the numbers that somebody looks for first, each told at length further down."""

from collections.abc import Iterator

from attrs import frozen

from conformance.compare.clause_table import ClauseState, ClauseTable
from conformance.compare.comparison import Comparison

FIRST = "first"


@frozen
class ClauseCount:
    """Clauses of one contract on one target: kept, broken, not shown."""

    kept: int
    broken: int
    unknown: int


@frozen
class SummaryRow:
    """One target in a line; None or an empty string stands for what was not shown.

    `tau` is Kendall's tau with the first target, `scale` that of the scores in a few words.
    `p50` is in milliseconds, `price` in US dollars for a million tokens.
    """

    target: str
    answer: str
    own: ClauseCount
    by_reference: ClauseCount
    scale: str
    ndcg: float | None
    tau: float | None
    p50: float | None
    price: float | None


def summary_rows(comparison: Comparison) -> tuple[SummaryRow, ...]:
    """Return one line for each target, in their order."""
    return tuple(_lines(comparison))


def _lines(comparison: Comparison) -> Iterator[SummaryRow]:
    answers = [FIRST, *(comparison.answer(migration) for migration in comparison.migrations)]
    scales = next((behaviour.cells for behaviour in comparison.behaviours if behaviour.id == "score.scale"), ())
    agreed = comparison.agreement
    for number, name in enumerate(comparison.names):
        scale = scales[number] if scales else None
        yield SummaryRow(
            target=name,
            answer=answers[number],
            own=_tally(comparison.own, number),
            by_reference=_tally(comparison.by_reference, number),
            scale=scale.key if scale is not None and scale.shown else "",
            ndcg=agreed.known[number].ndcg if agreed else None,
            # The first target's pairs stand first, in the order of the others.
            tau=agreed.pairs[number - 1].tau if agreed and number else None,
            p50=comparison.costs[number].p50,
            price=comparison.costs[number].price,
        )


def _tally(matrix: ClauseTable, number: int) -> ClauseCount:
    states = [cell.state for cell in matrix.column(number)]
    return ClauseCount(
        states.count(ClauseState.KEPT) + states.count(ClauseState.SURPRISE),
        states.count(ClauseState.BROKEN) + states.count(ClauseState.KNOWN),
        states.count(ClauseState.UNKNOWN),
    )
