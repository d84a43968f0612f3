"""Services that behave badly on purpose, on loopback."""

import threading
import time
from collections.abc import Callable
from typing import Any, Self

from conformance.contract import Contract, load
from conformance.mock.app import App, Call
from conformance.mock.listener import embedded
from conformance.mock.port import HOST, bind
from conformance.mock.rules import Rules

Answer = tuple[int, list[tuple[str, str]], bytes, float]


class Odd(App):
    """A faithful mock whose answers a function may replace; notes when each request came, and how many were under way at most."""

    def __init__(self, contract: Contract, change: Callable[[int, Call, Answer | None], Answer | None]) -> None:
        super().__init__(Rules(contract, "mock-key"))
        self.change = change
        self.came: list[float] = []
        self.asked: list[bytes] = []
        self.busy = self.busiest = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request, counted while it is under way."""
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.busy -= 1

    def answer(self, call: Call) -> Answer | None:
        """Return the changed answer."""
        self.came.append(time.monotonic())
        self.asked.append(call.body)
        return self.change(self.calls, call, super().answer(call))


class Service:
    """A context manager: an odd service on a free port."""

    def __init__(
        self,
        change: Callable[[int, Call, Answer | None], Answer | None] = lambda _n, _c, answer: answer,
        contract: str = "siliconflow",
    ) -> None:
        self.app: Any = Odd(load(contract), change)
        self._socket = bind(0)
        self.base_url = f"http://{HOST}:{self._socket.getsockname()[1]}{self.app.base_path}"
        self._server = embedded(self.app)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._thread.join(10)
        self._socket.close()
