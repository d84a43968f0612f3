"""The day the spec changes."""
