"""Lines over runs as SVG, drawn without a library: several charts in one element, with its title and its words."""

import math
from collections.abc import Iterator, Sequence

from attrs import frozen
from markupsafe import Markup

from conformance.report import page
from conformance.report.trend import TrendChart, TrendLine, amount, day

_WIDTH, _HEIGHT = 640, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 4, 26, 28
_ROOM = 0.1
# What lines are in the style sheet, in their order.
_KINDS = ("first", "second", "third")


@frozen
class DrawnChart:
    """A chart with what is drawn of it: its lines with their classes, pieces between gaps as (class, points), ticks as (height, words), the first and last day."""

    chart: TrendChart
    lines: tuple[tuple[TrendLine, str], ...]
    pieces: tuple[tuple[str, str], ...]
    ticks: tuple[tuple[float, str], ...]
    days: tuple[str, str]


def svg(charts: Sequence[TrendChart], name: str, title: str, *, alone: bool = False) -> Markup:
    """Return charts below each other as one element; ids begin with `name`. One that stands `alone` brings its colours, light and dark."""
    return page.fragment(
        "line_chart.svg.j2",
        drawn=list(map(_drawn, charts)),
        name=name,
        title=title,
        words=" ".join(chart.words for chart in charts),
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        style=page.style("colours.css", "line_chart.css") + _ALONE if alone else "",
    )


_ALONE = "svg{background:var(--paper);font-family:sans-serif}"


def _drawn(chart: TrendChart) -> DrawnChart:
    low, high = _bounds([value for line in chart.lines for value in line.told], 100 if chart.unit == "%" else math.inf)
    count = len(chart.runs)
    places = [
        _LEFT + (_WIDTH - _LEFT - _RIGHT) * (number / (count - 1) if count > 1 else 0.5) for number in range(count)
    ]

    def height(value: float) -> float:
        return round(_TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - (value - low) / (high - low)), 1)

    lines = tuple(zip(chart.lines, _KINDS, strict=False))
    pieces = [
        (kind, piece)
        for line, kind in lines
        for piece in _pieces(places, [None if value is None else height(value) for value in line.values])
    ]
    ticks = tuple((height(value), f"{amount(value)} {chart.unit}") for value in (low, (low + high) / 2, high))
    return DrawnChart(chart, lines, tuple(pieces), ticks, (day(chart.runs[0]), day(chart.runs[-1])))


def _bounds(values: Sequence[float], most: float) -> tuple[float, float]:
    """Return the ends of the axis: near the values, so that a small change is seen, and round; `most` is the highest value that there can be."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    span = max(high - low, abs(high) * _ROOM, 1e-9)
    step = 10 ** math.floor(math.log10(span))
    floor = max(0.0, math.floor((low - _ROOM * span) / step) * step)
    return floor, min(math.ceil((high + _ROOM * span) / step) * step, most)


def _pieces(places: Sequence[float], heights: Sequence[float | None]) -> Iterator[str]:
    """Yield the points of each piece of a line between its gaps."""
    pieces: list[list[str]] = [[]]
    for place, height in zip(places, heights, strict=True):
        if height is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{place:.1f},{height}")
    # A night alone between two gaps is a point: a line to itself.
    yield from (" ".join(piece * 2 if len(piece) == 1 else piece) for piece in pieces if piece)
