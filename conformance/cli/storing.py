"""Stores for commands: what cannot be opened becomes a usage error, what cannot be written a warning."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from conformance.cli.options import option
from conformance.cli.output import refusing, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.model.run import Run
    from conformance.store.store import Store

store_option = option(
    "--store PATH|URL",
    "Store of earlier runs: a file or a postgresql:// URL (default: $RERANK_STORE, else a file in your data folder).",
    name="where",
)


@contextmanager
def store(where: str | None, *, make: bool = False) -> Iterator[Store]:
    """Open a store for a command; raises click.UsageError with one sentence, also for what fails inside."""
    from conformance.store.errors import StoreError
    from conformance.store.store import Store

    with refusing(StoreError), Store.open(where, make=make) as opened:
        if make:
            opened.ready()
        yield opened


def ready(where: str | None) -> bool:
    """Return whether a run can be kept, before anything is sent: a store that was named and cannot be written is a usage error, the user's own a warning."""
    from conformance.store.location import named

    try:
        with store(where, make=True):
            return True
    except click.UsageError as error:
        if named(where):
            raise click.UsageError(
                f"{error} Nothing was sent; name another with --store, or leave it out with --no-store."
            ) from error
        tell(f"warning: the run will not be in the history. {error}")
        return False


def remember(run: Run, where: str | None) -> None:
    """Keep a run; a store that cannot be written changes no verdict, so that is said and nothing else."""
    from conformance import store as stores

    try:
        stores.remember(run, where)
    except stores.StoreError as error:
        tell(f"warning: the run was not added to the history. {error}")
