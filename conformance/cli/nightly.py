"""`rerank-conformance nightly`: all targets, compared with the night before."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import completing, storing
from conformance.cli.formatting import formats, present
from conformance.cli.options import options_of
from conformance.cli.output import refusing, say, tell
from conformance.cli.targeting import options

if TYPE_CHECKING:
    from conformance.nightly.night import Night
    from conformance.store.store import Store


@click.command("nightly")
@click.argument("names", nargs=-1, metavar="[TARGET]...", shell_complete=completing.targets)
@options_of("nightly")
@formats(schema="night")
def command(names: tuple[str, ...], where: str | None, form: str, **given: Any) -> int:
    """Ask every configured TARGET, and say what is new since the night before.

    Default: all enabled targets of the file that --targets names, else all enabled ones that `rerank-conformance targets` lists.

    A target without its key is not run, and the summary says so. Exit status: 0 nothing newly failed, 1 something newly failed, 2 usage.
    3 a target could not be judged that could be before, or none was run. 70 an error inside the suite, 130 interrupted.
    """
    from conformance.cli.crash import KEPT, ended, made
    from conformance.cli.nearest import no_target, refuse_bare_address
    from conformance.contract import ContractError
    from conformance.document.folder import dated
    from conformance.exchange.address import base, without_credentials
    from conformance.fuzzing.fuzz import MISSING, available
    from conformance.model.exit import Exit
    from conformance.report.formats import write
    from conformance.store.errors import StoreError
    from conformance.targets import MOCK, TargetError, is_mock, read

    with refusing(OSError, of="--out"), refusing(TargetError, ContractError, StoreError):
        path = Path(given["targets_file"]) if given["targets_file"] else None
        entries = read(path)
        # Who names a file means its targets alone.
        own = [entry for entry in entries.values() if path is None or entry.origin == str(path)]
        chosen = names or tuple(entry.name for entry in own if entry.enabled)
        for name in names:
            if "://" in name:
                # Before its name becomes that of a folder and a headline.
                base(name)
            elif name not in entries and not is_mock(name):
                refuse_bare_address(name)
                raise no_target(without_credentials(name), [*entries, MOCK])
        place = dated("nightly", given["out"])
        place.mkdir(parents=True, exist_ok=True)
        KEPT.set(place)
        with storing.store(where, make=True) as store:
            if not given["folders"] and given["profile"] != "smoke" and not available():
                tell(MISSING)
            night = (
                _merged(given, chosen, entries, store, form)
                if given["folders"]
                else _watched(given, chosen, entries, store, place, path, form)
            )
        failure = made(write, "night", night, place)
    if form == "json":
        present("night", night, form)
    else:
        say(f"{night.headline}\nsummary: {place / 'summary.md'}")
    if not failure and night.exit_code is Exit.INTERNAL:
        internal = [target for target in night.targets if target.internal]
        told = "; ".join(f"{target.name}: {target.reason or 'its report says at what'}" for target in internal)
        failure = f"An error inside the suite, at {told}. Everything recorded is in {place}. Exit status {int(Exit.INTERNAL)}."
    return ended(failure, int(night.exit_code))


def _watched(
    given: dict[str, Any],
    names: tuple[str, ...],
    entries: dict[str, Any],
    store: Store,
    place: Path,
    path: Path | None,
    form: str,
) -> Night:

    from conformance.nightly.watch import watch
    from conformance.report.formats import write_run
    from conformance.report.night import show_target
    from conformance.running.stop import signals

    # What stops a job stops it in order: the folders are whole, and the summary is written.
    with signals(shared=True):
        shown = partial(show_target, stream=sys.stdout if form == "text" else sys.stderr)
        return watch(names, entries, _asked(given), options(given), store, place, write_run, path, shown)


def _merged(given: dict[str, Any], names: tuple[str, ...], entries: dict[str, Any], store: Store, form: str) -> Night:
    from conformance.nightly.watch import merge, recorded

    night = merge(recorded(map(Path, given["folders"])), names, entries, store, tell)
    if form == "text":
        present("night", night, form)
    return night


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that the command line gives in place of each target's own."""
    from conformance.running.settings import BOUNDS

    return {name: given[name] for name in ("profile", *BOUNDS, "seed", "strict") if given[name]}
