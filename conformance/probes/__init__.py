"""Requests sent on purpose, derived from a contract."""
