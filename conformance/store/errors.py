"""What a store says when it cannot serve."""


class StoreError(Exception):
    """One sentence for the user, without passwords."""
