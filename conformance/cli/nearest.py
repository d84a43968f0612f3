"""What somebody probably meant: a refusal that names the next thing to type."""

from __future__ import annotations

import re
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from conformance.document.text import few

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.probes.kit import Kit
    from conformance.store.store import Store

_ADDRESS = re.compile(r"(?:localhost|\[[0-9a-fA-F:]+\]|[\w-]+(?:\.[\w-]+)+|[\w-]+(?=:\d))(?::\d+)?(?:/\S*)?")
_LISTED = 12


def refuse_bare_address(name: str) -> None:
    """Refuse `127.0.0.1:8080` or `localhost/v1` as a base URL; the message has the URL that was meant."""
    if "://" in name or not _ADDRESS.fullmatch(name):
        return
    here = name.startswith(("127.", "localhost", "[::1]", "0.0.0.0"))
    if ":" in name or "/" in name or here:
        scheme = "http" if here or re.search(r":\d", name) else "https"
        raise click.UsageError(f"{name!r} has no scheme. Write {scheme}://{name} for a base URL.")


def close(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Return the known names that are nearest to one; ids are compared piece by piece too."""
    known = list(known)
    found = get_close_matches(name, known, count, 0.5)
    shared = {one: len(_pieces(name) & _pieces(one)) for one in known}
    alike = sorted(filter(shared.__getitem__, known), key=lambda one: -shared[one])
    return list(dict.fromkeys((*found, *alike)))[:count]


def _pieces(name: str) -> set[str]:
    return set(re.findall(r"[0-9a-z]+", name.lower()))


def unmatched(flag: str, glob: str, known: Iterable[str]) -> click.UsageError:
    """Return the refusal of a glob that matches no id, with the nearest ids."""
    known = list(known)
    pieces = close(glob, known)
    near = f" Nearest: {', '.join(pieces)}." if pieces else ""
    return click.UsageError(f"{flag} {glob!r} matches no check.{near} `rerank-conformance requirements` lists all ids.")


def no_target(name: str, known: Sequence[str]) -> click.UsageError:
    """Return the refusal of a target that is not configured."""
    near = close(name, known, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    words = f"There is no target {name!r}.{hint} Targets: {few(known, _LISTED)}. `rerank-conformance targets` says which are ready."
    return click.UsageError(words)


def unknown_target(name: str, store: Store) -> click.UsageError:
    """Return the refusal of a target that a store does not hold: the nearest ones, or the first dozen."""
    known = store.targets()
    if not known:
        return click.UsageError(store.nothing)
    near = close(name, known)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Its targets: {few(known, _LISTED)}."
    return click.UsageError(f"{store.location.shown} holds no run of {name!r}. {hint}")


def refuse_unmatched(kit: Kit, options: Mapping[str, Any]) -> None:
    """Refuse the first glob of --select and --deselect that matches no id of a contract's checks."""
    from conformance.requirements.catalogue import requirements
    from conformance.requirements.generated import generated_requirements
    from conformance.traits import observations

    globs = [(f"--{flag}", glob) for flag in ("select", "deselect") for glob in options[flag]]
    if not globs:
        return
    known = {item.clause.id for item in (*requirements(kit), *generated_requirements())} | observations.probes(
        kit
    ).keys()
    for flag, glob in globs:
        if not any(fnmatchcase(name, glob) for name in known):
            raise unmatched(flag, glob, known)
