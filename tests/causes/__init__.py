"""Causes: what explains the failed clauses of a run."""
