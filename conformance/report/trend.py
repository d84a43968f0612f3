"""Pass rate and latency over nights: what is drawn, and how a terminal draws it (by plotext)."""

import shutil
from collections.abc import Iterator, Sequence
from typing import TextIO

from attrs import frozen

from conformance.document import moment, text
from conformance.document.text import many
from conformance.report.terminal import coloured, say
from conformance.store.record import Record
from conformance.store.track import by_series

_HEIGHT = 12
_WIDEST = 120
_STEPS = 4
_PERCENTILES = ("p50_ms", "p95_ms", "p99_ms")


@frozen
class TrendLine:
    """What is drawn as one line: a name, and a value for each run, or None."""

    name: str
    values: tuple[float | None, ...]

    @property
    def told(self) -> tuple[float, ...]:
        """The values that there are."""
        return tuple(value for value in self.values if value is not None)


@frozen
class TrendChart:
    """Lines over the same runs, with one unit."""

    title: str
    unit: str
    runs: Sequence[Record]
    lines: tuple[TrendLine, ...]

    @property
    def words(self) -> str:
        """The chart in sentences: its caption, and what those hear who do not see it."""
        said = [self._said(line) for line in self.lines if line.told]
        first, last = day(self.runs[0]), day(self.runs[-1])
        when = f"on {first}" if first == last else f"from {first} to {last}"
        return f"{self.title} of {many(len(self.runs), 'run')} {when}. {' '.join(said) or 'Nothing was measured.'}"

    def _said(self, line: TrendLine) -> str:
        told = [(value, run) for value, run in zip(line.values, self.runs, strict=True) if value is not None]
        least, most = min(told, key=lambda pair: pair[0]), max(told, key=lambda pair: pair[0])
        now = f"{line.name[0].upper()}{line.name[1:]}: {amount(told[-1][0])} {self.unit} in the last run"
        if least[0] == most[0]:
            return f"{now}." if len(told) == 1 else f"{now}, the same in all."
        return f"{now}, between {amount(least[0])} on {day(least[1])} and {amount(most[0])} on {day(most[1])}."


def amount(value: float) -> str:
    """Return a number as people write it: four digits, and no exponent."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"


def day(run: Record) -> str:
    """Return the day on which a run started, in UTC."""
    return moment(run.started)[:10]


def charts(runs: Sequence[Record]) -> Iterator[tuple[str, tuple[TrendChart, ...]]]:
    """Yield the name of each series among runs (oldest first), with the charts of its pass rate and latency."""
    for name, series in sorted(by_series(runs).items()):
        rates = tuple(None if run.pass_rate is None else 100 * run.pass_rate for run in series)
        latency = [
            TrendLine(p.removesuffix("_ms"), tuple(getattr(run.latency, p) for run in series)) for p in _PERCENTILES
        ]
        pass_rate = TrendChart("Pass rate", "%", series, (TrendLine("passed", rates),))
        yield text.one_line(" · ".join(name), 120), (pass_rate, TrendChart("Latency", "ms", series, tuple(latency)))


def show(runs: Sequence[Record], stream: TextIO) -> None:
    """Draw each series for a terminal."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    braille = "⠿".encode(encoding, "ignore") != b""
    for name, drawn in charts(runs):
        say([name], stream)
        for chart in drawn:
            if braille and any(len(line.told) > 1 for line in chart.lines):
                say([_drawn(chart, colours=coloured(stream))], stream)
            say([chart.words, ""], stream)


def _drawn(chart: TrendChart, *, colours: bool) -> str:
    import plotext  # type: ignore[import-untyped]

    figure = plotext.figure
    figure.clear()
    figure.theme("simple" if colours else "colorless")
    figure.plot_size(min(shutil.get_terminal_size().columns, _WIDEST), _HEIGHT)
    # A legend would lie on the lines; percentiles are told apart by their order.
    figure.title(f"{chart.title}, {chart.unit}: {' < '.join(line.name for line in chart.lines)}")
    started = [run.started for run in chart.runs]
    for line in chart.lines:
        points = [(at, value) for at, value in zip(started, line.values, strict=True) if value is not None]
        if points:
            figure.draw(figure.signal(*map(list, zip(*points, strict=True)), marker="braille").lines(True))
    values = [value for line in chart.lines for value in line.told]
    least, most = min(values), max(values)
    # Its own labels have exponents, some of them twice the same.
    places = [least + (most - least) * number / _STEPS for number in range(_STEPS + 1)] if most > least else [least]
    figure.ruler("y").ticks(places, [amount(place) for place in places])
    figure.ruler("x").ticks([started[0], started[-1]], [day(chart.runs[0]), day(chart.runs[-1])])
    drawn = figure.build().string()
    return str(drawn if colours else plotext.uncolorize(drawn)).rstrip("\n")
