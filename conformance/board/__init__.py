"""The public board: a static site made from a store of nights."""
