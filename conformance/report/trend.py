"""Pass rate and latency over nights: drawn in a terminal by plotext, and as plain values (`schemas/trend.schema.json`)."""

import os
import shutil
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from attrs import frozen

from conformance.report import text
from conformance.report.run_json import moment
from conformance.store.record import Record
from conformance.store.track import by_series

_HEIGHT = 12
_WIDEST = 120


@frozen
class Line:
    """What is drawn as one line: a name, and a value for each run, or None."""

    name: str
    values: tuple[float | None, ...]

    @property
    def told(self) -> tuple[float, ...]:
        """The values that there are."""
        return tuple(value for value in self.values if value is not None)


@frozen
class Picture:
    """Lines over the same runs, with one unit."""

    title: str
    unit: str
    runs: Sequence[Record]
    lines: tuple[Line, ...]

    @property
    def words(self) -> str:
        """The picture for those who do not see it."""
        said = [self._said(line) for line in self.lines if line.told]
        return f"{self.title} of {len(self.runs)} runs from {day(self.runs[0])} to {day(self.runs[-1])}. {' '.join(said) or 'Nothing was measured.'}"

    def _said(self, line: Line) -> str:
        told = [(value, run) for value, run in zip(line.values, self.runs, strict=True) if value is not None]
        least, most = min(told, key=lambda pair: pair[0]), max(told, key=lambda pair: pair[0])
        return (
            f"{line.name}: {told[-1][0]:.4g} {self.unit} in the last run, lowest {least[0]:.4g} on {day(least[1])}, highest {most[0]:.4g} on {day(most[1])}."
        )


def day(run: Record) -> str:
    """Return the day on which a run started, in UTC."""
    return moment(run.started)[:10]


def pictures(runs: Sequence[Record]) -> Iterator[tuple[str, tuple[Picture, ...]]]:
    """Yield the name of each series among runs (oldest first), with the pictures of its pass rate and latency."""
    for name, series in sorted(by_series(runs).items()):
        rates = tuple(None if run.pass_rate is None else 100 * run.pass_rate for run in series)
        latency = tuple(Line(percentile.removesuffix("_ms"), tuple(getattr(run.latency, percentile) for run in series)) for percentile in ("p50_ms", "p95_ms", "p99_ms"))
        shown = " · ".join(name)
        yield text.one_line(shown, 120), (Picture("Pass rate", "%", series, (Line("kept", rates),)), Picture("Latency", "ms", series, latency))


def document(runs: Sequence[Record]) -> list[dict[str, Any]]:
    """Return the points of each series as plain values."""
    return [
        {"target": target, "contract": contract, "profile": profile, "points": [_point(run) for run in series]}
        for (target, contract, profile), series in sorted(by_series(runs).items())
    ]


def _point(run: Record) -> dict[str, Any]:
    rate = run.pass_rate
    return {
        "run": run.id,
        "started": moment(run.started),
        "pass_rate": None if rate is None else round(rate, 4),
        "p50_ms": run.latency.p50_ms,
        "p95_ms": run.latency.p95_ms,
        "p99_ms": run.latency.p99_ms,
    }


def show(runs: Sequence[Record], stream: TextIO) -> None:
    """Draw each series for a terminal; in colours only on one, and not with NO_COLOR."""
    coloured = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    encoding = getattr(stream, "encoding", None) or "utf-8"
    braille = "⠿".encode(encoding, "ignore") != b""
    for name, drawn in pictures(runs):
        stream.write(f"{name}\n".encode(encoding, "backslashreplace").decode(encoding))
        for picture in drawn:
            if braille and any(len(line.told) > 1 for line in picture.lines):
                stream.write(_drawn(picture, coloured) + "\n")
            stream.write(f"{picture.words}\n\n")


def _drawn(picture: Picture, coloured: bool) -> str:
    import plotext  # type: ignore[import-untyped]

    figure = plotext.figure
    figure.clear()
    figure.theme("simple" if coloured else "colorless")
    figure.plot_size(min(shutil.get_terminal_size().columns, _WIDEST), _HEIGHT)
    # A legend would lie on the lines; percentiles are told apart by their order.
    figure.title(f"{picture.title}, {picture.unit}: {' < '.join(line.name for line in picture.lines)}")
    started = [run.started for run in picture.runs]
    for line in picture.lines:
        points = [(at, value) for at, value in zip(started, line.values, strict=True) if value is not None]
        if points:
            figure.draw(figure.signal(*map(list, zip(*points, strict=True)), marker="braille").lines(True))
    figure.ruler("x").ticks([started[0], started[-1]], [day(picture.runs[0]), day(picture.runs[-1])])
    drawn = figure.build().string()
    return str(drawn if coloured else plotext.uncolorize(drawn)).rstrip("\n")
