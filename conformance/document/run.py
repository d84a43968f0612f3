"""`run.json`: the run for machines. Its schema is `schemas/run.schema.json`."""

from collections.abc import Iterable, Mapping
from statistics import quantiles
from typing import Any

from conformance import __version__
from conformance.document import moment, picked
from conformance.model.cause import Cause
from conformance.model.clause import Level
from conformance.model.exchange import Exchange
from conformance.model.fact import plain
from conformance.model.run import Run
from conformance.model.verdict import Outcome


def latency(exchanges: Iterable[Exchange]) -> dict[str, float]:
    """Return percentiles in milliseconds over the answers with 2xx, and how many those are; empty without any.

    Refusals are left out: they are quicker than work, and how many there are
    depends on what was asked.
    """
    times = [
        exchange.elapsed * 1000
        for exchange in exchanges
        if exchange.response is not None and 200 <= exchange.response.status < 300
    ]
    if not times:
        return {}
    points = quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return {
        "p50_ms": round(points[49], 3),
        "p95_ms": round(points[94], 3),
        "p99_ms": round(points[98], 3),
        "answers": len(times),
    }


CAUSE = "id kind title level requirements exchanges explains mend"
# What names the contract of a run.
CONTRACT = "name:contract version:contract_version sha256:contract_sha256"
# What a run's folder holds, by format.
FILES: Mapping[str, str] = {
    "json": "run.json",
    "junit": "junit.xml",
    "markdown": "report.md",
    "html": "report.html",
    "har": "exchanges.har",
}


def document(run: Run) -> dict[str, Any]:
    """Return the run as plain values."""
    return {
        "id": run.id,
        "suite": {"name": "rerank-conformance", "version": __version__},
        "target": picked(run, "name:target base_url"),
        "contract": picked(run, CONTRACT),
        **picked(run, "profile seed"),
        "started": moment(run.started),
        "duration_s": round(run.duration_s, 3),
        **picked(run, "requests exit_code"),
        "latency": latency(run.exchanges.values()),
        **picked(run, "notice silent"),
        "pace": None if run.pace is None else round(run.pace, 1),
        "judged": {"musts": run.musts[0], "of": run.musts[1]},
        "summary": {str(outcome): sum(v.outcome is outcome for v in run.verdicts) for outcome in Outcome},
        "verdicts": [
            {
                **picked(verdict.clause, "requirement:id level"),
                **picked(verdict, "verdict:outcome detail model exchanges"),
                **picked(verdict.clause, "sentence source"),
                **picked(verdict, "proofs"),
                "deviations": [at for at, one in enumerate(run.deviations) if one.deviation in verdict.deviations],
            }
            for verdict in run.verdicts
        ],
        "causes": [picked(cause, CAUSE) for cause in run.causes],
        "hints": list(run.hints),
        "deviations": [
            {**standing.deviation.plain(), **picked(standing, "seen surprises overdue warning")}
            for standing in run.deviations
        ],
        "observations": [picked(one, "observation:id sentence value exchanges") for one in run.observations],
        "facts": [plain(fact) for fact in run.facts],
    }


def causes_of(document: Mapping[str, Any]) -> tuple[Cause, ...]:
    """Return the causes in the content of a `run.json`; none of a version that had no causes."""
    return tuple(
        Cause(**{name: _held(row[name]) for name in CAUSE.split()} | {"level": Level(row["level"])})
        for row in document.get("causes", ())
    )


def _held(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
