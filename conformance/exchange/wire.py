"""The connections of one event loop."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

import httpx
from attrs import define, field


@define(eq=False)
class Wire:
    """A client for each connection. One pool for all would look at all of them, twice a request."""

    make: Callable[[], httpx.AsyncClient]
    _free: list[httpx.AsyncClient] = field(factory=list, init=False)

    @asynccontextmanager
    async def client(self, *, new: bool = False) -> AsyncIterator[httpx.AsyncClient]:
        """Yield a client that nobody else uses meanwhile; one that is closed then is not used again, nor a `new` one."""
        client = self._free.pop() if self._free and not new else self.make()
        try:
            yield client
        finally:
            if new:
                await client.aclose()
            elif not client.is_closed:
                self._free.append(client)

    async def __aenter__(self) -> Self:
        """Open nothing yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close what is open."""
        for client in self._free:
            await client.aclose()
