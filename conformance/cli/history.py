"""`rerank-conformance history`: runs, and since when each clause is as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli import storing
from conformance.cli.output import say, tell

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command("history")
@click.argument("names", nargs=-1, metavar="[TARGET]")
@click.option("--requirement", "glob", metavar="GLOB", help="Only clauses whose id matches, all of these.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="List the last N runs; clauses are judged by all.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON (document/schemas/history.schema.json).")
@click.option("--add", is_flag=True, help="Take the run folders DIR... into the store, recorded here or elsewhere.")
@storing.option
def command(names: tuple[str, ...], glob: str | None, limit: int, as_json: bool, add: bool, where: str | None) -> int:
    """List the runs of TARGET (default: of all) and, for each clause, since when it is as it is.

    With --add: `history --add DIR...` takes folders of runs, or folders that hold such.
    """
    import sys

    from conformance.report.formats import render, show
    from conformance.store.document import history

    if add:
        return _add(names, where)
    if len(names) > 1:
        msg = "history takes one TARGET; folders are taken in with --add."
        raise click.UsageError(msg)
    with storing.store(where) as store:
        runs = store.runs(*names)
        if names and not runs:
            known = ", ".join(store.targets()) or "none"
            msg = f"{store.location.shown} holds no run of {names[0]!r}; its targets: {known}."
            raise click.UsageError(msg)
    found = history(runs, glob, limit)
    if as_json:
        sys.stdout.buffer.write(render("history", "json", found).encode())
    else:
        show("history", found, sys.stdout, everything=glob is not None)
    return 0


def _add(names: tuple[str, ...], where: str | None) -> int:
    from conformance.cli import USAGE
    from conformance.store.errors import StoreError
    from conformance.store.record import read

    if not names:
        msg = "--add needs the folders of runs to take in."
        raise click.UsageError(msg)
    status = 0
    with storing.store(where, make=True) as store:
        for folder in _folders(names):
            try:
                run = read(folder)
            except StoreError as error:
                # One bad folder must not keep the others out.
                tell(f"rerank-conformance history: {error}")
                status = USAGE
                continue
            added = store.add(run)
            say(f"{added.id} {'added' if added.new else 'was there already'}: {run.target} ({folder})")
    return status


def _folders(names: tuple[str, ...]) -> Iterator[Path]:
    """Yield the folders of runs among these, or right below them."""
    for name in names:
        path = Path(name)
        below = (
            sorted(child.parent for child in path.glob("*/run.json"))
            if path.is_dir() and not (path / "run.json").exists()
            else []
        )
        yield from below or [path]
