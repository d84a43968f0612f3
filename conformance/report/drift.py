"""What drifted, for people (terminal, Markdown) and for machines (`schemas/drift.schema.json`)."""

from collections.abc import Sequence
from typing import Any, TextIO

from conformance.drift.item import Item, State
from conformance.report import table, text
from conformance.report.markdown import cell, code
from conformance.report.run_json import moment
from conformance.store.record import Record

_ROWS = 100


def document(found: Sequence[tuple[Record, Sequence[Item]]]) -> list[dict[str, Any]]:
    """Return the items of each series, with its last run, as plain values."""
    return [
        {"target": run.target, "contract": run.contract, "profile": run.profile, "run": _seen(run), "items": [plain(item) for item in items]}
        for run, items in found
    ]


def plain(item: Item) -> dict[str, Any]:
    """Return an item as plain values."""
    return {
        "kind": item.kind,
        "place": item.place,
        "fingerprint": item.fingerprint,
        "state": str(item.state),
        "sentence": item.sentence,
        "first_seen": _seen(item.first),
        "last_seen": _seen(item.last),
    }


def _seen(run: Record) -> dict[str, str]:
    return {"run": run.id, "started": moment(run.started)}


def show(found: Sequence[tuple[Record, Sequence[Item]]], stream: TextIO) -> None:
    """Write a table for each series."""
    for run, items in found:
        stream.write(f"{text.one_line(' · '.join(run.series))}, up to {moment(run.started)[:19]} ({run.id[:8]})\n")
        if items:
            rows = [(str(item.state), item.sentence, moment(item.first.started)[:10], moment(item.last.started)[:10], item.fingerprint) for item in items]
            table.show(("", "what", "first seen", "last seen", "fingerprint"), rows, stream)
        stream.write(f"{headline(items)}\n\n")


def headline(items: Sequence[Item]) -> str:
    """Return what drifted in one sentence without any names."""
    told = [f"{count} {state}" for state in State if (count := sum(item.state is state for item in items))]
    return f"Drift: {', '.join(told)}" if told else "No drift"


def markdown(found: Sequence[tuple[Record, Sequence[Item]]]) -> str:
    """Return a table for each series as GitHub's Markdown."""
    lines = []
    for run, items in found:
        lines += [f"**{headline(items)}** of {code(' · '.join(run.series))}", ""]
        if items:
            lines += ["| | what | first seen | last seen | fingerprint |", "|---|---|---|---|---|"]
            lines += [f"| {item.state} | {cell(item.sentence)} | {moment(item.first.started)[:10]} | {moment(item.last.started)[:10]} | `{item.fingerprint}` |" for item in items[:_ROWS]]
            lines += [f"\nand {len(items) - _ROWS} more"] if len(items) > _ROWS else []
            lines.append("")
    return "\n".join(lines)
