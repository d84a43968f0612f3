"""What somebody probably meant: a refusal that names the next thing to type."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ADDRESS = re.compile(r"(?:localhost|\[[0-9a-fA-F:]+\]|[\w-]+(?:\.[\w-]+)+|[\w-]+(?=:\d))(?::\d+)?(?:/\S*)?")
_LISTED = 12


def refuse_bare_address(name: str) -> None:
    """Refuse `127.0.0.1:8080` or `localhost/v1` as a base URL; the message has the URL that was meant."""
    if "://" in name or not _ADDRESS.fullmatch(name):
        return
    here = name.startswith(("127.", "localhost", "[::1]", "0.0.0.0"))
    if ":" in name or "/" in name or here:
        scheme = "http" if here or re.search(r":\d", name) else "https"
        msg = f"{name!r} has no scheme. Write {scheme}://{name} for a base URL."
        raise click.UsageError(msg)


def close(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Return the known names that are nearest to one; ids are compared piece by piece too."""
    known = list(known)
    found = get_close_matches(name, known, count, 0.5)
    wanted = {part for part in re.split(r"[^0-9A-Za-z]+", name.lower()) if part}
    alike = sorted(known, key=lambda one: -len(wanted & set(re.split(r"[^0-9A-Za-z]+", one.lower()))))
    shared = [one for one in alike if wanted & set(re.split(r"[^0-9A-Za-z]+", one.lower()))]
    return list(dict.fromkeys((*found, *shared)))[:count]


def listed(names: Sequence[str]) -> str:
    """Return names for a message, the first dozen of many."""
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
