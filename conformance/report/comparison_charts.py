"""The charts of a comparison's page: a row for each target, with bars, strokes and points along one axis."""

import math
from collections.abc import Sequence
from itertools import count
from statistics import quantiles

from attrs import frozen
from markupsafe import Markup

from conformance.compare.clause_table import ClauseState, ClauseTable
from conformance.compare.comparison import Comparison
from conformance.compare.ranking_agreement import RankingAgreement
from conformance.compare.workload_cost import WorkloadCost
from conformance.document import text
from conformance.report import page

# The colour of each state, as the style sheet calls it.
_STATES = tuple(zip(ClauseState, ("good", "bad", "open", "link", "idle", "line"), strict=True))
_LEFT, _RIGHT = 190, 626
_MOST = 40
_TICKS = 5
# From here on a scale of equal steps would put most points on one spot.
_WIDE = 20


@frozen
class ChartRow:
    """What is drawn of one target, in units of the axis: bars as (colour, from, to), strokes and points."""

    name: str
    bars: Sequence[tuple[str, float, float]]
    strokes: Sequence[float] = ()
    points: Sequence[float] = ()


@frozen
class ComparisonChart:
    """A picture: its title, what it says in words, what its axis measures, the ends of that, and whether equal steps are factors."""

    id: str
    title: str
    words: str
    axis: str
    rows: Sequence[ChartRow]
    ends: tuple[float, float]
    factors: bool = False

    @property
    def svg(self) -> Markup:
        """The picture, as an element with its title and its words."""
        return page.fragment("bar_chart.svg.j2", chart=self, left=_LEFT, right=_RIGHT)

    def place(self, value: float) -> float:
        """Return where a value stands."""
        low, high, at = (math.log(one) if self.factors else one for one in (*self.ends, max(value, self.ends[0])))
        return round(_LEFT + (_RIGHT - _LEFT) * (at - low) / (high - low), 1)

    @property
    def ticks(self) -> Sequence[float]:
        """Round values along the axis."""
        low, high = self.ends
        if self.factors:
            return [10.0**power for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]
        powers = count(math.floor(math.log10(high / _TICKS)))
        step = next(size for power in powers for one in (1, 2, 5) if high / (size := one * 10.0**power) <= _TICKS)
        return [step * number for number in range(int(high / step) + 1)]


def charts(comparison: Comparison) -> dict[str, ComparisonChart]:
    """Return the page's charts by their id, of what was shown."""
    found = [_states(comparison), _latency(comparison.costs), _known(comparison.agreement)]
    return {chart.id: chart for chart in found if chart is not None}


def _name(name: str) -> str:
    return text.one_line(name, 28)


def _states(comparison: Comparison) -> ComparisonChart | None:
    matrix: ClauseTable = comparison.by_reference
    if not matrix.rows:
        return None
    rows, words = [], []
    for number, name in enumerate(map(_name, comparison.names[:_MOST])):
        states, bars, end = [cell.state for cell in matrix.column(number)], [], 0
        for state, colour in _STATES:
            bars.append((colour, end, end := end + states.count(state)))
        rows.append(ChartRow(name, bars))
        told = ", ".join(f"{states.count(state)} {state}" for state, _ in _STATES if state in states)
        words.append(f"{name}: {told}")
    title = f"Clauses of {matrix.by} by what was shown"
    return ComparisonChart("states", title, "; ".join(words), "clauses", rows, (0, len(matrix.rows)))


def _latency(costs: Sequence[WorkloadCost]) -> ComparisonChart | None:
    held = [cost for cost in costs[:_MOST] if len(cost.latencies) > 1]
    if not held:
        return None
    rows, words = [], []
    for cost in held:
        first, middle, third = quantiles(cost.latencies, n=4, method="inclusive")
        rows.append(ChartRow(_name(cost.target), [("line", first, third)], [middle], cost.latencies))
        told = f"median {cost.p50:.1f} ms, nine of ten within {cost.p90:.1f} ms, {len(cost.latencies)} answers"
        words.append(f"{_name(cost.target)}: {told}")
    everything = [one for cost in held for one in cost.latencies]
    low, high = max(min(everything), 1e-3), max(*everything, 2e-3)
    factors = high > _WIDE * min(cost.p50 or high for cost in held)
    title = "Latency of the same work, one request at a time: the middle half as a bar, the median as a stroke"
    ends = (low if factors else 0, high)
    return ComparisonChart("latency", title, "; ".join(words), "milliseconds", rows, ends, factors)


def _known(agreement: RankingAgreement | None) -> ComparisonChart | None:
    held = [known for known in agreement.known[:_MOST] if known.ndcg is not None] if agreement else []
    if not held:
        return None
    rows = [
        ChartRow(
            _name(one.target), [("line", 0, one.ndcg or 0.0)], [value for _, value in one.languages], [one.ndcg or 0.0]
        )
        for one in held
    ]
    words = "; ".join(f"{_name(one.target)}: nDCG {one.ndcg:.2f} over {one.queries} queries" for one in held)
    axis = "nDCG: the mean as a point, each language as a stroke"
    return ComparisonChart("known", "Agreement with the known answers", words, axis, rows, (0, 1))
