"""Fault matrices as plain values (`schemas/faults.schema.json`)."""

from collections.abc import Sequence
from typing import Any

from conformance.document import picked
from conformance.selftest.matrix import FaultMatrix, why


def document(matrices: Sequence[FaultMatrix]) -> list[dict[str, Any]]:
    """Return the matrix of each contract as plain values."""
    return [
        {
            "contract": matrix.contract,
            "faults": [
                {**picked(row, "fault sentence breaks"), "found": row.seen, **picked(row, "failed requests notice")}
                for row in matrix.rows
            ],
            "correct_servers": matrix.lawful,
            "false_alarms": [{"seed": seed, "failed": list(failed)} for seed, failed in matrix.alarms],
            "unbroken": [{"requirement": name, "reason": why(name)} for name in matrix.blind],
        }
        for matrix in matrices
    ]
