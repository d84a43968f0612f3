"""Servers that others wrote, started on loopback: what the suite says of itself is tried on them."""
