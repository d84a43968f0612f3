"""`compare.html`: one page, the answer first, nothing fetched, readable without a script."""

import re
from collections.abc import Iterator

from attrs import define, field, frozen
from markupsafe import Markup, escape

from conformance.compare.clause_table import ClauseCell, ClauseRow, ClauseState, ClauseTable
from conformance.compare.comparison import CanReplace, Comparison
from conformance.compare.migration import Effect
from conformance.compare.portable import Portability
from conformance.compare.wording import FIRST, MARKS, cards, summary_rows, told
from conformance.document import moment, text
from conformance.report import comparison_charts, page
from conformance.report.comparison_excerpts import Excerpts

# How a cell of a clause is shown: its class, and how far up a line with it stands.
_CELLS = {
    ClauseState.KEPT: ("k", 3), ClauseState.BROKEN: ("b", 0), ClauseState.KNOWN: ("n", 1),
    ClauseState.SURPRISE: ("s", 1), ClauseState.UNKNOWN: ("u", 2), ClauseState.ABSENT: ("a", 3),
}  # fmt: skip
_ANSWERS = {CanReplace.NO: "bad", CanReplace.CARE: "open", CanReplace.YES: "good", CanReplace.UNKNOWN: "idle"}
_AREAS = {
    "access": "URL and access",
    "request": "Request",
    "answer": "Answer",
    "headers": "Headers of the answer",
    "errors": "Answers by status",
}
# How a cell says what becomes of a use: its class, and its words.
_MARKS = {
    Effect.BREAKS: ("b", "✗ breaks"), Effect.CHANGES: ("n", "≈ changes silently"), Effect.DIFFERS: ("n", "≈ works otherwise"),
    Effect.UNKNOWN: ("u", "? not shown"), Effect.WORKS: ("k", "✓ works"),
}  # fmt: skip
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
    open: tuple[tuple[ClauseRow, Markup], ...]
    kept: tuple[tuple[ClauseRow, Markup], ...]
    hidden: tuple[tuple[ClauseRow, Markup], ...]


def render(comparison: Comparison) -> str:
    """Return the page; the template escapes whatever it is given."""
    excerpts, reasons = Excerpts(comparison), Reasons()
    answers = [comparison.answer(migration) for migration in comparison.migrations]
    tone = _ANSWERS[answers[0]] if len(set(answers)) == 1 else "open"
    return page.render(
        "comparison.html.j2",
        styles=("comparison.css",),
        script="comparison.js",
        **told(comparison),
        names=[text.one_line(name, 60) for name in comparison.names],
        tone=tone,
        summary_rows=summary_rows(comparison),
        answers={**{str(answer): tone_ for answer, tone_ in _ANSWERS.items()}, FIRST: "idle"},
        cards=[(card, _ANSWERS[CanReplace(card.answer)]) for card in cards(comparison)],
        tables=list(_tables(comparison, excerpts, reasons)),
        areas=[(title, [row for row in comparison.spec_diff if row.area == area]) for area, title in _AREAS.items()],
        contracts=list(_contracts(comparison)),
        charts=comparison_charts.charts(comparison),
        charts_notice=comparison_charts.NOTICE,
        reasons=reasons.found,
        exchanges=list(excerpts.shown()),
        link=excerpts.link,
        effects=list(Effect),
        marks=_MARKS,
        reach=Portability,
        made=moment(comparison.made),
        dotted=_dotted,
    )


def _contracts(comparison: Comparison) -> Iterator[tuple[int, str, str]]:
    """Yield each contract once: the number of its first target, its name, and the targets that have it."""
    seen: dict[str, list[int]] = {}
    for number, subject in enumerate(comparison.subjects):
        seen.setdefault(subject.contract.sha256, []).append(number)
    for numbers in seen.values():
        of = text.few([text.one_line(comparison.names[number], 30) for number in numbers])
        yield numbers[0], text.one_line(comparison.subjects[numbers[0]].contract.name, 60), of


def _dotted(name: str) -> Markup:
    """Return a dotted name that a narrow column breaks between its words."""
    return Markup(_JOINT.sub(r"\1<wbr>", str(escape(text.one_line(name, 120)))))  # noqa: S704 - it is escaped right here


def _tables(comparison: Comparison, excerpts: Excerpts, reasons: Reasons) -> Iterator[Table]:
    title = f"Judged by the contract of {comparison.reference.name}"
    hint = "Can each be used where this contract is expected?"
    yield _table("stand-in", title, hint, comparison.by_reference, excerpts, reasons)
    if any(subject.contract.sha256 != comparison.reference.sha256 for subject in comparison.subjects):
        hint = "Does each follow its own contract? A dash: its contract does not say this."
        yield _table("own", "Each judged by its own contract", hint, comparison.own, excerpts, reasons)


def _table(name: str, title: str, hint: str, matrix: ClauseTable, excerpts: Excerpts, reasons: Reasons) -> Table:
    lines = sorted(
        matrix.rows,
        key=lambda line: (
            min(_CELLS[cell.state][1] for cell in line.cells),
            -sum(cell.state is ClauseState.BROKEN for cell in line.cells),
        ),
    )
    groups: dict[str, list[tuple[ClauseRow, Markup]]] = {"open": [], "kept": [], "hidden": []}
    for line in lines:
        states = {cell.state for cell in line.cells}
        group = (
            "kept"
            if states <= {ClauseState.KEPT, ClauseState.ABSENT}
            else "hidden"
            if states <= {ClauseState.UNKNOWN, ClauseState.ABSENT}
            else "open"
        )
        # As markup, short: there are thousands of them. Nothing in it comes from a server.
        cells = (_cell(number, cell, excerpts, reasons) for number, cell in enumerate(line.cells))
        groups[group].append((line, Markup("").join(cells)))
    return Table(name, title, hint, *(tuple(groups[group]) for group in ("open", "kept", "hidden")))


def _cell(number: int, cell: ClauseCell, excerpts: Excerpts, reasons: Reasons) -> Markup:
    shown = next((proof.exchange for proof in cell.proofs), None) or next(iter(cell.exchanges), "")
    # What was not shown has a reason, and perhaps exchanges that show a part of it.
    anchor = "" if cell.state is ClauseState.UNKNOWN else excerpts.link(number, shown)
    kind, words = _CELLS[cell.state][0], MARKS[cell.state]
    words = f"{words} {shown}" if cell.state is ClauseState.KEPT else words
    if not anchor and cell.state not in {ClauseState.KEPT, ClauseState.ABSENT}:
        anchor = f"why-{reasons.number(cell.detail or 'Nothing that was asked shows it.')}"
    if anchor:
        return Markup("<td class={}><a href=#{}>{}</a>").format(kind, anchor, words)
    return Markup("<td class={}>{}").format(kind, words)
