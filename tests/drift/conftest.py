"""The stores of `tests/store`, in a file and on a server."""

from tests.store.conftest import database, place, postgresql

__all__ = ["database", "place", "postgresql"]
