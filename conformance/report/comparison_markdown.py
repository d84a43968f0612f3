"""`compare.md`: the comparison for a step summary or a pull request, the answer first."""

from conformance.compare.clause_table import ClauseRow, ClauseState, ClauseTable
from conformance.compare.comparison import Comparison
from conformance.compare.migration import Effect
from conformance.compare.portable import Portability
from conformance.compare.wording import cards, headline, meaning, scope
from conformance.report import markdown

_MARKS = {
    ClauseState.KEPT: "✓",
    ClauseState.BROKEN: "✗ failed",
    ClauseState.KNOWN: "≈ known",
    ClauseState.SURPRISE: "✓ unexpected",
    ClauseState.UNKNOWN: "? not shown",
    ClauseState.ABSENT: "–",
}


def render(comparison: Comparison) -> str:
    """Return the comparison as Markdown, short enough for a comment: the least telling parts are cut first."""
    page = markdown.render(
        "comparison.md.j2",
        comparison=comparison,
        headline=headline(comparison),
        scope=scope(comparison),
        meaning=meaning(comparison),
        cards=[(card, dict(card.counts)) for card in cards(comparison)],
        effects=Effect,
        marks=_MARKS,
        differing_rows=_differing,
        portable=[item for item in comparison.portable if item.reach is not Portability.NOT],
        number=_number,
    )
    return markdown.fit(page, "compare.html and compare.json")


def _differing(table: ClauseTable) -> list[ClauseRow]:
    return [line for line in table.rows if any(cell.state is not ClauseState.KEPT for cell in line.cells)]


def _number(value: float | None, form: str = ".3f", missing: str = "not shown") -> str:
    return missing if value is None else format(value, form)
