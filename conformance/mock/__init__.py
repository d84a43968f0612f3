"""A server that keeps a contract, on loopback: for tests, for offline work, and to prove that the suite can see."""

from conformance.mock.server import MockServer, serve

__all__ = ["MockServer", "serve"]
