"""Fault matrices for people: a line each at a terminal, the page `docs/faults.md`, and the README's table."""

from collections.abc import Sequence
from typing import TextIO

from conformance.document.text import few, many
from conformance.report import markdown as md
from conformance.report.terminal import say
from conformance.selftest.matrix import FaultMatrix, why

START, END = "<!-- faults: made by `nox -s faults` -->", "<!-- end of faults -->"


def show(matrices: Sequence[FaultMatrix], stream: TextIO) -> None:
    """Write each matrix in a line, with what was missed and each false alarm."""
    for matrix in matrices:
        found, total = len(matrix.rows) - len(matrix.missed), len(matrix.rows)
        alarms = many(len(matrix.alarms), "false alarm")
        say(
            [f"{matrix.contract}: {found} of {total} faults found, {alarms} on {matrix.lawful} correct servers"], stream
        )
        for row in matrix.missed:
            told = row.notice or f"failed: {', '.join(row.failed) or 'nothing'}"
            say([f"  not found: {row.fault} ({row.sentence}) should break {row.breaks}; {told}"], stream)
        say([f"  false alarm: correct server {seed}: {', '.join(failed)}" for seed, failed in matrix.alarms], stream)


def markdown(matrices: Sequence[FaultMatrix]) -> str:
    """Return the page."""
    return md.render("faults.md.j2", matrices=matrices, names=_names, why=why, many=many)


def table(matrices: Sequence[FaultMatrix]) -> str:
    """Return the table of a few numbers that the README shows."""
    rows = [
        f"| {m.contract} | {len(m.rows) - len(m.missed)} of {len(m.rows)} | {m.requests} | {len(m.alarms)} of {m.lawful} |"
        for m in matrices
    ]
    head = "| contract | faults found | requests at most | false alarms on correct servers |"
    return "\n".join([head, "|---|---|---|---|", *rows])


def insert(text: str, lines: str) -> str:
    """Return a page with lines between its markers; raises ValueError without them."""
    if START not in text or END not in text:
        raise ValueError(f"the page has no place for the table: {START} … {END}")
    return text[: text.index(START) + len(START)] + f"\n\n{lines}\n\n" + text[text.index(END) :]


def _names(found: Sequence[str]) -> str:
    return few([f"`{name}`" for name in found])
