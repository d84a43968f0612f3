"""How a run is named on the command line: by its id, by its place among a target's runs, or by its folder."""

import re
from pathlib import Path

from attrs import evolve

from conformance.store.errors import StoreError
from conformance.store.record import Record, read
from conformance.store.store import Store

_LAST = re.compile(r"(?:(?P<target>.+)@)?last(?:~(?P<back>\d{1,6}))?")
_ID = re.compile(r"[0-9A-Za-z_.:-]{4,64}")


def is_folder(name: str) -> bool:
    """Whether a name is that of a run's folder, or of its `run.json`."""
    path = Path(name)
    # What is there and cannot be read is named when it is read: it is no target and no id of a run.
    places = [path / "run.json", *([path] if path.suffix == ".json" else [])]
    return any(place.is_symlink() or place.exists() for place in places)


def find(store: Store, name: str) -> Record:
    """Return the run of a name, its details included; raises StoreError for none, and for a prefix of several.

    `last` is the newest run of all, `last~2` two before it of the same target,
    contract and profile, `TARGET@last` the newest of a target.
    """
    if is_folder(name):
        return read(Path(name))
    run = (
        _last(store, match["target"], int(match["back"] or 0), name)
        if (match := _LAST.fullmatch(name))
        else _by_id(store, name)
    )
    return evolve(run, details=store.details(run.id))


def _last(store: Store, target: str | None, back: int, name: str) -> Record:
    newest = store.runs(target, limit=1)
    if not newest:
        raise StoreError(
            f"{store.location.shown} holds no run of {target}. `rerank-conformance history` lists its runs."
            if target
            else store.nothing
        )
    if not back:
        return newest[0]
    earlier = store.before(newest[0], limit=1, skip=back - 1)
    if not earlier:
        raise StoreError(f"There is no run {name}: fewer runs of {newest[0].target} were stored before its last one.")
    return earlier[0]


def _by_id(store: Store, name: str) -> Record:
    found = store.starting(name) if _ID.fullmatch(name) else []
    exact = [run for run in found if run.id == name]
    if len(found) > 1 and not exact:
        raise StoreError(f"{name!r} is the start of several runs' ids; give more of it.")
    if not found:
        msg = f"There is no run {name!r}: it is neither a run's folder, nor the start (four characters or more) of an id that `history` lists, nor `last`, `last~1` or TARGET@last."
        raise StoreError(msg)
    return (exact or found)[0]
