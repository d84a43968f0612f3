# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""What both clients share: options, copies, closing, and the way of a call from its arguments to its answer."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    Self,
    TypedDict,
    TypeVar,
    Unpack,
)

import httpx

from .errors import ClosedError, RerankError, bare
from .pool import Pool
from .raw import RawResponse
from .retrying import Retries
from .sending import Sending, gather, send, send_async
from .settings import DEFAULT_TIMEOUT, Asked, Settings, Timeout
from .unset import UNSET

if TYPE_CHECKING:
    from ssl import SSLContext

H = TypeVar("H", httpx.Client, httpx.AsyncClient)
K = TypeVar("K")
_USUAL = httpx.USE_CLIENT_DEFAULT


class Options(TypedDict, Generic[K], total=False):
    """What can be changed in a copy of a client; each means what it means to the constructor."""

    api_key: str | Callable[[], K] | None
    base_url: str | httpx.URL | None
    timeout: Timeout
    retries: int | Retries
    validate: bool
    headers: Mapping[str, str] | None
    max_response_bytes: int | None


class Base(Generic[H, K]):
    """A client of a contract; `contract` is the package's `_contract` module."""

    contract: ClassVar[Any]
    kind: ClassVar[Any]

    def __init__(
        self,
        *,
        api_key: str | Callable[[], K] | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
        retries: int | Retries = 2,
        validate: bool = True,
        headers: Mapping[str, str] | None = None,
        max_response_bytes: int | None = None,
        http_client: H | None = None,
        transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None,
        proxy: str | httpx.URL | httpx.Proxy | None = None,
        verify: "SSLContext | str | bool | None" = None,
    ) -> None:
        """Make a client.

        Args:
            api_key: The key, or a function that returns it, called for each request (an AsyncClient awaits it where need be); by default that of the environment variable.
            base_url: Where the service is, without the path of the call; by default the variable's, else the contract's.
            timeout: Seconds for each try, an answer that trickles in included, or an httpx.Timeout with connect and read apart (default: 60, connecting 5).
            retries: How often to try again, or a Retries with pauses and a deadline for the whole call (default: 2).
            validate: Whether to check each request against the contract, and each answer against its request.
            headers: Headers to send with every request.
            max_response_bytes: How long an answer may be, unpacked; by default 2 MiB and eight times the request.
            http_client: An httpx client to use; it is not closed by this one.
            transport: A transport for the httpx client that is made here.
            proxy: A proxy for the httpx client that is made here.
            verify: TLS verification of the httpx client that is made here.

        Raises:
            MissingKeyError: No key was given and the variable is not set.
            ConfigurationError: An option cannot be used; the message says what to pass instead.
        """
        options = Options(
            api_key=api_key,
            base_url=base_url,
            timeout=timeout,
            retries=retries,
            validate=validate,
            headers=headers,
            max_response_bytes=max_response_bytes,
        )
        chosen = {"transport": transport, "proxy": proxy, "verify": verify}
        del api_key, base_url, headers, proxy
        self._closed, self._owns, self._as_it_came = False, True, False
        try:
            self._pool = self._opened(http_client, chosen)
            self.settings = Settings(self.contract, **options)
        except (RerankError, TypeError) as error:
            raise bare(error, options, chosen) from None

    def _opened(self, http_client: Any, chosen: dict[str, Any]) -> Pool:
        carrier = (
            httpx.BaseTransport
            if self.kind is httpx.Client
            else httpx.AsyncBaseTransport
        )
        for name, given, kind in (
            ("http_client", http_client, self.kind),
            ("transport", chosen["transport"], carrier),
        ):
            if given is not None and not isinstance(given, kind):
                msg = f"{name} must be an httpx.{kind.__name__}, not {type(given).__module__}.{type(given).__name__}"
                raise TypeError(msg)
        return Pool(http_client, chosen)

    def with_options(self, **options: Unpack[Options[K]]) -> Self:
        """Return a copy with other options, of those of the constructor that are not httpx's; it shares this client's connections.

        Closing the copy leaves the connections open; closing this client closes both.
        """
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__, _owns=False)
        try:
            other.settings = self.settings.changed(**options)
        except (RerankError, TypeError) as error:
            raise bare(error, options) from None
        return other

    copy = with_options

    @property
    def is_closed(self) -> bool:
        """Whether the client, or the one of which it is a copy, was closed."""
        return self._closed or self._pool.closed

    def get_httpx_client(self) -> httpx.Client:
        """Return the httpx client for synchronous calls."""
        self._check_open()
        return self._pool.sync()

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """Return the httpx client for awaited calls."""
        self._check_open()
        return self._pool.for_loop()

    def _check_open(self) -> None:
        if self.is_closed:
            msg = f"this {type(self).__name__} is closed; make a new one"
            raise ClosedError(msg)

    def _reader(self) -> Callable[[Any], Any]:
        raise NotImplementedError

    def _read(self, response: httpx.Response, asked: Asked) -> Any:
        if not response.is_success:
            raise self.settings.refused(response)
        if self._as_it_came:
            self.settings.conceal(response)
            return RawResponse(
                response,
                self.settings.trace(response),
                lambda: self._parse(response, asked),
            )
        return self._parse(response, asked)

    def _parse(self, response: httpx.Response, asked: Asked) -> Any:
        found = self.settings.read(response, self._reader(), asked)
        found.trace_id = self.settings.trace(response)
        return found

    def _raw(self) -> Self:
        other = self.with_options()
        other._as_it_came = True
        return other

    def _body(
        self, given: Mapping[str, Any], extra: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Return what goes out: nothing that was not asked for."""
        nullable = self.contract.NULLABLE
        return gather(
            {
                name: value
                for name, value in given.items()
                if value is not UNSET and (value is not None or name in nullable)
            },
            extra,
        )

    def _sending(
        self,
        client: Any,
        prepared: tuple[bytes, Asked],
        until: float | None,
        headers: Any = None,
        timeout: Any = _USUAL,
    ) -> Sending:
        return Sending(
            self.settings, client, self._pool, prepared, headers, timeout, until
        )

    def _until(self) -> float | None:
        return self.settings.retries.until(time.monotonic())

    def _prepared(self, client: Callable[[], Any], body: Mapping[str, Any]) -> Sending:
        """Return a body of the generator's own functions on its way."""
        until = self._until()
        return self._sending(client(), self.settings.prepare(body), until)

    def _batches(
        self, given: Mapping[str, Any], extra: Mapping[str, Any] | None, *how: Any
    ) -> Any:
        from .batching import Batches

        return Batches(self, self._body(given, extra), *how)

    def __repr__(self) -> str:
        if not hasattr(self, "settings"):
            return f"{type(self).__name__}()"
        return f"{type(self).__name__}(base_url={self.settings.url[: -len(self.contract.PATH)]!r})"

    def __reduce__(self) -> Any:
        msg = f"A {type(self).__name__} holds a key and connections, and is not pickled; make one where it is needed."
        raise TypeError(msg)


class SyncBase(Base[httpx.Client, str]):
    """A client whose calls block. It may be shared between threads."""

    kind = httpx.Client

    def _ask(
        self, given: Mapping[str, Any], extra: Mapping[str, Any] | None, *options: Any
    ) -> Any:
        until = self._until()
        prepared = self.settings.prepare(self._body(given, extra))
        sending = self._sending(self.get_httpx_client(), prepared, until, *options)
        return self._read(send(sending), sending.asked)

    def _ask_batched(
        self,
        given: Mapping[str, Any],
        extra: Mapping[str, Any] | None,
        headers: Any,
        timeout: Any,
        *how: Any,
    ) -> Any:
        until = self._until()
        batches, client = self._batches(given, extra, *how), self.get_httpx_client()

        def call(prepared: tuple[bytes, Asked]) -> Any:
            return self._read(
                send(self._sending(client, prepared, until, headers, timeout)),
                prepared[1],
            )

        return batches.merged(batches.run(call))

    def close(self) -> None:
        """Close the client, and the connections that it made."""
        self._closed = True
        if self._owns:
            self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
        if self._owns:
            await self._pool.aclose()


class AsyncBase(Base[httpx.AsyncClient, str | Awaitable[str]]):
    """A client whose calls are awaited, in any event loop of asyncio."""

    kind = httpx.AsyncClient

    async def _ask(
        self, given: Mapping[str, Any], extra: Mapping[str, Any] | None, *options: Any
    ) -> Any:
        until = self._until()
        prepared = self.settings.prepare(self._body(given, extra))
        sending = self._sending(
            self.get_async_httpx_client(), prepared, until, *options
        )
        return self._read(await send_async(sending), sending.asked)

    async def _ask_batched(
        self,
        given: Mapping[str, Any],
        extra: Mapping[str, Any] | None,
        headers: Any,
        timeout: Any,
        *how: Any,
    ) -> Any:
        until = self._until()
        batches, client = (
            self._batches(given, extra, *how),
            self.get_async_httpx_client(),
        )

        async def call(prepared: tuple[bytes, Asked]) -> Any:
            response = await send_async(
                self._sending(client, prepared, until, headers, timeout)
            )
            return self._read(response, prepared[1])

        return batches.merged(await batches.run_async(call))

    async def aclose(self) -> None:
        """Close the client, and the connections that it made."""
        self._closed = True
        if self._owns:
            await self._pool.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
