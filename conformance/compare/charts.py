"""Charts as inline SVG, drawn by matplotlib: text stays text, colours follow the page, the same data gives the same bytes."""

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from attrs import frozen
from markupsafe import Markup, escape

from conformance.compare.clause_table import ClauseState, ClauseTable
from conformance.compare.comparison import Comparison
from conformance.compare.ranking_agreement import RankingAgreement
from conformance.compare.workload_cost import WorkloadCost
from conformance.report import text

NOTICE = "Charts need `pip install 'rerank-conformance[plots]'`; every number they would show is in the tables."
# What matplotlib is told, and what the page's style sheet says instead.
_INKS = {"#010101": "currentColor", "#020202": "var(--line)", "#030303": "var(--good)", "#040404": "var(--bad)", "#050505": "var(--open)", "#060606": "var(--idle)", "#070707": "var(--link)"}
_INK, _LINE, _GOOD, _BAD, _OPEN, _IDLE, _LINK = _INKS
_STATES = ((ClauseState.KEPT, _GOOD), (ClauseState.BROKEN, _BAD), (ClauseState.KNOWN, _OPEN), (ClauseState.SURPRISE, _LINK), (ClauseState.UNKNOWN, _IDLE), (ClauseState.ABSENT, _LINE))
_WIDTH = 7.2
_MOST = 40


@frozen
class Chart:
    """A picture with its name and what it says in words."""

    id: str
    title: str
    words: str
    svg: Markup


def charts(comparison: Comparison) -> dict[str, Chart]:
    """Return the page's charts by their id; none where matplotlib is not installed."""
    try:
        import matplotlib  # noqa: ICN001
    except ImportError:
        return {}
    del matplotlib
    found = [_states(comparison), _latency(comparison.costs)]
    if comparison.agreement is not None:
        found.append(_known(comparison.agreement))
    return {chart.id: chart for chart in found if chart is not None}


def _name(name: str) -> str:
    return text.one_line(name, 28)


def _states(comparison: Comparison) -> Chart | None:
    matrix: ClauseTable = comparison.by_reference
    names = [_name(name) for name in comparison.names[:_MOST]]
    if not matrix.rows:
        return None
    counts = [{state: sum(cell.state is state for cell in matrix.column(number)) for state, _ in _STATES} for number in range(len(names))]
    with _figure(0.55 + 0.32 * len(names)) as (figure, axes):
        for at, held in enumerate(counts):
            left = 0
            for state, ink in _STATES:
                if held[state]:
                    axes.barh(at, held[state], left=left, height=0.62, color=ink, linewidth=0)
                left += held[state]
        _rows(axes, names)
        axes.set_xlabel("clauses", color=_INK)
        svg = _svg(figure, "states")
    words = "; ".join(f"{name}: " + ", ".join(f"{held[state]} {state}" for state, _ in _STATES if held[state]) for name, held in zip(names, counts, strict=True))
    return Chart("states", f"Clauses of {matrix.by} by what was shown", words, _described(svg, "states", f"Clauses of {matrix.by} by what was shown", words))


