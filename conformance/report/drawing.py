"""Trends as SVG, drawn by matplotlib, with a text for those who do not see it; and a page of them."""

import io
import re
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from conformance.report.trend import Picture

_INKS = ("#0b6e99", "#b4580d", "#8a2f8f")
_GREY = "#767676"
_PROLOG = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>", re.DOTALL)
_SIZE = re.compile(r'(?<=<svg )(?:height|width)="[^"]*" ')
_IDS = re.compile(r'(\bid="|url\(#|href="#)')


class DrawingUnavailableError(Exception):
    """What draws is not installed."""


def svg(name: str, pictures: Sequence[Picture], prefix: str = "trend") -> str:
    """Return the pictures of one series as one SVG, its text kept as text, the same bytes for the same runs; ids begin with `prefix`.

    Raises DrawingUnavailableError without matplotlib.
    """
    from markupsafe import escape

    figure = _figure(name, pictures)
    out = io.StringIO()
    import matplotlib as mpl

    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "rerank-conformance", "text.parse_math": False}), warnings.catch_warnings():
        # A name in Chinese has no glyphs in the font that only measures it.
        warnings.simplefilter("ignore", UserWarning)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn = _IDS.sub(rf"\1{prefix}-", _PROLOG.sub("", out.getvalue()))
    words = " ".join(picture.words for picture in pictures)
    told = f'role="img" aria-labelledby="{prefix}-title {prefix}-words"'
    head = f'<title id="{prefix}-title">{escape(name)}</title>\n<desc id="{prefix}-words">{escape(words)}</desc>'
    return re.sub(r"<svg ([^>]*)>", lambda match: f"<svg {told} {match[1]}>\n{head}", drawn, count=1)


def html(series: Sequence[tuple[str, Sequence[Picture]]]) -> str:
    """Return one page with the pictures and the numbers of every series; raises DrawingUnavailableError without matplotlib."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    # matplotlib and this module escape the texts of the drawing.
    drawn = [(name, Markup(_SIZE.sub("", svg(name, pictures, f"trend{number}"))), pictures) for number, (name, pictures) in enumerate(series)]  # noqa: S704
    return environment.get_template("trend.html.j2").render(series=[(name, chart, pictures, _rows(pictures)) for name, chart, pictures in drawn])


def _rows(pictures: Sequence[Picture]) -> list[list[str]]:
    from conformance.report.run_json import moment

    lines = [line for picture in pictures for line in picture.lines]
    return [
        [moment(run.started)[:19], run.id, *("" if line.values[number] is None else f"{line.values[number]:.1f}" for line in lines)]
        for number, run in enumerate(pictures[0].runs)
    ]


def _figure(name: str, pictures: Sequence[Picture]) -> Any:
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
        from matplotlib.figure import Figure
    except ImportError as error:
        msg = "Drawing a trend needs matplotlib: pip install 'rerank-conformance[plots]'."
        raise DrawingUnavailableError(msg) from error
    with mpl.rc_context({"text.parse_math": False, "font.family": "DejaVu Sans", "font.size": 9}):
        figure = Figure(figsize=(8, 2.2 * len(pictures) + 0.4), layout="constrained")
        FigureCanvasSVG(figure)
        figure.suptitle(name, fontsize=10)
        for picture, axes in zip(pictures, figure.subplots(len(pictures), 1, sharex=True, squeeze=False)[:, 0], strict=True):
            when = [datetime.fromtimestamp(run.started, UTC) for run in picture.runs]
            for line, ink in zip(picture.lines, _INKS, strict=False):
                values = [float("nan") if value is None else value for value in line.values]
                axes.plot(when, values, color=ink, linewidth=1.2, marker="o" if len(when) < 40 else "", markersize=3, label=line.name)
            axes.set_ylabel(f"{picture.title}, {picture.unit}")
            axes.grid(axis="y", color=_GREY, linewidth=0.3)
            axes.spines[["top", "right"]].set_visible(False)
            locator: Any = cast("Any", AutoDateLocator)(maxticks=8)
            axes.xaxis.set_major_locator(locator)
            axes.xaxis.set_major_formatter(cast("Any", ConciseDateFormatter)(locator))
            if picture.unit == "%":
                lowest = min((value for line in picture.lines for value in line.values if value is not None), default=0.0)
                edge = max((100 - lowest) / 10, 0.2)
                axes.set_ylim(lowest - edge, 100 + edge)
            if len(picture.lines) > 1:
                axes.legend(frameon=False, loc="upper left", ncols=len(picture.lines))
        return figure
