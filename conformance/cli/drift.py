"""`rerank-conformance drift`: what changed though no clause broke."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli import storing
from conformance.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.drift.item import DriftItem
    from conformance.store.record import Record


@click.command("drift")
@click.argument("target", required=False, metavar="[TARGET|DIR]")
@click.option("--all", "everything", is_flag=True, help="Also what was seen earlier and not in the last two runs.")
@click.option("--json", "form", flag_value="json", help="Write JSON (document/schemas/drift.schema.json).")
@click.option("--md", "form", flag_value="markdown", help="Write Markdown.")
@click.option(
    "--propose",
    "form",
    flag_value="propose",
    help="Write an OpenAPI overlay that documents what answers hold beyond the contract.",
)
@click.option("--contract", "name", metavar="NAME|FILE", help="Contract that the overlay is for (default: the run's).")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True),
    metavar="FILE",
    help="Write there instead of to the terminal.",
)
@storing.option
def command(
    target: str | None, everything: bool, form: str | None, name: str | None, out: str | None, where: str | None
) -> int:
    """Say what changed on TARGET (default: on all; or in one run's folder) though no clause broke.

    Undocumented fields, statuses, headers and error codes, models gone or new, scores of the pinned queries, latency: up to the last run, with when each was first and last seen.
    """
    import io
    import sys

    from conformance.report.formats import render, show

    found = [
        (run, [item for item in items if everything or str(item.state) != "past"])
        for run, items in _found(target, where)
    ]
    stream = io.StringIO()
    if form is None:
        show("drift", found, sys.stdout if out is None else stream)
    else:
        stream.write(_proposal(found, name) if form == "propose" else render("drift", form, found))
    if out is None:
        say(stream.getvalue(), nl=False)
        return 0
    try:
        Path(out).write_text(stream.getvalue(), encoding="utf-8")
    except OSError as error:
        msg = f"--out {out}: cannot be written: {error.strerror or error}"
        raise click.UsageError(msg) from error
    return 0


def _found(target: str | None, where: str | None) -> Iterator[tuple[Record, Sequence[DriftItem]]]:
    """Yield the last run of each target, or of a folder, with what drifted up to it."""
    from conformance.drift.drift import drift
    from conformance.store.errors import StoreError
    from conformance.store.record import read
    from conformance.store.reference import is_folder

    if target is not None and is_folder(target):
        try:
            run = read(Path(target))
        except StoreError as error:
            raise click.UsageError(str(error)) from error
        yield run, drift([run])
        return
    with storing.store(where) as store:
        known = store.targets()
        if target is not None and target not in known:
            msg = f"{store.location.shown} holds no run of {target!r}; its targets: {', '.join(known) or 'none'}."
            raise click.UsageError(msg)
        for one in known if target is None else [target]:
            series = store.series(one)
            yield series[-1], drift(series)


def _proposal(found: Sequence[tuple[Record, Sequence[DriftItem]]], name: str | None) -> str:
    import io

    from ruamel.yaml import YAML

    from conformance.cli.loading import contract
    from conformance.drift.proposal import document, propose

    names = {name or run.contract for run, _ in found}
    if len(names) != 1:
        msg = (
            f"An overlay is for one contract, and these runs have {', '.join(sorted(names)) or 'none'}; name a TARGET."
        )
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
