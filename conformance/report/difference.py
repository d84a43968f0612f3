"""What changed between two runs, for people (terminal, Markdown) and for machines (`schemas/difference.schema.json`)."""

from collections.abc import Iterator
from typing import Any

from conformance.model.verdict import Outcome
from conformance.report import text
from conformance.report.headline import NAMES
from conformance.report.markdown import cell, code, sentence
from conformance.report.run_json import moment
from conformance.store.compare import Change, Difference
from conformance.store.record import Record

_ROWS = 100
LISTS = {
    "newly_broken": "Newly broken",
    "mended": "Mended",
    "flaky": "Flaky",
    "new": "New",
    "gone": "Gone",
    "changed": "Changed otherwise",
    "still_broken": "Still broken",
}


def document(found: Difference) -> dict[str, Any]:
    """Return the difference as plain values."""
    return {
        "before": None if found.before is None else of_run(found.before),
        "after": of_run(found.after),
        "alarm": bool(found.alarming),
        **{name: [_row(change) for change in getattr(found, name)] for name in LISTS},
    }


def of_run(run: Record) -> dict[str, Any]:
    """Return what names a run, as plain values."""
    return {
        "id": run.id,
        "target": run.target,
        "contract": {"name": run.contract, "version": run.contract_version, "sha256": run.contract_sha256},
        "profile": run.profile,
        "started": moment(run.started),
        "exit_code": run.exit_code,
    }


def _row(change: Change) -> dict[str, Any]:
    flaky = change.flaky
    return {
        "requirement": change.clause.id,
        "level": str(change.clause.level),
        "sentence": change.clause.sentence,
        "before": None if change.before is None else str(change.before),
        "now": None if change.now is None else str(change.now),
        "detail": change.detail,
        "flaky": None if flaky is None else {"nights": flaky.nights, "broken": flaky.broken, "flips": flaky.flips, "rate": round(flaky.rate, 4)},
    }


def headline(found: Difference) -> str:
    """Return what changed in one sentence, without any of the server's words."""
    if found.before is None:
        broken = len(found.alarming)
        return f"The first run of its kind: {len(found.new)} clauses, {broken} broken" if broken else f"The first run of its kind: {len(found.new)} clauses, none broken"
    told = [f"{len(getattr(found, name))} {words.lower()}" for name, words in LISTS.items() if getattr(found, name) and name != "still_broken"]
    still = f"{len(found.still_broken)} still broken"
    return ", ".join([*told, still] if found.still_broken else told) or "Nothing changed"


def plain(found: Difference) -> str:
    """Return the difference for a terminal."""
    lines = [f"{_name(found.before)} → {_name(found.after)}"]
    for name, words in LISTS.items():
        for change in _listed(found, name):
            lines += ["", f"{words.upper()} {text.one_line(change.clause.id)} ({change.clause.level})", f"  {text.one_line(change.clause.sentence)}"]
            lines += [f"  {line}" for line in _said(change, name)]
    return "\n".join([*lines, "", headline(found), ""])


def markdown(found: Difference) -> str:
    """Return the difference as GitHub's Markdown, a server's words as code."""
    lines = [f"**{headline(found)}**", "", f"{code(_name(found.before))} → {code(_name(found.after))}", ""]
    for name, words in LISTS.items():
        changes = list(_listed(found, name))
        if changes:
            lines += [f"### {words} ({len(changes)})", "", "| requirement | level | sentence | |", "|---|---|---|---|"]
            lines += [f"| {cell(c.clause.id)} | {c.clause.level} | {sentence(c.clause.sentence)} | {'; '.join(map(cell, _said(c, name)))} |" for c in changes[:_ROWS]]
            lines += [f"\nand {len(changes) - _ROWS} more"] if len(changes) > _ROWS else []
            lines.append("")
    return "\n".join(lines)


def _listed(found: Difference, name: str) -> Iterator[Change]:
    """Yield what is listed by name; of a first run only what is broken, since all of it is new."""
    for change in getattr(found, name):
        if name != "new" or found.before is not None or change in found.alarming:
            yield change


def _said(change: Change, name: str) -> list[str]:
    said = [moved(change, name), *([str(change.flaky)] if change.flaky else []), *([text.one_line(change.detail)] if change.detail else [])]
    return [line for line in said if line]


def moved(change: Change, name: str) -> str:
    """Return in words what a clause was and is, in the list of a name (one of LISTS)."""
    now = _word(change.now)
    if change.before != change.now:
        return f"{_word(change.before)} → {now}"
    # What flipped and has settled is told on the night on which it did, and moved on none.
    return f"{now}, and flips no more" if name in {"newly_broken", "mended"} else now


def _word(outcome: Outcome | None) -> str:
    return "not judged" if outcome is None else NAMES[outcome]


def _name(run: Record | None) -> str:
    return "no earlier run" if run is None else f"{text.one_line(run.target)} {run.id[:8]} {moment(run.started)}"
