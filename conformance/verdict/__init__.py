"""Verdicts, and the record of a run."""
