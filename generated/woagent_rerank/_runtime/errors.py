# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""What can go wrong, one class each; every one is a RerankError."""

import json
import math
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, TypeVar

import httpx

SHOWN = 500
_PACKAGE = __name__.partition("._runtime")[0]


class RerankError(Exception):
    """Anything that this client raises.

    `status_code`, `code`, `message`, `trace_id`, `retry_after` (seconds) and `response` are there
    on every one, None where there is none. When a batch failed, `done` holds the answers of the
    finished batches by the offset of each, and `failed` the range of documents that failed.
    """

    done: Mapping[int, Any] | None = None
    failed: range | None = None

    def __init__(
        self,
        message: str,
        *,
        status_code: int | None = None,
        code: int | str | None = None,
        trace_id: str | None = None,
        retry_after: float | None = None,
        response: httpx.Response | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status_code = status_code
        self.code = code
        self.trace_id = trace_id
        self.retry_after = retry_after
        self.response = response

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # Errors print, and are pickled, under the name by which people import them.
        cls.__module__ = _PACKAGE

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.args, {**self.__dict__, "response": None})


RerankError.__module__ = _PACKAGE


def _revive(
    kind: type[RerankError], args: tuple[Any, ...], state: Mapping[str, Any]
) -> RerankError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(RerankError, ValueError):
    """The client was given an option that it cannot use; the message says which and what to pass instead."""


class MissingKeyError(ConfigurationError):
    """No usable API key was given and the vendor's environment variable is not set."""


class ClosedError(RerankError):
    """The client was used after it was closed; make a new one."""


class RequestValidationError(RerankError, ValueError):
    """The request breaks the contract; nothing was sent.

    `field` is the path of the value, `value` the value, `keyword` and `bound` what it breaks.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        value: Any = None,
        keyword: str = "",
        bound: Any = None,
    ) -> None:
        super().__init__(message)
        self.field, self.value, self.keyword, self.bound = field, value, keyword, bound


class APIConnectionError(RerankError):
    """No answer came: the connection failed or was cut. `passing` says whether another try may do better."""

    passing: bool = True


class APITimeoutError(APIConnectionError):
    """No answer, or no whole answer, came in time."""


class ResponseShapeError(RerankError):
    """An answer does not fit the contract or the request; `where` says where (`results/0/index`).

    `answer` is the answer, where it is one of the contract's that holds no ranking, such as a job that was begun; else None.
    """

    where: str = ""
    answer: Any = None


class APIStatusError(RerankError):
    """The service refused the request or failed at it."""

    by_status: ClassVar[dict[int, type["APIStatusError"]]] = {}

    def __init_subclass__(cls, *, status: int | None = None) -> None:
        super().__init_subclass__()
        if status is not None:
            APIStatusError.by_status[status] = cls


class BadRequestError(APIStatusError, status=400):
    """400: the service rejects the request."""


class AuthenticationError(APIStatusError, status=401):
    """401: the key is missing or not accepted."""


class PaymentRequiredError(APIStatusError, status=402):
    """402: the account's balance is too low."""


class PermissionDeniedError(APIStatusError, status=403):
    """403: the key may not do this."""


class NotFoundError(APIStatusError, status=404):
    """404: there is nothing at this URL; the base URL is probably wrong."""


class RequestTimeoutError(APIStatusError, status=408):
    """408: the service gave up waiting for the request."""


class ConflictError(APIStatusError, status=409):
    """409: the request conflicts with another."""


class ContentTooLargeError(APIStatusError, status=413):
    """413: the request is larger than the service accepts."""


class UnprocessableContentError(APIStatusError, status=422):
    """422: the service rejects a value."""


class RateLimitError(APIStatusError, status=429):
    """429: too many requests or tokens; `retry_after` says how long to wait, where the service does."""


class ServerError(APIStatusError):
    """5xx: the service failed."""


class ServiceUnavailableError(ServerError, status=503):
    """503: the service is overloaded or down."""


class GatewayTimeoutError(ServerError, status=504):
    """504: the service behind the gateway did not answer in time."""


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that `Retry-After` asks for, given in seconds or as a date; None without a usable one."""
    value = response.headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            date = parsedate_to_datetime(value)
            # One without a zone is in UTC, as any date of HTTP.
            seconds = (
                date if date.tzinfo else date.replace(tzinfo=UTC)
            ).timestamp() - time.time()
        except (ValueError, OverflowError, OSError):
            return None
    # Beyond the calendar, or "nan": nothing that can be waited for.
    return max(0.0, seconds) if math.isfinite(seconds) else None


def parsed(content: bytes) -> Any:
    """Return a body's JSON, or None for what is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


E = TypeVar("E", bound=Exception)


def bare(error: E, *held: Any) -> E:
    """Return an error without the frames that it came through, and empty what was held there: a key, or a URL with a password."""
    for one in held:
        one.clear()
    error.__context__ = None
    return error.with_traceback(None)


def words(content: bytes) -> str:
    """Return a body, or the beginning of one, as text: in UTF-8, or in what a reader of JSON would take it for."""
    detect: Any = json.detect_encoding
    return content.decode(detect(content), "replace")


def printable(text: str) -> str:
    """Return a server's words on one line, without what a terminal would obey: control and bidirectional characters stand escaped."""
    if not text.isprintable():
        text = " ".join(text.split())
        text = "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode()
            for char in text
        )
    return text


def told(
    body: Any, messages: Collection[str], codes: Collection[str]
) -> tuple[str | None, int | str | None]:
    """Return message and code of an error's body, whatever its shape; the names are those of the contract's roles."""
    if isinstance(body, str):
        return body or None, None
    message = next(
        (
            value
            for key, value in _pairs(body)
            if key in messages and isinstance(value, str) and value
        ),
        None,
    )
    code = next(
        (
            value
            for key, value in _pairs(body)
            if key in codes and isinstance(value, int | str)
        ),
        None,
    )
    if message is None:
        message = next(
            (
                value
                for _, value in _pairs(body)
                if isinstance(value, str) and " " in value.strip()
            ),
            None,
        )
    return message, code


def _pairs(body: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the keys and values of a body, the outer ones first."""
    inner = []
    if isinstance(body, dict):
        for key, value in body.items():
            yield str(key), value
            inner.append(value)
    elif isinstance(body, list):
        inner = body[:10]
    if depth < 4:
        for value in inner:
            if isinstance(value, dict | list):
                yield from _pairs(value, depth + 1)


def from_response(
    response: httpx.Response,
    *,
    messages: Collection[str],
    codes: Collection[str],
    trace: str | None,
    shown: Callable[[str], str],
    hint: str,
) -> APIStatusError:
    """Return the error for an answer that is no success; any body does. `shown` makes a server's words fit to be read."""
    status = response.status_code
    message, code = told(parsed(response.content), messages, codes)
    if message is None:
        message = response.text.strip() or response.reason_phrase or "no message"
    message = shown(message)
    found = response.headers.get(trace) if trace else None
    kind = APIStatusError.by_status.get(status) or (
        ServerError if status >= 500 else APIStatusError
    )
    error = kind(
        message,
        status_code=status,
        code=shown(code) if isinstance(code, str) else code,
        trace_id=None if found is None else shown(found),
        retry_after=retry_after(response),
        response=response,
    )
    error.args = (
        f"{'' if message.startswith(str(status)) else f'{status}: '}{message}{hint}",
    )
    return error
