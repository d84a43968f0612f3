"""Lines over time as inline SVG, without a library: the classes of a page's style sheet colour them, or a style of its own."""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from conformance.report.page import TEMPLATES
from conformance.report.svg import WIDTH, element
from conformance.report.trend import TrendChart, TrendLine, amount, day

_HEIGHT = 150
_LEFT, _TOP, _BOTTOM = 52, 26, 22
_ROOM = 0.1
# In the order of a chart's lines; a style sheet knows them.
_KINDS = ("link", "soft", "good")


def drawn(charts: Sequence[TrendChart], name: str, title: str, *, alone: bool = False) -> Markup:
    """Return charts, one above the other, as an SVG element with its title and their words; ids begin with `name`.

    `alone` gives one that needs no page: it brings its colours, light and dark.
    """
    words = " ".join(chart.words for chart in charts)
    parts = (
        Markup('<g transform="translate(0 {})">{}</g>').format(number * _HEIGHT, Markup("").join(_parts(chart)))
        for number, chart in enumerate(charts)
    )
    return element(name, title, words, _HEIGHT * len(charts), parts, _style() if alone else None)


def _parts(chart: TrendChart) -> Iterator[Markup]:
    """Yield what a chart shows, its rulers, lines and days. Percentiles are told apart by their order."""
    named = f"{chart.title}, {chart.unit}: {' < '.join(line.name for line in chart.lines)}"
    yield Markup('<text x="{}" y="14">{}</text>').format(_LEFT, named)
    low, high = _bounds([value for line in chart.lines for value in line.told], most=100 if chart.unit == "%" else None)

    def height(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - (value - low) / (high - low))

    for value in (low, (low + high) / 2, high):
        at, words = height(value), f"{amount(value)} {chart.unit}"
        yield Markup('<line x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/>').format(_LEFT, WIDTH, y=at)
        yield Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(_LEFT - 6, at + 4, words)
    started = [run.started for run in chart.runs]
    span = max(started[-1] - started[0], 1.0)
    places = [_LEFT + (WIDTH - _LEFT - 4) * (one - started[0]) / span for one in started]
    for line, kind in zip(chart.lines, _KINDS, strict=False):
        for points in _pieces(line, places):
            told = " ".join(f"{x:.1f},{height(value):.1f}" for x, value in points)
            yield Markup('<polyline class="{}" points="{}"/>').format(kind, told)
    for x, run, anchor in ((_LEFT, chart.runs[0], "start"), (WIDTH, chart.runs[-1], "end")):
        yield Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(x, _HEIGHT - 4, anchor, day(run))


def _bounds(values: Sequence[float], most: float | None) -> tuple[float, float]:
    """Return the ends of the axis: near the values, so that a small change is seen, and round."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    span = max(high - low, abs(high) * _ROOM, 1e-9)
    step = 10 ** math.floor(math.log10(span))
    floor = max(0.0, math.floor((low - _ROOM * span) / step) * step)
    ceiling = math.ceil((high + _ROOM * span) / step) * step
    return floor, ceiling if most is None else min(ceiling, most)


def _pieces(line: TrendLine, places: Sequence[float]) -> Iterator[list[tuple[float, float]]]:
    """Yield the points of a line between gaps; one alone between two gaps is a line to itself."""
    points = zip(places, line.values, strict=True)
    for there, piece in groupby(points, lambda point: point[1] is not None):
        if there:
            found = [(x, value) for x, value in piece if value is not None]
            yield found * 2 if len(found) == 1 else found


def _style() -> Markup:
    """Return the style of a drawing that stands alone, light and dark."""
    return Markup("<style>{}</style>").format(Markup((TEMPLATES / "line_chart.css").read_text(encoding="utf-8")))  # noqa: S704 - a file of ours
