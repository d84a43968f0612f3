# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from typing import Any

import httpx

from ..._runtime import reading as _reading
from ..._runtime.caller import placed
from ..._runtime.sending import send, send_async
from ..._runtime.settings import Settings
from ...client import AsyncClient, Client
from ...models.bad_request_data import BadRequestData
from ...models.overloaded_data import OverloadedData
from ...models.rate_limit_data import RateLimitData
from ...models.rerank_classic_request import RerankClassicRequest
from ...models.rerank_response import RerankResponse
from ...models.rerank_vl_request import RerankVLRequest
from ...types import Response

_SUCCESS: Any = RerankResponse.from_dict
_READERS: dict[str, Any] = {
    "400": BadRequestData.from_dict,
    "401": _reading.string,
    "403": _reading.string,
    "404": _reading.string,
    "429": RateLimitData.from_dict,
    "503": OverloadedData.from_dict,
    "504": _reading.string,
}


def _detailed(
    settings: Settings, response: httpx.Response, asked: tuple[int, int | None]
) -> Response[BadRequestData | OverloadedData | RateLimitData | RerankResponse | str]:
    """Read an answer of any status: a success must fit the contract, an error need not."""
    parsed: Any = None
    if response.is_success:
        parsed = settings.read(response, _SUCCESS, asked)
        if hasattr(parsed, "trace_id"):
            parsed.trace_id = settings.trace(response)
    else:
        status = str(response.status_code)
        reader = (
            _READERS.get(status)
            or _READERS.get(f"{status[0]}XX")
            or _READERS.get("default")
        )
        try:
            parsed = reader(response.json()) if reader else None
        except (ValueError, RecursionError):
            parsed = None
    return Response(
        response.status_code,
        response.content,
        response.headers,
        parsed,
        settings.trace(response),
    )


def _taken(
    settings: Settings, response: httpx.Response, asked: tuple[int, int | None]
) -> RerankResponse:
    if not response.is_success:
        raise settings.refused(response)
    found: RerankResponse = _detailed(settings, response, asked).parsed  # type: ignore[assignment]
    return found


def sync_detailed(
    *, client: Client | AsyncClient, body: RerankClassicRequest | RerankVLRequest
) -> Response[BadRequestData | OverloadedData | RateLimitData | RerankResponse | str]:
    """Reranks documents by relevance to a query. Supports text, image, and video content.

    Returns whatever was answered, errors too. Raises RequestValidationError before anything is sent,
    APIConnectionError when there is no answer, ResponseShapeError for a success that does not fit the contract.
    """
    sending = client._prepared(client.get_httpx_client, body.to_dict())
    return _detailed(client.settings, send(sending), sending.asked)


def sync(
    *, client: Client | AsyncClient, body: RerankClassicRequest | RerankVLRequest
) -> RerankResponse:
    """Reranks documents by relevance to a query. Supports text, image, and video content.

    Returns the answer to a request that was taken; raises as `sync_detailed`, and an APIStatusError for any other status.
    """
    sending = client._prepared(client.get_httpx_client, body.to_dict())
    return _taken(client.settings, send(sending), sending.asked)


@placed
async def asyncio_detailed(
    *, client: Client | AsyncClient, body: RerankClassicRequest | RerankVLRequest
) -> Response[BadRequestData | OverloadedData | RateLimitData | RerankResponse | str]:
    """Reranks documents by relevance to a query. Supports text, image, and video content.

    Returns whatever was answered, errors too; raises as `sync_detailed`.
    """
    sending = client._prepared(client.get_async_httpx_client, body.to_dict())
    return _detailed(client.settings, await send_async(sending), sending.asked)


@placed
async def asyncio(
    *, client: Client | AsyncClient, body: RerankClassicRequest | RerankVLRequest
) -> RerankResponse:
    """Reranks documents by relevance to a query. Supports text, image, and video content.

    Returns the answer to a request that was taken; raises as `sync`.
    """
    sending = client._prepared(client.get_async_httpx_client, body.to_dict())
    return _taken(client.settings, await send_async(sending), sending.asked)
