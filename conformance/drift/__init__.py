"""What changed in an API although no check failed."""
