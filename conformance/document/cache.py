"""What takes long to work out and depends on nothing but its words, kept in the user's cache folder from run to run."""

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conformance.document.folder import whole

_MOST = 200


def kept(work: Callable[..., Any], *said: str, library: str = "") -> Any:
    """Return what a function makes of some words, plain JSON values; what it raises is not kept.

    An entry holds for these words, this Python, the function's file as it is, and that of the library it rests on. A folder that
    cannot be read or written, and an entry that is damaged, cost time and nothing else.
    """
    folder = cache_folder()
    path = folder / f"{_name(work, said, library)}.json" if folder else None
    if path is not None:
        with contextlib.suppress(OSError, ValueError, TypeError, LookupError, RecursionError):
            made = json.loads(path.read_bytes())["made"]
            # What is used stays when the oldest are swept; a folder of somebody else's is read all the same.
            with contextlib.suppress(OSError):
                os.utime(path)
            return made
    made = work(*said)
    if path is not None:
        with contextlib.suppress(OSError):
            with whole(path) as out:
                json.dump({"made": made}, out)
            _sweep(path)
    return made


def _name(work: Callable[..., Any], said: tuple[str, ...], library: str) -> str:
    code = work.__code__
    found = find_spec(library) if library else None
    files = [code.co_filename, *([found.origin] if found is not None and found.origin else [])]
    words = json.dumps([code.co_name, [(file, Path(file).stat().st_mtime_ns) for file in files], sys.version, said])
    return f"{code.co_name.strip('_')}-{hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


@cache
def cache_folder() -> Path | None:
    """Return the user's own folder of this suite, which is made; None where there can be none."""
    from platformdirs import user_cache_path

    with contextlib.suppress(OSError, RuntimeError):
        folder = user_cache_path("rerank-conformance", appauthor=False)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
    return None


@cache
def settle_hypothesis() -> None:
    """Let Hypothesis keep its tables of characters in the user's cache, not where somebody works; under pytest, or where it was told a place, it has one."""
    from hypothesis.configuration import set_hypothesis_home_dir

    told = "pytest" in sys.modules or os.environ.get("HYPOTHESIS_STORAGE_DIRECTORY")
    if not told and (folder := cache_folder()) is not None:
        set_hypothesis_home_dir(folder / "hypothesis")


def _sweep(made: Path) -> None:
    """Leave the half that was used last when there are too many of a kind: what is cheap to make does not push out what is dear."""
    entries = list(made.parent.glob(f"{made.name.partition('-')[0]}-*.json"))
    if len(entries) > _MOST:
        for path in sorted(entries, key=lambda one: one.stat().st_mtime_ns)[: -_MOST // 2]:
            path.unlink(missing_ok=True)
