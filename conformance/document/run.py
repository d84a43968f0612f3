"""`run.json`: the run for machines. Its schema is `schemas/run.schema.json`."""

from collections.abc import Mapping
from typing import Any

from conformance import __version__
from conformance.document import moment, picked
from conformance.document.latency import latency
from conformance.model.cause import Cause
from conformance.model.clause import Level
from conformance.model.fact import plain
from conformance.model.run import Run
from conformance.model.verdict import Outcome

CAUSE = "id kind title level requirements exchanges explains mend"
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
        "target": {"name": run.target, "base_url": run.base_url},
        "contract": {"name": run.contract, "version": run.contract_version, "sha256": run.contract_sha256},
        "profile": run.profile,
        "seed": run.seed,
        "started": moment(run.started),
        "duration_s": round(run.duration_s, 3),
        "requests": run.requests,
        "exit_code": run.exit_code,
        "latency": latency(run.exchanges.values()),
        "notice": run.notice,
        "pace": None if run.pace is None else round(run.pace, 1),
        "judged": {"musts": run.musts[0], "of": run.musts[1]},
        "summary": {str(outcome): sum(v.outcome is outcome for v in run.verdicts) for outcome in Outcome},
        "verdicts": [
            {
                "requirement": verdict.clause.id,
                "level": str(verdict.clause.level),
                "verdict": str(verdict.outcome),
                **picked(verdict, "detail model exchanges"),
                **picked(verdict.clause, "sentence source"),
                **picked(verdict, "proofs"),
                "deviations": [
                    number for number, one in enumerate(run.deviations) if one.deviation in verdict.deviations
                ],
            }
            for verdict in run.verdicts
        ],
        "causes": [picked(cause, CAUSE) for cause in run.causes],
        "hints": list(run.hints),
        "deviations": [
            {**standing.deviation.plain(), **picked(standing, "seen surprises overdue warning")}
            for standing in run.deviations
        ],
        "observations": [{"observation": o.id, **picked(o, "sentence value exchanges")} for o in run.observations],
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
