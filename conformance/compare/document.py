"""A comparison as plain values (`schemas/comparison.schema.json`)."""

from collections.abc import Sequence
from typing import Any

import attrs

from conformance import __version__
from conformance.compare.clause_table import ClauseTable
from conformance.compare.comparison import Comparison
from conformance.compare.differences import DifferenceGroup
from conformance.compare.migration import Migration
from conformance.document import moment, picked

_LONGEST = 2_000


def document(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain values."""
    names = comparison.names
    return {
        "suite": {"name": "rerank-conformance", "version": __version__},
        "made": moment(comparison.made),
        "exit_code": int(comparison.exit_code),
        "reference": picked(comparison.reference, "name version sha256"),
        "targets": [
            {
                **picked(subject, "name base_url:where"),
                "contract": picked(subject.contract, "name version sha256"),
                "recorded": not subject.asked,
                "folder": subject.folder or None,
                "requests": subject.sent,
                **picked(subject.work, "model"),
                **picked(subject, "notice"),
            }
            for subject in comparison.subjects
        ],
        "uses": [picked(use, "use:said name area role given") for use in comparison.uses],
        "stated": comparison.stated,
        "traffic": None
        if comparison.traffic is None
        else {
            "file": comparison.traffic.path,
            "requests": len(comparison.traffic.sent),
            **picked(comparison.traffic, "undeclared"),
        },
        "migrations": [
            _migration(comparison, *pair) for pair in zip(comparison.migrations, comparison.differences, strict=True)
        ],
        "portable": [
            {
                **picked(item, "use reach within"),
                "blockers": [{"target": target, "why": _cut(why)} for target, why in item.blockers],
            }
            for item in comparison.portable
        ],
        "spec_diff": [
            {
                **picked(row, "area item role differs"),
                "cells": [_facts(name, cell) for name, cell in zip(names, row.cells, strict=True)],
            }
            for row in comparison.spec_diff
        ],
        "clauses": {"own": _matrix(names, comparison.own), "by_reference": _matrix(names, comparison.by_reference)},
        "behaviour": [
            {
                **picked(behaviour, "id sentence differs"),
                "cells": [
                    {"target": name, **_short(told, "value kind:key"), **picked(told, "shown exchanges")}
                    for name, told in zip(names, behaviour.cells, strict=True)
                ],
            }
            for behaviour in comparison.behaviours
        ],
        "agreement": None if comparison.agreement is None else _plain(comparison.agreement),
        "agreement_notice": comparison.agreement_notice,
        "costs": [_plain(cost) for cost in comparison.costs],
    }


def _plain(record: Any) -> dict[str, Any]:
    """Return a frozen record as plain values; pairs become objects."""
    held: dict[str, Any] = attrs.asdict(record, filter=attrs.filters.exclude("languages", "errors"))
    if hasattr(record, "known"):
        held["known"] = [_plain(item) for item in record.known]
    for part in ("languages", "errors"):
        if hasattr(record, part):
            held[part] = {_cut(name): value for name, value in getattr(record, part)}
    return held


def _migration(comparison: Comparison, migration: Migration, causes: Sequence[DifferenceGroup]) -> dict[str, Any]:
    return {
        "target": migration.target,
        "answer": comparison.answer(migration),
        "to_set": [{"item": item, "from": before, "to": after} for item, before, after in migration.to_set],
        "causes": [
            {**_short(cause, "id title"), **picked(cause, "effect uses requirements exchanges")} for cause in causes
        ],
        "uses": [
            {
                "use": use.said,
                "effect": str(migration.effect(use.said)),
                "findings": [
                    {
                        **picked(f, "effect"),
                        **_short(f, "words basis"),
                        "requirement": f.requirement or None,
                        **picked(f, "exchanges"),
                    }
                    for f in migration.of(use.said)
                ],
            }
            for use in comparison.uses
        ],
    }


def _facts(name: str, cell: Any) -> dict[str, Any]:
    held: dict[str, Any] = attrs.asdict(cell, filter=attrs.filters.exclude("forms", "alike"))
    return {"target": name, "present": cell.present, **held}


def _matrix(names: Sequence[str], matrix: ClauseTable) -> dict[str, Any]:
    return {
        "by": matrix.by or None,
        "rows": [
            {
                **picked(line.clause, "requirement:id level sentence source"),
                "cells": [
                    {
                        "target": name,
                        **picked(cell, "state"),
                        "requirement": cell.requirement or None,
                        **_short(cell, "detail"),
                        **picked(cell, "exchanges"),
                        "proofs": [_short(proof, "exchange expected actual") for proof in cell.proofs],
                    }
                    for name, cell in zip(names, line.cells, strict=True)
                ],
            }
            for line in matrix.rows
        ],
    }


def _short(record: Any, names: str) -> dict[str, str]:
    """Return texts of a record as `picked` does, none too long."""
    return {key: _cut(words) for key, words in picked(record, names).items()}


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}… ({len(words):,} characters)"
