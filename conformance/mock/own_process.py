"""A mock without a fault in a process of its own, which alone imports what it serves with: its parent has a run to plan meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from socket import socket

from conformance.contract import Contract
from conformance.document.process import beside
from conformance.mock.port import bind, default_key, url


@contextmanager
def served(contract: Contract) -> Iterator[tuple[str, str]]:
    """Yield the base URL of a mock and its key, where this process may fork (see `alone`)."""
    key, listening = default_key(contract), bind(0)
    with beside(partial(_serve, contract, key, listening)):
        there = url(contract, listening)
        listening.close()
        yield there, key


def _serve(contract: Contract, key: str, listening: socket, parent: socket) -> None:
    from conformance.mock.server import faithful, prepare, serve_on

    serve_on(prepare(faithful(contract, key)), listening, parent)
