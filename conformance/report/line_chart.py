"""Lines over time as inline SVG, without a library: the classes of a page's style sheet colour them, or a style of its own."""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from conformance.report.svg import INKS
from conformance.report.trend import TrendChart, TrendLine, amount, day

_WIDTH, _HEIGHT = 640, 150
_LEFT, _TOP, _BOTTOM = 52, 26, 22
_ROOM = 0.1
# The page behind a drawing that stands alone, light and dark.
_PAPER = ("#fbfaf8", "#15171a")
# In the order of a chart's lines; a style sheet knows them.
_KINDS = ("link", "soft", "good")
_SHAPES = "svg polyline{fill:none;stroke-width:2}.soft{stroke-dasharray:4 3}svg text{font:12px sans-serif}"


def drawn(charts: Sequence[TrendChart], name: str, title: str, *, alone: bool = False) -> Markup:
    """Return charts, one above the other, as an SVG element with its title and their words; ids begin with `name`.

    `alone` gives one that needs no page: it brings its colours, light and dark.
    """
    attributes = Markup(' xmlns="http://www.w3.org/2000/svg"') if alone else ""
    head = Markup(
        '<svg{} class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{n}-title {n}-words">'
        '<title id="{n}-title">{}</title><desc id="{n}-words">{}</desc>{}'
    ).format(
        attributes,
        _WIDTH,
        _HEIGHT * len(charts),
        title,
        " ".join(chart.words for chart in charts),
        _style() if alone else "",
        n=name,
    )
    parts = (
        Markup('<g transform="translate(0 {})">{}</g>').format(number * _HEIGHT, Markup("").join(_parts(chart)))
        for number, chart in enumerate(charts)
    )
    return head + Markup("").join(parts) + Markup("</svg>")


def _parts(chart: TrendChart) -> Iterator[Markup]:
    """Yield what a chart shows, its rulers, lines and days. Percentiles are told apart by their order."""
    named = f"{chart.title}, {chart.unit}: {' < '.join(line.name for line in chart.lines)}"
    yield Markup('<text x="{}" y="14">{}</text>').format(_LEFT, named)
    low, high = _bounds([value for line in chart.lines for value in line.told], most=100 if chart.unit == "%" else None)

    def height(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - (value - low) / (high - low))

    for value in (low, (low + high) / 2, high):
        at, words = height(value), f"{amount(value)} {chart.unit}"
        yield Markup('<line x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/>').format(_LEFT, _WIDTH, y=at)
        yield Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(_LEFT - 6, at + 4, words)
    started = [run.started for run in chart.runs]
    span = max(started[-1] - started[0], 1.0)
    places = [_LEFT + (_WIDTH - _LEFT - 4) * (one - started[0]) / span for one in started]
    for line, kind in zip(chart.lines, _KINDS, strict=False):
        for points in _pieces(line, places):
            told = " ".join(f"{x:.1f},{height(value):.1f}" for x, value in points)
            yield Markup('<polyline class="{}" points="{}"/>').format(kind, told)
    for x, run, anchor in ((_LEFT, chart.runs[0], "start"), (_WIDTH, chart.runs[-1], "end")):
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
    light, dark = (
        f"background:{paper};" + ";".join(f"--{ink[0]}:{ink[number]}" for ink in INKS.values())
        for number, paper in enumerate(_PAPER, 1)
    )
    colours = "svg line{stroke:var(--line)}svg text{fill:var(--ink)}" + "".join(
        f".{kind}{{stroke:var(--{ink})}}" for kind, ink in zip(_KINDS, ("link", "open", "good"), strict=True)
    )
    return Markup("<style>svg{{{}}}@media (prefers-color-scheme:dark){{svg{{{}}}}}{}{}</style>").format(
        light, dark, _SHAPES, colours
    )
