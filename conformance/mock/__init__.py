"""A server that keeps a contract, on loopback: for tests, for offline work, and to prove that the suite can see."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.mock.server import MockServer, serve

__all__ = ["MockServer", "serve"]


def __getattr__(name: str) -> Any:
    """Import what serves when it is asked for: a command whose mock has a process of its own never asks."""
    if name not in __all__:
        raise AttributeError(name)
    from conformance.mock import server

    return getattr(server, name)
