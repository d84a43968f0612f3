"""What a command writes for people, where nobody reads it any more or nothing more fits."""

import errno
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from conformance.document.folder import write_text
from conformance.document.text import visible

_LOST = {errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF}


def tell(words: str) -> None:
    """Write a line for a person to standard error: what hides or commands in it is spelt out; a closed pipe is no error."""
    with suppress(OSError, ValueError):
        click.echo(visible(words), err=True)


def say(words: str, *, nl: bool = True) -> None:
    """Write a line to standard output: what hides or commands in it is spelt out."""
    click.echo(visible(words), nl=nl)


def say_json(value: Any) -> None:
    """Write a value to standard output as JSON that hides and commands nothing."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # Outside the basic plane JSON spells a character in two halves.
    say(re.sub("[\U000e0000-\U000e007f]", lambda found: json.dumps(found[0])[1:-1], text))


def attach() -> None:
    """Put something in the place of standard streams that are closed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115, PTH123 - for as long as the process


def detach() -> None:
    """Let nothing more be written to standard output, what is still in its buffer included."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def lasting() -> Iterator[None]:
    """Let an output that is closed or full take nothing with it but its words; that is told in a sentence."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if not lost(error):
            raise
        detach()
        tell(f"The output cannot be written: {error.strerror}. The folder holds everything.")


@contextmanager
def refusing(*errors: type[Exception], of: str = "") -> Iterator[None]:
    """Make usage errors of some errors, with their words; `of` is the flag that is to blame."""
    try:
        yield
    except errors as error:
        words = f"{error.filename}: {error.strerror}." if isinstance(error, OSError) and error.filename else str(error)
        raise click.UsageError(f"{of}: {words}" if of else words) from error


def write_out(out: str | Path, text: str, flag: str = "--out") -> None:
    """Write the file that a flag names; raises UsageError."""
    try:
        write_text(Path(out), text)
    except OSError as error:
        raise unwritable(out, error, flag) from error


def unwritable(out: object, error: OSError, flag: str = "--out") -> click.UsageError:
    """Return the refusal of what a flag names and cannot be written."""
    return click.UsageError(f"{flag} {out}: cannot be written: {error.strerror or error}")


def lost(error: OSError) -> bool:
    """Whether an error is one of a stream, and not of a file that has a name."""
    return error.filename is None and error.errno in _LOST


def foreign(error: OSError) -> bool:
    """Whether an error is of a file that is no part of the program: what is wrong with it is the user's to mend."""
    own = Path(__file__).resolve().parents[1]
    return isinstance(error.filename, str) and own not in Path(error.filename).absolute().parents
