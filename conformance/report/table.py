"""Tables for a terminal, through rich; plainly aligned where nobody looks at the width, for rich takes a second for a few thousand rows."""

from collections.abc import Iterable, Sequence
from typing import TextIO

from conformance.report import text


def show(columns: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO) -> None:
    """Write a table; words are shown as they are, without markup, what hides or commands spelt out."""
    told = [[text.one_line(word) for word in row] for row in rows]
    if stream.isatty():
        _for_a_terminal(columns, told, stream)
        return
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(columns, *told, strict=True)]
    encoding = getattr(stream, "encoding", None) or "utf-8"
    for row in (columns, *told):
        line = "  ".join(word + " " * (width - cell_len(word)) for word, width in zip(row, widths, strict=True)).rstrip()
        stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _for_a_terminal(columns: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(file=stream, highlight=False).print(table)
