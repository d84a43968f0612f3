"""A trend as SVG, and as a page of charts with their captions and numbers."""

from collections.abc import Sequence

from conformance.document import moment
from conformance.report import line_chart, page
from conformance.report.trend import TrendChart, charts
from conformance.store.record import Record


class ManySeriesError(Exception):
    """An SVG is of one series; the message names those that there are."""


def svg(runs: Sequence[Record]) -> str:
    """Return the charts of one series as one SVG; raises ManySeriesError for runs of several."""
    found = list(charts(runs))
    if len(found) != 1:
        names = "; ".join(name for name, _ in found[:8])
        msg = f"an SVG is of one series, and these are {len(found)}: {names}. Name a TARGET, or write a FILE.html."
        raise ManySeriesError(msg)
    name, series = found[0]
    return line_chart.svg(series, "trend", name, alone=True)


def html(runs: Sequence[Record]) -> str:
    """Return one page with the charts and the numbers of every series."""
    series = [
        (name, _drawn(name, number, found), found, _rows(found)) for number, (name, found) in enumerate(charts(runs))
    ]
    return page.render("trend.html.j2", styles=("line_chart.css",), series=series)


def _drawn(name: str, number: int, found: Sequence[TrendChart]) -> str:
    """Return the charts of a series; empty where nothing was measured, for axes alone would look like a measure."""
    measured = any(line.told for chart in found for line in chart.lines)
    return line_chart.svg(found, f"trend{number}", name) if measured else ""


def _rows(found: Sequence[TrendChart]) -> list[list[str]]:
    lines = [line for chart in found for line in chart.lines]
    values = zip(*(line.values for line in lines), strict=True)
    told = [["" if value is None else f"{value:.1f}" for value in row] for row in values]
    return [[moment(run.started)[:19], run.id, *row] for run, row in zip(found[0].runs, told, strict=True)]
