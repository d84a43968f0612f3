"""Contracts: the only home of every constraint."""
