"""Servers that were written by hand from the vendor's page, sharing nothing with the suite."""
