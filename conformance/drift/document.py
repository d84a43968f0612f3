"""What drifted, as plain values (`schemas/drift.schema.json`)."""

from collections.abc import Sequence
from typing import Any

from conformance.document import moment, picked
from conformance.drift.item import DriftItem
from conformance.store.record import Record

# The last run of each series, with what drifted up to it.
Drifted = Sequence[tuple[Record, Sequence[DriftItem]]]


def document(found: Drifted) -> list[dict[str, Any]]:
    """Return the items of each series, with its last run, as plain values."""
    return [
        {**picked(run, "target contract profile"), "run": _seen(run), "items": [_item(item) for item in items]}
        for run, items in found
    ]


def _item(item: DriftItem) -> dict[str, Any]:
    names = "kind place fingerprint state sentence"
    return {**picked(item, names), "first_seen": _seen(item.first), "last_seen": _seen(item.last)}


def _seen(run: Record) -> dict[str, str]:
    return {"run": run.id, "started": moment(run.started)}
