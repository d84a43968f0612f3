# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""SiliconFlow API: a typed client, generated from its OpenAPI document.

    from siliconflow_rerank import Client

    with Client() as client:
        answer = client.rerank(model='BAAI/bge-reranker-v2-m3', query='apple', documents=['apple pie', 'a bicycle'])

`AsyncClient` has the same calls, awaited. Every error is a `RerankError`. `siliconflow_rerank.testing` answers without a server.
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
        BadRequestData,
        OverloadedData,
        RateLimitData,
        RerankClassicRequest,
        RerankImageDocument,
        RerankImageUrlContent,
        RerankResponse,
        RerankResponseMeta,
        RerankResponseMetaBilledUnits,
        RerankResponseMetaTokens,
        RerankResult,
        RerankTextContent,
        RerankTextDocument,
        RerankVLRequest,
    )
    from .types import (
        Items,
        ModelName,
        RerankImageUrlContentDict,
        RerankTextContentDict,
        Response,
    )

__all__ = (
    "__version__",
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncClient",
    "AuthenticatedClient",
    "AuthenticationError",
    "BadRequestData",
    "BadRequestError",
    "Client",
    "ClosedError",
    "ConfigurationError",
    "ConflictError",
    "ContentTooLargeError",
    "GatewayTimeoutError",
    "Items",
    "MissingKeyError",
    "ModelName",
    "NotFoundError",
    "OverloadedData",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitData",
    "RateLimitError",
    "RawResponse",
    "RequestTimeoutError",
    "RequestValidationError",
    "RerankClassicRequest",
    "RerankError",
    "RerankImageDocument",
    "RerankImageUrlContent",
    "RerankImageUrlContentDict",
    "RerankResponse",
    "RerankResponseMeta",
    "RerankResponseMetaBilledUnits",
    "RerankResponseMetaTokens",
    "RerankResult",
    "RerankTextContent",
    "RerankTextContentDict",
    "RerankTextDocument",
    "RerankVLRequest",
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
