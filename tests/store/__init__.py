"""The store: what is kept, compared and told."""
