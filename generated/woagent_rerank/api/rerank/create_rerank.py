# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
from typing import Any

import httpx

from ..._runtime.caller import placed
from ..._runtime.sending import send, send_async
from ..._runtime.settings import Settings
from ...client import AsyncClient, Client
from ...models.create_rerank_body import CreateRerankBody
from ...models.create_rerank_response_200 import CreateRerankResponse200
from ...types import Response

_SUCCESS: Any = CreateRerankResponse200.from_dict
_READERS: dict[str, Any] = {}


def _detailed(
    settings: Settings, response: httpx.Response, asked: tuple[int, int | None]
) -> Response[CreateRerankResponse200]:
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
) -> CreateRerankResponse200:
    if not response.is_success:
        raise settings.refused(response)
    found: CreateRerankResponse200 = _detailed(settings, response, asked).parsed  # type: ignore[assignment]
    return found


def sync_detailed(
    *, client: Client | AsyncClient, body: CreateRerankBody
) -> Response[CreateRerankResponse200]:
    """Creates a rerank request.

    Returns whatever was answered, errors too. Raises RequestValidationError before anything is sent,
    APIConnectionError when there is no answer, ResponseShapeError for a success that does not fit the contract.
    """
    sending = client._prepared(client.get_httpx_client, body.to_dict())
    return _detailed(client.settings, send(sending), sending.asked)


def sync(
    *, client: Client | AsyncClient, body: CreateRerankBody
) -> CreateRerankResponse200:
    """Creates a rerank request.

    Returns the answer to a request that was taken; raises as `sync_detailed`, and an APIStatusError for any other status.
    """
    sending = client._prepared(client.get_httpx_client, body.to_dict())
    return _taken(client.settings, send(sending), sending.asked)


@placed
async def asyncio_detailed(
    *, client: Client | AsyncClient, body: CreateRerankBody
) -> Response[CreateRerankResponse200]:
    """Creates a rerank request.

    Returns whatever was answered, errors too; raises as `sync_detailed`.
    """
    sending = client._prepared(client.get_async_httpx_client, body.to_dict())
    return _detailed(client.settings, await send_async(sending), sending.asked)


@placed
async def asyncio(
    *, client: Client | AsyncClient, body: CreateRerankBody
) -> CreateRerankResponse200:
    """Creates a rerank request.

    Returns the answer to a request that was taken; raises as `sync`.
    """
    sending = client._prepared(client.get_async_httpx_client, body.to_dict())
    return _taken(client.settings, await send_async(sending), sending.asked)
