"""A mock on a real socket of loopback."""

import asyncio
import contextlib
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from copy import copy
from difflib import get_close_matches
from typing import Self

import uvicorn

from conformance.contract import Contract
from conformance.exchange import environment
from conformance.mock.app import App
from conformance.mock.rules import Rules
from conformance.mock.script import Scriptable

HOST = "127.0.0.1"
_PATIENCE = 10.0
_TICK = 0.1


def default_key(contract: Contract) -> str:
    """Return the key of the contract's environment variable where it is set, else `mock-key`; raises TargetError for one that no header can carry."""
    return environment.key(f"http://{HOST}", contract.key_env or "")


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
        fault: str | None = None,
        every: int = 1,
        chaos: str | None = None,
        observed: bool = False,
        state: str | None = None,
        seed: int = 0,
        app: App | None = None,
    ) -> None:
        """Prepare a mock, `observed` for one that answers as the live service is seen to, in a state of it.

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
        self._socket = _bind(port)
        self.port: int = self._socket.getsockname()[1]
        self.base_url = f"http://{HOST}:{self.port}{self.app.base_path}"
        self._server = _Embedded(_config(self.app))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    @property
    def calls(self) -> int:
        """How many requests came."""
        return self.app.calls

    def __enter__(self) -> Self:
        """Start, and wait until requests are answered."""
        self._thread.start()
        end = time.monotonic() + _PATIENCE
        while not self._server.started:
            if time.monotonic() > end or not self._thread.is_alive():
                raise RuntimeError("The mock did not start.")
            time.sleep(0.002)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and wait until the port is free."""
        self._server.stop()
        self._thread.join(_PATIENCE)
        self._socket.close()


class _Embedded(uvicorn.Server):
    """A server that stops when it is told to: uvicorn's own looks ten times a second, and then waits for a tenth."""

    _ended: asyncio.Event
    _loop: asyncio.AbstractEventLoop

    async def main_loop(self) -> None:
        """Tick as uvicorn does, until told to stop."""
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _TICK)

    async def shutdown(self, sockets: Sequence[socket.socket] | None = None) -> None:
        """Close everything at once."""
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in self.server_state.tasks:
            task.cancel()

    def stop(self) -> None:
        """End the loop; from any thread."""
        self.should_exit = True
        with contextlib.suppress(AttributeError, RuntimeError):
            # Neither begun nor over already.
            self._loop.call_soon_threadsafe(self._ended.set)


def faithful(contract: Contract, key: str, *, observed: bool = False, state: str | None = None, seed: int = 0) -> Rules:
    """Return the rules of a contract, or of its live service as it is seen; raises ObservedError."""
    if not observed and state is None:
        return Rules(contract, key)
    from conformance.mock.observed import Observed

    return Observed(contract, key, state=state, seed=seed)


def prepare(rules: Rules, *, fault: str | None = None, every: int = 1, chaos: str | None = None, seed: int = 0) -> App:
    """Return the application of some rules, with a fault in one answer of `every`, or with chaos."""
    app = App(rules, seed=seed)
    if fault is not None or chaos is not None:
        from conformance.mock.faults import CHAOS, faults

        known = faults(rules.contract) if fault is not None else {}
        for kind, name, catalogue in (("fault", fault, known), ("chaos", chaos, CHAOS)):
            if name is not None and name not in catalogue:
                close = get_close_matches(name, catalogue, 1)
                hint = f" Did you mean {close[0]}?" if close else ""
                raise UnknownFaultError(f"There is no {kind} {name!r} for a server of {rules.contract.name}.{hint}")
        if fault is not None:
            broken = copy(rules) if every > 1 else rules
            known[fault].apply(broken)
            app.broken, app.every = broken, every
        app.chaos = CHAOS[chaos].begin(app.random) if chaos is not None else None
    return app


class UnknownFaultError(ValueError):
    """No fault of this name is in the catalogue."""


def serve(
    contract: Contract,
    port: int = 0,
    *,
    fault: str | None = None,
    every: int = 1,
    chaos: str | None = None,
    observed: bool = False,
    state: str | None = None,
    ready: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until Ctrl-C; `ready` is called with the base URL. Raises PortError for a port that cannot be had, else as MockServer does."""
    app = prepare(
        faithful(contract, default_key(contract), observed=observed, state=state), fault=fault, every=every, chaos=chaos
    )
    listen(app, port, ready)


class _Announced(uvicorn.Server):
    """A server that says when it serves: whoever stops it at this word meets its own handler of signals."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets=sockets)
        self._announce()


def listen(app: App, port: int = 0, ready: Callable[[str], None] = lambda _url: None) -> None:
    """Serve an application until Ctrl-C or SIGTERM; `ready` is called with the base URL. Raises PortError for a port that cannot be had."""
    bound = _bind(port)
    base_url = f"http://{HOST}:{bound.getsockname()[1]}{app.base_path}"
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _Announced(_config(app), lambda: ready(base_url)).run(sockets=[bound])
    except KeyboardInterrupt:
        # uvicorn has shut down in order and raises the signal once more.
        return
    finally:
        signal.signal(signal.SIGTERM, before)


class PortError(OSError):
    """A port cannot be had."""


def _bind(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError as error:
        bound.close()
        raise PortError(*error.args) from error
    bound.listen(1024)
    return bound


def _config(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", http="httptools", server_header=False, ws="none"
    )
