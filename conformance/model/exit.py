"""What a run ends with."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit statuses of a run."""

    KEPT = 0
    BROKEN = 1
    USAGE = 2
    INCONCLUSIVE = 3
    INTERNAL = 70
    INTERRUPTED = 130
