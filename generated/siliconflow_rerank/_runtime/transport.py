# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""Sending: one place for the key, the checks, the retries and the log, sync and async."""

import json
import logging
import os
import time
import warnings
from collections.abc import Mapping
from typing import Any

import httpx

from . import errors
from .checking import Checker, check
from .errors import (
    APIConnectionError,
    APITimeoutError,
    MissingKeyError,
    RequestValidationError,
)
from .nesting import flat, nest
from .reading import Misfit
from .retrying import Outcome, Retries, again, again_async
from .secret import Secret

Timeout = float | httpx.Timeout | None
DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=5.0)


class UnsupportedFieldWarning(UserWarning):
    """A model does not take a field, by the contract's prose; what the service does then is open."""


class Settings:
    """What a client of a contract needs to send: made once, never changed.

    `contract` is the package's `_contract` module; `base_url` and `api_key` default to what it names.
    """

    def __init__(
        self,
        contract: Any,
        *,
        api_key: str | None,
        base_url: str | None,
        timeout: Timeout,
        retries: int | Retries,
        validate: bool,
        headers: Mapping[str, str] | None,
    ) -> None:
        self.contract = contract
        self.url = (base_url or contract.SERVER).rstrip("/") + contract.PATH
        self.timeout = timeout
        self.retries = (
            retries if isinstance(retries, Retries) else Retries(number=retries)
        )
        self.validate = validate
        self.headers = {
            "Content-Type": contract.MEDIA,
            "Accept": "application/json",
            **getattr(contract, "HEADERS", {}),
            **(headers or {}),
        }
        self._parsed = httpx.URL(self.url)
        self.secret = _secret(contract, api_key)
        self._checker: Checker | None = None
        self.log = logging.getLogger(contract.PACKAGE)

    def prepare(self, body: Mapping[str, Any]) -> bytes:
        """Check a body, flat or as it goes over the wire, and return it as JSON; raises RequestValidationError."""
        if self.contract.ENVELOPES:
            body = flat(body, self.contract.ENVELOPES)
        if self.validate:
            if self._checker is None:
                self._checker = Checker(self.contract.SCHEMA)
            check(self._checker, body)
            self._warn(body)
        try:
            return _encode(
                nest(body, self.contract.ENVELOPES) if self.contract.ENVELOPES else body
            ).encode()
        except (TypeError, ValueError) as error:
            msg = f"the request is no JSON: {error}"
            raise RequestValidationError(msg) from error

    def _warn(self, body: Mapping[str, Any]) -> None:
        model = body.get(self.contract.ROLES.get("model", ""))
        for name, models in self.contract.ONLY_MODELS.items():
            if (
                name in body
                and isinstance(model, str)
                and model in self.contract.MODELS
                and model not in models
            ):
                warnings.warn(
                    f"{model} does not take `{name}`; by the contract only {', '.join(sorted(models))} do.",
                    UnsupportedFieldWarning,
                    stacklevel=6,
                )

    def kwargs(
        self, content: bytes, headers: Mapping[str, str] | None, timeout: Any
    ) -> dict[str, Any]:
        """Return what httpx needs to send a body."""
        found: dict[str, Any] = {
            "method": self.contract.METHOD,
            "url": self._parsed,
            "content": content,
            "headers": {**self.headers, **headers} if headers else self.headers,
        }
        if self.secret is not None:
            found["auth"] = self.secret
        if timeout is not httpx.USE_CLIENT_DEFAULT:
            found["timeout"] = timeout
        return found

    def came(self, response: httpx.Response, started: float) -> httpx.Response:
        """Log an answer; take the key out of it when somebody may keep it."""
        if not response.is_success and self.secret is not None:
            self.secret.scrub(response)
        self.log.debug(
            "%s %s -> %d in %.0f ms",
            self.contract.METHOD,
            self.url,
            response.status_code,
            (time.monotonic() - started) * 1000,
        )
        return response

    def lost(self, error: httpx.HTTPError, started: float) -> APIConnectionError:
        """Log a failure and return it as one of ours, without the frames in which the key stood."""
        kind = (
            APITimeoutError
            if isinstance(error, httpx.TimeoutException)
            else APIConnectionError
        )
        self.log.debug(
            "%s %s -> %s in %.0f ms",
            self.contract.METHOD,
            self.url,
            type(error).__name__,
            (time.monotonic() - started) * 1000,
        )
        return kind(f"no answer from {self.url}: {error or type(error).__name__}")

    def refused(self, response: httpx.Response) -> errors.APIStatusError:
        """Return the typed error for an answer that is no success."""
        contract = self.contract
        return errors.from_response(
            response,
            messages=contract.ERROR_MESSAGES,
            codes=contract.ERROR_CODES,
            trace=contract.TRACE,
        )

    def misfit(
        self, response: httpx.Response, where: str, why: str
    ) -> errors.ResponseShapeError:
        """Return the error for a success that does not fit the contract, with what the service says in it."""
        if self.secret is not None:
            self.secret.scrub(response)
        body = errors.parsed(response)
        message, code = (
            errors.told(body, self.contract.ERROR_MESSAGES, self.contract.ERROR_CODES)
            if isinstance(body, dict)
            else (None, None)
        )
        said = f"; the service says: {message}" if message else ""
        error = errors.ResponseShapeError(
            f"the answer does not fit the contract: {why}{said}",
            status_code=response.status_code,
            code=code,
            trace_id=self.trace(response),
            response=response,
        )
        error.where = where
        return error

    def trace(self, response: httpx.Response) -> str | None:
        """Return the trace id of an answer, or None."""
        found: str | None = (
            response.headers.get(self.contract.TRACE) if self.contract.TRACE else None
        )
        return found

    def read(self, response: httpx.Response, reader: Any) -> Any:
        """Read a success with a model's reader; raises ResponseShapeError that says where it does not fit."""
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError):
            raise self.misfit(
                response,
                "",
                "it is no JSON: " + (response.text.strip()[:200] or "an empty body"),
            ) from None
        try:
            return reader(body)
        except Misfit as misfit:
            raise self.misfit(
                response, "/".join(map(str, misfit.path)), str(misfit)
            ) from None


