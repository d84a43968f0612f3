# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
from typing import Any

import httpx

from ..._runtime.reading import Misfit
from ..._runtime.transport import Settings, send, send_async
from ...client import AsyncClient, Client
from ...models.create_rerank_body import CreateRerankBody
from ...models.create_rerank_response_200 import CreateRerankResponse200
from ...types import Response

_SUCCESS: Any = CreateRerankResponse200.from_dict
_READERS: dict[str, Any] = {}


def _detailed(
    settings: Settings, response: httpx.Response
) -> Response[CreateRerankResponse200]:
    """Read an answer of any status: a success must fit the contract, an error need not."""
    parsed: Any = None
    if response.is_success:
        parsed = settings.read(response, _SUCCESS)
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
        except (ValueError, RecursionError, Misfit):
            parsed = None
    return Response(
        response.status_code,
        response.content,
        response.headers,
        parsed,
        settings.trace(response),
    )


def sync_detailed(
    *, client: Client | AsyncClient, body: CreateRerankBody
) -> Response[CreateRerankResponse200]:
    """Creates a rerank request.

    Returns whatever was answered, errors too. Raises RequestValidationError before anything is sent,
    APIConnectionError when there is no answer, ResponseShapeError for a success that does not fit the contract.
    """
    settings = client.settings
    content = settings.prepare(body.to_dict())
    return _detailed(settings, send(settings, client.get_httpx_client(), content))


def sync(
    *, client: Client | AsyncClient, body: CreateRerankBody
) -> CreateRerankResponse200:
    """Creates a rerank request.

    Returns the answer to a request that was taken; raises as `sync_detailed`, and an APIStatusError for any other status.
    """
    settings = client.settings
    response = send(
        settings, client.get_httpx_client(), settings.prepare(body.to_dict())
    )
    if not response.is_success:
        raise settings.refused(response)
    found: CreateRerankResponse200 = _detailed(settings, response).parsed  # type: ignore[assignment]
    return found


async def asyncio_detailed(
    *, client: Client | AsyncClient, body: CreateRerankBody
) -> Response[CreateRerankResponse200]:
    """Creates a rerank request.

    Returns whatever was answered, errors too; raises as `sync_detailed`.
    """
    settings = client.settings
    content = settings.prepare(body.to_dict())
    return _detailed(
        settings, await send_async(settings, client.get_async_httpx_client(), content)
    )


async def asyncio(
    *, client: Client | AsyncClient, body: CreateRerankBody
) -> CreateRerankResponse200:
    """Creates a rerank request.

    Returns the answer to a request that was taken; raises as `sync`.
    """
    settings = client.settings
    response = await send_async(
        settings, client.get_async_httpx_client(), settings.prepare(body.to_dict())
    )
    if not response.is_success:
        raise settings.refused(response)
    found: CreateRerankResponse200 = _detailed(settings, response).parsed  # type: ignore[assignment]
    return found
