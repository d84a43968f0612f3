"""A comparison for people: the answer, why, and where the page is, at a terminal; and for a step summary or a pull request, the answer first."""

from pathlib import Path
from typing import TextIO

from conformance.compare.clause_table import ClauseRow, ClauseState, ClauseTable
from conformance.compare.comparison import Comparison
from conformance.compare.migration import Effect
from conformance.compare.portable import Portability
from conformance.compare.wording import MARKS, cards, headline, scope, told
from conformance.document import text
from conformance.report import markdown as md
from conformance.report.terminal import say


def show(comparison: Comparison, stream: TextIO, *, folder: Path) -> None:
    """Write the answer for each target with its worst causes, and the page's path."""
    lines = [f"{text.one_line(headline(comparison))}, {text.one_line(scope(comparison), 600)}."]
    for card in cards(comparison):
        lines += ["", f"{text.one_line(card.migration.target)}: {card.answer}. {text.one_line(card.sentence, 600)}"]
        lines += [
            f"  {one.effect}: {text.one_line(one.title, 200)} ({text.one_line(text.few(one.uses))})"
            for one in card.causes
        ]
        if card.more:
            lines.append(f"  and {card.more} more")
    say([*lines, "", f"report: {text.visible(str(folder / 'compare.html'))}"], stream)


def markdown(comparison: Comparison) -> str:
    """Return the comparison as Markdown, short enough for a comment: the least telling parts are cut first."""
    page = md.render(
        "comparison.md.j2",
        **told(comparison),
        cards=[(card, dict(card.counts)) for card in cards(comparison)],
        effects=Effect,
        marks=MARKS,
        differing_rows=_differing,
        portable=[item for item in comparison.portable if item.reach is not Portability.NOT],
        number=_number,
    )
    return md.fit(page, "compare.html and compare.json")


def _differing(table: ClauseTable) -> list[ClauseRow]:
    return [line for line in table.rows if any(cell.state is not ClauseState.KEPT for cell in line.cells)]


def _number(value: float | None, form: str = ".3f", missing: str = "not shown") -> str:
    return missing if value is None else format(value, form)
