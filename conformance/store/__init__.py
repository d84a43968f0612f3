"""The store of runs: history, differences between nights, trends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from typing import Any

__all__ = ["StoreError", "keeping"]


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
