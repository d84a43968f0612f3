"""What drifted, for people: terminal and Markdown."""

from collections.abc import Sequence
from typing import TextIO

from conformance.document import moment, text
from conformance.drift.document import Drifted
from conformance.drift.item import DriftItem, DriftState
from conformance.report import markdown as md
from conformance.report.terminal import say, table

_ROWS = 100
_COLUMNS = ("state", "what", "first seen", "last seen", "fingerprint")


def headline(items: Sequence[DriftItem]) -> str:
    """Return what drifted in one sentence without any names."""
    told = [f"{count} {state}" for state in DriftState if (count := sum(item.state is state for item in items))]
    return f"Drift: {', '.join(told)}" if told else "No drift"


def show(found: Drifted, stream: TextIO) -> None:
    """Write a table for each series."""
    for run, items in found:
        say([f"{text.one_line(' · '.join(run.series))}, up to {moment(run.started)[:19]} ({run.id[:8]})"], stream)
        if items:
            days = ((moment(item.first.started)[:10], moment(item.last.started)[:10]) for item in items)
            rows = [(str(i.state), i.sentence, *seen, i.fingerprint) for i, seen in zip(items, days, strict=True)]
            table(_COLUMNS, rows, stream)
        say([headline(items), ""], stream)


def markdown(found: Drifted) -> str:
    """Return a table for each series as GitHub's Markdown."""
    series = [(" · ".join(run.series), headline(items), items) for run, items in found]
    return md.render("drift.md.j2", series=series, columns=_COLUMNS, rows=_ROWS)
