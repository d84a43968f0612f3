"""The charts of a comparison's page."""

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from markupsafe import Markup

from conformance.compare.clause_table import ClauseState, ClauseTable
from conformance.compare.comparison import Comparison
from conformance.compare.ranking_agreement import RankingAgreement
from conformance.compare.workload_cost import WorkloadCost
from conformance.document import text
from conformance.document.extra import install
from conformance.report import svg
from conformance.report.svg import BAD, GOOD, IDLE, INK, LINE, LINK, OPEN

NOTICE = f"There are no charts: matplotlib is not installed. Their numbers are in the tables. {install('charts')}"
_STATES = tuple(zip(ClauseState, (GOOD, BAD, OPEN, LINK, IDLE, LINE), strict=True))
_WIDTH = 7.2
_MOST = 40


@frozen
class ComparisonChart:
    """A picture with its name and what it says in words."""

    id: str
    title: str
    words: str
    svg: Markup


def charts(comparison: Comparison) -> dict[str, ComparisonChart]:
    """Return the page's charts by their id; none where matplotlib is not installed."""
    try:
        found = [_states(comparison), _latency(comparison.costs)]
        if comparison.agreement is not None:
            found.append(_known(comparison.agreement))
    except svg.DrawingUnavailableError:
        return {}
    return {chart.id: chart for chart in found if chart is not None}


def _name(name: str) -> str:
    return text.one_line(name, 28)


def _states(comparison: Comparison) -> ComparisonChart | None:
    matrix: ClauseTable = comparison.by_reference
    names = [_name(name) for name in comparison.names[:_MOST]]
    if not matrix.rows:
        return None
    counts = [
        {state: sum(cell.state is state for cell in matrix.column(number)) for state, _ in _STATES}
        for number in range(len(names))
    ]
    with svg.figure(_WIDTH, 0.55 + 0.32 * len(names)) as (figure, axes):
        for at, held in enumerate(counts):
            left = 0
            for state, ink in _STATES:
                if held[state]:
                    axes.barh(at, held[state], left=left, height=0.62, color=ink, linewidth=0)
                left += held[state]
        _rows(axes, names)
        axes.set_xlabel("clauses", color=INK)
        told = [", ".join(f"{held[state]} {state}" for state, _ in _STATES if held[state]) for held in counts]
        words = [f"{name}: {states}" for name, states in zip(names, told, strict=True)]
        return _chart(figure, "states", f"Clauses of {matrix.by} by what was shown", words)


def _latency(costs: Sequence[WorkloadCost]) -> ComparisonChart | None:
    held = [cost for cost in costs[:_MOST] if len(cost.latencies) > 1]
    if not held:
        return None
    with svg.figure(_WIDTH, 0.65 + 0.36 * len(held)) as (figure, axes):
        boxes = axes.boxplot(
            [cost.latencies for cost in held], orientation="horizontal", positions=range(len(held)), widths=0.45, showfliers=False, manage_ticks=False, patch_artist=True,
        )  # fmt: skip
        for part, ink in (("boxes", LINE), ("whiskers", IDLE), ("caps", IDLE), ("medians", INK)):
            for line in boxes[part]:
                line.set(color=ink, linewidth=2 if part == "medians" else 1)
        for at, cost in enumerate(held):
            # Points side by side where they would hide each other, always in the same places.
            offsets = [at + ((number * 7) % 11 - 5) * 0.03 for number in range(len(cost.latencies))]
            axes.plot(cost.latencies, offsets, "o", markersize=2.6, color=LINK, alpha=0.65, markeredgewidth=0)
        _rows(axes, [_name(cost.target) for cost in held])
        largest = max(max(cost.latencies) for cost in held)
        if largest > 20 * min(cost.p50 or largest for cost in held):
            axes.set_xscale("log")
        else:
            axes.set_xlim(left=0)
        axes.set_xlabel("milliseconds", color=INK)
        words = [
            f"{_name(cost.target)}: median {cost.p50:.1f} ms, nine of ten within {cost.p90:.1f} ms, {len(cost.latencies)} answers"
            for cost in held
        ]
        return _chart(figure, "latency", "Latency of the same work, one request at a time", words)


def _known(agreement: RankingAgreement) -> ComparisonChart | None:
    held = [known for known in agreement.known[:_MOST] if known.ndcg is not None]
    if not held:
        return None
    with svg.figure(_WIDTH, 0.65 + 0.36 * len(held)) as (figure, axes):
        for at, known in enumerate(held):
            values = [value for _, value in known.languages]
            axes.plot([0, known.ndcg or 0.0], [at, at], color=LINE, linewidth=6, solid_capstyle="butt")
            axes.plot(values, [at] * len(values), linestyle="", marker="|", markersize=9, color=IDLE)
            axes.plot([known.ndcg], [at], linestyle="", marker="o", markersize=6, color=GOOD)
        _rows(axes, [_name(known.target) for known in held])
        axes.set_xlim(0, 1.02)
        axes.set_xlabel("nDCG: the mean as a point, each language as a stroke", color=INK)
        words = [f"{_name(known.target)}: nDCG {known.ndcg:.2f} over {known.queries} queries" for known in held]
        return _chart(figure, "known", "Agreement with the known answers", words)


def _rows(axes: Any, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), labels=names, color=INK)
    axes.invert_yaxis()
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_color(INK)
    axes.grid(axis="x", color=LINE, linewidth=0.6)


def _chart(figure: Any, name: str, title: str, words: Sequence[str]) -> ComparisonChart:
    said = "; ".join(words)
    return ComparisonChart(name, title, said, svg.drawn(figure, name, title, said))
