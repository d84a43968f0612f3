"""`rerank-conformance diff`: what changed between two runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli import storing
from conformance.cli.output import say

if TYPE_CHECKING:
    from conformance.store.difference import Difference
    from conformance.store.store import Store


@click.command("diff")
@click.argument("before", default="last~1", metavar="[RUN]")
@click.argument("after", default="last", metavar="[RUN]")
@click.option("--json", "form", flag_value="json", help="Write JSON (document/schemas/difference.schema.json).")
@click.option("--md", "form", flag_value="markdown", help="Write Markdown.")
@storing.option
def command(before: str, after: str, form: str | None, where: str | None) -> int:
    """Say what changed from one RUN to another: newly broken, mended, new, gone, flaky (default: last~1 last).

    A RUN is the start of an id, `last`, `last~1` (the one before it of the same kind), TARGET@last, or a run's folder.

    Exit status: 1 when something is newly broken and not flaky, else 0; 2 usage.
    """
    import sys

    from conformance.report.formats import render, show
    from conformance.store.errors import StoreError
    from conformance.store.record import read
    from conformance.store.reference import is_folder

    try:
        if is_folder(before) and is_folder(after):
            from conformance.store.difference import difference as compare

            found = compare(read(Path(before)), read(Path(after)))
        else:
            with storing.store(where) as store:
                found = _in_store(store, before, after)
    except StoreError as error:
        raise click.UsageError(str(error)) from error
    if form is None:
        show("difference", found, sys.stdout)
    else:
        say(render("difference", form, found), nl=False)
    return 1 if found.alarming else 0


def _in_store(store: Store, before: str, after: str) -> Difference:
    from conformance.store.difference import NIGHTS, difference
    from conformance.store.reference import find

    one, other = find(store, before), find(store, after)
    history = store.before(other, limit=NIGHTS)
    return difference(one, other, history)
