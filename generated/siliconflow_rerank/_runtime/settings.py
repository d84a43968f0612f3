# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""What a client of a contract needs to send and to read: made once, changed only in copies."""

import copy
import json
import logging
import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import httpx

from . import body as _body
from . import caller, errors
from .errors import (
    APIConnectionError,
    APITimeoutError,
    ConfigurationError,
    MissingKeyError,
    RequestValidationError,
    RerankError,
)
from .nesting import flat, nest
from .reading import Beside, Misfit, Other
from .retrying import LONGEST, Retries
from .secret import KEPT, NoSecret, Secret

Timeout = float | httpx.Timeout | None
# How many documents a request holds, and how many results it asks for at most.
Asked = tuple[int, int | None]
DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
# Where a request carries its key, for whoever reads the answer.
SECRET = "rerank_secret"
_LOGGED = 2000
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")
_FRAMING = frozenset({"content-length", "transfer-encoding"})


class UnsupportedFieldWarning(UserWarning):
    """A model does not take a field, by the contract's prose; what the service does then is open."""


class Settings:
    """Everything that a call depends on, beside its own arguments. `contract` is the package's `_contract` module."""

    def __init__(self, contract: Any, **options: Any) -> None:
        self.contract = contract
        self.log = logging.getLogger(contract.PACKAGE)
        _switch_on(self.log, os.environ.get(contract.LOG_ENV, ""))
        self._checker: Any = None
        self._beside = Beside(contract.PLACES, contract.FIRST_INDEX)
        self._set(**options)

    def changed(self, **options: Any) -> "Settings":
        """Return settings with other options; TypeError for one that there is not."""
        other = copy.copy(self)
        other._set(**options)
        return other

    def _set(self, **options: Any) -> None:
        for name, value in options.items():
            setter = getattr(self, f"_set_{name}", None)
            if setter is None:
                msg = f"there is no option {name!r}"
                raise TypeError(msg)
            setter(value)

    def _set_api_key(self, key: Any) -> None:
        contract = self.contract
        self._key, self._secret = key if callable(key) else None, _NONE
        if contract.KEY_HEADER is not None and self._key is None:
            key = key if key is not None else os.environ.get(contract.KEY_ENV or "")
            if key or contract.KEY_NEEDED:
                self._secret = _secret(contract, key)

    def _set_base_url(self, given: str | httpx.URL | None) -> None:
        contract = self.contract
        base = (
            given
            if given is not None
            else os.environ.get(contract.URL_ENV) or contract.SERVER
        )
        if not isinstance(base, str | httpx.URL):
            msg = f"base_url must be a string, not {type(base).__name__}"
            raise TypeError(msg)
        self.url = _checked(str(base).strip().rstrip("/"), contract) + contract.PATH
        self.parsed = httpx.URL(self.url)

    def _set_timeout(self, given: Timeout) -> None:
        self.timeout = None if given is None else timeout(given)

    def _set_retries(self, given: int | Retries) -> None:
        self.retries = given if isinstance(given, Retries) else Retries(number=given)

    def _set_validate(self, given: bool) -> None:
        self.validate = given

    def _set_max_response_bytes(self, given: int | None) -> None:
        if given is not None and given < 1:
            msg = "max_response_bytes must be at least 1"
            raise ConfigurationError(msg)
        self.most = given

    def _set_headers(self, given: Mapping[str, str] | None) -> None:
        contract = self.contract
        usual = {
            "User-Agent": f"{contract.PACKAGE.replace('_', '-')}/{contract.VERSION} httpx/{httpx.__version__}",
            "Content-Type": contract.MEDIA,
            "Accept": "application/json",
            "Accept-Encoding": _body.ENCODINGS,
            **getattr(contract, "HEADERS", {}),
        }
        self.headers = {**httpx.Headers(usual), **header_values(given or {})}

    def asked(self, body: Mapping[str, Any]) -> Asked:
        """Return how many documents a flat body holds, and how many results it asks for at most."""
        roles = self.contract.ROLES
        documents, limit = (
            body.get(roles["documents"]),
            body.get(roles.get("limit", "")),
        )
        return len(documents) if isinstance(
            documents, list | tuple
        ) else 1, limit if type(limit) is int and limit > 0 else None

    def prepare(
        self, body: Mapping[str, Any], start: int = 0, *, warned: bool = False
    ) -> tuple[bytes, Asked]:
        """Check a body, flat or as it goes over the wire; return it as JSON, and what `asked` says of it.

        `start` is where its documents begin in a longer list. Raises RequestValidationError.
        """
        contract = self.contract
        try:
            if contract.ENVELOPES:
                body = flat(body, contract.ENVELOPES)
            if self.validate:
                # Imported by the first request: `import` alone is to cost little.
                from . import checking

                if self._checker is None:
                    self._checker = checking.Checker(contract.SCHEMA)
                self._checker.check(body, (contract.ROLES["documents"], start))
                if not warned:
                    self._warn(body)
            content = _encode(
                nest(body, contract.ENVELOPES) if contract.ENVELOPES else body
            ).encode()
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            if isinstance(error, RequestValidationError):
                raise
            msg = f"the request is no JSON: {str(error)[:200]}"
            raise RequestValidationError(msg) from None
        return content, self.asked(body)

    def _warn(self, body: Mapping[str, Any]) -> None:
        contract = self.contract
        model = body.get(contract.ROLES.get("model", ""))
        for name, models in contract.ONLY_MODELS.items():
            if (
                name in body
                and isinstance(model, str)
                and model in contract.MODELS
                and model not in models
            ):
                told = f"{model} does not take `{name}`; by the contract only {', '.join(sorted(models))} do."
                caller.warn(told, UnsupportedFieldWarning)

    def secret(self) -> Secret:
        """Return the key for one request; of a function, the key that it gives now. Raises MissingKeyError."""
        return self._secret if self._key is None else self._given([self._called()])

    async def secret_async(self) -> Secret:
        """Return the key for one request, as `secret` does; what an asynchronous function gives is awaited."""
        if self._key is None:
            return self._secret
        held = [self._called()]
        if hasattr(held[0], "__await__"):
            try:
                held.append(await held.pop())
            except Exception as error:
                raise _no_key(error) from error
        return self._given(held)

    def _called(self) -> Any:
        try:
            return self._key()  # type: ignore[misc]
        except Exception as error:
            raise _no_key(error) from error

    def _given(self, held: list[Any]) -> Secret:
        # In a list, for no frame of an error may hold the key.
        try:
            return self._made(held.pop())
        except (RerankError, TypeError) as error:
            raise errors.bare(error) from None

    def _made(self, key: Any) -> Secret:
        if self.contract.KEY_HEADER is None:
            return _NONE
        if hasattr(key, "__await__"):
            if hasattr(key, "close"):
                key.close()
            msg = "the api_key function is asynchronous; use an AsyncClient, or a function that returns the key"
            raise TypeError(msg)
        return _secret(self.contract, key)

    def limits(
        self, given: Any, client: Any, foreign: bool, until: float | None
    ) -> tuple[httpx.Timeout, float | None]:
        """Return an attempt's timeouts by phase, and for the whole of it in seconds, both within what is left until then."""
        if given is httpx.USE_CLIENT_DEFAULT:
            found = (
                client.timeout
                if foreign and self.timeout is DEFAULT_TIMEOUT
                else self.timeout or _UNBOUNDED
            )
        else:
            found = timeout(given) if given is not None else _UNBOUNDED
        phases = (found.connect, found.read, found.write, found.pool)
        # A little more than the longest phase, so that a silent service fails by its phase, which is tried again.
        whole = (
            None
            if found.read is None
            else 1.05 * max(phase for phase in phases if phase is not None) + 0.05
        )
        if until is not None:
            left = min(max(until - time.monotonic(), 0.001), LONGEST)
            if whole is None or whole > left:
                whole = left
                connect, read, write, pool = (
                    left if phase is None else min(phase, left) for phase in phases
                )
                found = httpx.Timeout(
                    connect=connect, read=read, write=write, pool=pool
                )
        return found, whole

    def debug(self, secret: Secret, what: str, content: bytes) -> None:
        """Log a body at DEBUG: the key hidden, on one line, not too long."""
        if self.log.isEnabledFor(logging.DEBUG):
            text = errors.printable(secret.hide(errors.words(content[: 2 * _LOGGED])))
            self.log.debug(
                "%s of %d bytes: %s%s",
                what,
                len(content),
                text[:_LOGGED],
                "…" * (len(text) > _LOGGED or len(content) > 2 * _LOGGED),
            )

    def lost(
        self, secret: Secret, error: Exception, started: float
    ) -> APIConnectionError:
        """Log a failure and return it as one of ours, without the frames in which the key stood."""
        timely = isinstance(error, httpx.TimeoutException | TimeoutError)
        kind = APITimeoutError if timely else APIConnectionError
        seconds = time.monotonic() - started
        self.log.debug(
            "%s %s -> %s in %.0f ms",
            self.contract.METHOD,
            self.url,
            type(error).__name__,
            seconds * 1000,
        )
        why = (
            secret.shown(str(error)) or f"no whole answer after {seconds:.1f} s"
            if timely
            else secret.shown(str(error)) or type(error).__name__
        )
        return kind(f"no answer from {self.url}: {why}")

    def refused(self, response: httpx.Response) -> errors.APIStatusError:
        """Return the typed error for an answer that is no success."""
        contract, secret = self.contract, _of(response)
        secret.scrub(response)
        note = _body.unreadable(response)
        hint = f" ({secret.shown(note)})" if note else ""
        if response.status_code == 404:
            hint += f" (asked {contract.METHOD} {self.url}; check base_url)"
        return errors.from_response(
            response,
            messages=contract.ERROR_MESSAGES,
            codes=contract.ERROR_CODES,
            trace=contract.TRACE,
            shown=secret.shown,
            hint=hint,
        )

    def misfit(
        self,
        response: httpx.Response,
        where: str,
        why: str,
        other: Callable[[Any], Any] | None = None,
    ) -> errors.ResponseShapeError:
        """Return the error for a success that does not fit the contract or the request, with what the service says in it; `other` reads it as another form."""
        contract, secret = self.contract, _of(response)
        body = (
            errors.parsed(response.content) if len(response.content) <= KEPT else None
        )
        message, code = (
            errors.told(body, contract.ERROR_MESSAGES, contract.ERROR_CODES)
            if isinstance(body, dict)
            else (None, None)
        )
        secret.scrub(response)
        trace = self.trace(response)
        error = errors.ResponseShapeError(
            f"the answer does not fit the contract: {secret.shown(why)}{f'; the service says: {secret.shown(message)}' if message else ''}",
            status_code=response.status_code,
            code=secret.shown(code) if isinstance(code, str) else code,
            trace_id=None if trace is None else secret.shown(trace),
            response=response,
        )
        error.where = where
        if other is not None:
            # Read again, for there is no key in the response any more.
            with suppress(ValueError, RecursionError):
                error.answer = other(json.loads(response.content))
        return error

    def conceal(self, response: httpx.Response) -> None:
        """Take the key out of the request of an answer that somebody keeps as it came."""
        _of(response).conceal(response.request)

    def trace(self, response: httpx.Response) -> str | None:
        """Return the trace id of an answer, or None."""
        found: str | None = (
            response.headers.get(self.contract.TRACE) if self.contract.TRACE else None
        )
        return found and errors.printable(found)

    def read(
        self, response: httpx.Response, reader: Callable[[Any], Any], asked: Asked
    ) -> Any:
        """Read a success with a model's reader, beside what was asked; raises ResponseShapeError that says where it does not fit."""
        found = self._read(response, reader, asked)
        if isinstance(found, errors.ResponseShapeError):
            raise found
        return found

    def _read(
        self, response: httpx.Response, reader: Callable[[Any], Any], asked: Asked
    ) -> Any:
        # The error is returned: the frame that raises it holds no word of the service.
        note = _body.unreadable(response)
        if note is None and self.most is None and _body.crowded(response, asked[0]):
            note = "its body has far more values than an answer to this request; to read it, set `max_response_bytes`"
        if note is not None:
            return self.misfit(response, "", note)
        try:
            body = json.loads(response.content)
            found = reader(body)
            if self.validate:
                self._beside.check(body, *asked)
        except Misfit as misfit:
            other = misfit.read if isinstance(misfit, Other) else None
            return self.misfit(
                response, "/".join(map(str, misfit.path)), str(misfit), other
            )
        except (ValueError, RecursionError):
            return self.misfit(
                response,
                "",
                "it is no JSON: "
                + (
                    errors.words(response.content[: 2 * errors.SHOWN]).strip()
                    or "an empty body"
                ),
            )
        return found


