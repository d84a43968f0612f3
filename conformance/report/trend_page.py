"""A trend as SVG, and as a page of charts with their captions and numbers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from markupsafe import Markup

from conformance.document import moment
from conformance.report import page
from conformance.report import svg as drawing
from conformance.report.svg import GOOD, INK, LINE, LINK, OPEN
from conformance.report.trend import TrendChart, charts
from conformance.store.record import Record

_INKS = (LINK, OPEN, GOOD)
_MARKED = 40  # with more runs than these a point for each hides the line


class ManySeriesError(Exception):
    """An SVG is of one series; the message names those that there are."""


def svg(runs: Sequence[Record]) -> str:
    """Return the charts of one series as one SVG. Raises DrawingUnavailableError, and ManySeriesError for runs of several."""
    found = list(charts(runs))
    if len(found) != 1:
        names = "; ".join(name for name, _ in found[:8])
        msg = f"an SVG is of one series, and these are {len(found)}: {names}. Name a TARGET, or write a FILE.html."
        raise ManySeriesError(msg)
    name, series = found[0]
    return f"{_drawn(name, series, 'trend', alone=True)}\n"


def html(runs: Sequence[Record]) -> str:
    """Return one page with the charts and the numbers of every series; raises DrawingUnavailableError."""
    series = [
        (name, _drawn(name, found, f"trend{number}"), found, _rows(found))
        for number, (name, found) in enumerate(charts(runs))
    ]
    return page.render("trend.html.j2", series=series)


def _drawn(name: str, found: Sequence[TrendChart], prefix: str, *, alone: bool = False) -> Markup:
    with drawing.figure(8, 2.1 * len(found), len(found)) as (made, rows):
        for chart, axes in zip(found, rows, strict=True):
            _plot(chart, axes)
        return drawing.drawn(made, prefix, name, " ".join(chart.words for chart in found), alone=alone)


def _plot(chart: TrendChart, axes: Any) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    when = [datetime.fromtimestamp(run.started, UTC) for run in chart.runs]
    for line, ink in zip(chart.lines, _INKS, strict=False):
        values = [float("nan") if value is None else value for value in line.values]
        marker = "o" if len(when) < _MARKED else ""
        axes.plot(when, values, color=ink, linewidth=1.4, marker=marker, markersize=3, label=line.name)
    axes.set_ylabel(f"{chart.title}, {chart.unit}", color=INK)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    locator = cast("Any", AutoDateLocator)(maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(cast("Any", ConciseDateFormatter)(locator))
    axes.xaxis.get_offset_text().set_color(INK)
    top = max((value for line in chart.lines for value in line.told), default=1.0)
    axes.set_ylim(chart.floor, 100 + (100 - chart.floor) / 20 if chart.unit == "%" else 1.25 * top or 1.0)
    if len(chart.lines) > 1:
        axes.legend(frameon=False, loc="upper left", ncols=len(chart.lines), labelcolor=INK)


def _rows(found: Sequence[TrendChart]) -> list[list[str]]:
    lines = [line for chart in found for line in chart.lines]
    values = zip(*(line.values for line in lines), strict=True)
    told = [["" if value is None else f"{value:.1f}" for value in row] for row in values]
    return [[moment(run.started)[:19], run.id, *row] for run, row in zip(found[0].runs, told, strict=True)]
