# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""Sending: one attempt and the next ones, sync and async, each within its time."""

import time
from collections.abc import Mapping
from typing import Any

import httpx

from . import body as _body
from .errors import (
    APIConnectionError,
    APITimeoutError,
    RequestValidationError,
    RerankError,
    printable,
)
from .plain import plain
from .pool import Pool
from .retrying import Outcome, again, again_async
from .settings import SECRET, Asked, Settings, header_values


class Sending:
    """A request on its way: what its attempts share."""

    def __init__(
        self,
        settings: Settings,
        client: Any,
        pool: Pool,
        prepared: tuple[bytes, Asked],
        headers: Mapping[str, str] | None,
        timeout: Any,
        until: float | None,
    ) -> None:
        self.settings, self.client, self.pool, self.timeout, self.until = (
            settings,
            client,
            pool,
            timeout,
            until,
        )
        self.content, self.asked = prepared
        self.headers = (
            {**settings.headers, **header_values(headers)}
            if headers
            else settings.headers
        )
        self.most = _body.ceiling(settings.most, self.content)
        self.started = time.monotonic()
        self.secret: Any = None

    def unlock(self, secret: Any) -> None:
        """Take the key with which the request goes out."""
        self.secret = secret
        self.settings.debug(secret, "request", self.content)

    def request(self, extensions: dict[str, Any]) -> tuple[httpx.Request, float | None]:
        """Return a request, and how many seconds it has in all; raises APITimeoutError when there are none left."""
        if self.until is not None and time.monotonic() >= self.until:
            raise self.late()
        phases, whole = self.settings.limits(
            self.timeout, self.client, self.pool.given is not None, self.until
        )
        contract = self.settings.contract
        request = self.client.build_request(
            contract.METHOD,
            self.settings.parsed,
            content=self.content,
            headers=self.headers,
            timeout=phases,
            extensions={**extensions, SECRET: self.secret},
        )
        return request, whole

    def late(self) -> APITimeoutError:
        """Return the error of a deadline that passed before an attempt began."""
        error = APITimeoutError(
            f"the deadline of {self.settings.retries.deadline} s passed before {self.settings.url} was asked"
        )
        error.passing = False
        return error

    def came(self, response: httpx.Response) -> httpx.Response:
        """Log an answer."""
        settings = self.settings
        settings.log.debug(
            "%s %s -> %d in %.0f ms",
            settings.contract.METHOD,
            settings.url,
            response.status_code,
            (time.monotonic() - self.started) * 1000,
        )
        settings.debug(self.secret, "response", response.content)
        return response

    def lost(
        self, error: Exception, whole: float | None, began: float
    ) -> APIConnectionError:
        """Return a failure; one that is not the network's is not tried again, nor an answer that began and did not end in time."""
        found = self.settings.lost(self.secret, error, began)
        found.passing = isinstance(error, httpx.TransportError) and (
            whole is None or time.monotonic() - began < whole
        )
        return found


def send(sending: Sending) -> httpx.Response:
    """Send a body, trying again where that may help; return whatever was answered, raise for no answer."""
    settings = sending.settings
    sending.unlock(settings.secret())
    outcome = _attempt(sending)
    if settings.retries.number and settings.retries.passing(outcome):
        outcome = again(
            settings.retries,
            outcome,
            sending.until,
            lambda: _attempt(sending),
            settings.log,
        )
    if isinstance(outcome, httpx.Response):
        return outcome
    raise outcome


def _attempt(sending: Sending) -> Outcome:
    whole, began = None, time.monotonic()
    try:
        request, whole = sending.request(sending.pool.extensions)
        _body.within(None if whole is None else began + whole)
        response = sending.client.send(
            request, auth=sending.secret, stream=True, follow_redirects=False
        )
        _body.drain(response, sending.most)
    except (TypeError, RerankError):
        raise
    except Exception as error:
        return sending.lost(error, whole, began)
    finally:
        _body.within(None)
    return sending.came(response)


async def send_async(sending: Sending) -> httpx.Response:
    """Send a body, trying again where that may help; return whatever was answered, raise for no answer."""
    import asyncio

    settings = sending.settings
    try:
        async with asyncio.timeout(
            None if sending.until is None else max(sending.until - time.monotonic(), 0)
        ):
            sending.unlock(await settings.secret_async())
    except TimeoutError:
        raise sending.late() from None
    outcome = await _attempt_async(sending)
    if settings.retries.number and settings.retries.passing(outcome):
        outcome = await again_async(
            settings.retries,
            outcome,
            sending.until,
            lambda: _attempt_async(sending),
            settings.log,
        )
    if isinstance(outcome, httpx.Response):
        return outcome
    raise outcome


async def _attempt_async(sending: Sending) -> Outcome:
    import asyncio

    whole, began = None, time.monotonic()
    try:
        request, whole = sending.request(sending.pool.extensions_async)
        async with asyncio.timeout(whole):
            response = await sending.client.send(
                request, auth=sending.secret, stream=True, follow_redirects=False
            )
            await _body.drain_async(response, sending.most)
    except (TypeError, RerankError):
        raise
    except Exception as error:
        return sending.lost(error, whole, began)
    return sending.came(response)


def gather(given: Mapping[str, Any], extra: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the body: what was given, models as plain values, and what goes beyond the contract; raises RequestValidationError."""
    try:
        return {
            **{name: plain(value) for name, value in given.items()},
            **(extra or {}),
        }
    except TypeError:
        raise
    except Exception as error:
        msg = printable(f"the request cannot be read: {type(error).__name__} {error}")[
            :200
        ]
        raise RequestValidationError(msg) from error