def _latency(costs: Sequence[WorkloadCost]) -> Chart | None:
    held = [cost for cost in costs[:_MOST] if len(cost.latencies) > 1]
    if not held:
        return None
    with _figure(0.65 + 0.36 * len(held)) as (figure, axes):
        boxes = axes.boxplot(
            [cost.latencies for cost in held], orientation="horizontal", positions=range(len(held)), widths=0.45, showfliers=False, manage_ticks=False, patch_artist=True,
        )  # fmt: skip
        for part, ink in (("boxes", _LINE), ("whiskers", _IDLE), ("caps", _IDLE), ("medians", _INK)):
            for line in boxes[part]:
                line.set(color=ink, linewidth=2 if part == "medians" else 1)
        for at, cost in enumerate(held):
            # Points side by side where they would hide each other, always in the same places.
            offsets = [at + ((number * 7) % 11 - 5) * 0.03 for number in range(len(cost.latencies))]
            axes.plot(cost.latencies, offsets, linestyle="", marker="o", markersize=2.6, color=_LINK, alpha=0.65, markeredgewidth=0)
        _rows(axes, [_name(cost.target) for cost in held])
        largest = max(max(cost.latencies) for cost in held)
        if largest > 20 * min(cost.p50 or largest for cost in held):
            axes.set_xscale("log")
        else:
            axes.set_xlim(left=0)
        axes.set_xlabel("milliseconds", color=_INK)
        svg = _svg(figure, "latency")
    words = "; ".join(f"{_name(cost.target)}: median {cost.p50:.1f} ms, nine of ten within {cost.p90:.1f} ms, {len(cost.latencies)} answers" for cost in held)
    title = "Latency of the same work, one request at a time"
    return Chart("latency", title, words, _described(svg, "latency", title, words))


def _known(agreement: RankingAgreement) -> Chart | None:
    held = [known for known in agreement.known[:_MOST] if known.ndcg is not None]
    if not held:
        return None
    with _figure(0.65 + 0.36 * len(held)) as (figure, axes):
        for at, known in enumerate(held):
            values = [value for _, value in known.languages]
            axes.plot([0, known.ndcg or 0.0], [at, at], color=_LINE, linewidth=6, solid_capstyle="butt")
            axes.plot(values, [at] * len(values), linestyle="", marker="|", markersize=9, color=_IDLE)
            axes.plot([known.ndcg], [at], linestyle="", marker="o", markersize=6, color=_GOOD)
        _rows(axes, [_name(known.target) for known in held])
        axes.set_xlim(0, 1.02)
        axes.set_xlabel("nDCG: the mean as a point, each language as a stroke", color=_INK)
        svg = _svg(figure, "known")
    words = "; ".join(f"{_name(known.target)}: nDCG {known.ndcg:.2f} over {known.queries} queries" for known in held)
    title = "Agreement with the known answers"
    return Chart("known", title, words, _described(svg, "known", title, words))


def _rows(axes: Any, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), labels=names, color=_INK)
    axes.invert_yaxis()
    axes.tick_params(colors=_INK, length=0)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_color(_INK)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_LINE)
    axes.grid(axis="x", color=_LINE, linewidth=0.6)
    axes.set_axisbelow(True)


@contextmanager
def _figure(height: float) -> Iterator[tuple[Any, Any]]:
    """Yield a figure and its axes, without pyplot and its state."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": "rerank-conformance", "font.family": "DejaVu Sans", "font.size": 9, "text.parse_math": False}
    with mpl.rc_context(settings), warnings.catch_warnings():
        # A name in Chinese has no glyphs in the font that only measures it.
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        FigureCanvasSVG(figure)
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        yield figure, axes


_IDS = re.compile(r'(\bid="|url\(#|href="#)')
_FONT = re.compile(r"font: ([\d.]+)px [^;\"]*")
_PROLOG = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)


def _svg(figure: Any, name: str) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn = _IDS.sub(rf"\1{name}-", _PROLOG.sub("", out.getvalue()))
    drawn = _FONT.sub(r"font-size: \1px", drawn)
    for told, meant in _INKS.items():
        drawn = drawn.replace(told, meant)
    return re.sub(r"\n\s*", "\n", drawn).strip()


def _described(svg: str, name: str, title: str, words: str) -> Markup:
    """Return a drawing with its name and its words for those who do not see it."""
    opening, rest = svg.split(">", 1)
    width, height = (float(found[1]) for found in (re.search(rf'{side}="([\d.]+)pt"', opening) for side in ("width", "height")) if found)
    head = Markup('<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-words" class="chart"><title id="{}-title">{}</title><desc id="{}-words">{}</desc>')
    return head.format(f"{width:g}", f"{height:g}", name, name, name, escape(title), name, escape(words)) + Markup(rest)  # noqa: S704 - matplotlib escapes its texts
