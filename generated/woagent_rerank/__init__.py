# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""创建重排序请求: a typed client, generated from its OpenAPI document.

    from woagent_rerank import Client

    with Client() as client:
        answer = client.rerank(model='Qwen/Qwen3-Reranker-8B', query='apple', documents=['apple pie', 'a bicycle'])

`AsyncClient` has the same calls, awaited. Every error is a `RerankError`. `woagent_rerank.testing` answers without a server.
"""

from typing import TYPE_CHECKING, Any

from ._contract import VERSION as __version__
from ._runtime.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ClosedError,
    ConfigurationError,
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
from ._runtime.raw import RawResponse
from ._runtime.retrying import Retries
from ._runtime.settings import UnsupportedFieldWarning
from ._runtime.unset import UNSET, Unset
from .client import AsyncClient, AuthenticatedClient, Client

if TYPE_CHECKING:
    from .models import (
        CreateRerankBody,
        CreateRerankBodyModel,
        CreateRerankResponse200,
        CreateRerankResponse200ResultsItem,
        CreateRerankResponse200ResultsItemDocument,
        CreateRerankResponse200Tokens,
    )
    from .types import Items, ModelName, Response

__all__ = (
    "__version__",
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncClient",
    "AuthenticatedClient",
    "AuthenticationError",
    "BadRequestError",
    "Client",
    "ClosedError",
    "ConfigurationError",
    "ConflictError",
    "ContentTooLargeError",
    "CreateRerankBody",
    "CreateRerankBodyModel",
    "CreateRerankResponse200",
    "CreateRerankResponse200ResultsItem",
    "CreateRerankResponse200ResultsItemDocument",
    "CreateRerankResponse200Tokens",
    "GatewayTimeoutError",
    "Items",
    "MissingKeyError",
    "ModelName",
    "NotFoundError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitError",
    "RawResponse",
    "RequestTimeoutError",
    "RequestValidationError",
    "RerankError",
    "Response",
    "ResponseShapeError",
    "Retries",
    "ServerError",
    "ServiceUnavailableError",
    "UnprocessableContentError",
    "UNSET",
    "Unset",
    "UnsupportedFieldWarning",
)


def __getattr__(name: str) -> Any:
    # Models are imported when they are asked for: a client needs them with its first answer.
    if name in __all__:
        from . import models, types

        return getattr(models if hasattr(models, name) else types, name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
