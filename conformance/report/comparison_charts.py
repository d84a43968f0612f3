"""The charts of a comparison's page."""

import math
from collections.abc import Sequence

from attrs import frozen
from markupsafe import Markup

from conformance.compare.clause_table import ClauseState
from conformance.compare.comparison import Comparison
from conformance.compare.ranking_agreement import RankingAgreement
from conformance.compare.workload_cost import WorkloadCost
from conformance.document import text
from conformance.report.svg import BarRow, bars, ticks

_STATES = tuple(zip(ClauseState, ("good", "bad", "open", "link", "idle", "line"), strict=True))
_MOST = 40
# Beyond this ratio of the slowest answer to a median, milliseconds stand on a logarithmic axis.
_WIDE = 20


@frozen
class ComparisonChart:
    """A picture with its name and what it says in words."""

    id: str
    title: str
    svg: Markup


def charts(comparison: Comparison) -> dict[str, ComparisonChart]:
    """Return the page's charts by their id."""
    found = [_states(comparison), _latency(comparison.costs)]
    if comparison.agreement is not None:
        found.append(_known(comparison.agreement))
    return {chart.id: chart for chart in found if chart is not None}


def _name(name: str) -> str:
    return text.one_line(name, 28)


def _states(comparison: Comparison) -> ComparisonChart | None:
    matrix, rows, words = comparison.by_reference, [], []
    for number, name in enumerate(comparison.names[:_MOST]):
        states = [cell.state for cell in matrix.column(number)]
        at, held = 0, []
        for state, colour in _STATES:
            held.append((at, at := at + states.count(state), colour))
        rows.append(BarRow(_name(name), tuple(held)))
        told = ", ".join(f"{states.count(state)} {state}" for state, _ in _STATES if state in states)
        words.append(f"{_name(name)}: {told}")
    if not matrix.rows:
        return None
    title = f"Clauses of {matrix.by} by what was shown"
    return _chart("states", title, words, rows, "clauses", ticks(len(matrix.rows)))


def _latency(costs: Sequence[WorkloadCost]) -> ComparisonChart | None:
    held = [cost for cost in costs[:_MOST] if cost.p50 is not None]
    if not held:
        return None
    most, least = (max(max(cost.latencies) for cost in held), min(min(cost.latencies) for cost in held))
    wide = most > _WIDE * min(cost.p50 or most for cost in held)
    places = ticks(most)
    if wide:
        places = [
            (power, f"{10.0**power:g}")
            for power in range(math.floor(math.log10(max(least, 0.001))), math.ceil(math.log10(most)) + 1)
        ]

    def place(milliseconds: float) -> float:
        return math.log10(max(milliseconds, 0.001)) if wide else milliseconds

    rows = [
        BarRow(
            _name(cost.target),
            ((place(min(cost.latencies)), place(cost.p90 or most), "line"),),
            (*((place(one), "link") for one in cost.latencies), (place(cost.p50 or most), "ink")),
        )
        for cost in held
    ]
    words = [
        f"{_name(cost.target)}: median {cost.p50:.1f} ms, nine of ten within {cost.p90:.1f} ms, {len(cost.latencies)} answers"
        for cost in held
    ]
    axis = "milliseconds: each answer a point, the median dark"
    return _chart("latency", "Latency of the same work, one request at a time", words, rows, axis, places)


def _known(agreement: RankingAgreement) -> ComparisonChart | None:
    held = [known for known in agreement.known[:_MOST] if known.ndcg is not None]
    if not held:
        return None
    rows = [
        BarRow(
            _name(known.target),
            ((0, known.ndcg or 0.0, "line"),),
            (*((value, "idle") for _, value in known.languages), (known.ndcg or 0.0, "good")),
        )
        for known in held
    ]
    words = [f"{_name(known.target)}: nDCG {known.ndcg:.2f} over {known.queries} queries" for known in held]
    axis = "nDCG: the mean green, each language grey"
    return _chart("known", "Agreement with the known answers", words, rows, axis, ticks(1))


def _chart(
    name: str, title: str, words: Sequence[str], rows: Sequence[BarRow], axis: str, places: Sequence[tuple[float, str]]
) -> ComparisonChart:
    return ComparisonChart(name, title, bars(name, title, "; ".join(words), rows, axis, places))
