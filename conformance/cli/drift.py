"""`rerank-conformance drift`: what changed although no check failed."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli import completing, storing
from conformance.cli.formatting import formats
from conformance.cli.options import options_of
from conformance.cli.output import refusing, say, tell, write_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.drift.item import DriftItem
    from conformance.store.record import Record


@click.command("drift")
@click.argument("target", required=False, metavar="[TARGET|DIR]", shell_complete=completing.targets)
@options_of("drift")
@formats("markdown", schema="drift")
def command(
    target: str | None, everything: bool, propose: bool, name: str | None, out: str | None, where: str | None, form: str
) -> int:
    """Show what changed on TARGET, or in one run's folder, although no check failed (default: all targets).

    Undocumented fields, statuses, headers and error codes; models that are new or gone; scores of the pinned queries; latency.
    Each item says when it was first and last seen.
    """
    from conformance.report.formats import render, show

    found = [
        (run, [item for item in items if everything or str(item.state) != "past"])
        for run, items in _found(target, where)
    ]
    stream = io.StringIO()
    if form == "text" and not propose:
        show("drift", found, sys.stdout if out is None else stream)
    else:
        stream.write(_proposal(found, name) if propose else render("drift", form, found))
    if out is None:
        say(stream.getvalue(), nl=False)
    else:
        write_out(out, stream.getvalue())
    return 0


def _found(target: str | None, where: str | None) -> Iterator[tuple[Record, Sequence[DriftItem]]]:
    """Yield the last run of each target, or of a folder, with what drifted up to it."""
    from conformance.cli.nearest import unknown_target
    from conformance.drift.drift import drift
    from conformance.store.errors import StoreError
    from conformance.store.record import read
    from conformance.store.reference import is_folder

    if target is not None and is_folder(target):
        with refusing(StoreError):
            run = read(Path(target))
        yield run, drift([run])
        return
    with storing.store(where) as store:
        known = store.targets()
        if target is not None and target not in known:
            if Path(target).exists():
                raise click.UsageError(f"{target} holds no run: there is no run.json in it.")
            raise unknown_target(target, store)
        if not known:
            tell(store.nothing)
        for one in known if target is None else [target]:
            series = store.series(one)
            yield series[-1], drift(series)


def _proposal(found: Sequence[tuple[Record, Sequence[DriftItem]]], name: str | None) -> str:
    from ruamel.yaml import YAML

    from conformance.cli.loading import contract
    from conformance.drift.proposal import document, propose

    names = {name or run.contract for run, _ in found}
    if len(names) != 1:
        msg = f"An overlay is for one contract, and these runs have {', '.join(sorted(names)) or 'none'}. Name one TARGET."
        raise click.UsageError(msg)
    loaded = contract(names.pop())
    seen: dict[str, DriftItem] = {item.fingerprint: item for _, items in found for item in items}
    actions = propose(loaded, list(seen.values()))
    if not actions:
        return "# Nothing is undocumented that an overlay could document.\n"
    yaml = YAML()
    yaml.width = 120
    stream = io.StringIO()
    yaml.dump(document(loaded, actions), stream)
    return stream.getvalue()
