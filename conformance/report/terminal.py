"""Words, colours, tables and a progress bar for a terminal, or whatever stands in for one."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TextIO

from conformance.document import text

_CODES: Mapping[str, str] = {"bad": "1;31", "good": "1;32", "notice": "1;33", "id": "1", "dim": "2"}


def coloured(stream: TextIO) -> bool:
    """Whether colours may be written: only to a terminal, and not with NO_COLOR."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(lines: Iterable[str], stream: TextIO) -> None:
    """Write lines; what the stream cannot encode is spelt out."""
    words = "".join(f"{line}\n" for line in lines)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(words.encode(encoding, "backslashreplace").decode(encoding))


class Painter:
    """Puts words in the colour of a kind (bad, good, notice, id, dim) where the stream has colours."""

    def __init__(self, stream: TextIO) -> None:
        """Look at the stream once."""
        self._on = coloured(stream)

    def __call__(self, kind: str, words: str) -> str:
        """Return the words in the colour of a kind."""
        return f"\x1b[{_CODES[kind]}m{words}\x1b[0m" if self._on else words


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO) -> None:
    """Write a table; words are shown without markup, and what hides or commands is spelt out.

    Rich lays it out on a terminal. Elsewhere it is plainly aligned, for rich takes a second for a few thousand rows.
    """
    told = [[text.one_line(word) for word in row] for row in rows]
    if stream.isatty():
        _rich(columns, told, stream)
        return
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(columns, *told, strict=True)]
    padded = (
        "  ".join(word + " " * (width - cell_len(word)) for word, width in zip(row, widths, strict=True)).rstrip()
        for row in (columns, *told)
    )
    say(padded, stream)


def _rich(columns: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="dim")
    for name in columns:
        shown.add_column(name, overflow="fold")
    for row in rows:
        shown.add_row(*map(Text, row))
    Console(file=stream, highlight=False).print(shown)


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """Yield a callable that is told how many of how many exchanges are done."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("asking"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("asking", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
