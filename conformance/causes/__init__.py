"""What explains the failed clauses of a run: few causes in place of many findings."""

from conformance.causes.grouping import causes, grouped

__all__ = ["causes", "grouped"]
