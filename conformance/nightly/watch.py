"""Asking all targets, or reading what other machines recorded, and comparing with the store."""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from attrs import evolve

from conformance.contract import ContractError
from conformance.document.folder import plain_name, read_text
from conformance.document.run import causes_of, document
from conformance.drift.drift import drift
from conformance.exchange.journal import NAME, JournalError
from conformance.model.exit import Exit
from conformance.model.failure import failure
from conformance.model.run import Run
from conformance.nightly.night import Night, TargetNight, TargetState
from conformance.recording import EARLIER, Recording, RecordingError, begin
from conformance.running import EmptySelectionError, Settings, conduct
from conformance.store.difference import since_last
from conformance.store.errors import StoreError
from conformance.store.record import Record, read, record
from conformance.store.store import Store
from conformance.targets import Entry, Options, TargetError, resolve

RUN = "run.json"
# Threads that wait for answers most of the time; more targets than this take turns.
_SIDE_BY_SIDE = 32


def watch(
    names: Sequence[str],
    entries: dict[str, Entry],
    asked: Mapping[str, Any],
    options: Options,
    store: Store,
    out: Path,
    write: Callable[[Run, Path], None],
    path: Path | None = None,
    told: Callable[[TargetNight], None] = lambda _target: None,
) -> Night:
    """Ask the targets side by side, each into its own folder below `out`; compare the runs with the store, and add them to it.

    `asked` holds fields of Settings that replace each target's own. A target that lacks its key is not run; one that
    cannot be asked for another reason has failed, and the others go on. `write` puts a run's report into its folder; `told` is called after each.
    """
    started = time.time()
    found: dict[str, TargetNight] = {}
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        waiting = {
            pool.submit(_ask, name, entries.get(name), asked, options, out, path): name for name in dict.fromkeys(names)
        }
        # The store and the reports are this thread's alone.
        for future in as_completed(waiting):
            name, target = waiting[future], future.result()
            found[name] = target if isinstance(target, TargetNight) else _told_of(name, target, store, out, write)
            told(found[name])
    stopped = any(target.run is not None and target.run.exit_code == Exit.INTERRUPTED for target in found.values())
    return Night(started, tuple(found[name] for name in dict.fromkeys(names)), stopped)


def _ask(
    name: str, entry: Entry | None, asked: Mapping[str, Any], options: Options, out: Path, path: Path | None
) -> Run | TargetNight:
    """Return a target's run, or why there is none."""
    try:
        # Without its key a target is not run; what else it lacks is a mistake, and told as one.
        if entry and entry.unset():
            return TargetNight(name, TargetState.NOT_RUN, "; ".join(entry.missing()))
    except ContractError as error:
        return TargetNight(name, TargetState.FAILED, str(error))
    chosen = Settings(**{"profile": entry.profile if entry else "nightly", **asked})
    try:
        with resolve(name, options, path) as (target, _):
            settings = entry.settings(chosen) if entry else chosen
            journal = begin(out / plain_name(name), target, settings)
            run = conduct(target, settings, journal=journal)
            journal.close()
    except (TargetError, ContractError, RecordingError, JournalError, EmptySelectionError, OSError) as error:
        return TargetNight(name, TargetState.FAILED, str(error))
    except Exception as error:  # noqa: BLE001 - what the suite fails at with one target is not the end of the others
        return _crashed(name, plain_name(name), failure("asking it", error))
    return run


def _told_of(name: str, run: Run, store: Store, out: Path, write: Callable[[Run, Path], None]) -> TargetNight:
    """Write a run's report, and compare it with the store."""
    folder = out / plain_name(name)
    try:
        broken = _written(write, run, folder)
    except (RecordingError, OSError) as error:
        return TargetNight(name, TargetState.FAILED, str(error))
    try:
        found = compared(name, document(run), store, folder.name)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        return _crashed(name, folder.name, failure("comparing it with the night before", error))
    return evolve(found, reason="; ".join(filter(None, (found.reason, broken))), crashed=bool(broken))


