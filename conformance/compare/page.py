"""`compare.html`: one page, the answer first, nothing fetched, readable without a script."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import define, field, frozen
from markupsafe import Markup, escape

from conformance import __version__
from conformance.compare import charts
from conformance.compare.album import Album
from conformance.compare.comparison import Answer, Comparison
from conformance.compare.fact import Cell, Line, Matrix, State
from conformance.compare.glance import FIRST, glances
from conformance.compare.headline import cards, headline, meaning, scope
from conformance.compare.moving import Fate
from conformance.compare.portable import Reach
from conformance.document import moment, text
from conformance.report import page as base
from conformance.report.page import prose

_TEMPLATES = Path(__file__).with_name("templates")
# The pages of runs and of comparisons are one family.
_FAMILY = Path(base.__file__).with_name("templates")
_CLASS = {State.KEPT: "k", State.BROKEN: "b", State.KNOWN: "n", State.SURPRISE: "s", State.UNKNOWN: "u", State.ABSENT: "a"}
_WORD = {State.KEPT: "✓", State.BROKEN: "✗ broken", State.KNOWN: "≈ known", State.SURPRISE: "✓ surprise", State.UNKNOWN: "? not shown", State.ABSENT: "–"}
_ANSWERS = {Answer.NO: "bad", Answer.CARE: "open", Answer.YES: "good", Answer.UNKNOWN: "idle"}
_AREAS = {"access": "URL and access", "request": "Request", "answer": "Answer", "headers": "Headers of the answer", "errors": "Answers by status"}
_LONGEST = 300
_JOINT = re.compile(r"([._])(?=\w)")


@define(slots=False, eq=False)
class Reasons:
    """Why things were not shown, each reason once."""

    found: dict[str, int] = field(factory=dict)

    def number(self, why: str) -> int:
        """Return the number of a reason."""
        return self.found.setdefault(text.one_line(why, _LONGEST), len(self.found) + 1)


@frozen
class Table:
    """A matrix for the page: lines that not all targets keep, lines that all do, and lines that were shown of none."""

    id: str
    title: str
    hint: str
    open: tuple[tuple[Line, Markup], ...]
    kept: tuple[tuple[Line, Markup], ...]
    hidden: tuple[tuple[Line, Markup], ...]


def render(comparison: Comparison) -> str:
    """Return the page; the template escapes whatever it is given."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    album, reasons = Album(comparison), Reasons()
    script = _file("compare.js")
    answers = [comparison.answer(move) for move in comparison.moves]
    tone = "good" if set(answers) == {Answer.YES} else "bad" if set(answers) == {Answer.NO} else "open"
    return environment.get_template("compare.html.j2").render(
        comparison=comparison,
        names=[text.one_line(name, 60) for name in comparison.names],
        headline=headline(comparison),
        scope=scope(comparison),
        meaning=meaning(comparison),
        tone=tone,
        glances=glances(comparison),
        answers={**_ANSWERS, FIRST: "idle"},
        cards=[(card, _ANSWERS[card.answer]) for card in cards(comparison)],
        tables=list(_tables(comparison, album, reasons)),
        areas=[(title, [row for row in comparison.paper if row.area == area]) for area, title in _AREAS.items()],
        contracts=list(_contracts(comparison)),
        charts=charts.charts(comparison),
        charts_notice=charts.NOTICE,
        reasons=reasons.found,
        exchanges=list(album.shown()),
        link=album.link,
        fates=list(Fate),
        reach=Reach,
        version=__version__,
        made=moment(comparison.made),
        clean=text.visible,
        line=text.one_line,
        dotted=_dotted,
        prose=prose,
        style=(_FAMILY / "page.css").read_text(encoding="utf-8") + _file("compare.css"),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _contracts(comparison: Comparison) -> Iterator[tuple[int, str, str]]:
    """Yield each contract once: the number of its first target, its name, and the targets that have it."""
    seen: dict[str, list[int]] = {}
    for number, subject in enumerate(comparison.subjects):
        seen.setdefault(subject.contract.sha256, []).append(number)
    for numbers in seen.values():
        of = ", ".join(text.one_line(comparison.names[number], 30) for number in numbers[:4]) + (f" and {len(numbers) - 4} more" if len(numbers) > 4 else "")
        yield numbers[0], text.one_line(comparison.subjects[numbers[0]].contract.name, 60), of


def _dotted(name: str) -> Markup:
    """Return a dotted name that a narrow column breaks between its words."""
    return Markup(_JOINT.sub(r"\1<wbr>", str(escape(text.one_line(name, 120)))))  # noqa: S704 - it is escaped right here


def _file(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _tables(comparison: Comparison, album: Album, reasons: Reasons) -> Iterator[Table]:
    by = comparison.reference.name
    yield _table("stand-in", f"Judged by the contract of {by}", "Can each stand in where this contract is expected?", comparison.stand_in, album, reasons)
    if any(subject.contract.sha256 != comparison.reference.sha256 for subject in comparison.subjects):
        yield _table("own", "Each judged by its own contract", "Does each keep its own promises? A dash: its contract does not promise this.", comparison.own, album, reasons)


def _table(name: str, title: str, hint: str, matrix: Matrix, album: Album, reasons: Reasons) -> Table:
    order = {State.BROKEN: 0, State.KNOWN: 1, State.SURPRISE: 1, State.UNKNOWN: 2, State.ABSENT: 3, State.KEPT: 3}
    lines = sorted(matrix.lines, key=lambda line: (min(order[cell.state] for cell in line.cells), -sum(cell.state is State.BROKEN for cell in line.cells)))
    groups: dict[str, list[tuple[Line, Markup]]] = {"open": [], "kept": [], "hidden": []}
    for line in lines:
        states = {cell.state for cell in line.cells}
        group = "kept" if states <= {State.KEPT, State.ABSENT} else "hidden" if states <= {State.UNKNOWN, State.ABSENT} else "open"
        groups[group].append((line, _cells(line.cells, album, reasons)))
    return Table(name, title, hint, *(tuple(groups[group]) for group in ("open", "kept", "hidden")))


def _cells(cells: Sequence[Cell], album: Album, reasons: Reasons) -> Markup:
    """Return a line's cells as markup, short: there are thousands of them. Nothing in it comes from a server."""
    return Markup("").join(_cell(number, cell, album, reasons) for number, cell in enumerate(cells))


def _cell(number: int, cell: Cell, album: Album, reasons: Reasons) -> Markup:
    shown = next((proof.exchange for proof in cell.proofs), None) or next(iter(cell.exchanges), "")
    # What was not shown has a reason, and perhaps exchanges that show a part of it.
    anchor = "" if cell.state is State.UNKNOWN else album.link(number, shown)
    words = f"{_WORD[cell.state]} {shown}" if cell.state is State.KEPT else _WORD[cell.state]
    if not anchor and cell.state not in {State.KEPT, State.ABSENT}:
        anchor = f"why-{reasons.number(cell.detail or 'Nothing that was asked shows it.')}"
    if anchor:
        return Markup("<td class={}><a href=#{}>{}</a>").format(_CLASS[cell.state], anchor, words)
    return Markup("<td class={}>{}").format(_CLASS[cell.state], words)
