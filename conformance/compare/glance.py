"""What decides, one line a target: the numbers that somebody looks for first, each told at length further down."""

from collections.abc import Iterator

from attrs import frozen

from conformance.compare.comparison import Comparison
from conformance.compare.fact import Matrix, State

FIRST = "first"


@frozen
class Tally:
    """Clauses of one contract on one target: kept, broken, not shown."""

    kept: int
    broken: int
    unknown: int


@frozen
class Glance:
    """One target in a line; None or an empty string stands for what was not shown.

    `tau` is Kendall's tau with the first target, `p50` in milliseconds, `price`
    in US dollars for a million tokens, `scale` of the scores in a few words.
    """

    target: str
    answer: str
    own: Tally
    stand_in: Tally
    scale: str
    ndcg: float | None
    tau: float | None
    p50: float | None
    price: float | None


def glances(comparison: Comparison) -> tuple[Glance, ...]:
    """Return one line for each target, in their order."""
    return tuple(_lines(comparison))


def _lines(comparison: Comparison) -> Iterator[Glance]:
    answers = [FIRST, *(comparison.answer(move) for move in comparison.moves)]
    scales = next((habit.cells for habit in comparison.habits if habit.id == "score.scale"), ())
    agreed = comparison.agreement
    for number, name in enumerate(comparison.names):
        scale = scales[number] if scales else None
        yield Glance(
            target=name,
            answer=answers[number],
            own=_tally(comparison.own, number),
            stand_in=_tally(comparison.stand_in, number),
            scale=scale.key if scale is not None and scale.shown else "",
            ndcg=agreed.known[number].ndcg if agreed else None,
            # The first target's pairs stand first, in the order of the others.
            tau=agreed.pairs[number - 1].tau if agreed and number else None,
            p50=comparison.costs[number].p50,
            price=comparison.costs[number].price,
        )


def _tally(matrix: Matrix, number: int) -> Tally:
    states = [cell.state for cell in matrix.column(number)]
    return Tally(states.count(State.KEPT) + states.count(State.SURPRISE), states.count(State.BROKEN) + states.count(State.KNOWN), states.count(State.UNKNOWN))
