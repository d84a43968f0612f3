"""What a person reads after a comparison: the answer, why, and where the page is."""

from pathlib import Path
from typing import TextIO

from conformance.compare.comparison import Comparison
from conformance.compare.wording import cards, few, headline, scope
from conformance.document import text
from conformance.report.terminal import say


def show(comparison: Comparison, stream: TextIO, *, folder: Path) -> None:
    """Write the answer for each target with its worst causes, and the page's path."""
    lines = [f"{text.one_line(headline(comparison))}, {text.one_line(scope(comparison), 600)}."]
    for card in cards(comparison):
        lines += ["", f"{text.one_line(card.migration.target)}: {card.answer}. {text.one_line(card.sentence, 600)}"]
        lines += [
            f"  {one.effect}: {text.one_line(one.title, 200)} ({text.one_line(few(one.uses))})" for one in card.causes
        ]
        if card.more:
            lines.append(f"  and {card.more} more")
    say([*lines, "", f"report: {text.visible(str(folder / 'compare.html'))}"], stream)
