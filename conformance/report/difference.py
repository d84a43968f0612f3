"""What changed between two runs, for people: terminal and Markdown."""

from collections.abc import Sequence
from typing import TextIO

from conformance.document import moment, text
from conformance.document.text import many
from conformance.model.verdict import Outcome
from conformance.report import markdown as md
from conformance.report.terminal import say
from conformance.report.words import NAMES
from conformance.store.difference import LISTS, ClauseChange, Difference
from conformance.store.record import Record

_ROWS = 100
_UNJUDGED = {Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE}
_SETTLED = {"newly_broken", "mended"}


def headline(found: Difference) -> str:
    """Return what changed in one sentence, without any of the server's words."""
    if found.before is None:
        return f"The first run of its kind: {_first(found)}"
    told = [f"{len(getattr(found, name))} {words.lower()}" for name, words in LISTS.items() if getattr(found, name)]
    if told and told != [f"{len(found.still_broken)} still failing"]:
        return ", ".join(told)
    return ", ".join(["Nothing changed", *told])


def _first(found: Difference) -> str:
    clauses, failing = many(len(found.new), "clause"), len(found.alarming)
    open_ = sum(change.now is Outcome.INCONCLUSIVE for change in found.new)
    if not failing and not any(change.now not in _UNJUDGED for change in found.new):
        return f"{clauses}, none could be judged"
    return f"{clauses}, {failing or 'none'} failed" + (f", {open_} could not be judged" if open_ else "")


def show(found: Difference, stream: TextIO) -> None:
    """Write the difference for a terminal."""
    lines = [f"{_name(found.before)} → {_name(found.after)}", *filter(None, [unlike(found)])]
    for name, words in LISTS.items():
        for change in listed(found, name):
            clause = change.clause
            lines += ["", f"{words.upper()} {text.one_line(clause.id)} ({clause.level})"]
            lines += [f"  {line}" for line in (text.one_line(clause.sentence), *_said(change, name))]
    say([*lines, "", headline(found)], stream)


def markdown(found: Difference) -> str:
    """Return the difference as GitHub's Markdown."""
    lists = [(name, words, listed(found, name)) for name, words in LISTS.items()]
    return md.render(
        "difference.md.j2",
        headline=headline(found),
        before=_name(found.before),
        after=_name(found.after),
        unlike=unlike(found),
        lists=[(name, words, changes) for name, words, changes in lists if changes],
        said=_said,
        rows=_ROWS,
    )


def unlike(found: Difference) -> str:
    """Return in a sentence why two runs are hardly comparable; empty where they are of one contract and profile."""
    if found.before is None:
        return ""
    pairs = {
        what: [
            text.one_line(f"{run.contract} {run.contract_version}" if what == "contract" else run.profile)
            for run in (found.before, found.after)
        ]
        for what in ("contract", "profile")
        if getattr(found.before, what) != getattr(found.after, what)
    }
    told = " and ".join(f"{what} ({' → '.join(names)})" for what, names in pairs.items())
    return f"The runs differ in {told}, so checks may be new or gone for that reason." if told else ""


def listed(found: Difference, name: str) -> Sequence[ClauseChange]:
    """Return what is listed by name; of a first run only what failed, since all of it is new."""
    changes: Sequence[ClauseChange] = getattr(found, name)
    if name == "new" and found.before is None:
        return [change for change in changes if change in found.alarming]
    return changes


def _said(change: ClauseChange, name: str) -> list[str]:
    said = [moved(change, name), str(change.flaky) if change.flaky else "", text.one_line(change.detail)]
    return [line for line in said if line]


def moved(change: ClauseChange, name: str) -> str:
    """Return in words what a clause was and is, in the list of a name (one of LISTS)."""
    now = _word(change.now)
    if change.before != change.now:
        return f"{_word(change.before)} → {now}"
    # What flipped and has settled is told on the night on which it did, and moved on none.
    return f"{now}, and stable now" if name in _SETTLED else now


def _word(outcome: Outcome | None) -> str:
    return "not judged" if outcome is None else NAMES[outcome]


def _name(run: Record | None) -> str:
    return "no earlier run" if run is None else f"{text.one_line(run.target)} {run.id[:8]} {moment(run.started)}"
