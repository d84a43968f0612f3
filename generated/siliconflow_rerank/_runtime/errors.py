# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""What can go wrong, one class each; every one is a RerankError."""

import json
import time
from collections.abc import Collection, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

import httpx

_SHOWN = 500


class RerankError(Exception):
    """Anything that this client raises.

    `status_code`, `code`, `message`, `trace_id`, `retry_after` (seconds) and `response` are there
    on every one, None where there is none.
    """

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

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.args, {**self.__dict__, "response": None})


def _revive(
    kind: type[RerankError], args: tuple[Any, ...], state: Mapping[str, Any]
) -> RerankError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class MissingKeyError(RerankError):
    """No API key was given and the vendor's environment variable is not set."""


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
    """No answer came: the connection failed or was cut."""


class APITimeoutError(APIConnectionError):
    """No answer came in time."""


class ResponseShapeError(RerankError):
    """An answer does not fit the contract; `where` says where (`results/0/index`)."""

    where: str = ""


class BatchError(RerankError):
    """A batch failed, and so did the call; `done` holds what was answered, by the offset of each batch."""

    done: dict[int, Any]


class APIStatusError(RerankError):
    """The service refused the request or failed at it."""

    by_status: ClassVar[dict[int, type["APIStatusError"]]] = {}

    def __init_subclass__(cls, *, status: int | None = None) -> None:
        super().__init_subclass__()
        if status is not None:
            APIStatusError.by_status[status] = cls


class BadRequestError(APIStatusError, status=400):
    """400: the service calls the request wrong."""


class AuthenticationError(APIStatusError, status=401):
    """401: the key is missing or not taken."""


class PaymentRequiredError(APIStatusError, status=402):
    """402: the account's balance does not suffice."""


class PermissionDeniedError(APIStatusError, status=403):
    """403: the key may not do this."""


class NotFoundError(APIStatusError, status=404):
    """404: there is nothing at this path; the base URL is probably wrong."""


class RequestTimeoutError(APIStatusError, status=408):
    """408: the service gave up waiting for the request."""


class ConflictError(APIStatusError, status=409):
    """409: the request conflicts with another."""


class ContentTooLargeError(APIStatusError, status=413):
    """413: the request is larger than the service takes."""


class UnprocessableContentError(APIStatusError, status=422):
    """422: the service calls a value wrong."""


class RateLimitError(APIStatusError, status=429):
    """429: too many requests or tokens; `retry_after` says how long to wait, where the service does."""


class ServerError(APIStatusError):
    """5xx: the service broke."""


class ServiceUnavailableError(ServerError, status=503):
    """503: the service is overloaded or down."""


class GatewayTimeoutError(ServerError, status=504):
    """504: the service behind the gateway did not answer in time."""


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that `Retry-After` asks for, given in seconds or as a date; None without one."""
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def parsed(response: httpx.Response) -> Any:
    """Return the body's JSON, or None for what is none."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


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
) -> APIStatusError:
    """Return the error for an answer that is no success; any body does."""
    status = response.status_code
    message, code = told(parsed(response), messages, codes)
    if message is None:
        message = (
            response.text.strip()[:_SHOWN] or response.reason_phrase or "no message"
        )
    kind = APIStatusError.by_status.get(status) or (
        ServerError if status >= 500 else APIStatusError
    )
    return kind(
        f"{status}: {message[:_SHOWN]}",
        status_code=status,
        code=code,
        trace_id=response.headers.get(trace) if trace else None,
        retry_after=retry_after(response),
        response=response,
    )
