# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""SiliconFlow API: a typed client, generated from its OpenAPI document."""

from ._runtime.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    BatchError,
    ConflictError,
    ContentTooLargeError,
    GatewayTimeoutError,
    MissingKeyError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    RequestValidationError,
    RerankError,
    ResponseShapeError,
    ServerError,
    ServiceUnavailableError,
    UnprocessableContentError,
)
from ._runtime.retrying import Retries
from ._runtime.transport import UnsupportedFieldWarning
from .client import AsyncClient, AuthenticatedClient, Client

__all__ = (
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncClient",
    "AuthenticatedClient",
    "AuthenticationError",
    "BadRequestError",
    "BatchError",
    "Client",
    "ConflictError",
    "ContentTooLargeError",
    "GatewayTimeoutError",
    "MissingKeyError",
    "NotFoundError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestTimeoutError",
    "RequestValidationError",
    "RerankError",
    "ResponseShapeError",
    "Retries",
    "ServerError",
    "ServiceUnavailableError",
    "UnprocessableContentError",
    "UnsupportedFieldWarning",
)
