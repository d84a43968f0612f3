# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""The httpx clients behind a client: made when they are first needed, one a process, one an event loop."""

import os
import threading
import weakref
from collections.abc import Callable, MutableMapping
from typing import Any

import httpx

from . import body, early
from .errors import ClosedError, ConfigurationError

_POOLS: "weakref.WeakSet[Pool]" = weakref.WeakSet()


class Pool:
    """Connections for a client and its copies. `given` is an httpx client of the caller's own, which is never closed here."""

    def __init__(self, given: Any, options: dict[str, Any]) -> None:
        chosen = {name: value for name, value in options.items() if value is not None}
        if given is not None and chosen:
            msg = f"http_client brings its own {', '.join(chosen)}; set that there, or leave out http_client"
            raise TypeError(msg)
        if not isinstance(chosen.get("proxy"), httpx.Proxy | None):
            chosen["proxy"] = _proxy(chosen["proxy"])
        self.given = given
        self._options = {**chosen, "follow_redirects": False}
        self.closed = False
        self.forget()
        _POOLS.add(self)

    def forget(self) -> None:
        """Begin anew, after a fork: connections belong to the process that opened them."""
        self._lock = threading.Lock()
        # What a synchronous request needs to be bounded in time, and an awaited one to hear an early answer.
        self.extensions: dict[str, Any] = {"trace": body.watch}
        self.extensions_async: dict[str, Any] = {"trace": early.watch}
        self._sync: httpx.Client | None = None
        self._async: MutableMapping[Any, httpx.AsyncClient] = (
            weakref.WeakKeyDictionary()
        )

    def sync(self) -> httpx.Client:
        """Return the httpx client for synchronous calls."""
        found: httpx.Client = self._sync or self._opened(httpx.Client)
        return found

    def for_loop(self) -> httpx.AsyncClient:
        """Return the httpx client for awaited calls in the event loop that is running."""
        found: httpx.AsyncClient = self._opened(httpx.AsyncClient)
        return found

    def _opened(self, kind: Any) -> Any:
        if self.given is not None:
            if not isinstance(self.given, kind):
                msg = f"http_client is an {type(self.given).__name__}, and this call needs an httpx.{kind.__name__}"
                raise TypeError(msg)
            if self.given.is_closed:
                msg = "the http_client is closed"
                raise ClosedError(msg)
            return self.given
        with self._lock:
            if kind is httpx.Client:
                if self._sync is None:
                    made = self._make(kind)
                    self.extensions = body.tracing(
                        made, self._networked, body.connected, body.watch
                    )
                    self._sync = made
                return self._sync
            loop = _loop()
            if loop not in self._async:
                self._async[loop] = made = self._make(kind)
                self.extensions_async = body.tracing(
                    made, self._networked, early.connected, early.watch
                )
            return self._async[loop]

    @property
    def _networked(self) -> bool:
        """Whether the httpx clients that are made here have connections of their own."""
        return "transport" not in self._options

    def _make(self, kind: Callable[..., Any]) -> Any:
        try:
            return kind(**self._options)
        except (ValueError, OSError, ImportError, httpx.InvalidURL) as error:
            # The words of the others, and httpx's own frames, may hold a proxy's password.
            why = f" ({error})" if isinstance(error, OSError | ImportError) else ""
            msg = f"httpx cannot be set up: {type(error).__name__}{why}; check proxy, verify, and the proxy and certificate variables of the environment"
        raise ConfigurationError(msg)

    def close(self) -> None:
        """Close the connections for synchronous calls."""
        self.closed = True
        if self._sync is not None:
            self._sync.close()
            self._sync = None

    async def aclose(self) -> None:
        """Close the connections of the event loop that is running."""
        self.closed = True
        client = self._async.pop(_loop(), None)
        if client is not None:
            await client.aclose()


def _loop() -> Any:
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        msg = "an awaited call needs a running event loop of asyncio; use Client elsewhere"
        raise ConfigurationError(msg) from None


def _proxy(given: Any) -> httpx.Proxy:
    """Return a proxy whose readable form shows no password."""
    if not isinstance(given, str | httpx.URL):
        msg = f"proxy must be a URL or an httpx.Proxy, not {type(given).__name__}"
        raise TypeError(msg)
    try:
        return httpx.Proxy(given)
    except (ValueError, httpx.InvalidURL):
        msg = "proxy is no URL of a proxy; it looks like http://host:port"
        raise ConfigurationError(msg) from None


def _forget_all() -> None:
    for pool in list(_POOLS):
        pool.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
