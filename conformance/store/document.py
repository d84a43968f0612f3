"""What a store can tell, as plain values: what changed between two runs, the history of clauses, a trend."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from attrs import frozen

from conformance.document import moment, picked
from conformance.document.run import CONTRACT
from conformance.store.difference import LISTS, ClauseChange, Difference
from conformance.store.record import Record
from conformance.store.track import Flaky, Track, by_series, tracks


@frozen
class Series:
    """Comparable runs, oldest first, and the track of each clause that was asked for."""

    runs: Sequence[Record]
    tracks: Sequence[Track]

    @property
    def name(self) -> str:
        """Target, contract and profile."""
        return " · ".join(self.runs[-1].series)


@frozen
class History:
    """The runs to list, oldest first, and the series that they belong to."""

    runs: Sequence[Record]
    series: Sequence[Series]


def history(runs: Sequence[Record], glob: str | None = None, limit: int | None = None) -> History:
    """Return runs (oldest first) by what makes them comparable, with the clauses whose id matches a glob.

    `limit` is how many of the last runs are listed; clauses are judged by all.
    """
    found = [
        Series(series, [track for track in tracks(series) if glob is None or fnmatchcase(track.clause.id, glob)])
        for _, series in sorted(by_series(runs).items())
    ]
    return History(runs if limit is None else runs[-limit:], found)


def of_run(run: Record) -> dict[str, Any]:
    """Return what names a run, as plain values."""
    named = {**picked(run, "id target"), "contract": picked(run, CONTRACT), "profile": run.profile}
    return named | {"started": moment(run.started), "exit_code": run.exit_code}


def of_difference(found: Difference) -> dict[str, Any]:
    """Return what changed between two runs (`schemas/difference.schema.json`)."""
    return {
        "before": None if found.before is None else of_run(found.before),
        "after": of_run(found.after),
        "alarm": bool(found.alarming),
        **{name: [_change(change) for change in getattr(found, name)] for name in LISTS},
    }


def _change(change: ClauseChange) -> dict[str, Any]:
    names = "requirement:id level sentence"
    return {**picked(change.clause, names), **picked(change, "before now detail"), "flaky": _flaky(change.flaky)}


def _flaky(flaky: Flaky | None) -> dict[str, Any] | None:
    return None if flaky is None else {**picked(flaky, "nights broken flips"), "rate": round(flaky.rate, 4)}


def of_history(found: History) -> dict[str, Any]:
    """Return runs and since when each clause is as it is (`schemas/history.schema.json`)."""
    return {
        "runs": [_listed(run) for run in reversed(found.runs)],
        "series": [
            picked(series.runs[-1], "target contract profile")
            | {"runs": len(series.runs), "requirements": [_requirement(series, track) for track in series.tracks]}
            for series in found.series
        ],
    }


def _listed(run: Record) -> dict[str, Any]:
    return {
        **of_run(run),
        **picked(run, "requests duration_s"),
        "summary": {str(outcome): count for outcome, count in run.counts.items()},
        "pass_rate": _rate(run),
        **picked(run, "latency"),
    }


def _rate(run: Record) -> float | None:
    return None if run.pass_rate is None else round(run.pass_rate, 4)


def _requirement(series: Series, track: Track) -> dict[str, Any]:
    since = series.runs[track.since]
    return {
        **picked(track.clause, "requirement:id level sentence"),
        "verdict": str(track.outcome),
        "since": {"run": since.id, "started": moment(since.started)},
        "runs": track.length,
        "judged": len(track.letters),
        "current": track.runs[-1] == len(series.runs) - 1,
        "before": None if track.before is None else str(track.before),
        "flaky": _flaky(track.flaky),
    }


def of_trend(runs: Sequence[Record]) -> list[dict[str, Any]]:
    """Return the points of each series (`schemas/trend.schema.json`)."""
    return [
        {"target": target, "contract": contract, "profile": profile, "points": [_point(run) for run in series]}
        for (target, contract, profile), series in sorted(by_series(runs).items())
    ]


def _point(run: Record) -> dict[str, Any]:
    point = {"run": run.id, "started": moment(run.started), "pass_rate": _rate(run)}
    return point | picked(run.latency, "p50_ms p95_ms p99_ms")
