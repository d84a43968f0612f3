"""Runs, and since when each clause is as it is, for a terminal."""

from typing import TextIO

from conformance.document import moment, text
from conformance.document.text import many
from conformance.model.verdict import Outcome
from conformance.report.terminal import say, table
from conformance.report.words import NAMES
from conformance.store.document import History, Series
from conformance.store.record import Record
from conformance.store.track import Track

_RUNS = ("run", "started", "target", "contract", "profile", "exit", "passed", "failed", "rate", "p50", "p95")
_CLAUSES = ("requirement", "verdict", "since", "run", "runs", "")


def show(found: History, stream: TextIO, *, everything: bool = False) -> None:
    """Write the runs, newest first, and the clauses; unless `everything`, those that always passed are only counted."""
    table(_RUNS, [_cells(run) for run in reversed(found.runs)], stream)
    for series in found.series:
        told = [track for track in series.tracks if everything or track.shown.strip("p")]
        quiet = len(series.tracks) - len(told)
        say(["", f"{text.one_line(series.name)} ({many(len(series.runs), 'run')})"], stream)
        if told:
            table(_CLAUSES, [_row(series, track) for track in told], stream)
        if quiet:
            say([f"{many(quiet, 'clause')} always passed; --requirement '*' lists them too"], stream)


def _cells(run: Record) -> tuple[str, ...]:
    counts, rate = run.counts, run.pass_rate
    named = (run.id[:8], moment(run.started)[:19], run.target, run.contract, run.profile, str(run.exit_code))
    told = (str(counts[Outcome.PASS] + counts[Outcome.SURPRISE_PASS]), str(counts[Outcome.FAIL]))
    times = ("" if value is None else f"{value:.0f} ms" for value in (run.latency.p50_ms, run.latency.p95_ms))
    return *named, *told, "" if rate is None else f"{rate:.1%}", *times


def _row(series: Series, track: Track) -> tuple[str, ...]:
    since = series.runs[track.since]
    notes = []
    if track.flaky:
        notes = [f"flaky: {track.flaky}"]
    elif track.before is not None:
        notes = [f"before that {NAMES[track.before]}"]
    if track.runs[-1] != len(series.runs) - 1:
        notes.append("not judged any more")
    told = (track.clause.id, NAMES[track.outcome], moment(since.started)[:19], since.id[:8], str(track.length))
    return (*told, "; ".join(notes))
