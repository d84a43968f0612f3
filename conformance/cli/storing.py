"""Stores for commands: what cannot be opened becomes a usage error, what cannot be written a warning."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from attrs import define, field

from conformance.cli.output import refusing, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.model.run import Run
    from conformance.store.store import Store


@contextmanager
def store(where: str | None, *, make: bool = False) -> Iterator[Store]:
    """Open a store for a command; raises click.UsageError with one sentence, also for what fails inside."""
    from conformance.store.errors import StoreError
    from conformance.store.store import Store

    with refusing(StoreError), Store.open(where, make=make) as opened:
        if make:
            opened.ready()
        yield opened


@define
class Keeper:
    """Keeps a run in a store that it asks; in none where there is nobody to ask."""

    where: str | None
    ask: Callable[[Any], Callable[[], str]] | None
    _kept: Callable[[], str] | None = field(default=None, init=False)

    def ready(self) -> None:
        """Find out before anything is sent whether a run can be kept: a store that was named and cannot be written is a usage error, the user's own a warning."""
        from conformance.store.location import named

        told = self.ask(None)() or self.ask({})() if self.ask is not None else ""
        if told and named(self.where):
            msg = f"{told} Nothing was sent; name another with --store, or leave it out with --no-store."
            raise click.UsageError(msg)
        if told:
            tell(f"warning: the run will not be in the history. {told}")
            self.ask = None

    def remember(self, run: Run) -> None:
        """Begin to keep a run."""
        from conformance.document.run import document

        self._kept = None if self.ask is None else self.ask(document(run))

    def close(self) -> None:
        """Wait until a run is kept; a store that cannot be written changes no verdict, so that is said and nothing else."""
        kept, self._kept = self._kept, None
        if kept is not None and (told := kept()):
            tell(f"warning: the run was not added to the history. {told}")


@contextmanager
def keeper(options: Mapping[str, Any]) -> Iterator[Keeper]:
    """Yield who keeps a run as the options say, in a process beside this one: what a store imports takes a tenth of a short run.

    Nothing is opened before `ready`.
    """
    from conformance.document.process import stepping
    from conformance.store import keeping

    where = options["store"]
    with nullcontext() if options["no_store"] or options["dry_run"] else stepping(partial(keeping, where)) as ask:
        kept = Keeper(where, ask)
        try:
            yield kept
        finally:
            kept.close()
