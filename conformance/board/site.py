"""The pages, badges and the feed of a board, rendered and written."""

import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import asdict, frozen
from markupsafe import Markup

from conformance.board.news import Event, events
from conformance.board.standing import BoardCheck, BoardTarget, slug
from conformance.document import picked
from conformance.document.text import one_line
from conformance.report import line_chart
from conformance.report.page import prose, style, templates
from conformance.report.trend import TrendChart, charts

# What says that a folder is a board, and may be replaced by a newer one.
MARK = "board.json"
_EVENTS = 60
_SHOWN = 20
_DRIFTED = 100
_CAUSES = 40
_DETAIL = 300
_ORDER = ("failed", "known", "inconclusive", "passed", "skipped")
_COLOURS = {"failed": "#a8201a", "known": "#805400", "passed": "#1f6b3a"}
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class SiteError(Exception):
    """A site that cannot be written; the message names the folder and what to do."""


@frozen
class Kept:
    """One check over all targets: where its page is, its sentence and source, and where each target stands with it."""

    slug: str
    id: str
    level: str
    sentences: tuple[str, ...]
    sources: tuple[str, ...]
    rows: tuple[tuple[BoardTarget, BoardCheck], ...]


def write(standings: Sequence[BoardTarget], folder: Path, *, title: str, url: str = "") -> int:
    """Write a site into a folder and return how many files it has; a folder that holds another board is replaced, anything else is not touched.

    `url` is where the site will be, for the feed. Raises SiteError and OSError.
    """
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).is_file())):
        raise SiteError(f"{folder} holds something that is not a board. Choose an empty or a new folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Built beside its place, so that a failure leaves the old one as it was.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        fresh, count = Path(scratch) / "board", 0
        for name, text in files(standings, title=title, url=url, now=time.time()):
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_text(text, encoding="utf-8", errors="backslashreplace")
            count += 1
        if folder.exists():
            shutil.rmtree(folder)
        shutil.move(fresh, folder)
    return count


def files(standings: Sequence[BoardTarget], *, title: str, url: str, now: float) -> Iterator[tuple[str, str]]:
    """Yield every file of a site: its path and its text."""
    pages = _environment(now)
    checks = kept(standings)
    news = events(standings, _EVENTS)
    areas = list(dict.fromkeys(area for standing in standings for area in standing.areas))
    common = {"title": title, "now": now, "slugs": {one.id: one.slug for one in checks}}

    def page(template: str, **values: Any) -> str:
        text: str = pages.get_template(template).render(common, **values)
        return text

    yield "board.css", page("board.css") + style("line_chart.css")
    listed = {"standings": standings, "areas": areas, "events": news[:_SHOWN], "checks": checks}
    yield "index.html", page("index.html.j2", root="", **listed)
    for standing in standings:
        own = {
            "trends": trends(standing),
            "events": [event for event in news if event.standing is standing][:_SHOWN],
            "causes": standing.causes[:_CAUSES],
            "ordered": ordered(standing.checks),
        }
        yield (
            f"targets/{standing.slug}.html",
            page("target.html.j2", root="../", standing=standing, most=_DRIFTED, **own),
        )
    for one in checks:
        yield f"checks/{one.slug}.html", page("check.html.j2", root="../", check=one)
    for standing in standings:
        yield f"badges/{standing.slug}.svg", page("badge.svg.j2", **badge_of(standing))
    updated = news[0].run.started if news else max(one.last.started for one in standings)
    yield "feed.xml", page("feed.xml.j2", events=news, url=url.rstrip("/"), updated=updated)
    yield MARK, json.dumps(document(standings, title, now), ensure_ascii=False, indent=1) + "\n"


def kept(standings: Sequence[BoardTarget]) -> list[Kept]:
    """Return every check of any target, by id, with where each target stands."""
    rows: dict[str, list[tuple[BoardTarget, BoardCheck]]] = {}
    for standing in standings:
        for check in standing.checks:
            rows.setdefault(check.id, []).append((standing, check))
    taken: set[str] = set()
    found = []
    for name in sorted(rows):
        clauses = [check.track.clause for _, check in rows[name]]
        sentences, sources = (
            tuple(dict.fromkeys(getattr(clause, part) for clause in clauses)) for part in ("sentence", "source")
        )
        found.append(Kept(slug(name, taken), name, clauses[-1].level.value, sentences, sources, tuple(rows[name])))
    return found


def ordered(checks: Sequence[BoardCheck]) -> list[BoardCheck]:
    """Return checks for a list: failed ones first, then by their own order."""
    return sorted(checks, key=lambda check: _ORDER.index(check.state))


def trends(standing: BoardTarget) -> list[tuple[TrendChart, Markup]]:
    """Return the charts of the nights in which anything was measured, drawn; none of a single night."""
    ((_, found),) = charts(standing.runs)
    shown = [one for one in found if len(one.runs) > 1 and any(line.told for line in one.lines)]
    return [(one, line_chart.svg([one], f"trend{at}", one.title)) for at, one in enumerate(shown)]


def badge_of(standing: BoardTarget) -> dict[str, Any]:
    """Return what stands on a target's badge: two texts, their widths in pixels, and the colour."""
    tally = standing.tally
    words = "no answer" if tally.percent is None else f"{tally.percent} % passed"
    left, right = "rerank", f"{words}, {tally.failed} failed" if tally.failed else words
    told = {"name": standing.name, "left": left, "right": right, "colour": _COLOURS.get(tally.state, "#565f6a")}
    return told | {"left_width": _width(left), "right_width": _width(right)}


def _width(text: str) -> int:
    """Return a text's width at 11 px with room on both sides; the badge stretches the text to it."""
    return 10 + round(6.4 * len(text))


def document(standings: Sequence[BoardTarget], title: str, now: float) -> dict[str, Any]:
    """Return the board for programs; see `conformance/document/schemas/board.schema.json`."""
    return {
        "title": title,
        "made": _moment(now),
        "targets": [
            {
                "name": one.name,
                "page": f"targets/{one.slug}.html",
                "badge": f"badges/{one.slug}.svg",
                **picked(one.last, "contract profile"),
                "last_run": _moment(one.last.started),
                "checks": asdict(one.tally),
                "areas": {area: asdict(tally) for area, tally in one.areas.items()},
                "failed": [check.id for check in one.checks if check.state == "failed"],
                "causes": [
                    {
                        **picked(cause, "title level mend"),
                        "since": _moment(cause.since.started),
                        "checks": [check.id for check in cause.checks],
                    }
                    for cause in one.causes
                ],
                "latency": picked(one.last.latency, "p50_ms p95_ms"),
            }
            for one in standings
        ],
    }


def _environment(now: float) -> Any:
    environment = templates(Path(__file__).with_name("templates"), escaped=True)
    environment.filters |= {
        "day": lambda seconds: time.strftime("%Y-%m-%d", time.gmtime(seconds)),
        "moment": _moment,
        "clock": lambda seconds: time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds)),
        "shown": lambda text: one_line(str(text), _DETAIL),
        "prose": lambda text: prose(one_line(str(text), _DETAIL)),
        "xml": lambda text: _ODD.sub("\ufffd", str(text)),
        "stale": lambda one: one.stale(now),
        "heading": Event.title.fget,  # type: ignore[attr-defined]
    }
    return environment


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
