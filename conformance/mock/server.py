"""A mock on a real socket of loopback."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import partial
from socket import socket
from typing import Self

from conformance.contract import Contract
from conformance.document.process import alone, beside
from conformance.document.text import meant
from conformance.mock.app import App
from conformance.mock.port import bind, default_key, url
from conformance.mock.rules import Rules
from conformance.mock.script import Scriptable

_PATIENCE = 10.0


class MockServer(Scriptable):
    """A context manager: a mock of a contract on a free port, or on the one given.

    `base_url` is what a client takes; `key` what it must send; `calls` counts
    the requests that came; `script` and `fail_next` tell it what to answer.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        port: int = 0,
        key: str | None = None,
        rules: Rules | None = None,
        fault: str | Iterable[str] | None = None,
        every: int = 1,
        chaos: str | None = None,
        observed: bool = False,
        state: str | None = None,
        seed: int = 0,
        app: App | None = None,
    ) -> None:
        """Prepare a mock, with one fault or several; `observed` for one that answers as the live service is seen to, in a state of it.

        Raises UnknownFaultError for a fault or chaos that is not in the
        catalogue, ObservedError where nothing was seen.
        """
        self.contract = contract
        self.key = key or default_key(contract)
        self.app = app or prepare(
            rules or faithful(contract, self.key, observed=observed, state=state, seed=seed),
            fault=fault,
            every=every,
            chaos=chaos,
            seed=seed,
        )
        self._socket = bind(port)
        self.port: int = self._socket.getsockname()[1]
        self.base_url = url(contract, self._socket)

    @property
    def calls(self) -> int:
        """How many requests came."""
        return self.app.calls

    def __enter__(self) -> Self:
        """Start; who asks already waits."""
        from conformance.mock.listener import embedded

        self._server = embedded(self.app)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and wait until the port is free."""
        self._server.stop()
        self._thread.join(_PATIENCE)
        self._socket.close()

    @contextmanager
    def apart(self) -> Iterator[Self]:
        """Serve from a process of its own, where there can be one: `calls`, `script` and `fail_next` do not reach it."""
        if not alone():
            with self:
                yield self
            return
        with beside(partial(serve_on, self.app, self._socket)):
            self._socket.close()
            yield self


def serve_on(app: App, listening: socket, parent: socket) -> None:
    """Serve on a socket for as long as a parent's process is there."""
    from conformance.mock.listener import embedded

    threading.Thread(target=lambda: os._exit(len(parent.recv(1))), daemon=True).start()
    embedded(app).run(sockets=[listening])


def faithful(contract: Contract, key: str, *, observed: bool = False, state: str | None = None, seed: int = 0) -> Rules:
    """Return the rules of a contract, or of its live service as it is seen; raises ObservedError."""
    if not observed and state is None:
        return Rules(contract, key)
    from conformance.mock.observed import Observed

    return Observed(contract, key, state=state, seed=seed)


def prepare(
    rules: Rules, *, fault: str | Iterable[str] | None = None, every: int = 1, chaos: str | None = None, seed: int = 0
) -> App:
    """Return the application of some rules, with faults in one answer of `every`, or with chaos."""
    app = App(rules, seed=seed)
    names = [fault] if isinstance(fault, str) else list(fault or ())
    if names or chaos is not None:
        from conformance.mock.faults import CHAOS, faults

        known = faults(rules.contract) if names else {}
        asked = [*(("fault", name, known) for name in names), *([("chaos", chaos, CHAOS)] if chaos is not None else [])]
        for kind, name, catalogue in asked:
            if name not in catalogue:
                hint = meant(name, catalogue)
                raise UnknownFaultError(f"There is no {kind} {name!r} for a server of {rules.contract.name}.{hint}")
        if names:
            broken = copy(rules) if every > 1 else rules
            for name in names:
                known[name].apply(broken)
            app.broken, app.every = broken, every
        app.chaos = CHAOS[chaos].begin(app.random) if chaos is not None else None
    return app


class UnknownFaultError(ValueError):
    """No fault of this name is in the catalogue."""


def serve(
    contract: Contract,
    port: int = 0,
    *,
    fault: str | Iterable[str] | None = None,
    every: int = 1,
    chaos: str | None = None,
    observed: bool = False,
    state: str | None = None,
    ready: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until Ctrl-C; `ready` is called with the base URL. Raises PortError for a port that cannot be had, else as MockServer does."""
    from conformance.mock.listener import listen

    key = default_key(contract)
    app = prepare(faithful(contract, key, observed=observed, state=state), fault=fault, every=every, chaos=chaos)
    listen(app, port, ready)
