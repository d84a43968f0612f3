# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.bad_request_data import BadRequestData
from ...models.overloaded_data import OverloadedData
from ...models.rate_limit_data import RateLimitData
from ...models.rerank_classic_request import RerankClassicRequest
from ...models.rerank_response import RerankResponse
from ...models.rerank_vl_request import RerankVLRequest
from ...types import Response


def _get_kwargs(
    *,
    body: RerankClassicRequest | RerankVLRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/rerank",
    }

    if isinstance(body, RerankClassicRequest):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BadRequestData | OverloadedData | RateLimitData | RerankResponse | str | None:
    if response.status_code == 200:
        response_200 = RerankResponse.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = BadRequestData.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = cast(str, response.json())
        return response_401

    if response.status_code == 403:
        response_403 = cast(str, response.json())
        return response_403

    if response.status_code == 404:
        response_404 = cast(str, response.json())
        return response_404

    if response.status_code == 429:
        response_429 = RateLimitData.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = OverloadedData.from_dict(response.json())

        return response_503

    if response.status_code == 504:
        response_504 = cast(str, response.json())
        return response_504

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[BadRequestData | OverloadedData | RateLimitData | RerankResponse | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: RerankClassicRequest | RerankVLRequest,
) -> Response[BadRequestData | OverloadedData | RateLimitData | RerankResponse | str]:
    """Create Rerank

     Reranks documents by relevance to a query. Supports text, image, and video content.

    Args:
        body (RerankClassicRequest | RerankVLRequest): Compatible with two request formats:
            - Classic Rerank: text query with text documents
            - Multimodal Rerank: supports image/video content in query and documents

            Note: OpenAPI cannot automatically route schemas based on `model`. Choose parameters
            according to model capabilities.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BadRequestData | OverloadedData | RateLimitData | RerankResponse | str]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: RerankClassicRequest | RerankVLRequest,
) -> BadRequestData | OverloadedData | RateLimitData | RerankResponse | str | None:
    """Create Rerank

     Reranks documents by relevance to a query. Supports text, image, and video content.

    Args:
        body (RerankClassicRequest | RerankVLRequest): Compatible with two request formats:
            - Classic Rerank: text query with text documents
            - Multimodal Rerank: supports image/video content in query and documents

            Note: OpenAPI cannot automatically route schemas based on `model`. Choose parameters
            according to model capabilities.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BadRequestData | OverloadedData | RateLimitData | RerankResponse | str
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: RerankClassicRequest | RerankVLRequest,
) -> Response[BadRequestData | OverloadedData | RateLimitData | RerankResponse | str]:
    """Create Rerank

     Reranks documents by relevance to a query. Supports text, image, and video content.

    Args:
        body (RerankClassicRequest | RerankVLRequest): Compatible with two request formats:
            - Classic Rerank: text query with text documents
            - Multimodal Rerank: supports image/video content in query and documents

            Note: OpenAPI cannot automatically route schemas based on `model`. Choose parameters
            according to model capabilities.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BadRequestData | OverloadedData | RateLimitData | RerankResponse | str]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: RerankClassicRequest | RerankVLRequest,
) -> BadRequestData | OverloadedData | RateLimitData | RerankResponse | str | None:
    """Create Rerank

     Reranks documents by relevance to a query. Supports text, image, and video content.

    Args:
        body (RerankClassicRequest | RerankVLRequest): Compatible with two request formats:
            - Classic Rerank: text query with text documents
            - Multimodal Rerank: supports image/video content in query and documents

            Note: OpenAPI cannot automatically route schemas based on `model`. Choose parameters
            according to model capabilities.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BadRequestData | OverloadedData | RateLimitData | RerankResponse | str
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
