"""What changed in an API though no clause of its contract broke."""