def timeout(given: Any) -> httpx.Timeout:
    """Return a timeout as httpx has it; raises ConfigurationError for what is none."""
    phases = given.as_dict() if isinstance(given, httpx.Timeout) else {"timeout": given}
    if given is None or not all(
        phase is None
        or (
            isinstance(phase, int | float) and not isinstance(phase, bool) and phase > 0
        )
        for phase in phases.values()
    ):
        msg = "timeout must be a number of seconds above 0, an httpx.Timeout of such, or None for no limit"
        raise ConfigurationError(msg)
    if any(phase is not None and phase > LONGEST for phase in phases.values()):
        return httpx.Timeout(
            **{name: phase and min(phase, LONGEST) for name, phase in phases.items()}
        )
    return given if isinstance(given, httpx.Timeout) else httpx.Timeout(given)


def _of(response: httpx.Response) -> Secret:
    return response.request.extensions.get(SECRET, _NONE)  # type: ignore[no-any-return]


def _no_key(error: Exception) -> MissingKeyError:
    return MissingKeyError(
        f"the api_key function failed with {type(error).__name__}; it must return the key as a string"
    )


def header_values(given: Mapping[str, str]) -> httpx.Headers:
    """Return headers as httpx has them; raises RequestValidationError for what no header takes, and for those that frame a request."""
    try:
        fit = all(
            _NAME.fullmatch(name)
            and _VALUE.fullmatch(value)
            and name.lower() not in _FRAMING
            for name, value in given.items()
        )
    except (AttributeError, TypeError):
        fit = False
    if fit:
        return httpx.Headers(dict(given))
    msg = f"headers must be a dict of names and values, both of printable ASCII characters, none of them {', '.join(sorted(_FRAMING))}"
    raise RequestValidationError(msg)


