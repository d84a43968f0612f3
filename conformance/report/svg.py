"""Charts as SVG, drawn by matplotlib: text stays text, colours follow the page, the same data gives the same bytes."""

import io
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from markupsafe import Markup

from conformance.document.extra import install

# What matplotlib is told, and the variable of the style sheet that stands for it.
_INKS: Mapping[str, str] = {
    "#010101": "ink",
    "#020202": "line",
    "#030303": "good",
    "#040404": "bad",
    "#050505": "open",
    "#060606": "idle",
    "#070707": "link",
}
INK, LINE, GOOD, BAD, OPEN, IDLE, LINK = _INKS
_SETTINGS: Mapping[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "rerank-conformance",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.parse_math": False,
}
_IDS = re.compile(r'(\bid="|url\(#|href="#)')
_FONT = re.compile(r"font: ([\d.]+)px [^;\"]*")
_PROLOG = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
_SIDES = re.compile(r'(width|height)="([\d.]+)pt"')


class DrawingUnavailableError(Exception):
    """What draws is not installed."""


@contextmanager
def figure(width: float, height: float) -> Iterator[tuple[Any, Any]]:
    """Yield a figure (sizes in inches) and its axes, without pyplot and its state.

    Raises DrawingUnavailableError without matplotlib. The drawing must be made within.
    """
    # It logs where it keeps its fonts when the home folder cannot be written.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DrawingUnavailableError(f"Drawing needs matplotlib. {install('charts')}") from error
    settings: Any = dict(_SETTINGS)
    with mpl.rc_context(settings), warnings.catch_warnings():
        # A name in Chinese has no glyphs in the font that only measures it.
        warnings.simplefilter("ignore", UserWarning)
        made = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(made)
        made.patch.set_alpha(0)
        axes = made.subplots()
        _plain(axes)
        yield made, axes


def _plain(axes: Any) -> None:
    axes.patch.set_alpha(0)
    axes.tick_params(colors=INK, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.set_axisbelow(True)


def drawn(made: Any, name: str, title: str, words: str) -> Markup:
    """Return a figure as an SVG element with its title and its words; ids begin with `name`."""
    out = io.StringIO()
    made.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = _FONT.sub(r"font-size: \1px", _IDS.sub(rf"\1{name}-", _PROLOG.sub("", out.getvalue())))
    for told, variable in _INKS.items():
        text = text.replace(told, f"var(--{variable})")
    opening, rest = re.sub(r"\n\s*", "\n", text).strip().split(">", 1)
    sides = {side: f"{float(points):g}" for side, points in _SIDES.findall(opening)}
    head = Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-words" class="chart">'
        '<title id="{}-title">{}</title><desc id="{}-words">{}</desc>'
    )
    return head.format(sides["width"], sides["height"], *[name] * 3, title, name, words) + Markup(rest)  # noqa: S704 - matplotlib escapes its texts
