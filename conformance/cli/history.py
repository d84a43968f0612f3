"""`rerank-conformance history`: runs, and since when each clause is as it is."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import click

from conformance.cli import completing, storing
from conformance.cli.formatting import formats, present
from conformance.cli.options import options_of
from conformance.cli.output import say, tell


@click.command("history")
@click.argument("names", nargs=-1, metavar="[TARGET]", shell_complete=completing.targets)
@options_of("history")
@formats(schema="history")
def command(names: tuple[str, ...], glob: str | None, limit: int, add: bool, where: str | None, form: str) -> int:
    """List the runs of TARGET (default: all targets) and, for each check, its result and since when.

    `history --add DIR...` adds run folders to the store, or folders that hold run folders.
    """
    from conformance.cli.nearest import unknown_target, unmatched
    from conformance.store.document import history

    if add:
        return _add(names, where)
    if len(names) > 1:
        raise click.UsageError("history takes one TARGET. Use --add to add folders to the store.")
    with storing.store(where) as store:
        runs = store.runs(*names)
        if names and not runs:
            raise unknown_target(names[0], store)
        if not runs:
            tell(store.nothing)
            if form == "text":
                return 0
    if glob is not None and not any(fnmatchcase(name, glob) for run in runs for name in run.judged.ids):
        raise unmatched("--requirement", glob, {name for run in runs for name in run.judged.ids})
    found = history(runs, glob, limit)
    present("history", found, form, everything=glob is not None)
    return 0


def _add(names: tuple[str, ...], where: str | None) -> int:
    from conformance.cli import USAGE
    from conformance.store.errors import StoreError
    from conformance.store.record import read

    if not names:
        raise click.UsageError("Which folders? Write `history --add DIR...` with the folders of runs.")
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