def _written(write: Callable[[Run, Path], None], run: Run, folder: Path) -> str:
    """Write a run's report; return at what of it the suite failed."""
    try:
        write(run, folder)
    except (RecordingError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - the verdicts are there, and the formats that could be made
        return failure("writing the report", error)
    return ""


def _crashed(name: str, folder: str, told: str) -> TargetNight:
    reason = f"an error inside the suite: {told}; `rerank-conformance judge` judges again what its folder holds"
    return TargetNight(name, TargetState.FAILED, reason, folder=folder, crashed=True)


def merge(
    folders: Iterable[Path],
    names: Sequence[str],
    entries: dict[str, Entry],
    store: Store,
    tell: Callable[[str], None] = lambda _sentence: None,
) -> Night:
    """Read runs that were recorded elsewhere, oldest first, and compare each with the store, which takes it in.

    A recording that was killed before it was judged is judged here. A folder that cannot be used
    has failed, and the others go on; targets of `names` without a folder are not run. `tell` is called with each damage.
    """
    started = time.time()
    runs: list[tuple[float, Any, Path]] = []
    found: dict[str, TargetNight] = {}
    for folder in folders:
        try:
            run, plain = _held(folder, tell)
            runs.append((run.started, plain, folder))
        except (StoreError, RecordingError, EmptySelectionError) as error:
            found[str(folder)] = TargetNight(str(folder), TargetState.FAILED, str(error))
    for _, plain, folder in sorted(runs, key=lambda one: one[0]):
        name = plain["target"]["name"]
        found[name] = compared(name, plain, store, str(folder))
    for name in names:
        if name not in found:
            lacking = "; ".join(entries[name].missing()) if name in entries else ""
            reason = f"no run of it was handed in{f' ({lacking})' if lacking else ''}"
            found[name] = TargetNight(name, TargetState.NOT_RUN, reason)
    return Night(started, tuple(found.values()))


def _held(folder: Path, tell: Callable[[str], None]) -> tuple[Record, Any]:
    """Return the run of a folder, and as plain values."""
    if not (folder / RUN).is_file():
        recording = Recording.read(folder)
        for damage in recording.damages:
            tell(f"warning: {folder}: {damage}")
        plain = document(recording.judged())
        return record(plain), plain
    run = read(folder)
    return run, json.loads(read_text(folder / RUN))


def compared(name: str, plain: Any, store: Store, folder: str) -> TargetNight:
    """Return what is new in a run, given as the content of its `run.json`, and take it into the store."""
    run = record(plain)
    before = store.before(run, facts=True)
    target = TargetNight(
        name,
        TargetState.RAN,
        run=run,
        difference=since_last(store, run),
        drift=tuple(item for item in drift([*before, run]) if item.news),
        folder=folder,
        before=before[-1].exit_code if before else None,
        hints=tuple(map(str, plain.get("hints", ()))),
        warnings=tuple(str(item["warning"]) for item in plain.get("deviations", ()) if item.get("warning")),
        causes=causes_of(plain),
    )
    try:
        store.add(run)
    except StoreError as error:
        return evolve(target, reason=f"not in the history: {error}")
    return target


def recorded(places: Iterable[Path]) -> list[Path]:
    """Return the run folders among places and below them; raises StoreError for a place that holds none."""
    found: list[Path] = []
    for place in places:
        files = (
            [place / name for name in (RUN, NAME)]
            if any((place / name).is_file() for name in (RUN, NAME))
            else [*place.rglob(RUN), *place.rglob(NAME)]
        )
        here = sorted({path.parent for path in files if EARLIER not in path.relative_to(place).parts})
        if not here:
            raise StoreError(f"{place} holds no recorded run: there is neither {RUN} nor {NAME} in it or below.")
        found += here
    return found
