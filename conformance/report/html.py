"""`report.html`: one page, nothing fetched, readable without a script."""

import base64
import hashlib
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from attrs import frozen
from markupsafe import Markup, escape

from conformance import __version__
from conformance.model.deviation import GRADES
from conformance.model.run import Run
from conformance.model.verdict import Outcome, Verdict
from conformance.report import text
from conformance.report.headline import NAMES, broken, counts, headline, meaning, warnings
from conformance.report.run_json import moment
from conformance.report.shown import Gallery

_TEMPLATES = Path(__file__).with_name("templates")
_FEW = 15
_DEEP = ("request.", "response.", "error.")
_TITLES = {
    Outcome.SURPRISE_PASS: ("Kept, though a deviation is known", "The deviation may be gone; its entry can be taken out."),
    Outcome.KNOWN_DEVIATION: ("Known deviations", "Broken, and known to be: they do not change the exit status."),
    Outcome.INCONCLUSIVE: ("Inconclusive", "Nothing that was answered shows whether these are kept."),
    Outcome.PASS: ("Kept", ""),
    Outcome.NOT_APPLICABLE: ("Not applicable", "Nothing that was asked could show these."),
}


@frozen
class Section:
    """The verdicts of one kind: all in one list if they are few, else by the area of the API."""

    outcome: Outcome
    title: str
    hint: str
    count: int
    areas: tuple[tuple[str, tuple[Verdict, ...]], ...]
    folded: bool


def render(run: Run) -> str:
    """Return the page; the template escapes whatever it is given."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    gallery = Gallery(run)
    failures = [(verdict, gallery.evidence(verdict)) for verdict in broken(run)]
    script = _file("report.js")
    return environment.get_template("report.html.j2").render(
        run=run,
        headline=headline(run),
        meaning=meaning(run),
        version=__version__,
        started=moment(run.started),
        counts=[(str(outcome), NAMES[outcome], count) for outcome, count in counts(run).items()],
        failures=failures,
        sections=list(_sections(run)),
        placed=frozenset(gallery.placed),
        log=gallery.rest(),
        warnings=warnings(run),
        overdue=[standing.deviation for standing in run.deviations if standing.overdue],
        grades=GRADES,
        clean=text.visible,
        prose=prose,
        style=_file("report.css"),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _file(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def prose(words: str) -> Markup:
    """Return words as markup, cut, with what stands between backticks as code."""
    parts = text.visible(text.cut(words, 1_000)).split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if i % 2 and i < len(parts) - 1 else escape(part) for i, part in enumerate(parts))


def _sections(run: Run) -> Iterable[Section]:
    for outcome, (title, hint) in _TITLES.items():
        verdicts = [verdict for verdict in run.verdicts if verdict.outcome is outcome]
        if not verdicts:
            continue
        folded = outcome is Outcome.PASS or len(verdicts) > _FEW
        ordered = sorted(verdicts, key=_area) if folded else verdicts
        areas = tuple((area, tuple(group)) for area, group in groupby(ordered, key=_area)) if folded else (("", tuple(ordered)),)
        yield Section(outcome, title, hint, len(verdicts), areas, folded)


def _area(verdict: Verdict) -> str:
    """Return the first two parts of an id, or the first one where the second already tells clauses apart."""
    name = verdict.clause.id
    return ".".join(name.split(".")[: 2 if name.startswith(_DEEP) else 1])