def send(
    settings: Settings,
    client: httpx.Client,
    content: bytes,
    headers: Mapping[str, str] | None = None,
    timeout: Any = httpx.USE_CLIENT_DEFAULT,
) -> httpx.Response:
    """Send a body, trying again where that may help; return whatever was answered, raise for no answer."""
    started = time.monotonic()

    def attempt() -> Outcome:
        try:
            return settings.came(
                client.request(**settings.kwargs(content, headers, timeout)), started
            )
        except httpx.HTTPError as error:
            return settings.lost(error, started)

    outcome = attempt()
    if settings.retries.number and settings.retries.passing(outcome):
        outcome = again(settings.retries, outcome, started, attempt)
    if isinstance(outcome, APIConnectionError):
        raise outcome
    return outcome


async def send_async(
    settings: Settings,
    client: httpx.AsyncClient,
    content: bytes,
    headers: Mapping[str, str] | None = None,
    timeout: Any = httpx.USE_CLIENT_DEFAULT,
) -> httpx.Response:
    """Send a body, trying again where that may help; return whatever was answered, raise for no answer."""
    started = time.monotonic()

    async def attempt() -> Outcome:
        try:
            return settings.came(
                await client.request(**settings.kwargs(content, headers, timeout)),
                started,
            )
        except httpx.HTTPError as error:
            return settings.lost(error, started)

    outcome = await attempt()
    if settings.retries.number and settings.retries.passing(outcome):
        outcome = await again_async(settings.retries, outcome, started, attempt)
    if isinstance(outcome, APIConnectionError):
        raise outcome
    return outcome


def gather(given: Mapping[str, Any], extra: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the body: what was given, models as plain values, and what goes beyond the contract."""
    return {
        **{name: _plain_all(value) for name, value in given.items()},
        **(extra or {}),
    }


def _plain_all(value: Any) -> Any:
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, list | tuple):
        return [_plain_all(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain_all(item) for key, item in value.items()}
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if hasattr(value, "__iter__"):
        return [_plain_all(item) for item in value]
    return value


_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode


def _secret(contract: Any, api_key: str | None) -> Secret | None:
    if contract.KEY_HEADER is None:
        return None
    key = api_key if api_key is not None else os.environ.get(contract.KEY_ENV or "")
    if not key and not contract.KEY_NEEDED:
        return None
    if not key:
        where = (
            f"set the environment variable {contract.KEY_ENV} or "
            if contract.KEY_ENV
            else ""
        )
        msg = f"no API key: {where}pass api_key=…"
        raise MissingKeyError(msg)
    if not key.isascii() or not key.isprintable() or key != key.strip():
        msg = "the API key holds characters that no header takes (white space at its ends, perhaps)"
        raise MissingKeyError(msg)
    return Secret(key, contract.KEY_HEADER, contract.KEY_PREFIX)
