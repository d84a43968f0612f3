"""`run.json`: the run for machines. Its schema is `schemas/run.schema.json`."""

import json
from datetime import UTC, datetime
from typing import Any

from conformance import __version__
from conformance.model.fact import plain
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.verdict.latency import latency


def moment(seconds: float) -> str:
    """Return seconds since the epoch as RFC 3339."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
                "proofs": [{"exchange": p.exchange, "expected": p.expected, "actual": p.actual} for p in verdict.proofs],
                "deviations": [number for number, standing in enumerate(run.deviations) if standing.deviation in verdict.deviations],
            }
            for verdict in run.verdicts
        ],
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


def render(run: Run) -> str:
    """Return the run as JSON; lone surrogates, which a server can send, are escaped."""
    text = json.dumps(document(run), ensure_ascii=False, indent=2)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(document(run), indent=2)
    return f"{text}\n"
