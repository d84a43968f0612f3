"""Lines over nights as inline SVG: points, a sensible floor, and the words that say what is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence

from attrs import frozen

WIDTH, HEIGHT = 640, 150
_LEFT, _TOP, _BOTTOM = 52, 8, 22
_ROOM = 0.1


@frozen
class Line:
    """One line: its name, its class, the pieces between gaps as points of SVG, and its last value."""

    name: str
    kind: str
    pieces: tuple[str, ...]
    last: str


@frozen
class BoardChart:
    """A drawing: its lines, the ticks as (height, words), the first and last day, and a sentence for those who cannot see it."""

    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    first: str
    last: str
    sentence: str


def chart(
    days: Sequence[str],
    series: Sequence[tuple[str, str, Sequence[float | None]]],
    unit: str,
    *,
    most: float | None = None,
) -> BoardChart | None:
    """Draw series of values, one a night, None where there is none; None when nothing can be drawn. `most` is the highest value that there can be."""
    values = [value for _, _, line in series for value in line if value is not None]
    if len(days) < 2 or len(values) < 2:
        return None
    low, high = _bounds(min(values), max(values), most)
    places = [_LEFT + (WIDTH - _LEFT - 4) * number / (len(days) - 1) for number in range(len(days))]

    def height(value: float) -> float:
        return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - (value - low) / (high - low))

    lines = []
    told = []
    for name, kind, line in series:
        shown = [value for value in line if value is not None]
        if shown:
            lines.append(Line(name, kind, _pieces(places, line, height), _words(shown[-1], unit)))
            told.append(
                f"{name} is {_words(shown[-1], unit)}, between {_words(min(shown), unit)} and {_words(max(shown), unit)}"
            )
    ticks = tuple((height(value), _words(value, unit)) for value in (low, (low + high) / 2, high))
    return BoardChart(tuple(lines), ticks, days[0], days[-1], f"From {days[0]} to {days[-1]}: {'; '.join(told)}.")


def _bounds(low: float, high: float, most: float | None) -> tuple[float, float]:
    """Return the ends of the axis: near the values, so that a small change is seen, and round."""
    span = max(high - low, abs(high) * _ROOM, 1e-9)
    step = 10 ** math.floor(math.log10(span))
    floor = max(0.0, math.floor((low - _ROOM * span) / step) * step)
    ceiling = math.ceil((high + _ROOM * span) / step) * step
    return floor, ceiling if most is None else min(ceiling, most)


def _pieces(places: Sequence[float], line: Sequence[float | None], height: object) -> tuple[str, ...]:
    pieces: list[list[str]] = [[]]
    for place, value in zip(places, line, strict=True):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{place:.1f},{height(value):.1f}")  # type: ignore[operator]
    # A night alone between two gaps is a point: a line to itself.
    return tuple(" ".join(piece * 2 if len(piece) == 1 else piece) for piece in pieces if piece)


def _words(value: float, unit: str) -> str:
    if unit == "%" and value in {0, 100}:
        return f"{value:.0f} %"
    if unit == "%":
        return f"{value:.1f} %"
    return f"{value:,.0f} {unit}"
