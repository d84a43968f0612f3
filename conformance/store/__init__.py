"""The store of runs: history, differences between nights, trends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.document.run import document as plain
from conformance.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from typing import Any

    from conformance.model.run import Run
    from conformance.store.store import Added

__all__ = ["StoreError", "keeping", "remember"]


def remember(run: Run, store: str | Path | None = None) -> Added:
    """Keep a run in a store: a file, a `postgresql://` URL, else the user's own (see `Store.open`).

    Raises StoreError, one sentence, when the store cannot be written; the caller
    warns, for that changes no verdict.
    """
    from conformance.store.store import Store

    with Store.open(store) as opened:
        return opened.add(plain(run))


def keeping(store: str | Path | None = None) -> Generator[str, Any, None]:
    """Import what a store needs; of each run's document that is sent in say why it was not kept, of an empty one why none can be."""
    from conformance.store.store import Store

    told = ""
    while True:
        document, told = (yield told), ""
        try:
            with Store.open(store) as opened:
                opened.add(document) if document else opened.ready()
        except StoreError as error:
            told = str(error)
