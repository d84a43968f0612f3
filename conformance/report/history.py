"""Runs, and since when each clause is as it is: for a terminal and for machines (`schemas/history.schema.json`)."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, TextIO

from attrs import frozen

from conformance.model.verdict import Outcome
from conformance.report import table, text
from conformance.report.difference import of_run
from conformance.report.headline import NAMES
from conformance.report.run_json import moment
from conformance.store.record import Record
from conformance.store.track import Track, by_series, tracks


@frozen
class Series:
    """Comparable runs, oldest first, and the track of each clause that was asked for."""

    runs: Sequence[Record]
    tracks: Sequence[Track]

    @property
    def name(self) -> str:
        """Target, contract and profile."""
        return " · ".join(self.runs[-1].series)


def history(runs: Sequence[Record], glob: str | None = None) -> list[Series]:
    """Return runs (oldest first) by what makes them comparable, with the clauses whose id matches a glob."""
    return [
        Series(series, [track for track in tracks(series) if glob is None or fnmatchcase(track.clause.id, glob)])
        for _, series in sorted(by_series(runs).items())
    ]


def document(runs: Sequence[Record], found: Sequence[Series]) -> dict[str, Any]:
    """Return a history as plain values; `runs` are those to list."""
    return {
        "runs": [_run(run) for run in reversed(runs)],
        "series": [
            {
                "target": series.runs[-1].target,
                "contract": series.runs[-1].contract,
                "profile": series.runs[-1].profile,
                "runs": len(series.runs),
                "requirements": [_requirement(series, track) for track in series.tracks],
            }
            for series in found
        ],
    }


def _run(run: Record) -> dict[str, Any]:
    rate, latency = run.pass_rate, run.latency
    return {
        **of_run(run),
        "requests": run.requests,
        "duration_s": run.duration_s,
        "summary": {str(outcome): count for outcome, count in run.counts.items()},
        "pass_rate": None if rate is None else round(rate, 4),
        "latency": {"p50_ms": latency.p50_ms, "p95_ms": latency.p95_ms, "p99_ms": latency.p99_ms, "answers": latency.answers},
    }


def _requirement(series: Series, track: Track) -> dict[str, Any]:
    since, flaky = series.runs[track.since], track.flaky
    return {
        "requirement": track.clause.id,
        "level": str(track.clause.level),
        "sentence": track.clause.sentence,
        "verdict": str(track.outcome),
        "since": {"run": since.id, "started": moment(since.started)},
        "runs": track.length,
        "judged": len(track.letters),
        "current": track.runs[-1] == len(series.runs) - 1,
        "before": None if track.before is None else str(track.before),
        "flaky": None if flaky is None else {"nights": flaky.nights, "broken": flaky.broken, "flips": flaky.flips, "rate": round(flaky.rate, 4)},
    }


def show(runs: Sequence[Record], found: Sequence[Series], stream: TextIO, *, everything: bool) -> None:
    """Write the runs, newest first, and the clauses; unless `everything`, those that were never anything but kept are only counted."""
    columns = ("run", "started", "target", "contract", "profile", "exit", "kept", "broken", "rate", "p50", "p95")
    table.show(columns, [_cells(run) for run in reversed(runs)], stream)
    for series in found:
        told = [track for track in series.tracks if everything or _eventful(track)]
        quiet = len(series.tracks) - len(told)
        stream.write(f"\n{text.one_line(series.name)} ({len(series.runs)} runs)\n")
        if told:
            table.show(("requirement", "verdict", "since", "run", "runs", ""), [_row(series, track) for track in told], stream)
        if quiet:
            stream.write(f"{quiet} clauses were never anything but kept; --requirement '*' lists them too\n")


def _cells(run: Record) -> tuple[str, ...]:
    counts, rate = run.counts, run.pass_rate
    kept = counts[Outcome.PASS] + counts[Outcome.SURPRISE_PASS]
    shown = "" if rate is None else f"{rate:.1%}"
    times = tuple("" if value is None else f"{value:.0f} ms" for value in (run.latency.p50_ms, run.latency.p95_ms))
    return (run.id[:8], moment(run.started)[:19], run.target, run.contract, run.profile, str(run.exit_code), str(kept), str(counts[Outcome.FAIL]), shown, *times)


def _eventful(track: Track) -> bool:
    return bool(track.shown.strip("p"))


def _row(series: Series, track: Track) -> tuple[str, ...]:
    since = series.runs[track.since]
    notes = [str(track.flaky)] if track.flaky else []
    if track.flaky:
        notes = [f"flaky: {track.flaky}"]
    elif track.before is not None:
        notes = [f"before that {NAMES[track.before]}"]
    if track.runs[-1] != len(series.runs) - 1:
        notes.append("not judged any more")
    return (track.clause.id, NAMES[track.outcome], moment(since.started)[:19], since.id[:8], str(track.length), "; ".join(notes))
