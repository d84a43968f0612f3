"""Folders that the suite writes into, and files that appear whole or not at all."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


def plain_name(name: str, otherwise: str = "target") -> str:
    """Return a target's name as that of a folder."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:80] or otherwise


def dated(kind: str, out: object = None) -> Path:
    """Return the folder named by `out`, else a dated one below `runs/` that does not exist yet; it is not made."""
    if out:
        return Path(str(out))
    base = Path("runs") / f"{time.strftime('%Y-%m-%d-%H%M%S')}-{plain_name(kind)}"
    folder, number = base, 2
    while folder.exists():
        folder, number = base.with_name(f"{base.name}-{number}"), number + 1
    return folder


@contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """Yield a stream into a file that takes its place only when all is written. Raises OSError."""
    partial = path.with_name(f".{path.name}.part")
    try:
        # Line ends stay as they are given: CSV has its own.
        with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            yield out
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    partial.replace(path)
