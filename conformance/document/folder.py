"""Folders that the suite writes into, files that appear whole or not at all, and files of others, read within bounds."""

import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

# What JSON of so many bytes takes in memory is still little.
_LARGEST = 3_000_000


def plain_name(name: str) -> str:
    """Return a target's name as that of a folder."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:80] or "target"


def dated(kind: str, out: object = None) -> Path:
    """Return the folder named by `out`, else a dated one below `runs/` that does not exist yet; it is not made."""
    if out:
        return Path(str(out))
    base = Path("runs") / f"{time.strftime('%Y-%m-%d-%H%M%S')}-{plain_name(kind)}"
    folder, number = base, 2
    while folder.exists():
        folder, number = base.with_name(f"{base.name}-{number}"), number + 1
    return folder


def read_text(path: Path, *, regular: bool = True) -> str:
    """Return the text of a file that somebody else may have written, without a byte order mark.

    Raises OSError, also for one that is too large and (with `regular`) for a pipe or a device, and UnicodeDecodeError.
    """
    with opened(path) if regular else path.open("rb") as held:
        data = held.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise too_large(_LARGEST)
    return data.decode("utf-8-sig")


def not_text(error: UnicodeDecodeError) -> str:
    """Return what is wrong with a file that is no text, and what to do, as a sentence whose subject is the file."""
    return f"is no text in UTF-8 ({error.reason} at byte {error.start:,}); save it as UTF-8, for example with `iconv -t UTF-8`, and take that."


def opened(path: Path) -> BinaryIO:
    """Open a file that somebody else may have written; raises OSError, also for a pipe or a device."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    return path.open("rb")


def too_large(largest: int) -> OSError:
    """Return the refusal of a file of more bytes than `largest`."""
    return OSError(errno.EFBIG, f"it is larger than {largest:,} bytes")


def write_text(path: Path, text: str) -> None:
    """Write a file that somebody named: whole or not at all where it is a file, as it comes where it is a pipe or a device. Raises OSError."""
    plain = not path.exists() or path.is_file()
    # A link stays one: what it leads to is written.
    with whole(path.resolve()) if plain else path.open("w", encoding="utf-8", errors="backslashreplace") as out:
        out.write(text)


@contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """Yield a stream into a file that takes its place only when all is written. Raises OSError, which names the file."""
    # Another process may write the same file at this moment: the last one to end wins.
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # A link that lies there already would lead out of the folder.
        partial.unlink(missing_ok=True)
        # Line ends stay as they are given: CSV has its own.
        with partial.open("x", encoding="utf-8", errors="backslashreplace", newline="") as out:
            yield out
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            # A full disk names none.
            error.filename = str(path)
        raise
    partial.replace(path)
