"""A server of an application on a port of loopback."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Sequence

import uvicorn

from conformance.mock.app import App
from conformance.mock.port import HOST, bind

_TICK = 0.1


class Embedded(uvicorn.Server):
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
    bound = bind(port)
    base_url = f"http://{HOST}:{bound.getsockname()[1]}{app.base_path}"
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _Announced(_config(app), lambda: ready(base_url)).run(sockets=[bound])
    except KeyboardInterrupt:
        # uvicorn has shut down in order and raises the signal once more.
        return
    finally:
        signal.signal(signal.SIGTERM, before)


def embedded(app: App) -> Embedded:
    """Return a server of an application that another thread may stop."""
    return Embedded(_config(app))


def _config(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", http="httptools", server_header=False, ws="none"
    )
