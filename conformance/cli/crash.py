"""What a person reads when the suite itself fails: one paragraph, and exit status 70."""

import os
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

import click

from conformance.cli.output import tell
from conformance.exchange.journal import NAME
from conformance.model.exit import Exit

TRACEBACK = "RERANK_TRACEBACK"
# The folder that the command which runs records into or reads.
KEPT: ContextVar[Path | None] = ContextVar("KEPT", default=None)
_LONGEST, _NAMED = 300, 3


def told(error: BaseException, folder: Path | None = None) -> str:
    """Return in a paragraph what failed, where, what is kept, and what to do next; with RERANK_TRACEBACK=1 the traceback too.

    `folder` holds recordings, itself or below it (default: the command's own); one without any is not named.
    """
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({Path(last[0].filename).name}, line {last[0].lineno})" if last else ""
    words = " ".join(str(error).split())[:_LONGEST]
    paragraph = f"An error inside the suite: {type(error).__name__}: {words}{where}.{_kept(folder or KEPT.get())} Please report it; {TRACEBACK}=1 shows the traceback. Exit status {int(Exit.INTERNAL)}."
    return f"{''.join(traceback.format_exception(error))}{paragraph}" if os.environ.get(TRACEBACK) == "1" else paragraph


def made(write: Callable[..., None], *what: object, folder: Path | None = None) -> str:
    """Write formats of a report; return in a paragraph at which of them the suite failed, empty for none. Raises OSError."""
    from conformance.report.formats import FormatError

    try:
        write(*what)
    except FormatError as error:
        return told(error, folder)
    return ""


def ended(failure: str, status: int) -> int:
    """Return a command's exit status, or that of a failure inside the suite, which is told after all the rest."""
    if not failure:
        return status
    tell(f"{click.get_current_context().command_path}: {failure}")
    return Exit.INTERNAL


def _kept(folder: Path | None) -> str:
    """Return in a sentence where the recordings are, and how each is judged again; empty where there is none."""
    found = sorted(path.parent for path in folder.rglob(NAME)) if folder is not None else []
    if not found:
        return ""
    more = f" (so do {len(found) - _NAMED} more)" if len(found) > _NAMED else ""
    again = " and ".join(f"`rerank-conformance judge {place}`" for place in found[:_NAMED])
    return f" Everything recorded is in {folder}: {again} judge{'s' if len(found) == 1 else ''} it again{more}."
