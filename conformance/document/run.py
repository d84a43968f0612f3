"""`run.json`: the run for machines. Its schema is `schemas/run.schema.json`."""

from collections.abc import Mapping
from typing import Any

from conformance import __version__
from conformance.document import moment
from conformance.document.latency import latency
from conformance.model.cause import Cause
from conformance.model.clause import Level
from conformance.model.fact import plain
from conformance.model.run import Run
from conformance.model.verdict import Outcome

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
                "detail": verdict.detail,
                "model": verdict.model,
                "exchanges": list(verdict.exchanges),
                "sentence": verdict.clause.sentence,
                "source": verdict.clause.source,
                "proofs": [
                    {"exchange": p.exchange, "expected": p.expected, "actual": p.actual} for p in verdict.proofs
                ],
                "deviations": [
                    number for number, one in enumerate(run.deviations) if one.deviation in verdict.deviations
                ],
            }
            for verdict in run.verdicts
        ],
        "causes": [
            {
                "id": cause.id,
                "kind": cause.kind,
                "title": cause.title,
                "level": str(cause.level),
                "requirements": list(cause.requirements),
                "exchanges": list(cause.exchanges),
                "explains": cause.explains,
                "mend": cause.mend,
            }
            for cause in run.causes
        ],
        "hints": list(run.hints),
        "deviations": [
            {
                **standing.deviation.plain(),
                "seen": list(standing.seen),
                "surprises": list(standing.surprises),
                "overdue": standing.overdue,
                "warning": standing.warning,
            }
            for standing in run.deviations
        ],
        "observations": [
            {"observation": o.id, "sentence": o.sentence, "value": o.value, "exchanges": list(o.exchanges)}
            for o in run.observations
        ],
        "facts": [plain(fact) for fact in run.facts],
    }


def causes_of(document: Mapping[str, Any]) -> tuple[Cause, ...]:
    """Return the causes in the content of a `run.json`; none of a version that had no causes."""
    return tuple(
        Cause(
            id=row["id"],
            kind=row["kind"],
            title=row["title"],
            level=Level(row["level"]),
            requirements=tuple(row["requirements"]),
            exchanges=tuple(row["exchanges"]),
            explains=row["explains"],
            mend=row["mend"],
        )
        for row in document.get("causes", ())
    )