def _checked(url: str, contract: Any) -> str:
    """Return a base URL that can be asked; raises ConfigurationError, without what may be a credential in it."""
    try:
        parsed = httpx.URL(url)
        whole = f"{parsed.scheme}://{parsed.netloc.decode('ascii')}{parsed.path.rstrip('/')}"
        # Labels that no name server takes, too.
        host = parsed.host and parsed.raw_host.decode("ascii").encode("idna")
        if (
            any(char.isspace() for char in url)
            or not url.isprintable()
            or not 0 < (parsed.port or 443) < 1 << 16
        ):
            raise ValueError
    except (httpx.InvalidURL, ValueError, UnicodeError):
        msg = f"base_url is no URL; it looks like {contract.SERVER}"
        raise ConfigurationError(msg) from None
    wrong = None
    if parsed.userinfo:
        wrong = "base_url holds a user name or a password; take them out and pass the key as api_key=…"
    elif parsed.scheme not in {"http", "https"} or not host:
        wrong = f"base_url must begin with https:// (or http://) and name a host, as {contract.SERVER} does"
    elif parsed.query or parsed.fragment or url.endswith(("?", "#")):
        wrong = "base_url must have neither a query nor a fragment; pass a key as api_key=…, other values as headers=… or extra_body=…"
    elif parsed.path.endswith(contract.PATH):
        wrong = f"base_url must not end with {contract.PATH}: the client adds it. Pass {whole.removesuffix(contract.PATH)}"
    if wrong is not None:
        raise ConfigurationError(wrong)
    return url


def _secret(contract: Any, key: Any) -> Secret:
    if not key:
        where = (
            f"set the environment variable {contract.KEY_ENV} or "
            if contract.KEY_ENV
            else ""
        )
        msg = f"no API key: {where}pass api_key=…"
        raise MissingKeyError(msg)
    if not isinstance(key, str):
        msg = f"api_key must be a string or a function that returns one, not {type(key).__name__}"
        raise TypeError(msg)
    if not key.isascii() or not key.isprintable() or key != key.strip():
        msg = "the API key holds characters that no header takes (white space at its ends, perhaps)"
        raise MissingKeyError(msg)
    return Secret(key, contract.KEY_HEADER, contract.KEY_PREFIX)


def _switch_on(log: logging.Logger, level: str) -> None:
    """Show the log on standard error, where an environment variable says from which level on."""
    number = logging.getLevelNamesMapping().get(level.strip().upper())
    if number is not None and not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(
            logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s")
        )
        log.addHandler(handler)
        log.setLevel(number)


_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode
_NONE: Secret = NoSecret()
_UNBOUNDED = httpx.Timeout(None)
