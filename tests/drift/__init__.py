"""Drift: facts, items and the overlay that documents them."""
