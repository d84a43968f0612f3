"""Tables for a terminal, through rich; whole lines where nobody looks at their width."""

from collections.abc import Iterable, Sequence
from typing import TextIO

from conformance.report import text

_WIDE = 1_000


def show(columns: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO) -> None:
    """Write a table; words are shown as they are, without markup, what hides or commands spelt out."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, width=None if stream.isatty() else _WIDE, highlight=False, soft_wrap=not stream.isatty())
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(text.one_line(word)) for word in row))
    console.print(table)
