"""`rerank-conformance diff`: what changed between two runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli import storing
from conformance.cli.formatting import formats, present
from conformance.cli.options import options_of
from conformance.cli.output import refusing

if TYPE_CHECKING:
    from conformance.store.difference import Difference
    from conformance.store.store import Store


@click.command("diff")
@click.argument("before", default="last~1", metavar="[RUN]")
@click.argument("after", default="last", metavar="[RUN]")
@options_of("diff")
@formats("markdown", schema="difference")
def command(before: str, after: str, where: str | None, form: str) -> int:
    """Show what changed between two runs: newly failed, passing again, new, gone, flaky (default: last~1 last).

    A RUN is the start of an id, `last`, `last~1` (the run before it of the same series), TARGET@last, or a run's folder.

    Exit status: 0 nothing newly failed, 1 a check that is not flaky newly failed, 2 usage.
    """
    from conformance.store.errors import StoreError
    from conformance.store.record import read
    from conformance.store.reference import is_folder

    with refusing(StoreError):
        if is_folder(before) and is_folder(after):
            from conformance.store.difference import difference as compare

            found = compare(read(Path(before)), read(Path(after)))
        else:
            with storing.store(where) as store:
                found = _in_store(store, before, after)
    present("difference", found, form)
    return 1 if found.alarming else 0


def _in_store(store: Store, before: str, after: str) -> Difference:
    from conformance.store.difference import NIGHTS, difference
    from conformance.store.reference import find

    one, other = find(store, before), find(store, after)
    history = store.before(other, limit=NIGHTS)
    return difference(one, other, history)
