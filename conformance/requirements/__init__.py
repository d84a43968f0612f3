"""Clauses: what each needs sent, and a pure judge of what came back."""
