"""The nouns that all parts share, as plain values. Imports nothing of the project."""
