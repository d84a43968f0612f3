"""Charts as inline SVG, without a library: text stays text, colours are those of the page, the same data gives the same bytes."""

import math
from collections.abc import Iterable, Sequence

from attrs import frozen
from markupsafe import Markup

WIDTH = 640
_LEFT, _TOP, _ROW, _FOOT = 190, 6, 26, 40


def element(
    name: str, title: str, words: str, height: float, parts: Iterable[Markup], style: Markup | None = None
) -> Markup:
    """Return an SVG element with its title and its words; ids begin with `name`. With a `style` of its own it needs no page."""
    outer = "" if style is None else Markup(' xmlns="http://www.w3.org/2000/svg"')
    return Markup(
        '<svg{} class="chart" viewBox="0 0 {} {:g}" role="img" aria-labelledby="{n}-title {n}-words">'
        '<title id="{n}-title">{}</title><desc id="{n}-words">{}</desc>{}{}</svg>'
    ).format(outer, WIDTH, height, title, words, style or "", Markup("").join(parts), n=name)


@frozen
class BarRow:
    """One row: its name, bars as (from, to, colour), and points as (value, colour); colours are variables of the style sheet."""

    name: str
    bars: tuple[tuple[float, float, str], ...] = ()
    points: tuple[tuple[float, str], ...] = ()


def ticks(most: float, count: int = 4) -> list[tuple[float, str]]:
    """Return round places from 0 up to a value, or beyond it, with their words."""
    rough = max(most, 1e-9) / count
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [(number * step, f"{number * step:g}") for number in range(math.ceil(most / step) + 1)]


def bars(
    name: str, title: str, words: str, rows: Sequence[BarRow], axis: str, places: Sequence[tuple[float, str]]
) -> Markup:
    """Return rows of bars and points over an axis, which goes from the first of its places to the last."""
    first, last = places[0][0], places[-1][0]

    def across(value: float) -> float:
        return round(_LEFT + (WIDTH - _LEFT - 12) * (value - first) / (last - first), 1)

    foot = _TOP + _ROW * len(rows)
    parts = [
        Markup('<line x1="{x}" x2="{x}" y1="{}" y2="{}"/><text x="{x}" y="{}" text-anchor="middle">{}</text>').format(
            _TOP, foot, foot + 14, label, x=across(value)
        )
        for value, label in places
    ]
    parts.append(Markup('<text x="{}" y="{}">{}</text>').format(_LEFT, foot + 32, axis))
    for number, row in enumerate(rows):
        top = _TOP + _ROW * number
        parts.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(_LEFT - 8, top + 17, row.name))
        parts += (
            Markup('<rect x="{}" y="{}" width="{:.1f}" height="14" style="fill:var(--{})"/>').format(
                across(start), top + 6, across(end) - across(start), colour
            )
            for start, end, colour in row.bars
        )
        parts += (
            Markup('<circle cx="{}" cy="{}" r="3" style="fill:var(--{})"/>').format(across(value), top + 13, colour)
            for value, colour in row.points
        )
    return element(name, title, words, foot + _FOOT, [Markup("<g>"), *parts, Markup("</g>")])
