"""A night as plain values (`schemas/night.schema.json`)."""

from typing import Any

from conformance import __version__
from conformance.document import moment, picked
from conformance.model.verdict import Outcome
from conformance.nightly.night import Night, TargetNight
from conformance.store.document import of_difference, of_run


def document(night: Night) -> dict[str, Any]:
    """Return a night as plain values."""
    return {
        "suite": {"name": "rerank-conformance", "version": __version__},
        "started": moment(night.started),
        "headline": night.headline,
        "exit_code": int(night.exit_code),
        "targets": [_target(target) for target in night.targets],
    }


def _target(target: TargetNight) -> dict[str, Any]:
    run, found = target.run, target.difference
    new = {change.clause.id for change in target.alarming}
    return {
        "target": target.name,
        **picked(target, "state reason folder"),
        "run": None
        if run is None
        else {
            **of_run(run),
            "requests": run.requests,
            "summary": {str(outcome): run.counts.get(outcome, 0) for outcome in Outcome},
        },
        "alarm": bool(target.alarming),
        "newly_silent": target.silent,
        "notice": run.notice if run else "",
        "hints": list(target.hints),
        "warnings": list(target.warnings),
        "causes": [
            {
                **picked(cause, "id title level explains mend requirements"),
                "new": [name for name in cause.requirements if name in new],
            }
            for cause in target.causes
        ],
        "difference": None if found is None else of_difference(found),
        "drift": [picked(item, "fingerprint kind place sentence state news") for item in target.drift],
    }
